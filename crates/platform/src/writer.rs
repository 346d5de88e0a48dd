//! The only place where a writing transaction begins.

use serde_json::json;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, SqlSafeStr as _, SqlStr};
use tokio::sync::OwnedSemaphorePermit;

use crate::database::ACQUIRE_TIMEOUT;
use crate::error::ApiError;
use crate::request_id::Origin;
use crate::{Actor, App, Operation};

/// Writes transaction after transaction. It belongs in a task that no vanished client can drop.
#[derive(Debug)]
pub struct Writer {
    app: App,
    for_batches: bool,
    actor: Option<Actor>,
    origin: Option<Origin>,
    held: Option<Held>,
}

/// The connection on which it writes.
#[derive(Debug)]
enum Held {
    /// One of the pool's, with the permit to write on it.
    Pooled { connection: PoolConnection<Postgres>, _permit: OwnedSemaphorePermit },
    /// One of its own.
    Own(PgConnection),
}

/// What holds on a connection for batches. They wait for each lock no longer than 100 ms, and their statements, which look rows
/// up by keys and do nothing else, are not planned anew for each batch. A plan that is kept from when a table was empty would
/// read it from end to end for ever: so none may.
const BATCHES: [(&str, &str); 3] =
    [("lock_timeout", "100ms"), ("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off")];

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
        Self { app, for_batches: false, actor: None, origin: None, held: None }
    }

    /// For batches that follow each other, on a connection of its own ([`BATCHES`]), which belongs to the runtime that
    /// runs the first of them.
    #[must_use]
    pub fn for_batches(self) -> Self {
        Self { for_batches: true, ..self }
    }

    /// Whose transactions are those of this actor.
    #[must_use]
    pub fn acting_for(self, actor: Option<Actor>) -> Self {
        Self { actor, ..self }
    }

    /// Whose transactions are those of a request that came from there.
    #[must_use]
    pub fn asked_from(self, origin: Option<Origin>) -> Self {
        Self { origin, ..self }
    }

    /// Run `work` in a transaction of its own, once.
    #[expect(clippy::disallowed_methods, reason = "the one place where writing transactions begin")]
    pub async fn attempt<I, T>(&mut self, input: &I, work: Operation<I, T>) -> Result<T, Failure> {
        let refused = |error: sqlx::Error| Failure::Refused(error.into());
        let mut held = match self.held.take() {
            Some(held) => held,
            None if self.for_batches => self.app.connect(BATCHES).await.map(Held::Own).map_err(refused)?,
            None => self.app.hold().await.map_err(refused)?,
        };
        let connection = match &mut held {
            Held::Pooled { connection, .. } => &mut **connection,
            Held::Own(connection) => connection,
        };
        let mut tx = connection.begin_with(self.begin()).await.map_err(refused)?;
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
    /// How a transaction begins. Triggers learn by settings who acts, and from where, without a round trip for it.
    fn begin(&self) -> SqlStr {
        if self.actor.is_none() && self.origin.is_none() {
            return "begin".into_sql_str();
        }
        let mut begin = "begin".to_owned();
        let mut set =
            |name: &str, value: &str| begin.push_str(&format!("; set local {name} = {}", literal(value)));
        if let Some(actor) = &self.actor {
            set("stockbook.actor", actor.name());
        }
        if let Some(origin) = &self.origin {
            let request = json!({
                "actor_kind": self.actor.as_ref().map_or("anonymous", |actor| actor.kind().as_str()),
                "actor_id": self.actor.as_ref().and_then(Actor::user_id),
                "address": origin.address,
                "user_agent": origin.user_agent(),
                "request_id": origin.id,
            });
            set("stockbook.request", &request.to_string());
        }
        AssertSqlSafe(begin).into_sql_str()
    }
}

/// A text as SQL writes it, whatever `standard_conforming_strings` is.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', r"\\").replace('\'', "''"))
}

impl App {
    /// A connection for writing. Writes that wait for a lock hold one each: some are always left for reading.
    async fn hold(&self) -> Result<Held, sqlx::Error> {
        let permit =
            tokio::time::timeout(ACQUIRE_TIMEOUT, self.0.write_permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Held::Pooled { connection: self.0.pool.acquire().await?, _permit: permit })
    }

    /// A connection beside the pool, with these settings.
    async fn connect(
        &self,
        settings: [(&'static str, &'static str); 3],
    ) -> Result<PgConnection, sqlx::Error> {
        let options = self.0.pool.connect_options().as_ref().clone().options(settings);
        let connecting = PgConnection::connect_with(&options);
        tokio::time::timeout(ACQUIRE_TIMEOUT, connecting).await.map_err(|_| sqlx::Error::PoolTimedOut)?
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
