//! The SQL of callers.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use futures_util::future::BoxFuture;
use platform::Connection;
use sqlx::FromRow;

use crate::token::Hash;

/// What the database says of a session or key that is good now.
#[derive(Debug, FromRow)]
pub(super) struct Found {
    token_hash: Hash,
    pub(super) session_id: Option<i64>,
    pub(super) api_key_id: Option<i64>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) user_id: i64,
    pub(super) name: String,
    pub(super) role: String,
    /// The keys of the warehouses that the user is limited to.
    pub(super) warehouses: Option<Vec<i64>>,
    /// Its use has not been noted for a minute, and nobody has begun to.
    #[sqlx(try_from = "bool")]
    pub(super) is_stale: AtomicBool,
}

/// Whose these are, as far as they are good. `(select $1)`: or it would be planned anew for every number of them.
pub(super) fn find<'t>(
    db: &'t mut Connection,
    hashes: &'t [Hash],
) -> BoxFuture<'t, Result<HashMap<Hash, Found>, sqlx::Error>> {
    Box::pin(async move {
        let found: Vec<Found> = sqlx::query_as(
            "select t.token_hash::bytea as token_hash, t.session_id, t.api_key_id, t.scopes, t.is_stale,
                    u.id as user_id, u.name::text as name, u.role,
                    case when u.all_warehouses then null else array(
                        select w.warehouse_id from user_warehouses w where w.user_id = u.id order by w.warehouse_id)
                    end as warehouses
             from (
                 select token_hash, user_id, id as session_id, null::bigint as api_key_id, null::text[] as scopes,
                        last_seen_at < now() - interval '1 minute' as is_stale
                 from sessions
                 where token_hash = any((select $1)::bytea[]) and expires_at > now() and last_seen_at > now() - interval '30 minutes'
                 union all
                 select token_hash, user_id, null, id, scopes,
                        coalesce(last_used_at < now() - interval '1 minute', true)
                 from api_keys
                 where token_hash = any((select $1)::bytea[]) and expires_at > now() and revoked_at is null
             ) t
             join users u on u.id = t.user_id and u.active",
        )
        .bind(hashes)
        .fetch_all(db)
        .await?;
        Ok(found.into_iter().map(|found| (found.token_hash, found)).collect())
    })
}

/// Note that it is used now.
pub(super) async fn mark_used(db: &mut Connection, hash: Hash) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with session as (
             update sessions set last_seen_at = now()
             where token_hash = $1 and last_seen_at < now() - interval '1 minute'
             returning user_id
         ), api_key as (
             update api_keys set last_used_at = now()
             where token_hash = $1 and coalesce(last_used_at < now() - interval '1 minute', true)
             returning user_id
         )
         insert into user_activity as a (user_id, last_seen_at)
         select user_id, now() from session union all select user_id, now() from api_key
         on conflict (user_id) do update set last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at)",
    )
    .bind(hash)
    .execute(db)
    .await?;
    Ok(())
}
