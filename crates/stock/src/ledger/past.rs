//! Commands that are dated back: whether they may be, and what has happened since.

use std::collections::HashMap;

use domain::{Book, Later, LevelKey, MovementId, MovementKind, PastLevel, Quantity};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{Connection, FieldError};
use rust_decimal::Decimal;

use super::command::{Command, Work};
use super::error::LedgerError;
use super::names::Names;
use super::reversal::Original;

/// How many entries of all levels that a command may touch may have happened since: they are read while its products are locked.
const LATER_MAX: usize = 100_000;

/// Refuse what lies in the future, too far back, or where the books are closed. For a writer the books stay as they are
/// until it is done.
pub(super) async fn check(
    db: &mut Connection,
    commands: &[&Command],
    writing: bool,
) -> Result<(), LedgerError> {
    for at in commands.iter().filter_map(|command| command.occurred_at()) {
        let (future, too_far, closed): (bool, bool, Option<jiff_sqlx::Timestamp>) =
            sqlx::query_as(if writing {
                concat!(include_str!("past.sql"), " for share")
            } else {
                include_str!("past.sql")
            })
            .bind(at.to_sqlx())
            .fetch_one(&mut *db)
            .await?;
        if future {
            let message = "must not be in the future";
            return Err(LedgerError::Unknown(vec![FieldError::new(
                "/occurred_at",
                "in_the_future",
                message,
            )]));
        }
        if let Some(until) = closed {
            return Err(LedgerError::PeriodClosed { until: until.to_jiff() });
        }
        if too_far {
            return Err(LedgerError::BackdateTooFar);
        }
    }
    Ok(())
}

/// Read what has happened since to the levels of a command that is dated back.
pub(super) async fn load(
    db: &mut Connection,
    commands: &[&Command],
    names: &Names,
    originals: &HashMap<MovementId, Original>,
    book: &mut Book,
) -> Result<(), LedgerError> {
    for command in commands {
        let Some(at) = command.occurred_at() else { continue };
        let lines = match &command.work {
            Work::Post { lines, lines_at, .. } => names.lines(book, lines, lines_at).ok(),
            Work::Reverse { movement, .. } => originals.get(movement).map(|original| original.lines.clone()),
            Work::Reserve { .. } | Work::Reservation { .. } => None,
        };
        // What it names wrongly is said when it is decided.
        let Some(lines) = lines else { continue };
        let mut most = LATER_MAX;
        for key in book.levels_of(&lines) {
            let later = later(db, &key, at, most).await?;
            most = most.checked_sub(later.len()).ok_or(LedgerError::BackdateTooFar)?;
            let past = PastLevel::of(book.level(&key).on_hand, &later);
            book.past.insert(key, past);
        }
    }
    Ok(())
}

/// The entries of a level that happened later, in the order in which they happened; of more than `most`, one more than that.
async fn later(
    db: &mut Connection,
    key: &LevelKey,
    at: Timestamp,
    most: usize,
) -> Result<Vec<Later>, LedgerError> {
    let rows: Vec<(jiff_sqlx::Timestamp, Decimal, String)> = sqlx::query_as(include_str!("later.sql"))
        .bind(key.product.0)
        .bind(key.location.0)
        .bind(&key.lot)
        .bind(at.to_sqlx())
        .bind(i64::try_from(most + 1).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    rows.into_iter()
        .map(|(occurred_at, delta, kind)| {
            let delta = Quantity::try_from(delta).map_err(|error| sqlx::Error::Decode(error.into()))?;
            let is_count = kind == MovementKind::Count.as_str();
            Ok(Later { occurred_at: occurred_at.to_jiff(), delta, is_count })
        })
        .collect()
}
