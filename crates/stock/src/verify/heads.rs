//! Heads in a file: the end of every chain, with a digest over all of them, to be signed and kept out of reach.
//!
//! The form is public (docs/src/proof.md). One line per level, by product, location and lot (by its bytes), its fields separated by
//! tabs: product_id, location_id, lot, seq, chain. Before them a line that names the form, after them what the file
//! is about and the SHA-256 over all lines of levels. Only these do not begin with `#`.

use domain::chain::hexadecimal;
use jiff::Timestamp;
use platform::App;
use sha2::{Digest, Sha256};

use super::model::Head;
use super::store;

/// The first line; its number counts the versions of the form.
const FORM: &str = "# stockbook/heads/1";

/// Heads that are read at once.
const PAGE: i64 = 1_000;

/// What the end of a file says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadsNote {
    /// Of which database; with its schema, unless that is `public`.
    pub database: String,
    /// When it was begun, by the clock of the database.
    pub made_at: Timestamp,
    /// How many levels there are.
    pub levels: i64,
    /// How many entries they have.
    pub entries: i64,
    /// SHA-256 over the lines of the levels, in hexadecimal.
    pub sha256: String,
}

/// The heads of a database, on their way into a file.
pub struct Heads {
    app: App,
    database: String,
    made_at: Timestamp,
    digest: Sha256,
    levels: i64,
    entries: i64,
    begun: bool,
    /// The last level that was read.
    after: Option<Head>,
    /// Of one product at one location; which lots they have decides their order.
    held_back: Vec<Head>,
}

impl Heads {
    /// Of this database.
    pub async fn new(app: App) -> Result<Self, sqlx::Error> {
        let (database, schema, now) = store::about(app.db()).await?;
        let database = if schema == "public" { database } else { format!("{database}.{schema}") };
        Ok(Self {
            app,
            database,
            made_at: now.to_jiff(),
            digest: Sha256::new(),
            levels: 0,
            entries: 0,
            begun: false,
            after: None,
            held_back: Vec::new(),
        })
    }

    /// The next part of the file; none: that was all. Each level is read at its own moment, which is enough for a head.
    pub async fn next_part(&mut self) -> Result<Option<String>, sqlx::Error> {
        let after = self.after.as_ref();
        let key =
            after.map(|head| (head.product_id, head.location_id, head.lot.as_deref().unwrap_or_default()));
        let heads = store::heads(self.app.db(), key, PAGE).await?;
        let mut part = String::new();
        if !self.begun {
            self.begun = true;
            part.push_str(FORM);
            part.push('\n');
        }
        let is_all = heads.is_empty();
        self.after = heads.last().cloned().or(self.after.take());
        for head in heads {
            let place = |head: &Head| (head.product_id, head.location_id);
            if self.held_back.first().is_some_and(|other| place(other) != place(&head)) {
                self.write_held_back(&mut part);
            }
            self.held_back.push(head);
        }
        Ok(Some(part).filter(|part| !(is_all && part.is_empty())))
    }

    /// The end of the file, after all its parts.
    pub fn finish(mut self) -> (String, HeadsNote) {
        let mut end = String::new();
        self.write_held_back(&mut end);
        let note = HeadsNote {
            database: self.database,
            made_at: self.made_at,
            levels: self.levels,
            entries: self.entries,
            sha256: hexadecimal(&self.digest.finalize()),
        };
        end.push_str(&note.lines());
        (end, note)
    }

    fn write_held_back(&mut self, part: &mut String) {
        self.held_back.sort_by(|a, b| a.lot.cmp(&b.lot));
        for head in self.held_back.drain(..) {
            let line = head.line();
            self.digest.update(&line);
            self.levels += 1;
            self.entries = self.entries.saturating_add(head.seq);
            part.push_str(&line);
        }
    }
}

impl Head {
    fn line(&self) -> String {
        let Self { product_id, location_id, lot, seq, chain } = self;
        format!("{product_id}\t{location_id}\t{}\t{seq}\t{chain}\n", lot.as_deref().unwrap_or_default())
    }

    fn read(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [product, location, lot, seq, chain] = fields.as_slice() else { return None };
        Some(Self {
            product_id: product.parse().ok()?,
            location_id: location.parse().ok()?,
            lot: Some((*lot).to_owned()).filter(|lot| !lot.is_empty()),
            seq: seq.parse().ok()?,
            chain: (*chain).to_owned(),
        })
    }
}

impl HeadsNote {
    fn lines(&self) -> String {
        let Self { database, made_at, levels, entries, sha256 } = self;
        format!(
            "# database {database}\n# made_at {made_at}\n# levels {levels}\n# entries {entries}\n# sha256 {sha256}\n"
        )
    }
}

/// A file of heads is not what it should be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadsFault {
    /// It does not begin as one.
    #[error("it is no file of heads: its first line is not '{FORM}'")]
    NoHeads,
    /// A line is none of its form.
    #[error("line {0} cannot be read")]
    Line(usize),
    /// It ends before its end, or its digest is not that of its lines.
    #[error("it is not whole: what it says of itself at its end is not so")]
    NotWhole,
}

/// A file of heads, read line by line.
#[derive(Default)]
pub struct HeadsFile {
    digest: Sha256,
    levels: i64,
    entries: i64,
    lines: usize,
    end: String,
}

impl HeadsFile {
    /// Read the next line; the head in it, if it has one.
    pub fn read(&mut self, line: &str) -> Result<Option<Head>, HeadsFault> {
        self.lines += 1;
        if self.lines == 1 {
            return if line == FORM { Ok(None) } else { Err(HeadsFault::NoHeads) };
        }
        if line.starts_with('#') {
            self.end.push_str(line);
            self.end.push('\n');
            return Ok(None);
        }
        let head = Head::read(line).filter(|_| self.end.is_empty()).ok_or(HeadsFault::Line(self.lines))?;
        self.digest.update(line);
        self.digest.update("\n");
        self.levels += 1;
        self.entries = self.entries.saturating_add(head.seq);
        Ok(Some(head))
    }

    /// What the file says of itself, if it is whole.
    pub fn finish(self) -> Result<HeadsNote, HeadsFault> {
        let value = |name: &str| {
            let mut lines = self.end.lines();
            lines
                .find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(' '))
                .map(str::to_owned)
        };
        let note = || {
            Some(HeadsNote {
                database: value("database")?,
                made_at: value("made_at")?.parse().ok()?,
                levels: self.levels,
                entries: self.entries,
                sha256: hexadecimal(&self.digest.clone().finalize()),
            })
        };
        note().filter(|note| note.lines() == self.end).ok_or(HeadsFault::NotWhole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What it says of itself was made by sha256sum.
    const FILE: &str = "# stockbook/heads/1
1\t1\t\t2\taa
1\t1\tL 7\t3\tbb
# database shop
# made_at 2026-01-31T12:00:00Z
# levels 2
# entries 5
# sha256 SUM
";
    const SUM: &str = "326a8d0344b139e4b58517ae684ebb391050f0466279c3053cb52ec0633e7cb2";

    fn read(text: &str) -> Result<(Vec<Head>, HeadsNote), HeadsFault> {
        let mut file = HeadsFile::default();
        let mut heads = Vec::new();
        for line in text.lines() {
            heads.extend(file.read(line)?);
        }
        Ok((heads, file.finish()?))
    }

    #[test]
    fn a_file_of_heads_is_read_if_it_is_whole() {
        let whole = FILE.replace("SUM", SUM);
        let (heads, note) = read(&whole).expect("it is whole");
        assert_eq!(heads.iter().map(Head::line).collect::<String>(), "1\t1\t\t2\taa\n1\t1\tL 7\t3\tbb\n");
        assert_eq!((note.levels, note.entries, note.database.as_str()), (2, 5, "shop"));
        let lines: Vec<_> = whole.lines().collect();
        for missing in 1..lines.len() {
            let rest: Vec<_> =
                lines.iter().enumerate().filter(|(i, _)| *i != missing).map(|(_, line)| *line).collect();
            assert_eq!(read(&rest.join("\n")), Err(HeadsFault::NotWhole), "without line {missing}");
        }
        assert_eq!(read(&whole.replace("\taa", "\tab")), Err(HeadsFault::NotWhole));
        assert_eq!(read(&whole.replace("\taa", "")), Err(HeadsFault::Line(2)));
        assert_eq!(read(&whole.replace("heads/1", "heads/2")), Err(HeadsFault::NoHeads));
    }
}
