//! Putting a movement right by its opposite.

use std::collections::HashMap;

use domain::{Change, Event, Line, LocationKind, MovementId, MovementKind, Place};
use jiff::Timestamp;
use platform::Connection;
use sqlx::PgExecutor;

use super::batch::Batch;
use super::error::LedgerError;

/// A movement that is to be reversed.
pub(super) struct Original {
    pub(super) kind: MovementKind,
    pub(super) reversed_by: Option<MovementId>,
    /// Its opposite.
    pub(super) lines: Vec<Line>,
}

impl Original {
    pub(super) fn new(kind: MovementKind) -> Self {
        Self { kind, reversed_by: None, lines: Vec::new() }
    }

    /// Which of the movements have been reversed. Ask under the lock of their products.
    pub(super) async fn mark_reversed(
        db: &mut Connection,
        originals: &mut HashMap<MovementId, Self>,
    ) -> Result<(), sqlx::Error> {
        if originals.is_empty() {
            return Ok(());
        }
        for row in ask(db, originals.keys().map(|id| id.0).collect()).await? {
            if let Some(original) = originals.get_mut(&MovementId(row.id)) {
                original.reversed_by = row.reversed_by.map(MovementId);
            }
        }
        Ok(())
    }
}

/// What is known of a movement that is to be reversed.
#[derive(sqlx::FromRow)]
struct Known {
    id: i64,
    reversed_by: Option<i64>,
    was_counted_since: bool,
    occurred_at: jiff_sqlx::Timestamp,
}

async fn ask(db: impl PgExecutor<'_>, movements: Vec<i64>) -> Result<Vec<Known>, sqlx::Error> {
    sqlx::query_as(include_str!("reversed.sql")).bind(movements).fetch_all(db).await
}

/// When a movement happened, if it was dated back before a count and entered together with what keeps that count true. Its
/// reversal is then dated back to the same moment, so that it undoes both: the count still stands, and the balances between
/// the two are as if the movement had never been. That it is such a movement never changes.
pub(super) async fn dated_back(
    db: impl PgExecutor<'_>,
    movement: MovementId,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let known = ask(db, vec![movement.0]).await?;
    let counted = known.into_iter().find(|known| known.was_counted_since);
    Ok(counted.map(|known| known.occurred_at.to_jiff()))
}

impl Batch {
    /// The opposite of a movement.
    pub(super) fn reversal(
        &self,
        movement: MovementId,
        dated_back: Option<Timestamp>,
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
        let event = Event {
            kind: K::Reversal,
            reason: Some(reason.to_owned()),
            reference: None,
            note: String::new(),
            actor: actor.to_owned(),
            reverses: Some(movement),
            occurred_at: dated_back,
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
