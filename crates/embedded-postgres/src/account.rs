//! Who PostgreSQL runs as: ourselves, or an ordinary user if we are root, since it refuses root.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User};

use crate::error::{Context, Error};
use crate::layout::Layout;
use crate::programs::Programs;

/// The user that PostgreSQL runs as.
#[derive(Debug)]
pub(crate) enum Account {
    /// We are not root: PostgreSQL runs as we do.
    Ourselves,
    /// We are root: PostgreSQL gets this user, and so do the directories made for it.
    Other(Ordinary),
}

/// An ordinary user.
#[derive(Debug, Clone)]
pub(crate) struct Ordinary {
    uid: u32,
    gid: u32,
    name: String,
}

impl Account {
    /// Existing data can be used by their owner alone. New data get the first of `postgres`, `nobody` and the
    /// owner of the directory they are to be in who can enter that directory.
    pub(crate) fn choose(data_dir: &Path, programs: &Programs) -> Result<Self, Error> {
        if !Uid::effective().is_root() {
            return Ok(Self::Ourselves);
        }
        // What is missing will be made, and be open to all.
        let existing = data_dir.ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("/"));
        let by_name = |name| User::from_name(name).ok().flatten().map(Ordinary::from);
        let candidates: Vec<Ordinary> = match owner(&Layout::new(data_dir).pg()) {
            Some(owner) => vec![owner],
            None => [by_name("postgres"), by_name("nobody"), owner(existing)].into_iter().flatten().collect(),
        };
        for candidate in &candidates {
            if candidate.can_enter(existing, programs)? {
                return Ok(Self::Other(candidate.clone()));
            }
        }
        Err(match candidates.first() {
            Some(first) => first.refusal(existing, programs)?,
            None => Error::NoAccount { path: data_dir.to_owned() },
        })
    }

    /// Makes `command` run as this user. The standard library does it before `pre_exec`, and that is needed:
    /// the kernel forgets the parent-death signal when the user changes.
    pub(crate) fn run(&self, command: &mut Command) {
        if let Self::Other(user) = self {
            user.run(command);
        }
    }

    /// Gives what we just made to this user.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other(user) => {
                chown(path, Some(user.uid), Some(user.gid)).context("give to the user of PostgreSQL", path)
            }
        }
    }
}

impl Ordinary {
    fn run(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Asks the kernel, by starting a program in `dir` as this user: it knows groups, ACLs and mount options.
    fn can_enter(&self, dir: &Path, programs: &Programs) -> Result<bool, Error> {
        let mut command = Command::new(programs.path("postgres"));
        command.arg("--version").env_clear().current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null());
        self.run(&mut command);
        match command.status() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            Err(source) => Err(source).context("run PostgreSQL as another user in", dir),
        }
    }

    /// Why this user cannot work in `dir`: by the first directory on the way there that is closed.
    fn refusal(&self, dir: &Path, programs: &Programs) -> Result<Error, Error> {
        let mut closed = dir;
        for dir in dir.ancestors() {
            if self.can_enter(dir, programs)? {
                let advice = "choose a data directory elsewhere, for example /var/lib/stockbook";
                return Ok(Error::NotEnterable { path: closed.to_owned(), user: self.name.clone(), advice });
            }
            closed = dir;
        }
        // Not even in the root directory: it is the program that cannot be reached.
        let advice = "set PG_BIN to a PostgreSQL that is installed for everyone";
        Ok(Error::NotEnterable { path: programs.bin_dir.clone(), user: self.name.clone(), advice })
    }
}

impl From<User> for Ordinary {
    fn from(user: User) -> Self {
        Self { uid: user.uid.as_raw(), gid: user.gid.as_raw(), name: user.name }
    }
}

/// The owner of `path`, unless that is root. In a container there may be owners without a name.
fn owner(path: &Path) -> Option<Ordinary> {
    let metadata = fs::metadata(path).ok().filter(|metadata| metadata.uid() != 0)?;
    let named = User::from_uid(Uid::from_raw(metadata.uid())).ok().flatten();
    Some(named.map_or_else(
        || Ordinary { uid: metadata.uid(), gid: metadata.gid(), name: format!("#{}", metadata.uid()) },
        Ordinary::from,
    ))
}
