//! Whether the audit log is what was written: every seal follows from the one before it and its entry, and no entry is
//! without one.

use domain::chain::{self, Link, hexadecimal};
use platform::App;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{self, Sealed};

/// Seals checked in one step: well below a second.
const SEALS_PER_STEP: i64 = 5_000;

/// What a verification has found.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = AuditLogVerification, example = json!({"entries": 812, "waiting": 1,
    "head": {"seq": 812, "chain": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    "differences": [{"code": "entry_changed", "seq": 17, "entry_id": 17, "detail": "the entry is not what was sealed"}],
    "truncated": false, "next_after": null}))]
pub struct AuditReport {
    /// How many sealed entries were checked.
    pub entries: i64,
    /// How many are yet to be sealed.
    pub waiting: i64,
    /// The end of the chain: what to note out of reach; null: nothing is sealed, or the caller may not read every detail.
    #[schema(required)]
    pub head: Option<Head>,
    /// What is not as it was written; the first 1,000.
    pub differences: Vec<AuditDifference>,
    /// Whether there are more differences than are shown.
    pub truncated: bool,
    /// Not everything could be checked in time: give it as `after` to go on; null: everything was checked.
    #[schema(required)]
    pub next_after: Option<i64>,
}

/// A place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditLogHead)]
pub struct Head {
    /// Which place.
    pub seq: i64,
    /// The chain there, in hexadecimal.
    #[schema(min_length = 64, max_length = 64)]
    pub chain: String,
}

impl Head {
    /// This chain at this place; none: there is no such place, or it is no chain.
    pub fn new(seq: i64, chain: &str) -> Option<Self> {
        let is_digest = chain.len() == 64 && chain.bytes().all(|byte| byte.is_ascii_hexdigit());
        (seq > 0 && is_digest).then(|| Self { seq, chain: chain.to_lowercase() })
    }
}

/// Something that is not as it was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditLogDifference)]
pub struct AuditDifference {
    /// What kind of difference; stable. docs/src/audit-log.md lists them.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// At which place of the chain; null: at none.
    #[schema(required)]
    pub seq: Option<i64>,
    /// At which entry; null: at none.
    #[schema(required)]
    pub entry_id: Option<i64>,
    /// For people.
    pub detail: &'static str,
}

impl AuditReport {
    const DIFFERENCES_MAX: usize = 1_000;

    fn add(&mut self, code: &'static str, seq: Option<i64>, entry_id: Option<i64>, detail: &'static str) {
        if self.differences.len() < Self::DIFFERENCES_MAX {
            self.differences.push(AuditDifference { code, seq, entry_id, detail });
        } else {
            self.truncated = true;
        }
    }
}

/// A verification that is under way. It holds a connection only during a step.
///
/// A step checks some seals, and that each entry from that of the last seal before them to that of their own last one is sealed,
/// or waits for that. Entries are sealed nearly in their order, not quite: however the steps lie, one of them sees each entry,
/// since the first begins before all entries, the last ends after all, and each begins where one before it has ended. So it may end
/// between any two steps, and be gone on with.
pub struct AuditVerification {
    app: App,
    /// The last place that was checked, and the chain there.
    seq: i64,
    chain: Link,
    /// Up to which one entries were checked.
    entry_id: i64,
    is_done: bool,
    report: AuditReport,
}

impl AuditVerification {
    /// From this place of the chain on; what stands there has been verified before.
    pub async fn new(app: App, after: i64) -> Result<Self, sqlx::Error> {
        let known = if after > 0 { store::seal_at(app.db(), after).await? } else { None };
        let (seq, (entry_id, chain)) = known.map_or((0, (0, chain::START)), |seal| (after, seal));
        Ok(Self { app, seq, chain, entry_id, is_done: false, report: AuditReport::default() })
    }

    /// Check a part. Whether anything is left.
    pub async fn step(&mut self) -> Result<bool, sqlx::Error> {
        let seals = store::seals(self.app.db(), self.seq, SEALS_PER_STEP).await?;
        self.is_done = seals.len() < usize::try_from(SEALS_PER_STEP).unwrap_or(usize::MAX);
        let last = seals.last().map_or(self.entry_id, |sealed| sealed.entry_id);
        self.check_seals(seals);
        if self.is_done {
            self.check_end().await?;
        }
        self.check_entries(if self.is_done { i64::MAX } else { last }).await?;
        Ok(!self.is_done)
    }

    /// Compare a noted head with the chain: it has to be there still.
    pub async fn compare(&mut self, noted: &Head) -> Result<(), sqlx::Error> {
        let seq = Some(noted.seq);
        match store::seal_at(self.app.db(), noted.seq).await? {
            None => self.report.add("head_cut_off", seq, None, "the chain ends before the noted head"),
            Some((_, chain)) if hexadecimal(&chain) != noted.chain => {
                self.report.add("head_changed", seq, None, "the chain is not that of the noted head");
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// What was checked and found.
    pub fn into_report(mut self) -> AuditReport {
        self.report.next_after = (!self.is_done).then_some(self.seq);
        self.report
    }

    fn check_seals(&mut self, seals: Vec<Sealed>) {
        for sealed in seals {
            let (seq, entry_id) = (Some(sealed.seq), Some(sealed.entry_id));
            if sealed.seq != self.seq + 1 {
                self.report.add("seal_missing", Some(self.seq + 1), None, "a place of the chain is empty");
            } else {
                match &sealed.entry {
                    None => {
                        self.report.add("entry_missing", seq, entry_id, "the entry that was sealed is gone");
                    }
                    Some(entry) if entry.extend(&self.chain, sealed.seq) != sealed.chain => {
                        self.report.add("entry_changed", seq, entry_id, "the entry is not what was sealed");
                    }
                    Some(_) => {}
                }
            }
            self.report.entries += 1;
            (self.seq, self.chain) = (sealed.seq, sealed.chain);
        }
    }

    /// The chain has ended here: its head, and what is to become part of it.
    async fn check_end(&mut self) -> Result<(), sqlx::Error> {
        self.report.head = (self.seq > 0).then(|| Head { seq: self.seq, chain: hexadecimal(&self.chain) });
        self.report.waiting = store::count_unsealed(self.app.db()).await?;
        for id in store::lost_in_queue(self.app.db()).await? {
            self.report.add("entry_missing", None, Some(id), "the entry was gone before it was sealed");
        }
        Ok(())
    }

    async fn check_entries(&mut self, last: i64) -> Result<(), sqlx::Error> {
        let most = AuditReport::DIFFERENCES_MAX + 1; // one more shows that there are more
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        for id in store::unsealed(self.app.db(), self.entry_id, last, most).await? {
            let detail = "the entry is not sealed and does not wait for that";
            self.report.add("entry_unsealed", None, Some(id), detail);
        }
        self.entry_id = self.entry_id.max(last);
        Ok(())
    }
}
