//! A private PostgreSQL: found on the machine, initialised, started, supervised and stopped.
//!
//! ```no_run
//! # use embedded_postgres::{Durability, Settings, start};
//! let settings = Settings {
//!     data_dir: "/var/lib/stockbook".into(),
//!     max_connections: 30,
//!     durability: Durability::Full,
//!     listen_port: None,
//! };
//! let postgres = start(settings)?;
//! // connect to postgres.socket_dir() as ROLE, to DATABASE
//! postgres.stop()?;
//! # Ok::<(), embedded_postgres::Error>(())
//! ```
//!
//! # Invariants
//!
//! - A cluster is whole or it is not there: it is made beside its place and renamed into it (`cluster.rs`).
//! - Two postmasters never work on one data directory, not even from two containers (`locks.rs`).
//! - PostgreSQL does not outlive us by more than the time it takes to stop: at `kill -9`, the kernel tells it
//!   (on Linux; elsewhere the next start does). We never kill it with SIGKILL (`process.rs`).
//! - With [`Durability::Full`], an acknowledged commit is on disk, and nobody can turn `fsync` off from inside
//!   (`settings.rs`). `synchronous_commit` is on, but PostgreSQL lets every session choose for itself.
//! - Who can connect without a password is who can enter the socket's directory: PostgreSQL's user and root
//!   (`socket.rs`). Beyond that there is, if asked for, 127.0.0.1 with passwords.
//! - Root gives PostgreSQL's user only directories that it has just made, and writes into none of them
//!   (`layout.rs`).
//!
//! Every call here blocks. No asynchronous runtime and no client of PostgreSQL is involved.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate blocks, and says so; the one clock it reads is that of the log files' ages"
)]

mod account;
mod cluster;
mod error;
mod layout;
mod locks;
mod logs;
mod memory;
mod pid_file;
mod process;
mod programs;
mod settings;
mod site;
mod socket;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use error::Context;
use logs::Logs;
use process::Postmaster;
use site::Site;
use socket::SocketDir;

pub use error::Error;
pub use programs::{Programs, find_programs};
pub use settings::{Durability, Settings};

/// The database made at initialisation.
pub const DATABASE: &str = "stockbook";

/// The owner of [`DATABASE`]: may log in, and is not a superuser. The superuser is `postgres`.
pub const ROLE: &str = "stockbook";

/// How often another free port is tried when the one found was taken meanwhile.
const PORT_ATTEMPTS: u32 = 3;

/// A running PostgreSQL. Dropping it stops it as [`Running::stop`] does, but only logs what goes wrong.
#[derive(Debug)]
pub struct Running {
    // Fields are dropped in this order: first PostgreSQL ends, last the data directory is free for others.
    postmaster: Postmaster,
    socket_dir: SocketDir,
    port: u16,
    first_start: bool,
    site: Site,
}

/// Starts PostgreSQL in the data directory, which is initialised if it is new. Returns when connections are
/// accepted: after some seconds the first time, well under one second from then on, longer after a crash.
///
/// # Errors
/// See [`Error`]. Nothing is left running, and the next try begins where this one did.
pub fn start(settings: Settings) -> Result<Running, Error> {
    let site = Site::take(&settings.data_dir)?;
    let first_start = cluster::major(&site.layout.pg())?.is_none();
    if first_start {
        tracing::info!(data_dir = %site.layout.root().display(), major = site.programs.major, "initialising PostgreSQL");
        cluster::initialise(&site, settings.durability)?;
    }
    let socket_dir = SocketDir::create(&site.layout, &site.account)?;
    let mut attempt = 1;
    let (postmaster, port) = loop {
        match launch(&settings, &site, &socket_dir) {
            Err(Error::StartFailed { .. }) if settings.listen_port == Some(0) && attempt < PORT_ATTEMPTS => {
                attempt += 1;
            }
            launched => break launched?,
        }
    };
    tracing::info!(pid = postmaster.id(), port, socket_dir = %socket_dir.path().display(), "PostgreSQL is ready");
    Ok(Running { postmaster, socket_dir, port, first_start, site })
}

fn launch(settings: &Settings, site: &Site, socket_dir: &SocketDir) -> Result<(Postmaster, u16), Error> {
    let port = settings.pick_port().context("find a free port for", site.layout.root())?;
    let hba = site.layout.hba();
    let mut file = layout::open(&hba)?;
    file.set_len(0).and_then(|()| file.write_all(settings.hba().as_bytes())).context("write", &hba)?;

    let (logs, start_log) = Logs::begin(&site.layout, &site.account)?;
    let start_log_too = start_log.try_clone().context("open", &site.layout.start_log())?;
    let mut command = site.command("postgres")?;
    command
        .args(settings.arguments(site, socket_dir.path(), port)?)
        .stdin(Stdio::null())
        .stdout(start_log)
        .stderr(start_log_too);
    let postmaster = Postmaster::spawn(command)?;
    postmaster.wait_until_ready(&site.layout, &logs)?;
    Ok((postmaster, port))
}

impl Running {
    /// The directory of the socket, to be given as the host.
    pub fn socket_dir(&self) -> &Path {
        self.socket_dir.path()
    }

    /// The port, of the socket and, if asked for, of 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id of the postmaster.
    pub fn pid(&self) -> u32 {
        self.postmaster.id()
    }

    /// The major version, for example 17.
    pub fn major(&self) -> u32 {
        self.site.programs.major
    }

    /// Whether this start initialised the cluster. After a crash between the two this is false although nobody
    /// has used the database yet: whether it is empty can only be asked of it.
    pub fn first_start(&self) -> bool {
        self.first_start
    }

    /// Whether PostgreSQL has ended by itself. It recovers from the crash of a connection alone, so this is rare
    /// and final: the server has to end or to start it again.
    pub fn has_exited(&self) -> bool {
        self.postmaster.exit_status().is_some()
    }

    /// Stops PostgreSQL, which rolls open transactions back. Close the connection pool before.
    ///
    /// # Errors
    /// [`Error::StopFailed`] if it still runs after a minute.
    pub fn stop(mut self) -> Result<(), Error> {
        self.postmaster.stop()
    }
}
