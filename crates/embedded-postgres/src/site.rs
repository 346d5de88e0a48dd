//! Everything that is settled before a program of PostgreSQL can run: which one, as whom, where, and alone there.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::account::Account;
use crate::error::{Context, Error};
use crate::layout::Layout;
use crate::locks::Locks;
use crate::process;
use crate::programs::{Programs, find_programs};

/// A data directory that is ours to work in for as long as this lives.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) programs: Programs,
    pub(crate) account: Account,
    pub(crate) layout: Layout,
    locks: Locks,
}

impl Site {
    /// Checks before it makes anything, so that a refusal leaves no trace.
    pub(crate) fn take(data_dir: &Path) -> Result<Self, Error> {
        let data_dir = std::path::absolute(data_dir).context("resolve the path", data_dir)?;
        let programs = find_programs(Some(&data_dir))?;
        let account = Account::choose(&data_dir, &programs)?;
        let layout = Layout::create(&data_dir)?;
        let locks = Locks::take(&layout)?;
        Ok(Self { programs, account, layout, locks })
    }

    /// A program of PostgreSQL, to be run as its user and under its lock.
    pub(crate) fn command(&self, program: &str) -> Result<Command, Error> {
        let path = self.programs.path(program);
        process::command(&path, &self.account, self.locks.postgres()).context("prepare", &path)
    }

    /// How the images of whole pages in the log are compressed: by LZ4 where PostgreSQL was built with it (from version
    /// 15 on), or else by its own method, which takes some 50 µs for each. PostgreSQL is asked, as an unknown value would
    /// keep it from starting.
    pub(crate) fn wal_compression(&self) -> Result<&'static str, Error> {
        let mut postgres = self.command("postgres")?;
        postgres.args(["-C", "wal_compression", "-c", "wal_compression=lz4", "-D"]).arg(self.layout.pg());
        let status = postgres.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let known = status.context("run", Path::new(postgres.get_program()))?.success();
        Ok(if known { "lz4" } else { "on" })
    }
}
