//! Everything that can go wrong, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private PostgreSQL could not be found, initialised, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No directory has both `initdb` and `postgres`.
    #[error(
        "PostgreSQL is not installed here, or not where it was looked for:\n  {}\n\
         Install it (for example `apt-get install postgresql`), or set PG_BIN to the directory of initdb and postgres",
        looked_in.join("\n  ")
    )]
    NoPrograms {
        /// Every place that was looked at, in order.
        looked_in: Vec<String>,
    },

    /// Another server, or a PostgreSQL started by other means, works on this data.
    #[error(
        "the data directory {} is already in use by {}: stop that first, or choose another data directory",
        path.display(),
        holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    DataDirectoryInUse {
        /// The data directory.
        path: PathBuf,
        /// The process that has it, where that is known.
        holder: Option<u32>,
    },

    /// We are root, and the ordinary user that PostgreSQL has to run as cannot get there.
    #[error(
        "PostgreSQL refuses to run as root, so it runs as user {user:?}, who may not enter {}: {advice}",
        path.display()
    )]
    NotEnterable {
        /// The first directory that is closed to the user.
        path: PathBuf,
        /// Who PostgreSQL would run as.
        user: String,
        /// What to do instead.
        advice: &'static str,
    },

    /// We are root, and there is nobody else to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`, nor does {} belong \
         to an ordinary user: start the server as an ordinary user, or give the data directory to one",
        path.display()
    )]
    NoAccount {
        /// The data directory.
        path: PathBuf,
    },

    /// The data needs another major version of PostgreSQL than there is.
    #[error(
        "the data was made by PostgreSQL {data}, but only {} is installed: install PostgreSQL {data} (for example \
         `apt-get install postgresql-{data}`) or set PG_BIN to its programs; to change over, use pg_upgrade",
        found.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
    )]
    WrongMajor {
        /// The major version that made the data.
        data: u32,
        /// The major versions found.
        found: Vec<u32>,
    },

    /// There is something where the data should be, but it is not a database cluster.
    #[error(
        "{} exists but is not a PostgreSQL data directory (it has no PG_VERSION): restore it whole from a backup, or \
         move it away to begin anew",
        path.display()
    )]
    NotACluster {
        /// The directory in question.
        path: PathBuf,
    },

    /// A step of the initialisation failed. Nothing half-made stays in the way of the next try.
    #[error("{step} failed, so there is no database yet; it says:\n{log}")]
    InitFailed {
        /// The program that failed.
        step: &'static str,
        /// The last lines of its output.
        log: String,
    },

    /// PostgreSQL did not come up.
    #[error("PostgreSQL did not start; the end of its log, which is in {}, says:\n{log}", path.display())]
    StartFailed {
        /// The data directory, which has the logs.
        path: PathBuf,
        /// The last lines of the log.
        log: String,
    },

    /// PostgreSQL did not end, neither when asked to nor when told to. It is never killed.
    #[error(
        "PostgreSQL (process {pid}) does not stop: look at what it waits for, most often a disk that hangs"
    )]
    StopFailed {
        /// The process that stays.
        pid: u32,
    },

    /// The operating system refused something.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// What was to be done, to be read before the path.
        what: &'static str,
        /// What it was to be done to.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// Says what was being done to which path when an I/O operation failed.
pub(crate) trait Context<T> {
    fn context(self, what: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, what: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { what, path: path.to_owned(), source })
    }
}
