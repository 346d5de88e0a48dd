//! The SQL of sessions.

use std::net::IpAddr;

use platform::Connection;
use sqlx::PgExecutor;

use super::model::SessionView;
use crate::token::Hash;

/// A session to be.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub(crate) token_hash: Hash,
    pub(crate) user_id: i64,
    pub(crate) user_agent: String,
    pub(crate) address: IpAddr,
    /// That of the session in whose place it is.
    pub(crate) replaced: Option<Hash>,
}

/// Begin a session and end the one in whose place it is, note that its user is there, and forget what has ended.
pub(crate) async fn insert(db: &mut Connection, new: &NewRow) -> Result<SessionView, sqlx::Error> {
    if let Some(replaced) = new.replaced {
        sqlx::query("delete from sessions where token_hash = $1").bind(replaced).execute(&mut *db).await?;
    }
    sqlx::query(
        "delete from sessions where id in (
             select id from sessions where expires_at <= now() or last_seen_at <= now() - interval '30 minutes'
             order by id limit 100 for update skip locked)",
    )
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "insert into user_activity (user_id, last_seen_at) values ($1, now())
         on conflict (user_id) do update set last_seen_at = excluded.last_seen_at",
    )
    .bind(new.user_id)
    .execute(&mut *db)
    .await?;
    let address =
        Some(new.address).filter(|address| !address.is_unspecified()).map(|address| address.to_string());
    sqlx::query_as(
        "insert into sessions (token_hash, user_id, user_agent, address, expires_at)
         values ($1, $2, $3, $4::inet, now() + interval '8 hours')
         returning id, created_at, last_seen_at, expires_at, user_agent, host(address) as address, true as current",
    )
    .bind(new.token_hash)
    .bind(new.user_id)
    .bind(&new.user_agent)
    .bind(address)
    .fetch_one(db)
    .await
}

/// Those of a user that are good, the newest first; one row more than the page has.
pub(super) async fn list(
    db: impl PgExecutor<'_>,
    user_id: i64,
    current: Option<i64>,
    before: i64,
    rows: i64,
) -> Result<Vec<SessionView>, sqlx::Error> {
    sqlx::query_as(
        "select id, created_at, last_seen_at, expires_at, user_agent, host(address) as address,
                coalesce(id = $2, false) as current
         from sessions
         where user_id = $1 and id < $3 and expires_at > now() and last_seen_at > now() - interval '30 minutes'
         order by id desc limit $4",
    )
    .bind(user_id)
    .bind(current)
    .bind(before)
    .bind(rows)
    .fetch_all(db)
    .await
}

/// End one of a user; whether there was one.
pub(crate) async fn end(db: &mut Connection, user_id: i64, id: i64) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query("delete from sessions where id = $2 and user_id = $1").bind(user_id).bind(id);
    Ok(ended.execute(db).await?.rows_affected() > 0)
}

/// End all of a user.
pub(crate) async fn end_all(db: &mut Connection, user_id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("delete from sessions where user_id = $1").bind(user_id).execute(db).await?;
    Ok(())
}
