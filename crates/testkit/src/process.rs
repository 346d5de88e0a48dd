//! The server as a process of its own: two on one database, to be killed, to be told to stop.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::{Client, TestDatabase, admin_key};

/// How long it may take to start or to end; the machine may be busy building.
const WITHIN: Duration = Duration::from_secs(60);

/// What stands before the address in the line that the server prints when it is ready.
const READY: &str = "listens on ";

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    client: Client,
    _stdout: Lines<BufReader<ChildStdout>>, // closed, it would end a server that prints
}

impl ServerProcess {
    /// Start `binary` to serve this database on a free port; `arguments` come after its own. Tests of the server give
    /// `env!("CARGO_BIN_EXE_stockbook")`. Its client has the key of an admin.
    ///
    /// # Panics
    /// If it does not become ready.
    pub async fn start(binary: impl AsRef<Path>, database: &TestDatabase, arguments: &[&str]) -> Self {
        let mut command = Self::command(binary);
        command
            // The tests' PostgreSQL waits for no disk.
            .args([
                "serve",
                "--allow-unsafe-database",
                "--listen",
                "127.0.0.1:0",
                "--database-url",
                &database.url(),
            ])
            .args(arguments);
        let mut server = Self::run(command).await;
        server.client = server.client.with_key(&admin_key(database).await);
        server
    }

    /// A command for the binary that knows nothing of this machine's settings, and ends with the test.
    pub fn command(binary: impl AsRef<Path>) -> Command {
        let mut command = Command::new(binary.as_ref());
        for name in ["DATABASE_URL", "PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSSLMODE"] {
            command.env_remove(name);
        }
        command.env("RUST_LOG", "warn").stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Run a command that serves, until it is ready.
    ///
    /// # Panics
    /// If it does not become ready.
    pub async fn run(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = child.stdout.take().unwrap_or_else(|| unreachable!("it is piped"));
        let mut lines = BufReader::new(stdout).lines();
        let base = loop {
            match timeout(WITHIN, lines.next_line()).await {
                Ok(Ok(Some(line))) => {
                    if let Some((_, address)) = line.split_once(READY) {
                        break address.split_whitespace().next().unwrap_or_default().to_owned();
                    }
                }
                Ok(ended) => panic!("the server ended before it was ready ({ended:?}): {command:?}"),
                Err(_) => panic!("the server was not ready within {WITHIN:?}: {command:?}"),
            }
        };
        Self { child, client: Client::new(&base).await, _stdout: lines }
    }

    /// A client of it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or_else(|| panic!("the server has ended"))
    }

    /// Send a signal: SIGTERM, SIGKILL …
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.id().cast_signed());
        kill(pid, signal).unwrap_or_else(|error| panic!("send {signal} to the server: {error}"));
    }

    /// Wait for its end.
    ///
    /// # Panics
    /// If it does not end in time.
    pub async fn wait(mut self) -> ExitStatus {
        match timeout(WITHIN, self.child.wait()).await {
            Ok(Ok(status)) => status,
            other => panic!("the server did not end within {WITHIN:?}: {other:?}"),
        }
    }

    /// Kill it on the spot.
    pub async fn kill(self) {
        self.signal(Signal::SIGKILL);
        self.wait().await;
    }
}
