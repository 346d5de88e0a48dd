//! The directory of the socket: private, short enough, and new at every start.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::error::{Context, Error};
use crate::layout::{Layout, create_private_dir};

/// A socket's path has to fit into `sockaddr_un`: 108 bytes on Linux, 104 elsewhere, the last one a NUL.
const SOCKET_PATH_BYTES_MAX: usize = 103;

/// The longest name of a socket, `.s.PGSQL.65535`, with the slash before it.
const SOCKET_NAME_BYTES_MAX: usize = 15;

/// The directory of the socket. It goes when this is dropped, which is to be after PostgreSQL has ended.
#[derive(Debug)]
pub(crate) struct SocketDir(PathBuf);

impl SocketDir {
    /// Makes the directory anew, so that nothing that a crash left is in the way. Only PostgreSQL's user (and
    /// root) can enter it, which is what makes it safe that the socket asks for no password.
    pub(crate) fn create(layout: &Layout, account: &Account) -> Result<Self, Error> {
        let mut dir = layout.root().join("socket");
        if dir.as_os_str().len() + SOCKET_NAME_BYTES_MAX > SOCKET_PATH_BYTES_MAX {
            let root = fs::metadata(layout.root()).context("inspect", layout.root())?;
            // Named by what identifies the data directory, so that crashes leave one behind and not many.
            dir = PathBuf::from(format!("/tmp/stockbook-postgres-{}-{}", root.dev(), root.ino()));
        }
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed.context("remove the old", &dir)?,
        }
        create_private_dir(&dir, account)?;
        Ok(Self(dir))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for SocketDir {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "the socket's directory stays behind");
        }
    }
}
