//! Programs of PostgreSQL as child processes that do not outlive us.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getppid};

use crate::account::Account;
use crate::error::{Context, Error};
use crate::layout::Layout;
use crate::logs::Logs;
use crate::pid_file::PidFile;

/// How a postmaster is stopped: SIGINT lets it end transactions and write everything back, SIGQUIT lets it drop
/// everything, to recover at the next start. It kills a child that does not obey by itself, after 5 seconds.
/// There is no third step: SIGKILL would leave its children to themselves.
pub(crate) const STOP_STEPS: [(Signal, Duration); 2] =
    [(Signal::SIGINT, Duration::from_secs(30)), (Signal::SIGQUIT, Duration::from_secs(30))];

/// After a crash, the start replays up to `max_wal_size` of log, which takes minutes on a slow disk.
const START_LIMIT: Duration = Duration::from_mins(10);

const POLL: Duration = Duration::from_millis(10);

/// A command for one of PostgreSQL's programs, which runs as `account`, holds `lock` for as long as it or
/// anything it starts is alive, and is told to stop (SIGINT) when the thread that spawns it ends.
pub(crate) fn command(program: &Path, account: &Account, lock: &File) -> io::Result<Command> {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("TZ", "UTC") // else initdb compares every time zone there is with that of this machine
        .current_dir("/") // a directory that this user can enter
        .process_group(0); // so that Ctrl-C in a terminal reaches us alone, and we stop it in order
    account.run(&mut command);
    inherit_lock_and_die_with_parent(&mut command, lock.try_clone()?);
    Ok(command)
}

#[allow(unsafe_code, reason = "the standard library has no other way to act between fork and exec")]
fn inherit_lock_and_die_with_parent(command: &mut Command, lock: File) {
    let parent = Pid::this();
    let prepare = move || {
        fcntl(&lock, FcntlArg::F_SETFD(FdFlag::empty()))?;
        #[cfg(target_os = "linux")]
        nix::sys::prctl::set_pdeathsig(Signal::SIGINT)?;
        // If the parent died before that line, nobody is left to send the signal.
        if getppid() != parent {
            return Err(io::Error::from(nix::errno::Errno::ESRCH));
        }
        Ok(())
    };
    // SAFETY: the closure makes three system calls that are async-signal-safe, and neither allocates nor locks.
    unsafe { command.pre_exec(prepare) };
}

/// A running postmaster. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Postmaster {
    /// Only who holds this mutex reaps the child, so no signal can go to a process that got its number.
    child: Mutex<Child>,
    pid: Pid,
    stop_was_tried: bool,
    /// The parent-death signal follows the thread that spawned, not the process, and the caller's thread may be
    /// one of a pool. So a thread of its own spawns the postmaster, and ends when this is dropped.
    _parent: Sender<()>,
}

impl Postmaster {
    pub(crate) fn spawn(mut command: Command) -> Result<Self, Error> {
        let program = Path::new(command.get_program()).to_owned();
        let (report, spawned) = mpsc::channel();
        let (parent, parent_dropped) = mpsc::channel();
        thread::Builder::new()
            .name("postgres-parent".to_owned())
            .spawn(move || {
                // The command goes too: it holds a copy of the lock.
                let child = command.spawn();
                drop(command);
                if report.send(child).is_ok() {
                    let _ = parent_dropped.recv();
                }
            })
            .context("start a thread for", &program)?;
        let child =
            spawned.recv().unwrap_or_else(|gone| Err(io::Error::other(gone))).context("start", &program)?;
        let pid = Pid::from_raw(child.id().cast_signed());
        Ok(Self { child: Mutex::new(child), pid, stop_was_tried: false, _parent: parent })
    }

    pub(crate) fn id(&self) -> u32 {
        self.pid.as_raw().cast_unsigned()
    }

    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        // An error would say that it is not our child, and it is.
        self.child().try_wait().ok().flatten()
    }

    /// Waits until connections are accepted.
    pub(crate) fn wait_until_ready(&self, layout: &Layout, logs: &Logs) -> Result<(), Error> {
        let failed = |log| Err(Error::StartFailed { path: layout.root().to_owned(), log });
        let pg = layout.pg();
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            if let Some(status) = self.exit_status() {
                return failed(format!("{}\npostgres ended with {status}", logs.last_tail()));
            }
            if PidFile::read(&pg).is_some_and(|file| file.pid == self.pid && file.ready) {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        failed(format!("{}\nnot ready after {START_LIMIT:?}", logs.tail()))
    }

    /// Stops it in order, if it still runs.
    pub(crate) fn stop(&mut self) -> Result<(), Error> {
        self.stop_was_tried = true;
        for (signal, limit) in STOP_STEPS {
            self.signal(signal);
            let deadline = Instant::now() + limit;
            while Instant::now() < deadline {
                if self.exit_status().is_some() {
                    return Ok(());
                }
                thread::sleep(POLL);
            }
            tracing::warn!(pid = %self.pid, %signal, "PostgreSQL did not stop within {limit:?}");
        }
        Err(Error::StopFailed { pid: self.id() })
    }

    fn signal(&self, signal: Signal) {
        let mut child = self.child();
        if matches!(child.try_wait(), Ok(None))
            && let Err(error) = kill(self.pid, signal)
        {
            tracing::warn!(pid = %self.pid, %signal, %error, "cannot signal PostgreSQL");
        }
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        if !self.stop_was_tried
            && let Err(error) = self.stop()
        {
            tracing::error!(%error, "PostgreSQL is left running");
        }
    }
}
