//! The connection pool: sized, timed out, checked.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool};

use crate::Connection;

/// How long a request waits for a connection before it is answered 503.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// A pool of at most `size` connections; none is opened yet.
pub fn pool(options: PgConnectOptions, size: u32) -> PgPool {
    let options = options.application_name("stockbook").options([
        ("statement_timeout", "10s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("timezone", "UTC"),
        ("jit", "off"), // compiling takes longer than any statement of ours; the estimates of generic plans invite it
        ("stockbook.ledger", "on"), // tells the guards in the schema that this is the server, not a slip of a hand
    ]);
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A check before each use would double the round trips; a connection is checked only after a rest.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > Duration::from_secs(1) {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options)
}

/// Run `statement`, which deletes the row with key `$1` and what belongs to it. Where another row refers to any of that,
/// nothing is deleted and the answer is false: what has a history is archived instead.
pub async fn delete_unless_referenced(
    db: &mut Connection,
    statement: &'static str,
    id: i64,
) -> Result<bool, sqlx::Error> {
    // The foreign keys know best what refers to it, also those that later migrations add.
    sqlx::query("savepoint before_delete").execute(&mut *db).await?;
    match sqlx::query(statement).bind(id).execute(&mut *db).await {
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
            sqlx::query("rollback to savepoint before_delete").execute(db).await?;
            Ok(false)
        }
        result => result.map(|_| true),
    }
}
