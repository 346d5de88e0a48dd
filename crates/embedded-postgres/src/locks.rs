//! Two locks on the data directory, and what they prove.
//!
//! - `server.lock` is held by one of our servers: a second one is refused.
//! - `postgres.lock` is inherited by every program of PostgreSQL that we start, and by what those start. It is
//!   free only when none of them lives any more, in whatever container or process namespace. So two
//!   postmasters cannot come to work on one volume, which `postmaster.pid` alone does not prevent: process
//!   ids of two containers mean nothing to each other.
//!
//! Both are `flock`s: the kernel drops them with their last holder, even at `kill -9`. They are never unlocked
//! by a call, which would take them from all who inherited them.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::error::{Context, Error};
use crate::layout::{self, Layout};
use crate::pid_file::PidFile;
use crate::process::STOP_STEPS;

/// A lock can seem taken for a moment by a child process between its fork and its exec.
const PATIENCE: Duration = Duration::from_millis(500);

const POLL: Duration = Duration::from_millis(20);

/// How long PostgreSQL's other processes may take when its postmaster has ended: the logger is the last.
const LAST_PROCESS_LIMIT: Duration = Duration::from_secs(5);

/// The locks of a running server. When this has been dropped, no process of PostgreSQL is left.
#[derive(Debug)]
pub(crate) struct Locks {
    // Fields are dropped in this order.
    postgres: File,
    _last_process: LastProcess,
    _server: File,
}

impl Locks {
    /// Takes both locks. A PostgreSQL that outlived its server is stopped first.
    pub(crate) fn take(layout: &Layout) -> Result<Self, Error> {
        let server = take_server_lock(layout)?;
        let postgres = take_postgres_lock(layout)?;
        refuse_foreign_postmaster(layout)?;
        Ok(Self { postgres, _last_process: LastProcess { lock: layout.postgres_lock() }, _server: server })
    }

    /// The lock for PostgreSQL to inherit.
    pub(crate) fn postgres(&self) -> &File {
        &self.postgres
    }
}

/// Waits, when dropped, for the last process that holds the lock.
#[derive(Debug)]
struct LastProcess {
    lock: PathBuf,
}

impl Drop for LastProcess {
    fn drop(&mut self) {
        let lock = &self.lock;
        match layout::open(lock).and_then(|file| try_lock_for(&file, LAST_PROCESS_LIMIT, lock)) {
            Ok(true) => {}
            Ok(false) => tracing::warn!(lock = %lock.display(), "processes of PostgreSQL are still running"),
            Err(error) => tracing::warn!(%error, "cannot tell whether all of PostgreSQL has ended"),
        }
    }
}

fn take_server_lock(layout: &Layout) -> Result<File, Error> {
    let path = layout.server_lock();
    let mut file = layout::open(&path)?;
    if !try_lock_for(&file, PATIENCE, &path)? {
        let mut holder = String::new();
        file.read_to_string(&mut holder).context("read", &path)?;
        return Err(in_use(layout, holder.trim().parse().ok()));
    }
    file.set_len(0).context("empty", &path)?;
    writeln!(file, "{}", std::process::id()).context("write", &path)?;
    Ok(file)
}

/// We are the only server here, so whoever holds this lock is what an earlier server left: on its way out
/// already if the kernel told it so, else to be stopped.
fn take_postgres_lock(layout: &Layout) -> Result<File, Error> {
    let path = layout.postgres_lock();
    let file = layout::open(&path)?;
    if try_lock_for(&file, PATIENCE, &path)? {
        return Ok(file);
    }
    for (signal, limit) in STOP_STEPS {
        if let Some(Postmaster::Here(pid)) = postmaster(&layout.pg()) {
            tracing::warn!(%pid, %signal, "stopping a PostgreSQL that outlived its server");
            kill(pid, signal).map_err(Into::into).context("stop the PostgreSQL left in", layout.root())?;
        }
        if try_lock_for(&file, limit, &path)? {
            return Ok(file);
        }
    }
    Err(in_use(layout, None))
}

/// With both locks ours, a postmaster can only be one that someone started by hand, and theirs to stop.
fn refuse_foreign_postmaster(layout: &Layout) -> Result<(), Error> {
    match postmaster(&layout.pg()) {
        None => Ok(()),
        Some(Postmaster::Here(pid)) => Err(in_use(layout, Some(pid.as_raw().cast_unsigned()))),
        // PostgreSQL would take this process for a postmaster and refuse to start. It happens in containers:
        // when one is restarted, process ids begin anew, and the old one may now be a thread of our own; and
        // where nobody reaps, the postmaster that was killed stays as a zombie.
        Some(Postmaster::Elsewhere) => {
            let path = layout.pg().join(PidFile::NAME);
            fs::remove_file(&path).context("remove the stale", &path)
        }
    }
}

/// What the process is that `postmaster.pid` names.
enum Postmaster {
    /// It works in this data directory.
    Here(Pid),
    /// It has nothing to do with this data directory: it is dead, or the number is another process's now.
    Elsewhere,
}

/// None if there is no such process.
fn postmaster(pg: &Path) -> Option<Postmaster> {
    let pid = PidFile::read(pg)?.pid;
    if !matches!(kill(pid, None), Ok(()) | Err(Errno::EPERM)) {
        return None;
    }
    // A postmaster works in its data directory; a zombie works nowhere. Root must not signal just any process
    // whose number PostgreSQL's user has written into this file.
    let here = !cfg!(target_os = "linux")
        || fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|working_dir| working_dir == pg);
    Some(if here { Postmaster::Here(pid) } else { Postmaster::Elsewhere })
}

fn in_use(layout: &Layout, holder: Option<u32>) -> Error {
    Error::DataDirectoryInUse { path: layout.root().to_owned(), holder }
}

fn try_lock_for(file: &File, patience: Duration, path: &Path) -> Result<bool, Error> {
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(POLL),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(source)) => return Err(source).context("lock", path),
        }
    }
}
