//! PostgreSQL's logs: a file per weekday, and what it says before it has opened that.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::account::Account;
use crate::error::{Context, Error};
use crate::layout::{self, Layout, create_private_dir};

/// PostgreSQL empties the file of a weekday when that day begins, but only if it is running then. So whoever
/// starts it on one day a week only would keep everything for ever: at a start, files older than this go.
const LOG_AGE_MAX: Duration = Duration::from_hours(6 * 24);

/// How much of a log goes into an error message.
const TAIL_BYTES: u64 = 8 * 1024;
const TAIL_LINES: usize = 20;

/// The logs of one start.
pub(crate) struct Logs {
    start_log: PathBuf,
    dir: PathBuf,
    since: SystemTime,
}

impl Logs {
    /// Makes the log directory, removes old logs, and empties the file of the start.
    pub(crate) fn begin(layout: &Layout, account: &Account) -> Result<(Self, File), Error> {
        let logs = Self { start_log: layout.start_log(), dir: layout.log_dir(), since: SystemTime::now() };
        if !logs.dir.exists() {
            create_private_dir(&logs.dir, account)?;
        }
        for (file, modified) in logs.files().context("read", &logs.dir)? {
            if modified.elapsed().is_ok_and(|age| age > LOG_AGE_MAX) {
                fs::remove_file(&file).context("remove the old log", &file)?;
            }
        }
        let start_log = layout::open(&logs.start_log)?;
        start_log.set_len(0).context("empty", &logs.start_log)?;
        Ok((logs, start_log))
    }

    fn files(&self) -> io::Result<Vec<(PathBuf, SystemTime)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let metadata = entry.metadata()?; // of a link itself, not of what it points to
            if metadata.is_file() {
                files.push((entry.path(), metadata.modified()?));
            }
        }
        Ok(files)
    }

    /// The same after PostgreSQL has ended: its logger outlives it by some milliseconds, and has the reason.
    pub(crate) fn last_tail(&self) -> String {
        let mut before = (self.newest(), self.tail());
        for _ in 0..20 {
            thread::sleep(Duration::from_millis(50));
            let now = (self.newest(), self.tail());
            if now.0.is_some() && now == before {
                break;
            }
            before = now;
        }
        before.1
    }

    /// The weekday's file, if it was written since this start; its time is that of a coarser clock.
    fn newest(&self) -> Option<PathBuf> {
        let newest = self.files().unwrap_or_default().into_iter().max_by_key(|(_, modified)| *modified);
        newest
            .filter(|(_, modified)| *modified + Duration::from_millis(20) >= self.since)
            .map(|(path, _)| path)
    }

    /// The last lines of what PostgreSQL said since this start.
    pub(crate) fn tail(&self) -> String {
        let log = self.newest();
        let tails: Vec<String> =
            [Some(self.start_log.clone()), log].iter().flatten().map(|path| tail(path)).collect();
        tails.join("\n")
    }
}

fn tail(path: &Path) -> String {
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(file.metadata()?.len().saturating_sub(TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
        Ok(last_lines(&String::from_utf8_lossy(&bytes)))
    };
    read().unwrap_or_else(|error| format!("(cannot read {}: {error})", path.display()))
}

/// As much of a program's output as an error message can carry.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
