//! Who does something, and when.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{Actor, Connection};
use stock::ledger::{self, Command, LedgerError, Outcome};

/// Who does something, and when: now by the database's clock, or, where a history is played into an empty database, at a
/// moment of it.
#[derive(Clone, Debug)]
pub struct Occasion {
    actor: Actor,
    at: Option<Timestamp>,
}

impl Occasion {
    /// Now.
    pub(crate) fn now(actor: Actor) -> Self {
        Self { actor, at: None }
    }

    /// At a moment of the past. What is done has to come in its order.
    pub fn at(actor: Actor, at: Timestamp) -> Self {
        Self { actor, at: Some(at) }
    }

    /// Who.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// When, as it is bound; null: the clock says.
    pub(crate) fn stamp(&self) -> Option<jiff_sqlx::Timestamp> {
        self.at.map(ToSqlx::to_sqlx)
    }

    /// Run a command of the ledger on this occasion.
    pub(crate) async fn apply(&self, db: &mut Connection, command: &Command) -> Result<Outcome, LedgerError> {
        match self.at {
            None => ledger::apply_one(db, command).await,
            Some(at) => ledger::apply_one_at(db, at, command).await,
        }
    }
}
