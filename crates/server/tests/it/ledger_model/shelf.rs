//! What one writer expects of its product: worked out from what it has asked for, in whole numbers, by another way than
//! the server's. It keeps every change with its moment and adds up.

use std::collections::BTreeMap;

/// A moment: below zero those that commands are dated back to, above it the order of what happens now.
pub(super) type Moment = i64;

/// A change of what is on hand in a warehouse.
#[derive(Clone, Copy, Debug)]
struct Change {
    at: Moment,
    delta: i64,
    is_count: bool,
}

/// The product in one warehouse.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    changes: Vec<Change>,
    pub(super) reserved: i64,
}

/// Why a command has to be refused: the code of the answer.
pub(super) type Refusal = &'static str;

impl Shelf {
    pub(super) fn on_hand(&self) -> i64 {
        self.changes.iter().map(|change| change.delta).sum()
    }

    pub(super) fn free(&self) -> i64 {
        self.on_hand() - self.reserved
    }

    /// Change it now.
    pub(super) fn change(&mut self, now: Moment, delta: i64) -> Result<(), Refusal> {
        if -delta > self.free() {
            return Err("insufficient_stock");
        }
        self.changes.push(Change { at: now, delta, is_count: false });
        Ok(())
    }

    /// Count it now; the difference.
    pub(super) fn count(&mut self, now: Moment, counted: i64) -> Result<i64, Refusal> {
        let delta = counted - self.on_hand();
        self.change(now, delta)?;
        self.changes.last_mut().expect("just added").is_count = true;
        Ok(delta)
    }

    /// Change it at a moment in the past; whether a count has stood against it.
    pub(super) fn change_back(&mut self, at: Moment, delta: i64) -> Result<bool, Refusal> {
        let (lowest, counted_at) = self.since(at);
        let could_leave = if counted_at.is_some() { lowest } else { lowest.min(self.free()) };
        if -delta > could_leave {
            return Err(if self.free() >= -delta { "negative_since" } else { "insufficient_stock" });
        }
        self.changes.push(Change { at, delta, is_count: false });
        if let Some(counted_at) = counted_at {
            self.changes.push(Change { at: counted_at, delta: -delta, is_count: true });
        }
        Ok(counted_at.is_some())
    }

    /// The least there was from a moment on, until it was counted if it was; and when that was.
    fn since(&self, at: Moment) -> (i64, Option<Moment>) {
        let mut balance: i64 =
            self.changes.iter().filter(|change| change.at <= at).map(|change| change.delta).sum();
        let mut later: BTreeMap<Moment, (i64, bool)> = BTreeMap::new();
        for change in self.changes.iter().filter(|change| change.at > at) {
            let moment = later.entry(change.at).or_default();
            *moment = (moment.0 + change.delta, moment.1 || change.is_count);
        }
        let mut lowest = balance;
        for (moment, (delta, is_count)) in later {
            if is_count {
                return (lowest, Some(moment));
            }
            balance += delta;
            lowest = lowest.min(balance);
        }
        (lowest, None)
    }
}
