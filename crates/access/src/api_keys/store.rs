//! The SQL of API keys.

use domain::Permission;
use platform::Connection;
use sqlx::PgExecutor;

use super::model::{ApiKeyView, NewApiKey};
use super::ops::Kept;

/// A macro, because a statement is a literal: the columns of an [`ApiKeyView`].
macro_rules! select {
    () => {
        "select k.id, k.name::text as name, k.prefix, k.scopes, k.user_id as owner_id, u.name::text as owner_name, k.created_at,
                k.expires_at, k.last_used_at, k.revoked_at
         from api_keys k join users u on u.id = k.user_id"
    };
}

pub(super) async fn find(db: &mut Connection, id: i64) -> Result<ApiKeyView, sqlx::Error> {
    sqlx::query_as(concat!(select!(), " where k.id = $1")).bind(id).fetch_one(db).await
}

/// The newest first, of one user or of all; one row more than the page has.
pub(super) async fn list(
    db: impl PgExecutor<'_>,
    user_id: Option<i64>,
    before: i64,
    rows: i64,
) -> Result<Vec<ApiKeyView>, sqlx::Error> {
    sqlx::query_as(concat!(
        select!(),
        " where k.id < $2 and ($1::bigint is null or k.user_id = $1) order by k.id desc limit $3"
    ))
    .bind(user_id)
    .bind(before)
    .bind(rows)
    .fetch_all(db)
    .await
}

pub(super) async fn insert(
    db: &mut Connection,
    user_id: i64,
    new: &NewApiKey,
    kept: &Kept,
) -> Result<i64, sqlx::Error> {
    let scopes: Option<Vec<&str>> =
        new.scopes.as_ref().map(|scopes| scopes.iter().copied().map(Permission::as_str).collect());
    sqlx::query_scalar(
        "insert into api_keys (token_hash, user_id, name, prefix, scopes, expires_at)
         values ($1, $2, $3::text, $4, $5, now() + make_interval(days => $6)) returning id",
    )
    .bind(kept.hash)
    .bind(user_id)
    .bind(new.name.as_str())
    .bind(&kept.prefix)
    .bind(scopes)
    .bind(new.expires_in_days)
    .fetch_one(db)
    .await
}

/// Take one back, of one user or of any; whether there is one. What was taken back stays so.
pub(super) async fn revoke(db: &mut Connection, id: i64, user_id: Option<i64>) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query(
        "update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1 and ($2::bigint is null or user_id = $2)",
    );
    Ok(revoked.bind(id).bind(user_id).execute(db).await?.rows_affected() > 0)
}

/// Take all of a user back.
pub(crate) async fn revoke_all(db: &mut Connection, user_id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("update api_keys set revoked_at = now() where user_id = $1 and revoked_at is null")
        .bind(user_id)
        .execute(db)
        .await?;
    Ok(())
}
