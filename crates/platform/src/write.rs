//! Writes: once, retried, and never dropped half-way.
//!
//! A write runs in a task of its own: a client that goes away cannot drop it half-way, which could hand its connection
//! back with the transaction still open. Deadlocks and lost connections are retried within a deadline. A connection
//! lost during COMMIT leaves the outcome unknown: what has a key is run again, and either finds what it did or does
//! it; what has none is answered as unknown, never as failed.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::Instrument;

use crate::error::{self, ApiError};
use crate::idempotency::{self, RequestKey};
use crate::response::identity;
use crate::writer::{Failure, Writer};
use crate::{App, Connection, Created, Done, Operation, auth, request_id};

/// How long a write is retried.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// What a keyed write answered, and whether it had been done before.
pub struct Once {
    /// The outcome in JSON.
    pub answer: String,
    /// Whether it was done by an earlier request with the same key.
    pub replayed: bool,
}

impl Once {
    /// The answer 201 to a POST that made a document of this collection, which is read by its id.
    pub fn created(self, collection: &'static str) -> Created {
        let id = identity(&self.answer).id;
        Created {
            location: id.map(|id| format!("{collection}/{id}")),
            body: self.answer,
            replayed: self.replayed,
        }
    }

    /// The answer 201 to a POST that made what is read at another address, which follows from the answer.
    pub fn created_at<A: DeserializeOwned>(self, address: fn(A) -> String) -> Result<Created, ApiError> {
        let location = serde_json::from_str(&self.answer).map(address).map_err(ApiError::internal)?;
        Ok(Created { location: Some(location), body: self.answer, replayed: self.replayed })
    }

    /// The answer 200 to a POST that took a document on.
    pub fn done(self) -> Done {
        Done { body: self.answer, replayed: self.replayed }
    }
}

/// Work with the key under which it is done once.
struct Keyed<I, T> {
    operation: &'static str,
    key: RequestKey,
    input: I,
    work: Operation<I, T>,
}

impl<I: Sync, T: Serialize> Keyed<I, T> {
    async fn run(&self, db: &mut Connection) -> Result<Once, ApiError> {
        if let Some(answer) = replay(db, self.operation, &self.key).await? {
            return Ok(Once { answer, replayed: true });
        }
        let answer =
            serde_json::to_string(&(self.work)(db, &self.input).await?).map_err(ApiError::internal)?;
        idempotency::record(db, &self.key, self.operation, &answer).await?;
        Ok(Once { answer, replayed: false })
    }
}

impl App {
    /// Run `work` in a transaction: all of it happens, or nothing. It may run more than once.
    pub async fn write<I, T>(&self, input: I, work: Operation<I, T>) -> Result<T, ApiError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.run(false, input, work).await
    }

    /// Like [`App::write`], for work that looks its own keys up: it is also run again when COMMIT was lost.
    pub async fn write_keyed<I, T>(&self, input: I, work: Operation<I, T>) -> Result<T, ApiError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.run(true, input, work).await
    }

    /// Run `work` once for this key, for ever: a retry gets the first answer.
    pub async fn write_once<I, T>(
        &self,
        operation: &'static str,
        key: RequestKey,
        input: I,
        work: Operation<I, T>,
    ) -> Result<Once, ApiError>
    where
        I: Send + Sync + 'static,
        T: Serialize + Send + 'static,
    {
        let keyed = Keyed { operation, key: key.clone(), input, work };
        match self.write_keyed(keyed, |db, keyed| Box::pin(keyed.run(db))).await {
            // It may be refused because the same request has just succeeded elsewhere: its own SKU is taken, by itself.
            Err(refusal) if refusal.problem().status < 500 => {
                let mut db = self.0.pool.acquire().await?;
                match replay(&mut db, operation, &key).await? {
                    Some(answer) => Ok(Once { answer, replayed: true }),
                    None => Err(refusal),
                }
            }
            result => result,
        }
    }

    async fn run<I, T>(&self, keyed: bool, input: I, work: Operation<I, T>) -> Result<T, ApiError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let (app, actor, origin) = (self.clone(), auth::current(), request_id::origin());
        let task = async move {
            let deadline = Instant::now() + DEADLINE;
            let mut unknown = false;
            for attempt in 0_u32.. {
                let mut writer =
                    Writer::new(app.clone()).acting_for(actor.clone()).asked_from(origin.clone());
                let error = match writer.attempt(&input, work).await {
                    Ok(done) => return Ok(done),
                    // Also after a lost COMMIT: the first try did not happen, or this one would have found it.
                    Err(Failure::Refused(error))
                        if !error.transient && (!unknown || error.problem().status < 500) =>
                    {
                        return Err(error);
                    }
                    Err(Failure::Refused(error)) => error,
                    Err(Failure::Unknown) => {
                        unknown = true;
                        outcome_unknown()
                    }
                };
                let pause = pause_after(attempt);
                if (unknown && !keyed) || Instant::now() + pause >= deadline {
                    return Err(if unknown { outcome_unknown() } else { error });
                }
                tokio::time::sleep(pause).await;
            }
            Err(outcome_unknown())
        };
        let task = auth::acting_for(auth::current(), task);
        self.0.writes.spawn(task.in_current_span()).await.map_err(ApiError::internal)?
    }
}

/// How long to wait after so many failures.
pub fn pause_after(failures: u32) -> Duration {
    Duration::from_millis(5 << failures.min(7))
}

/// What to say of a write that may have happened.
pub fn outcome_unknown() -> ApiError {
    ApiError::new(
        &error::OUTCOME_UNKNOWN,
        "it may have happened: look, or retry with the same Idempotency-Key",
    )
}

async fn replay(db: &mut Connection, operation: &str, key: &RequestKey) -> Result<Option<String>, ApiError> {
    let recorded = idempotency::find(db, &[key.hash]).await?;
    recorded.into_iter().next().map(|recorded| key.replay(operation, recorded)).transpose()
}
