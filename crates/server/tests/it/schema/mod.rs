//! The database defends itself: what its schema refuses, and that all of it is explained.
//!
//! Everything here connects as a plain owner, as people do with psql.

mod comments;
mod constraints;
mod constraints_cases;
mod constraints_cases_access;
mod constraints_cases_transfers;
mod guards;
mod sql_files;
mod views;

use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, Executor, PgConnection};

/// Run statements that have to fail; their error.
async fn refused(db: &mut PgConnection, sql: &str) -> Box<PgDatabaseError> {
    match db.execute(AssertSqlSafe(sql)).await {
        Ok(_) => panic!("was not refused: {sql}"),
        Err(sqlx::Error::Database(error)) => error.downcast::<PgDatabaseError>(),
        Err(error) => panic!("{sql}: {error}"),
    }
}

/// Run statements that have to succeed.
async fn run(db: &mut PgConnection, sql: &str) {
    if let Err(error) = db.execute(AssertSqlSafe(sql)).await {
        panic!("{sql}: {error}");
    }
}
