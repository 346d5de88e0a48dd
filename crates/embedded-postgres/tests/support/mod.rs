//! What the tests share: data directories, `psql`, a look at the process table, and a server to kill.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each file of tests has this as a module and uses a part of it"
)]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use embedded_postgres::{DATABASE, Durability, ROLE, Running, Settings, find_programs};

/// A temporary directory that PostgreSQL's user can enter. `tempfile` makes it 0700, which is root's alone here.
pub fn temporary_dir() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap()
}

pub fn settings(data_dir: &Path) -> Settings {
    Settings {
        data_dir: data_dir.to_owned(),
        max_connections: 20,
        durability: Durability::TestsOnly,
        listen_port: None,
    }
}

pub fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

/// A `psql` that has nothing of this machine's configuration.
pub fn psql(host: &str, port: u16, user: &str, password: &str, sql: &str) -> Result<String, String> {
    let output = Command::new(find_programs(None).unwrap().bin_dir.join("psql"))
        .env_clear()
        .env("PGPASSWORD", password)
        .args(["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-d", DATABASE, "-h", host, "-U", user])
        .args(["-p", &port.to_string(), "-c", sql])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// Runs SQL as the owner, by the socket.
pub fn query(postgres: &Running, sql: &str) -> Result<String, String> {
    query_as(ROLE, postgres, sql)
}

pub fn query_as(user: &str, postgres: &Running, sql: &str) -> Result<String, String> {
    psql(postgres.socket_dir().to_str().unwrap(), postgres.port(), user, "", sql)
}

/// The processes that work in the cluster of `data_dir`, as every process of a postmaster does.
pub fn processes_in(data_dir: &Path) -> Vec<u32> {
    let pg = data_dir.canonicalize().unwrap().join("pg");
    all_processes()
        .into_iter()
        .filter(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == pg))
        .collect()
}

/// `pid` and all that descend from it.
pub fn family(pid: u32) -> Vec<u32> {
    let mut family = vec![pid];
    let parents: Vec<(u32, u32)> =
        all_processes().into_iter().filter_map(|pid| Some((pid, stat(pid, 1)?))).collect();
    let mut done = 0;
    while done < family.len() {
        let children = parents.iter().filter(|(_, parent)| *parent == family[done]).map(|(pid, _)| *pid);
        let children: Vec<u32> = children.collect();
        family.extend(children);
        done += 1;
    }
    family
}

/// The process group of `pid`.
pub fn group(pid: u32) -> u32 {
    stat(pid, 2).unwrap()
}

/// A field of `/proc/<pid>/stat`, counted from the one after the name.
fn stat(pid: u32, field: usize) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(field)?.parse().ok()
}

fn all_processes() -> Vec<u32> {
    let names = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().file_name());
    names.filter_map(|name| name.to_str()?.parse().ok()).collect()
}

/// Waits for up to half a minute: others may be building on this machine.
pub fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

pub fn kill(pid: u32, signal: nix::sys::signal::Signal) {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap());
    let _ = nix::sys::signal::kill(pid, signal);
}

/// Writes a program as another process, `cp` or a shell. If this process did, a fork in another test could have the
/// file open for writing, and then it cannot be run.
pub fn install(program: &str, arguments: &[&std::ffi::OsStr]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success());
}

/// Another process that holds a PostgreSQL. It stops when this is dropped.
pub struct Holder {
    pub child: Child,
}

impl Holder {
    /// The program, `tests/support/hold.rs`.
    pub fn program() -> PathBuf {
        env!("CARGO_BIN_EXE_hold-postgres").into()
    }

    pub fn command(program: &Path, data_dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.arg(data_dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts it, and does not wait for PostgreSQL.
    pub fn spawn(data_dir: &Path) -> Self {
        Self { child: Self::command(&Self::program(), data_dir).spawn().unwrap() }
    }

    /// Waits for PostgreSQL and gives its process id.
    pub fn wait_until_ready(&mut self) -> u32 {
        let mut line = String::new();
        BufReader::new(self.child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        match line.split_once(' ') {
            Some((pid, _)) => pid.parse().unwrap(),
            None => panic!("not ready: {}", self.wait_for_error()),
        }
    }

    /// Waits for the end, and gives what it said.
    pub fn wait_for_error(&mut self) -> String {
        drop(self.child.stdin.take()); // so that it ends even if all went well
        let mut said = String::new();
        self.child.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
        said
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A process of PostgreSQL that does not run until this is dropped.
pub struct Frozen(u32);

impl Frozen {
    /// The child of the postmaster that calls itself so in `ps`.
    pub fn child_of(postmaster: u32, name: &str) -> Self {
        let title = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let pid = family(postmaster).into_iter().find(|pid| title(pid).contains(name)).unwrap();
        kill(pid, nix::sys::signal::Signal::SIGSTOP);
        Self(pid)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        kill(self.0, nix::sys::signal::Signal::SIGCONT);
    }
}
