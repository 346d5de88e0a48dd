//! A PostgreSQL that is thrown away: nothing in it waits for the disk.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use embedded_postgres::{Durability, Running, Settings};

/// Connections for all tests that run side by side, each with its pool, its server's pool and its race.
const CONNECTIONS: u32 = 400;

/// A private PostgreSQL in a temporary directory. It ends when it is dropped, and with the process; then the directory
/// goes too. Every call blocks.
#[derive(Debug)]
pub struct Cluster {
    running: Option<Running>,
    sweeper: Sweeper,
    superuser_url: String,
}

impl Cluster {
    /// Initialise and start one: takes a second or two.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub fn start() -> anyhow::Result<Self> {
        // PostgreSQL's user has to enter it, who is not root.
        let dir = tempfile::Builder::new()
            .prefix("stockbook-tests-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()
            .context("make a temporary directory")?;
        let settings = Settings {
            data_dir: dir.path().to_owned(),
            max_connections: CONNECTIONS,
            durability: Durability::TestsOnly,
            listen_port: None,
        };
        let running = embedded_postgres::start(settings)?;
        let sweeper = Sweeper::watch(running.pid(), &dir.keep()).context("start the sweeper")?;
        let socket_dir = running.socket_dir().to_str().context("the socket's path is not UTF-8")?;
        let superuser_url =
            format!("postgres://postgres@localhost:{}/postgres?host={socket_dir}", running.port());
        Ok(Self { running: Some(running), sweeper, superuser_url })
    }

    /// How to connect as the superuser.
    pub fn superuser_url(&self) -> &str {
        &self.superuser_url
    }

    /// Stop it and remove its directory.
    ///
    /// # Errors
    /// It does not end.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.end()
    }

    fn end(&mut self) -> anyhow::Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        running.stop()?;
        self.sweeper.sweep()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("the tests' PostgreSQL: {error:#}");
        }
    }
}

/// A shell that removes the directory. It also does when we are killed, as its standard input ends with us: then it
/// stops PostgreSQL before (on Linux, the kernel has already told it to stop).
#[derive(Debug)]
struct Sweeper(Child);

const SWEEP: &str = r#"
    read -r stopped || kill -INT "$1" 2>/dev/null
    while [ -z "$stopped" ] && kill -0 "$1" 2>/dev/null; do sleep 0.1; done
    rm -rf "$2""#;

impl Sweeper {
    fn watch(postmaster: u32, dir: &Path) -> std::io::Result<Self> {
        let shell = Command::new("sh")
            .args(["-c", SWEEP, "sweep-test-postgres", &postmaster.to_string()])
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null()) // whoever reads what the tests print must not wait for it
            .stderr(Stdio::null())
            .process_group(0) // Ctrl-C is not for it
            .spawn()?;
        Ok(Self(shell))
    }

    #[expect(clippy::disallowed_methods, reason = "every call of a cluster blocks, and says so")]
    fn sweep(&mut self) -> anyhow::Result<()> {
        if let Some(mut stdin) = self.0.stdin.take() {
            stdin.write_all(b"stopped\n").context("reach the sweeper")?;
        }
        self.0.wait().context("wait for the sweeper")?;
        Ok(())
    }
}
