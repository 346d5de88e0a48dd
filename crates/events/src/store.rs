//! The SQL of the change feed.

use platform::Connection;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, QueryBuilder, Row};

use crate::model::Position;

/// The step of movements within a transaction.
pub(crate) const MOVEMENT_STEP: i16 = 2;

/// Events deleted by one transaction.
const DELETED_AT_ONCE: u64 = 1000;

/// A part of the feed as the database has it at one moment.
pub(crate) struct Scan {
    /// The oldest transaction under way: nothing from here on is given.
    pub(crate) horizon: u64,
    /// Nothing below is kept.
    pub(crate) floor: u64,
    /// The last place to which all is decided.
    pub(crate) end: Position,
    pub(crate) rows: Vec<Scanned>,
}

/// An event; of a movement only which it is.
pub(crate) struct Scanned {
    pub(crate) position: Position,
    pub(crate) r#type: String,
    pub(crate) actor: String,
    pub(crate) recorded_at: jiff::Timestamp,
    pub(crate) data: Option<String>,
    pub(crate) warehouses: Option<Vec<i64>>,
}

/// What comes after a position, at most `limit` rows.
///
/// One statement, so that one snapshot says what is decided, what is kept, and what there is. The end is the last row that is
/// there, or the last mark, and not the horizon: transactions that left no trace on the disk before a crash give their numbers
/// back, and a reader who was past these would skip who gets them next.
const FEED: &str = "
    with feed as materialized (
        select pg_snapshot_xmin(pg_current_snapshot()) as horizon,
               coalesce(greatest(
                   (select transaction_id from event_marks
                    where taken_at <= statement_timestamp() - make_interval(days => settings.event_retention_days)
                    order by taken_at desc limit 1),
                   (select transaction_id from event_marks where expired order by transaction_id desc limit 1)
               ), '0'::xid8) as floor,
               (select transaction_id from event_marks order by taken_at desc limit 1) as mark
        from settings
    )
    select feed.horizon::text as horizon, feed.floor::text as floor, feed.mark::text as mark,
           last_movement.transaction_id::text as movement_transaction, last_movement.id as movement_id,
           last_event.transaction_id::text as event_transaction, last_event.step as event_step, last_event.id as event_id,
           page.transaction_id::text as transaction, page.step, page.id, page.type, page.actor, page.recorded_at, page.data,
           place.warehouses
    from feed
    left join lateral (
        select transaction_id, id from stock_movements where transaction_id < feed.horizon
        order by transaction_id desc, id desc limit 1
    ) last_movement on true
    left join lateral (
        select transaction_id, step, id from events where transaction_id < feed.horizon
        order by transaction_id desc, step desc, id desc limit 1
    ) last_event on true
    left join (select * from (";

/// Read on after a position, with the movements or without, and with the warehouses that events are of or without.
pub(crate) async fn scan(
    db: &PgPool,
    after: Position,
    with_movements: bool,
    with_warehouses: bool,
    limit: i64,
) -> Result<Scan, sqlx::Error> {
    let mut sql = QueryBuilder::new(FEED);
    if with_movements {
        let id = match after.step.cmp(&MOVEMENT_STEP) {
            std::cmp::Ordering::Less => 0, // ids begin with 1
            std::cmp::Ordering::Equal => after.id,
            std::cmp::Ordering::Greater => i64::MAX,
        };
        sql.push("(select transaction_id, 2::smallint as step, id, 'stock.movement' as type, actor::text as actor, recorded_at, null::text as data
                   from stock_movements where (transaction_id, id) > (");
        sql.push_bind(after.transaction.to_string()).push("::text::xid8, ").push_bind(id);
        sql.push(
            ") and transaction_id >= (select floor from feed) and transaction_id < (select horizon from feed)
                  order by transaction_id, id limit ",
        );
        sql.push(limit).push(") union all ");
    }
    sql.push(
        "(select transaction_id, step, id, type, actor::text, recorded_at, data::text as data
               from events where (transaction_id, step, id) > (",
    );
    sql.push_bind(after.transaction.to_string())
        .push("::text::xid8, ")
        .push_bind(after.step)
        .push(", ")
        .push_bind(after.id);
    sql.push(
        ") and transaction_id >= (select floor from feed) and transaction_id < (select horizon from feed)
              order by transaction_id, step, id limit ",
    );
    sql.push(limit).push(")) scanned order by transaction_id, step, id limit ").push(limit);
    sql.push(") page on true left join lateral (");
    sql.push(if with_warehouses {
        include_str!("warehouses.sql")
    } else {
        "select null::bigint[] as warehouses"
    });
    sql.push(") place on true order by page.transaction_id, page.step, page.id");
    let rows: Vec<PgRow> = sql.build().fetch_all(db).await?;

    let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let [mark, movement, event] =
        ["mark", "movement_transaction", "event_transaction"].map(|name| transaction(first, name));
    let mut end = Position::before(mark?.unwrap_or(0));
    if let Some(transaction) = movement? {
        end = end.max(Position { transaction, step: MOVEMENT_STEP, id: first.try_get("movement_id")? });
    }
    if let Some(transaction) = event? {
        let (step, id) = (first.try_get("event_step")?, first.try_get("event_id")?);
        end = end.max(Position { transaction, step, id });
    }
    let found = |name| transaction(first, name)?.ok_or(sqlx::Error::RowNotFound);
    let (horizon, floor) = (found("horizon")?, found("floor")?);
    let rows = rows.iter().filter_map(|row| Scanned::read(row).transpose()).collect::<Result<_, _>>()?;
    Ok(Scan { horizon, floor, end, rows })
}

impl Scanned {
    /// None where there was no row to join.
    fn read(row: &PgRow) -> Result<Option<Self>, sqlx::Error> {
        let Some(transaction) = transaction(row, "transaction")? else { return Ok(None) };
        Ok(Some(Self {
            position: Position { transaction, step: row.try_get("step")?, id: row.try_get("id")? },
            r#type: row.try_get("type")?,
            actor: row.try_get("actor")?,
            recorded_at: row.try_get::<jiff_sqlx::Timestamp, _>("recorded_at")?.to_jiff(),
            data: row.try_get("data")?,
            warehouses: row.try_get("warehouses")?,
        }))
    }
}

fn transaction(row: &PgRow, name: &str) -> Result<Option<u64>, sqlx::Error> {
    let text: Option<String> = row.try_get(name)?;
    text.map(|text| text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))).transpose()
}

/// Note how far the feed is, unless somebody has done so within an hour.
pub(crate) async fn mark(db: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into event_marks (taken_at, transaction_id)
         select clock_timestamp(), pg_snapshot_xmin(pg_current_snapshot())
         where not exists (select from event_marks where taken_at > statement_timestamp() - interval '1 hour')
         on conflict (taken_at) do nothing",
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What is older than the settings say is given no more, even if they are changed; then it may be deleted.
pub(crate) async fn expire(db: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update event_marks set expired = true where taken_at in (
             select taken_at from event_marks
             where not expired
               and taken_at <= statement_timestamp() - make_interval(days => (select event_retention_days from settings))
             for update skip locked)",
    )
    .execute(&mut *db)
    .await?;
    // Of those that have expired, the furthest says it all.
    sqlx::query(
        "delete from event_marks where taken_at in (
             select taken_at from event_marks
             where expired and transaction_id <
                 (select transaction_id from event_marks where expired order by transaction_id desc limit 1)
             for update skip locked)",
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Delete some of what has expired; whether there may be more.
pub(crate) async fn delete_expired(db: &mut Connection) -> Result<bool, sqlx::Error> {
    let mut sql = QueryBuilder::new(
        "delete from events where ctid = any(array(
             select ctid from events
             where transaction_id < (select transaction_id from event_marks where expired order by transaction_id desc limit 1)
             order by transaction_id, step, id limit ",
    );
    sql.push(DELETED_AT_ONCE).push(" for update skip locked))");
    let deleted = sql.build().execute(db).await?.rows_affected();
    Ok(deleted == DELETED_AT_ONCE)
}
