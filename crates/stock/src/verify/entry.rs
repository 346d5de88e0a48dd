//! The walk along the entries of each level: number by number, each from the one before it.

use domain::Quantity;
use domain::chain::{self, Link};

use super::model::{Finding, Report};
use super::position::EntryKey;

/// An entry with its movement, every field as the chain has it (docs/src/ledger-chain.md).
#[derive(Debug, sqlx::FromRow)]
pub(super) struct EntryRow {
    pub(super) product_id: i64,
    pub(super) location_id: i64,
    pub(super) lot: String,
    pub(super) seq: i64,
    movement_id: i64,
    on_hand_delta: String,
    on_hand_after: String,
    reserved_delta: String,
    reserved_after: String,
    unit_cost: String,
    occurred_at: String,
    recorded_at: String,
    chain: Vec<u8>,
    /// The fields of its movement; none if there is no such movement.
    movement: Option<Vec<String>>,
}

/// A level by its key.
pub(super) type LevelKey = (i64, i64, String);

/// What the next entry follows from.
struct Last {
    level: LevelKey,
    seq: i64,
    movement_id: i64,
    on_hand: Option<Quantity>,
    reserved: Option<Quantity>,
    recorded_at: i64,
    chain: Link,
}

/// Where the walk is.
#[derive(Default)]
pub(super) struct Walk {
    last: Option<Last>,
    /// The levels that were come to since this was taken last.
    pub(super) levels: Vec<LevelKey>,
}

impl Walk {
    /// The entry that was checked last.
    pub(super) fn position(&self) -> Option<EntryKey> {
        let Last { level: (product_id, location_id, lot), seq, .. } = self.last.as_ref()?;
        let (product_id, location_id, seq) = (*product_id, *location_id, *seq);
        Some(EntryKey { product_id, location_id, lot: lot.clone(), seq })
    }

    /// Go on after an entry that an earlier verification has checked.
    pub(super) fn resume(&mut self, row: &EntryRow) {
        self.last = Some(row.as_last());
    }

    /// Check an entry, which comes after all that were checked.
    pub(super) fn check(&mut self, row: &EntryRow, report: &mut Report) {
        let level = (row.product_id, row.location_id, row.lot.clone());
        let last = self.last.take().filter(|last| last.level == level);
        if last.is_none() {
            self.levels.push(level);
        }
        let mut add = |code, detail| report.add(code, row.finding(detail));
        let before = last.as_ref().map_or(0, |last| last.seq);
        let has_gap = before.checked_add(1) != Some(row.seq);
        if has_gap {
            add("entry_gap", format!("the entry before it has the number {before}"));
        }
        let on_hand = last.as_ref().map_or(Some(Quantity::ZERO), |last| last.on_hand);
        let reserved = last.as_ref().map_or(Some(Quantity::ZERO), |last| last.reserved);
        // After a gap nobody knows what it follows from, and what it was chained to.
        if !has_gap && !follows(on_hand, &row.on_hand_delta, &row.on_hand_after) {
            add(
                "entry_not_following",
                "on_hand_after is not what was there before it and its delta".to_owned(),
            );
        }
        if !has_gap && !follows(reserved, &row.reserved_delta, &row.reserved_after) {
            add(
                "entry_not_following",
                "reserved_after is not what was there before it and its delta".to_owned(),
            );
        }
        if last.as_ref().is_some_and(|last| !row.is_stamped_after(last)) {
            add(
                "stamp_order",
                "its stamp, or its movement's key, is not after those of the entry before it".to_owned(),
            );
        }
        match &row.movement {
            None => add("movement_missing", "its movement does not exist".to_owned()),
            Some(fields) => {
                if !row.has_stamps_of(fields) {
                    add("stamp_mismatch", "its times are not those of its movement".to_owned());
                }
                let before = last.as_ref().map_or(chain::START, |last| last.chain);
                if !has_gap
                    && row.chain_after(&before, fields).as_ref().map(Link::as_slice) != Some(&row.chain)
                {
                    add(
                        "chain_broken",
                        "the entry, its movement or the one before it is not what was written".to_owned(),
                    );
                }
            }
        }
        report.checked.entries += 1;
        self.last = Some(row.as_last());
    }
}

impl EntryRow {
    /// Its key.
    pub(super) fn key(&self) -> EntryKey {
        let (product_id, location_id, seq) = (self.product_id, self.location_id, self.seq);
        EntryKey { product_id, location_id, lot: self.lot.clone(), seq }
    }

    fn as_last(&self) -> Last {
        Last {
            level: (self.product_id, self.location_id, self.lot.clone()),
            seq: self.seq,
            movement_id: self.movement_id,
            on_hand: Quantity::parse(&self.on_hand_after).ok(),
            reserved: Quantity::parse(&self.reserved_after).ok(),
            recorded_at: self.stamp(),
            // What is no link breaks the chain, here and at the next entry.
            chain: self.chain.as_slice().try_into().unwrap_or(chain::START),
        }
    }

    fn finding(&self, detail: String) -> Finding {
        Finding {
            product_id: Some(self.product_id),
            location_id: Some(self.location_id),
            lot: Some(self.lot.clone()).filter(|lot| !lot.is_empty()),
            seq: Some(self.seq),
            movement_id: Some(self.movement_id),
            detail,
        }
    }

    /// Microseconds; what is no time is before all times.
    fn stamp(&self) -> i64 {
        self.recorded_at.parse().unwrap_or(i64::MIN)
    }

    fn is_stamped_after(&self, last: &Last) -> bool {
        if self.movement_id == last.movement_id {
            self.stamp() == last.recorded_at
        } else {
            self.stamp() > last.recorded_at && self.movement_id > last.movement_id
        }
    }

    fn has_stamps_of(&self, movement: &[String]) -> bool {
        matches!(movement, [.., occurred_at, recorded_at, _] if *occurred_at == self.occurred_at && *recorded_at == self.recorded_at)
    }

    fn chain_after(&self, before: &Link, movement: &[String]) -> Option<Link> {
        let [kind, reason, reference, note, actor, occurred_at, recorded_at, reverses] = movement else {
            return None;
        };
        let movement = chain::movement_digest_of([
            kind,
            reason,
            reference,
            note,
            actor,
            occurred_at,
            recorded_at,
            reverses,
        ]);
        let fields = [
            &*self.product_id.to_string(),
            &self.location_id.to_string(),
            &self.lot,
            &self.seq.to_string(),
            &self.on_hand_delta,
            &self.on_hand_after,
            &self.reserved_delta,
            &self.reserved_after,
            &self.unit_cost,
            &self.occurred_at,
            &self.recorded_at,
        ];
        Some(chain::extend_by(before, &movement, fields))
    }
}

/// Whether a delta leads from one figure to the other. Figures out of range lead nowhere.
fn follows(before: Option<Quantity>, delta: &str, after: &str) -> bool {
    let sum = Quantity::parse(delta).ok().and_then(|delta| before?.checked_add(delta));
    sum.is_some() && sum == Quantity::parse(after).ok()
}
