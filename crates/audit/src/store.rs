//! The SQL of the audit log.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::Connection;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder, Row};

use crate::model::{Criteria, EntryView};

/// Entries after a place, newest first, at most `rows`.
pub(crate) async fn list(
    db: &PgPool,
    criteria: &Criteria,
    before: Option<(Timestamp, i64)>,
    rows: i64,
) -> Result<Vec<EntryView>, sqlx::Error> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "select a.id, a.recorded_at, a.actor::text as actor, a.actor_kind, a.actor_id, a.action, a.target::text as target,
                host(a.address) as address, a.user_agent, a.request_id, a.detail, s.seq, encode(s.chain, 'hex') as chain
         from audit_log a left join audit_log_seals s on s.entry_id = a.id where true",
    );
    for (column, values) in
        [("actor", &criteria.actors), ("action", &criteria.actions), ("target", &criteria.targets)]
    {
        match values.as_slice() {
            [] => {}
            // One value is read along the index of the column, in order.
            [value] => drop(sql.push(" and a.").push(column).push(" = ").push_bind(value)),
            values => drop(sql.push(" and a.").push(column).push(" = any(").push_bind(values).push(")")),
        }
    }
    if let Some(since) = criteria.since {
        sql.push(" and a.recorded_at >= ").push_bind(since.to_sqlx());
    }
    if let Some(until) = criteria.until {
        sql.push(" and a.recorded_at < ").push_bind(until.to_sqlx());
    }
    if let Some((recorded_at, id)) = before {
        sql.push(" and (a.recorded_at, a.id) < (").push_bind(recorded_at.to_sqlx());
        sql.push(", ").push_bind(id).push(")");
    }
    // How many stands there as a number, which plans need to know.
    sql.push(" order by a.recorded_at desc, a.id desc limit ").push(rows);
    sql.build_query_as().fetch_all(db).await
}

/// An entry as the chain sees it: every field as text, absent ones empty.
#[derive(FromRow)]
pub(crate) struct Sealable {
    pub(crate) id: i64,
    pub(crate) recorded_at: String,
    pub(crate) actor: String,
    pub(crate) actor_kind: String,
    pub(crate) actor_id: String,
    pub(crate) action: String,
    pub(crate) target: String,
    pub(crate) address: String,
    pub(crate) user_agent: String,
    pub(crate) request_id: String,
    pub(crate) detail: String,
}

macro_rules! sealable {
    () => {
        "a.id, (extract(epoch from a.recorded_at) * 1000000)::bigint::text as recorded_at, a.actor::text as actor, a.actor_kind,
         coalesce(a.actor_id::text, '') as actor_id, a.action, a.target::text as target, coalesce(host(a.address), '') as address,
         coalesce(a.user_agent, '') as user_agent, coalesce(a.request_id, '') as request_id, a.detail::text as detail"
    };
}

/// Whether anything is to be sealed.
pub(crate) async fn has_unsealed(db: &PgPool) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from audit_log_queue)").fetch_one(db).await
}

/// Take entries out of the queue, the oldest first. Who does so at the same time waits, and then finds others.
pub(crate) async fn take_unsealed(db: &mut Connection, most: i64) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "with next as (
             select q.entry_id from audit_log_queue q join audit_log a on a.id = q.entry_id
             order by q.entry_id limit $1 for update of q
         )
         delete from audit_log_queue q using next where q.entry_id = next.entry_id returning q.entry_id",
    )
    .bind(most)
    .fetch_all(db)
    .await
}

/// These entries, by key.
pub(crate) async fn sealables(db: &mut Connection, ids: &[i64]) -> Result<Vec<Sealable>, sqlx::Error> {
    sqlx::query_as(concat!("select ", sealable!(), " from audit_log a where a.id = any($1) order by a.id"))
        .bind(ids)
        .fetch_all(db)
        .await
}

/// The end of the chain.
pub(crate) async fn head(db: &mut Connection) -> Result<Option<(i64, [u8; 32])>, sqlx::Error> {
    sqlx::query_as("select seq, chain::bytea from audit_log_seals order by seq desc limit 1")
        .fetch_optional(db)
        .await
}

/// The entry at a place of the chain, and the chain there.
pub(crate) async fn seal_at(db: &PgPool, seq: i64) -> Result<Option<(i64, [u8; 32])>, sqlx::Error> {
    sqlx::query_as("select entry_id, chain::bytea from audit_log_seals where seq = $1")
        .bind(seq)
        .fetch_optional(db)
        .await
}

/// Put seals at the end of the chain.
pub(crate) async fn insert_seals(
    db: &mut Connection,
    seqs: &[i64],
    entries: &[i64],
    chains: &[[u8; 32]],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into audit_log_seals (seq, entry_id, chain)
         select seq, entry_id, chain from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as t (seq, entry_id, chain)",
    )
    .bind(seqs)
    .bind(entries)
    .bind(chains)
    .execute(db)
    .await?;
    Ok(())
}

/// A seal with what its entry says now; none: it is not there.
pub(crate) struct Sealed {
    pub(crate) seq: i64,
    pub(crate) entry_id: i64,
    pub(crate) chain: [u8; 32],
    pub(crate) entry: Option<Sealable>,
}

impl FromRow<'_, PgRow> for Sealed {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let is_there = row.try_get::<Option<i64>, _>("id")?.is_some();
        Ok(Self {
            seq: row.try_get("seq")?,
            entry_id: row.try_get("entry_id")?,
            chain: row.try_get("chain")?,
            entry: is_there.then(|| Sealable::from_row(row)).transpose()?,
        })
    }
}

/// The seals after a place, at most so many.
pub(crate) async fn seals(db: &PgPool, after: i64, most: i64) -> Result<Vec<Sealed>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select s.seq, s.entry_id, s.chain::bytea as chain, ",
        sealable!(),
        " from audit_log_seals s left join audit_log a on a.id = s.entry_id where s.seq > $1 order by s.seq limit $2"
    ))
    .bind(after)
    .bind(most)
    .fetch_all(db)
    .await
}

/// How many entries wait to be sealed.
pub(crate) async fn count_unsealed(db: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from audit_log_queue").fetch_one(db).await
}

/// Entries that wait to be sealed and are not there.
pub(crate) async fn lost_in_queue(db: &PgPool) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select q.entry_id from audit_log_queue q where not exists (select from audit_log a where a.id = q.entry_id)
         order by 1 limit 1000",
    )
    .fetch_all(db)
    .await
}

/// Entries after this one, up to that one, which are neither sealed nor waiting; the first of them.
pub(crate) async fn unsealed(db: &PgPool, after: i64, last: i64, most: i64) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select a.id from audit_log a
         where a.id > $1 and a.id <= $2
           and not exists (select from audit_log_seals s where s.entry_id = a.id)
           and not exists (select from audit_log_queue q where q.entry_id = a.id)
         order by a.id limit $3",
    )
    .bind(after)
    .bind(last)
    .bind(most)
    .fetch_all(db)
    .await
}
