//! Movements that are dated back: what has happened since decides whether they may.
//!
//! A movement at an earlier moment changes every balance since. Where the level was counted since, the count stands: the
//! movement is entered together with its compensation at the time of the count, so that only the balances between the
//! two change.

use jiff::Timestamp;

use crate::Quantity;

/// An entry of a level that happened after the moment a command is dated back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Later {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// By how much it changed what is on hand.
    pub delta: Quantity,
    /// Whether the level was counted.
    pub is_count: bool,
}

/// A level since a moment in the past, by business time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PastLevel {
    /// What was on hand at that moment.
    pub on_hand: Quantity,
    /// The least that was on hand from that moment on: until now, or until the level was counted.
    pub lowest: Quantity,
    /// When the level was counted first since.
    pub counted_at: Option<Timestamp>,
}

impl PastLevel {
    /// A level with so much on hand now and these later entries, in the order in which they happened.
    pub fn of(on_hand_now: Quantity, later: &[Later]) -> Self {
        let since: Quantity = later.iter().map(|entry| entry.delta).sum();
        let on_hand = on_hand_now.saturating_sub(since);
        let (mut balance, mut lowest) = (on_hand, on_hand);
        for moment in later.chunk_by(|a, b| a.occurred_at == b.occurred_at) {
            if moment.iter().any(|entry| entry.is_count) {
                return Self { on_hand, lowest, counted_at: Some(moment[0].occurred_at) };
            }
            // What happens at one moment happens at once.
            balance = moment.iter().fold(balance, |sum, entry| sum.saturating_add(entry.delta));
            lowest = lowest.min(balance);
        }
        Self { on_hand, lowest, counted_at: None }
    }

    /// What could leave the level at that moment, where so much could leave now, and the movement itself has changed it by
    /// `change` so far. Since a count it is no matter what is there now: what leaves is brought back when it was counted.
    pub(super) fn free(&self, now: Quantity, change: Quantity) -> Quantity {
        let then = self.lowest.saturating_add(change);
        if self.counted_at.is_some() { then } else { then.min(now) }
    }
}
