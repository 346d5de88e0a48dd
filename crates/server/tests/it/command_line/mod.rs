//! The command line: the real binary, as people and scripts run it, and what it says when it cannot go on.

mod databases;
mod embedded;
mod passwords;
mod roles;
mod settings;
mod tls;
mod verify;

use std::env;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::{ServerProcess, TestDatabase};
use tokio::process::Command;
use tokio::time::timeout;

const BINARY: &str = env!("CARGO_BIN_EXE_stockbook");

/// A password that nothing may print.
const SECRET: &str = "canary-in-the-coal-mine";

/// Where nobody listens; a connection is refused at once.
const NOBODY: &str = "127.0.0.1:1";

/// A folder to run commands in, which has nothing but what a test puts there.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        // PostgreSQL's user has to enter it, who is not root.
        let open = Permissions::from_mode(0o755);
        Self(tempfile::Builder::new().prefix("sb").permissions(open).tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Put a file there.
    async fn write(&self, name: &str, text: &str) {
        tokio::fs::write(self.path().join(name), text).await.expect("written");
    }

    /// The binary with these arguments, which knows nothing of this machine's settings.
    fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(BINARY.as_ref(), arguments)
    }

    fn command_of(&self, binary: &Path, arguments: &[&str]) -> Command {
        let mut command = ServerProcess::command(binary);
        command.args(arguments).current_dir(self.path()).env_clear();
        command.env("HOME", self.path()).env("RUST_LOG", "warn");
        command.envs(["PATH", "PG_BIN"].into_iter().filter_map(|name| Some((name, env::var_os(name)?))));
        command
    }

    /// The binary on a database of the tests' PostgreSQL, which waits for no disk.
    fn command_on(&self, database: &TestDatabase, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("DATABASE_URL", database.url()).env("STOCKBOOK_ALLOW_UNSAFE_DATABASE", "true");
        command
    }

    /// Run a command that needs no database to its end.
    async fn run(&self, arguments: &[&str]) -> Ended {
        run(&mut self.command(arguments)).await
    }

    /// Run a command on a database to its end.
    async fn run_on(&self, database: &TestDatabase, arguments: &[&str]) -> Ended {
        run(&mut self.command_on(database, arguments)).await
    }
}

/// Run a command to its end. One that serves instead fails the test.
async fn run(command: &mut Command) -> Ended {
    let output = timeout(Duration::from_secs(60), command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("it does not end: {command:?}")).expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A command that has ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ended {
    /// The same, which has this exit code and is no panic.
    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        self
    }

    /// The same, which says all of this on stderr.
    #[track_caller]
    fn saying(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "{part} is not said: {self:#?}");
        }
        self
    }

    /// The same, which says this nowhere.
    #[track_caller]
    fn hiding(self, secret: &str) -> Self {
        assert!(!self.stdout.contains(secret) && !self.stderr.contains(secret), "{self:#?}");
        self
    }
}

/// The SQL that a refusal says is to be run.
fn advised(refused: &Ended) -> String {
    let is_sql = |line: &&str| line.starts_with("GRANT ") || line.starts_with("CREATE ");
    refused.stderr.lines().map(str::trim_start).filter(is_sql).collect()
}

/// Wait until this is so.
async fn eventually(what: &str, within: Duration, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + within;
    while !condition().await {
        assert!(Instant::now() < deadline, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
