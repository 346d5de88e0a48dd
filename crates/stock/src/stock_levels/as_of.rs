//! Levels as they were: at a moment by business time (`as_of`), as was recorded until another (`known_at`).
//!
//! Of a level, M being the earlier of the two: what its last entry recorded until M says, and the deltas of entries that were
//! recorded after M, until `known_at`, of what had happened until `as_of`. Only movements that were dated back can be such, and they have an
//! index of their own. The last entry until M is found by halving the numbers of entries, because stamps rise with
//! numbers. So the cost does not grow with the history since.
//!
//! Reservations are never dated back: `reserved` is what it was at M.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{ApiError, Cursor, FieldError};
use sqlx::{FromRow, PgPool, QueryBuilder};

use super::model::{StockLevelView, When};
use super::store::{NAMED, push_levels};
use crate::filter::Scope;

/// The moment that is asked for, by the clock of the database.
pub(super) struct Moment {
    as_of: Timestamp,
    known_at: Timestamp,
    /// No transaction that is still running can record anything until this time.
    pub(super) horizon: Timestamp,
}

/// A level at a moment.
#[derive(FromRow)]
pub(super) struct PastLevel {
    existed: bool,
    #[sqlx(flatten)]
    pub(super) level: StockLevelView,
}

impl PastLevel {
    /// The level, if it existed then.
    pub(super) fn existing(self) -> Option<StockLevelView> {
        Some(self.level).filter(|_| self.existed)
    }
}

impl Moment {
    /// The moment; none if none is asked for. The horizon is found before anything else is read: a transaction that ends
    /// meanwhile is then seen.
    pub(super) async fn find(db: &PgPool, when: When) -> Result<Option<Self>, ApiError> {
        if when.as_of.is_none() && when.known_at.is_none() {
            return Ok(None);
        }
        let (now, horizon): (jiff_sqlx::Timestamp, jiff_sqlx::Timestamp) = sqlx::query_as(
            "select now.at, least(now.at, (
                 select min(xact_start) from pg_stat_activity
                 where datname = current_database() and backend_xid is not null)) - interval '1 microsecond'
             from (select clock_timestamp() as at) now",
        )
        .fetch_one(db)
        .await?;
        let (now, horizon) = (now.to_jiff(), horizon.to_jiff());
        let faults: Vec<FieldError> = [("?as_of", when.as_of), ("?known_at", when.known_at)]
            .into_iter()
            .filter(|(_, at)| at.is_some_and(|at| at > now))
            .map(|(name, _)| FieldError::new(name, "in_the_future", "must not be in the future"))
            .collect();
        if !faults.is_empty() {
            return Err(ApiError::invalid_input(faults));
        }
        let (as_of, known_at) = (when.as_of.unwrap_or(now), when.known_at.unwrap_or(now));
        Ok(Some(Self { as_of, known_at, horizon }))
    }
}

/// The levels of a page of today, as they were; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    scope: &Scope,
    moment: &Moment,
    after: Option<&Cursor>,
    rows: i64,
) -> Result<Vec<PastLevel>, sqlx::Error> {
    let Moment { as_of, known_at, .. } = *moment;
    let base = as_of.min(known_at);
    let mut sql = QueryBuilder::new(
        "select s.existed, s.product_id, p.sku, p.name, s.warehouse_id, w.code as warehouse, s.location_id, l.code as location,
                s.kind as location_kind, nullif(s.lot, '') as lot, s.on_hand, s.reserved,
                case when s.kind = 'storage' then s.on_hand - s.reserved else 0 end as available, s.updated_at
         from (
             select level.product_id, level.location_id, level.lot, level.warehouse_id, level.kind,
                    coalesce(base.on_hand, 0) + coalesce(later.on_hand, 0) as on_hand,
                    coalesce(base.reserved, 0) as reserved,
                    coalesce(greatest(base.recorded_at, later.recorded_at), level.recorded_at) as updated_at,
                    base.recorded_at is not null or later.recorded_at is not null as existed
             from (",
    );
    push_levels(&mut sql, scope, after, rows);
    sql.push(
        ") level
         left join lateral (
             select on_hand_after::numeric as on_hand, reserved_after::numeric as reserved, recorded_at from stock_entries
             where product_id = level.product_id and location_id = level.location_id and lot = level.lot
               and seq = (select stock_entry_seq_at(level.product_id, level.location_id, level.lot, ",
    );
    sql.push_bind(base.to_sqlx());
    sql.push(
        ")) limit 1) base on true
         cross join lateral (
             select sum(on_hand_delta) as on_hand, max(recorded_at) as recorded_at
             from (select * from stock_entries
                   where product_id = level.product_id and occurred_at <> recorded_at and occurred_at <= ",
    );
    sql.push_bind(as_of.to_sqlx());
    // What is dated back is little, which PostgreSQL cannot know: without the fence it reads all entries of the level.
    sql.push(
        " offset 0) dated_back where location_id = level.location_id and lot = level.lot and recorded_at > ",
    );
    sql.push_bind(base.to_sqlx()).push(" and recorded_at <= ").push_bind(known_at.to_sqlx());
    sql.push(") later").push(NAMED);
    sql.build_query_as().fetch_all(db).await
}
