//! Putting a movement right by its opposite.

use std::collections::HashMap;

use domain::{Change, Event, Line, LocationKind, MovementId, MovementKind, Place};
use platform::Connection;

use super::batch::Batch;
use super::error::LedgerError;

/// A movement that is to be reversed.
pub(super) struct Original {
    pub(super) kind: MovementKind,
    pub(super) reversed_by: Option<MovementId>,
    /// It was entered together with what keeps a later count true.
    pub(super) was_counted_since: bool,
    /// Its opposite.
    pub(super) lines: Vec<Line>,
}

impl Original {
    pub(super) fn new(kind: MovementKind) -> Self {
        Self { kind, reversed_by: None, was_counted_since: false, lines: Vec::new() }
    }

    /// Which of the movements have been reversed, and which cannot be: of what was dated back before a count, nothing is
    /// left to be undone. Ask under the lock of their products.
    pub(super) async fn mark_reversed(
        db: &mut Connection,
        originals: &mut HashMap<MovementId, Self>,
    ) -> Result<(), sqlx::Error> {
        if originals.is_empty() {
            return Ok(());
        }
        let rows: Vec<(i64, Option<i64>, bool)> = sqlx::query_as(include_str!("reversed.sql"))
            .bind(originals.keys().map(|id| id.0).collect::<Vec<_>>())
            .fetch_all(db)
            .await?;
        for (id, reversed_by, was_counted_since) in rows {
            if let Some(original) = originals.get_mut(&MovementId(id)) {
                original.reversed_by = reversed_by.map(MovementId);
                original.was_counted_since = was_counted_since;
            }
        }
        Ok(())
    }
}

impl Batch {
    /// The opposite of a movement.
    pub(super) fn reversal(
        &self,
        movement: MovementId,
        reason: &str,
        actor: &str,
    ) -> Result<(Event, Vec<Line>), LedgerError> {
        use MovementKind as K;
        let original = self.originals.get(&movement).ok_or(LedgerError::MovementNotFound(movement))?;
        if let Some(by) = original.reversed_by {
            return Err(LedgerError::AlreadyReversed { movement, by });
        }
        match original.kind {
            K::Reversal => return Err(LedgerError::IsReversal(movement)),
            K::Reserve
            | K::Release
            | K::Fulfil
            | K::Expire
            | K::TransferOut
            | K::TransferIn
            | K::Transfer => {
                return Err(LedgerError::HasDocument);
            }
            K::Receipt | K::Issue | K::Adjustment | K::Count | K::ReturnIn | K::ReturnOut => {}
        }
        // What a transfer has written off.
        let in_transit = |line: &Line| match line.place {
            Place::Location(id) => {
                self.book.locations.get(&id).map(|facts| facts.kind) == Some(LocationKind::Transit)
            }
            Place::Warehouse(_) | Place::Anywhere => false,
        };
        if original.lines.iter().any(in_transit) {
            return Err(LedgerError::HasDocument);
        }
        if original.was_counted_since {
            return Err(LedgerError::CountedSince(movement));
        }
        let event = Event {
            kind: K::Reversal,
            reason: Some(reason.to_owned()),
            reference: None,
            note: String::new(),
            actor: actor.to_owned(),
            reverses: Some(movement),
            occurred_at: None,
        };
        Ok((event, original.lines.clone()))
    }
}

/// The line that undoes a change of a level.
pub(super) fn opposite(
    key: domain::LevelKey,
    delta: domain::Quantity,
    unit_cost: Option<domain::Amount>,
) -> Line {
    Line {
        product: key.product,
        place: Place::Location(key.location),
        lot: Some(key.lot),
        change: Change::By(-delta),
        expected_on_hand: None,
        unit_cost,
    }
}
