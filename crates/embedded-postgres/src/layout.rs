//! What lies where in the data directory, and who may write it.
//!
//! ```text
//! <data_dir>/            ours
//!   server.lock          held by the one server that works here; its process id inside
//!   postgres.lock        held by every process of PostgreSQL, by inheritance
//!   pg_hba.conf          written at every start
//!   start.log            what PostgreSQL says before its log is open
//!   pg/                  the cluster; pg.new while it is being initialised
//!   log/                 PostgreSQL's own log, one file per weekday
//!   socket/              where to connect
//! ```
//! If we are root, PostgreSQL's user owns `pg`, `log` and `socket` only, and we write into none of these: a
//! link planted there by PostgreSQL's user cannot lead root astray.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use crate::account::Account;
use crate::error::{Context, Error};

/// The paths in one data directory.
#[derive(Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Makes the data directory if it is missing, durably, and resolves its path: the process table knows
    /// PostgreSQL's working directory by the real one.
    pub(crate) fn create(root: &Path) -> Result<Self, Error> {
        let missing: Vec<&Path> = root.ancestors().take_while(|dir| !dir.exists()).collect();
        for dir in missing.into_iter().rev() {
            match fs::create_dir(dir) {
                // By a server that starts at the same time. One of the two will get the lock.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                created => created.context("create the directory", dir)?,
            }
            // Whatever the umask: PostgreSQL's user has to pass through.
            fs::set_permissions(dir, Permissions::from_mode(0o755)).context("open to its users", dir)?;
            dir.parent().map_or(Ok(()), sync)?;
        }
        let root = root.canonicalize().context("resolve the path", root)?;
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn pg(&self) -> PathBuf {
        self.root.join("pg")
    }

    pub(crate) fn pg_new(&self) -> PathBuf {
        self.root.join("pg.new")
    }

    pub(crate) fn log_dir(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(crate) fn hba(&self) -> PathBuf {
        self.root.join("pg_hba.conf")
    }

    pub(crate) fn start_log(&self) -> PathBuf {
        self.root.join("start.log")
    }

    pub(crate) fn server_lock(&self) -> PathBuf {
        self.root.join("server.lock")
    }

    pub(crate) fn postgres_lock(&self) -> PathBuf {
        self.root.join("postgres.lock")
    }
}

/// Makes a directory that only PostgreSQL's user may enter. Fails if there is something already.
pub(crate) fn create_private_dir(dir: &Path, account: &Account) -> Result<(), Error> {
    DirBuilder::new().mode(0o700).create(dir).context("create the directory", dir)?;
    account.give(dir)
}

/// Opens a file of ours for reading and writing, and makes it if need be. Follows no link.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(path)
        .context("open", path)
}

/// Makes what was created, renamed or removed in a directory survive a power cut.
pub(crate) fn sync(dir: &Path) -> Result<(), Error> {
    File::open(dir).and_then(|dir| dir.sync_all()).context("write to disk", dir)
}
