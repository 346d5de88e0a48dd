//! `postmaster.pid`, by which a postmaster tells the world how it is doing.

use std::fs;
use std::path::Path;

use nix::unistd::Pid;

/// What we need of `postmaster.pid`. Its lines: process id, data directory, start time, port, socket
/// directory, address, shared memory key, status (`src/include/miscadmin.h` of PostgreSQL).
pub(crate) struct PidFile {
    pub(crate) pid: Pid,
    /// Whether connections are accepted.
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) const NAME: &str = "postmaster.pid";

    /// None if there is no such file in the cluster, or one that is not of a postmaster: a `postgres --single`
    /// writes its id as a negative number.
    pub(crate) fn read(pg: &Path) -> Option<Self> {
        let text = fs::read_to_string(pg.join(Self::NAME)).ok()?;
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok().filter(|pid| *pid > 1).map(Pid::from_raw)?;
        let ready = lines.nth(6).is_some_and(|status| status.trim() == "ready");
        Some(Self { pid, ready })
    }
}
