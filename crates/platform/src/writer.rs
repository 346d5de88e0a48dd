//! The only place where a writing transaction begins.

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection as _, Postgres, SqlSafeStr as _, SqlStr};
use tokio::sync::OwnedSemaphorePermit;

use crate::database::ACQUIRE_TIMEOUT;
use crate::error::ApiError;
use crate::{Actor, App, Operation};

/// Writes transaction after transaction, on a connection that it keeps until told to rest. It belongs in a task that no
/// vanished client can drop.
#[derive(Debug)]
pub struct Writer {
    app: App,
    begin: &'static str,
    actor: Option<Actor>,
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    connection: PoolConnection<Postgres>,
    _permit: OwnedSemaphorePermit,
}

/// Why a transaction did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// Nothing was changed.
    Refused(ApiError),
    /// COMMIT was sent and not answered.
    Unknown,
}

impl Writer {
    /// A writer without a connection yet.
    pub fn new(app: App) -> Self {
        Self { app, begin: "begin", actor: None, held: None }
    }

    /// For batches that follow each other: their transactions wait for each lock no longer than 100 ms, and their
    /// statements, which look rows up by keys and do nothing else, are not planned anew for each batch. A plan that is kept
    /// from when a table was empty would read it from end to end for ever: so none may.
    #[must_use]
    pub fn for_batches(self) -> Self {
        let begin = "begin; set local lock_timeout = '100ms'; set local plan_cache_mode = force_generic_plan; \
                     set local enable_seqscan = off";
        Self { begin, ..self }
    }

    /// Whose transactions are those of this actor.
    #[must_use]
    pub fn acting_for(self, actor: Option<Actor>) -> Self {
        Self { actor, ..self }
    }

    /// Whether it holds a connection.
    pub fn is_holding(&self) -> bool {
        self.held.is_some()
    }

    /// Give the connection back: somebody else may need it.
    pub fn rest(&mut self) {
        self.held = None;
    }

    /// Run `work` in a transaction of its own, once.
    #[expect(clippy::disallowed_methods, reason = "the one place where writing transactions begin")]
    pub async fn attempt<I, T>(&mut self, input: &I, work: Operation<I, T>) -> Result<T, Failure> {
        let refused = |error: sqlx::Error| Failure::Refused(error.into());
        let mut held = match self.held.take() {
            Some(held) => held,
            None => self.app.hold().await.map_err(refused)?,
        };
        let mut tx = held.connection.begin_with(self.begin()).await.map_err(refused)?;
        match work(&mut tx, input).await {
            Ok(done) => match tx.commit().await {
                Ok(()) => {
                    self.held = Some(held);
                    Ok(done)
                }
                // The server said no: nothing was changed.
                Err(error @ sqlx::Error::Database(_)) if !ends_the_session(&error) => Err(refused(error)),
                Err(error) => {
                    tracing::warn!(%error, "COMMIT was not answered");
                    Err(Failure::Unknown)
                }
            },
            Err(error) => {
                if tx.rollback().await.is_ok() {
                    self.held = Some(held);
                } // a lost connection rolls back by itself
                Err(Failure::Refused(error))
            }
        }
    }
}

impl Writer {
    /// How a transaction begins. Triggers learn by the setting who acts, without a round trip for it.
    fn begin(&self) -> SqlStr {
        match &self.actor {
            None => self.begin.into_sql_str(),
            Some(actor) => {
                let name = literal(actor.name());
                AssertSqlSafe(format!("{}; set local stockbook.actor = {name}", self.begin)).into_sql_str()
            }
        }
    }
}

/// A text as SQL writes it, whatever `standard_conforming_strings` is.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', r"\\").replace('\'', "''"))
}

impl App {
    /// A connection for writing. Writes that wait for a lock hold one each: some are always left for reading.
    async fn hold(&self) -> Result<Held, sqlx::Error> {
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.write_permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Held { connection: self.pool.acquire().await?, _permit: permit })
    }
}

/// An error that may come after the transaction was committed: a session ended by force, or a node lost behind Citus.
fn ends_the_session(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
    code.starts_with("57P") || code.starts_with("XX") || code.starts_with("08")
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_literal_ends_where_its_text_does() {
        assert_eq!(literal("anna"), "E'anna'");
        assert_eq!(literal("O'Brien \\' or"), "E'O''Brien \\\\'' or'");
    }
}
