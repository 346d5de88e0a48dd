//! The verification, step by step.

use platform::{App, Connection};

use super::entry::Walk;
use super::model::{Head, Report};
use super::position::{EntryKey, Position};
use super::rules::{OF_LEVELS, OF_MOVEMENTS, OF_PRODUCTS};
use super::store;

/// Most products whose totals are checked in one step.
const PRODUCTS_PER_STEP: i64 = 500;

/// Most entries, or movements, that are checked in one step: well below a second.
const ROWS_PER_STEP: i64 = 20_000;

/// A verification that is under way. It holds a connection only during a step.
pub struct Verification {
    app: App,
    /// Rising; empty: all.
    products: Vec<i64>,
    position: Position,
    rows_per_step: i64,
    walk: Walk,
    report: Report,
}

impl Verification {
    /// Of all products, or of some.
    pub fn new(app: App, mut products: Vec<i64>, from: Position) -> Self {
        products.sort_unstable();
        let (walk, report) = (Walk::default(), Report::default());
        Self { app, products, position: from, rows_per_step: ROWS_PER_STEP, walk, report }
    }

    /// In smaller steps, so that a test needs no large ledger.
    #[must_use]
    pub fn in_steps_of(self, rows: i64) -> Self {
        Self { rows_per_step: rows, ..self }
    }

    /// Check a part. Whether anything is left.
    pub async fn step(&mut self) -> Result<bool, sqlx::Error> {
        match self.position.clone() {
            Position::Products { after } => self.check_products(after).await?,
            Position::Entries { last, after } => {
                let mut db = self.app.snapshot().await?;
                if self.walk.position().as_ref() != Some(&after) {
                    self.resume(&mut db, &after).await?;
                }
                self.check_entries(&mut db, &after, last).await?;
            }
            Position::Movements { after } => self.check_movements(after).await?,
            Position::Done => {}
        }
        Ok(self.position != Position::Done)
    }

    /// About how many entries and movements there are to check.
    pub async fn estimate(&self) -> Result<i64, sqlx::Error> {
        store::estimate(self.app.db()).await
    }

    /// What was checked and found until now.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The same, with the position to go on from.
    pub fn into_report(self) -> Report {
        let next_after = (self.position != Position::Done).then(|| self.position.to_string());
        Report { next_after, ..self.report }
    }

    /// Compare noted heads with the ledger: each has to be there still.
    pub async fn compare(&mut self, heads: &[Head]) -> Result<(), sqlx::Error> {
        for lost in store::lost_heads(self.app.db(), heads).await? {
            self.report.add(if lost.is_cut_off { "head_cut_off" } else { "head_changed" }, lost.finding);
        }
        Ok(())
    }

    async fn check_products(&mut self, after: i64) -> Result<(), sqlx::Error> {
        let mut db = self.app.snapshot().await?;
        let (after, last) = if self.products.is_empty() {
            let last = store::range_end(&mut db, after, PRODUCTS_PER_STEP, self.rows_per_step).await?;
            (after, last.unwrap_or(i64::MAX))
        } else if let Some(id) = self.products.iter().find(|id| **id > after) {
            (id - 1, *id)
        } else {
            self.position = Position::Movements { after: i64::MIN };
            return Ok(());
        };
        let (products, levels) = store::count(&mut db, after, last).await?;
        self.report.checked.products += products;
        self.report.checked.levels += levels;
        for rule in OF_PRODUCTS {
            for finding in store::find_in_products(&mut db, *rule, after, last).await? {
                self.report.add(rule.0, finding);
            }
        }
        self.walk = Walk::default();
        self.check_entries(&mut db, &EntryKey::after_product(after), last).await
    }

    /// Check the entries that follow. All of them are there that were when their levels were checked, and perhaps more.
    async fn check_entries(
        &mut self,
        db: &mut Connection,
        after: &EntryKey,
        last: i64,
    ) -> Result<(), sqlx::Error> {
        let (walk, report) = (&mut self.walk, &mut self.report);
        let most = self.rows_per_step;
        let read = store::entries(db, after, last, most, |row| walk.check(row, report)).await?;
        for finding in store::missing_levels(db, std::mem::take(&mut walk.levels)).await? {
            report.add(OF_LEVELS.0, finding);
        }
        self.position = match walk.position() {
            Some(after) if read == most => Position::Entries { last, after },
            _ if last == i64::MAX => Position::Movements { after: i64::MIN },
            _ => Position::Products { after: last },
        };
        Ok(())
    }

    /// Go on from the position of an earlier verification: the next entry follows from the one there.
    async fn resume(&mut self, db: &mut Connection, after: &EntryKey) -> Result<(), sqlx::Error> {
        let before = EntryKey { seq: after.seq.saturating_sub(1), ..after.clone() };
        let walk = &mut self.walk;
        let is_there = |row: &super::entry::EntryRow| row.key() == *after;
        store::entries(db, &before, after.product_id, 1, |row| {
            if is_there(row) {
                walk.resume(row);
            }
        })
        .await?;
        Ok(())
    }

    async fn check_movements(&mut self, after: i64) -> Result<(), sqlx::Error> {
        let mut db = self.app.snapshot().await?;
        let ids = store::movements(&mut db, &self.products, after, self.rows_per_step).await?;
        for rule in OF_MOVEMENTS {
            for finding in store::find_in_movements(&mut db, *rule, &ids).await? {
                self.report.add(rule.0, finding);
            }
        }
        let read = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        self.report.checked.movements += read;
        self.position = match ids.last() {
            Some(&after) if read == self.rows_per_step => Position::Movements { after },
            _ => Position::Done,
        };
        Ok(())
    }
}
