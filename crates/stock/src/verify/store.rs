//! The SQL of verification: which part comes next, its entries, and what rules find in it.

use futures_util::TryStreamExt;
use platform::{Connection, Cursor};
use sqlx::{FromRow, PgPool};

use super::entry::{EntryRow, LevelKey};
use super::model::{Finding, Head};
use super::position::EntryKey;
use super::rules::{OF_HEADS, OF_LEVELS, Rule};

/// Entries with their movements, looked up one by one, for which `limit 1` stands. Times that are no times stay texts.
const ENTRIES: &str = "
    select e.product_id, e.location_id, e.lot, e.seq, e.movement_id, trim_scale(e.on_hand_delta)::text as on_hand_delta,
           trim_scale(e.on_hand_after)::text as on_hand_after, trim_scale(e.reserved_delta)::text as reserved_delta,
           trim_scale(e.reserved_after)::text as reserved_after, coalesce(trim_scale(e.unit_cost)::text, '') as unit_cost,
           trim_scale(extract(epoch from e.occurred_at) * 1000000)::text as occurred_at,
           trim_scale(extract(epoch from e.recorded_at) * 1000000)::text as recorded_at, e.chain::bytea as chain,
           case when m.id is not null then array[m.kind, coalesce(m.reason::text, ''), coalesce(m.reference::text, ''), m.note, m.actor::text,
               trim_scale(extract(epoch from m.occurred_at) * 1000000)::text,
               trim_scale(extract(epoch from m.recorded_at) * 1000000)::text,
               coalesce(m.reverses_movement_id::text, '')] end as movement
    from (select * from stock_entries
          where (product_id, location_id, lot, seq) > ($1, $2, $3, $4) and product_id <= $5
          order by product_id, location_id, lot, seq limit $6) e
    left join lateral (select * from stock_movements where id = e.movement_id limit 1) m on true
    order by e.product_id, e.location_id, e.lot, e.seq";

/// Read at most `most` entries of products up to `last`, in order, one after the other; how many there were.
pub(super) async fn entries(
    db: &mut Connection,
    after: &EntryKey,
    last: i64,
    most: i64,
    mut each: impl FnMut(&EntryRow),
) -> Result<i64, sqlx::Error> {
    let query = sqlx::query_as::<_, EntryRow>(ENTRIES)
        .persistent(false) // how many are read decides how
        .bind(after.product_id)
        .bind(after.location_id)
        .bind(&after.lot)
        .bind(after.seq)
        .bind(last)
        .bind(most);
    let (mut rows, mut count) = (query.fetch(db), 0);
    while let Some(row) = rows.try_next().await? {
        each(&row);
        count += 1;
    }
    Ok(count)
}

/// The last product of the range that follows: at most `products` of them that have at most `entries` entries, by their
/// levels, but at least one. None: it reaches to the end.
pub(super) async fn range_end(
    db: &mut Connection,
    after: i64,
    products: i64,
    entries: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let (taken, found, last): (i64, i64, Option<i64>) = sqlx::query_as(
        "select count(*) filter (where fits), count(*), max(product_id) filter (where fits)
         from (select product_id, sum(entries) over (order by product_id) <= $3 or row_number() over (order by product_id) = 1 as fits
               from (select product_id from product_stock where product_id > $1 order by product_id limit $2) s
               cross join lateral (select coalesce(sum(seq), 0) as entries from stock_levels
                                   where product_id = s.product_id) l) sized",
    )
    .bind(after)
    .bind(products)
    .bind(entries)
    .fetch_one(db)
    .await?;
    Ok(last.filter(|_| taken < found || found == products))
}

/// How many products with totals, and how many levels there are.
pub(super) async fn count(db: &mut Connection, after: i64, last: i64) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "select (select count(*) from product_stock where product_id > $1 and product_id <= $2),
                (select count(*) from stock_levels where product_id > $1 and product_id <= $2)",
    )
    .bind(after)
    .bind(last)
    .fetch_one(db)
    .await
}

/// What a rule finds in a range of products.
pub(super) async fn find_in_products(
    db: &mut Connection,
    (_, sql): Rule,
    after: i64,
    last: i64,
) -> Result<Vec<Finding>, sqlx::Error> {
    sqlx::query_as(sql).persistent(false).bind(after).bind(last).fetch_all(db).await
}

/// What a rule finds in movements.
pub(super) async fn find_in_movements(
    db: &mut Connection,
    (_, sql): Rule,
    ids: &[i64],
) -> Result<Vec<Finding>, sqlx::Error> {
    sqlx::query_as(sql).persistent(false).bind(ids).fetch_all(db).await
}

/// Levels that entries name and that are not there.
pub(super) async fn missing_levels(
    db: &mut Connection,
    levels: Vec<LevelKey>,
) -> Result<Vec<Finding>, sqlx::Error> {
    let (mut products, mut locations, mut lots) = (Vec::new(), Vec::new(), Vec::new());
    for (product, location, lot) in levels {
        products.push(product);
        locations.push(location);
        lots.push(lot);
    }
    sqlx::query_as(OF_LEVELS.1).bind(products).bind(locations).bind(lots).fetch_all(db).await
}

/// The movements that follow, of all products or of some.
pub(super) async fn movements(
    db: &mut Connection,
    products: &[i64],
    after: i64,
    most: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    let query = if products.is_empty() {
        sqlx::query_scalar("select id from stock_movements where id > $1 order by id limit $2")
    } else {
        sqlx::query_scalar(
            "select distinct m.movement_id from unnest($3::bigint[]) p (id)
             cross join lateral (select distinct movement_id from stock_entries
                                 where product_id = p.id and movement_id > $1 order by movement_id limit $2) m
             order by m.movement_id limit $2",
        )
    };
    let query = query.persistent(false).bind(after).bind(most);
    if products.is_empty() { query } else { query.bind(products) }.fetch_all(db).await
}

/// About how many entries and movements there are; 0: nobody knows.
pub(super) async fn estimate(db: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select coalesce(sum(reltuples) filter (where reltuples > 0), 0)::bigint from pg_class
         where oid in ('stock_entries'::regclass, 'stock_movements'::regclass)",
    )
    .fetch_one(db)
    .await
}

/// A noted head that the ledger does not have any more.
#[derive(FromRow)]
pub(super) struct LostHead {
    pub(super) is_cut_off: bool,
    #[sqlx(flatten)]
    pub(super) finding: Finding,
}

/// The noted heads that the ledger does not have any more.
pub(super) async fn lost_heads(db: &PgPool, heads: &[Head]) -> Result<Vec<LostHead>, sqlx::Error> {
    let column = |number: fn(&Head) -> i64| heads.iter().map(number).collect::<Vec<_>>();
    sqlx::query_as(OF_HEADS)
        .bind(column(|head| head.product_id))
        .bind(column(|head| head.location_id))
        .bind(heads.iter().map(|head| head.lot.as_deref().unwrap_or_default()).collect::<Vec<_>>())
        .bind(column(|head| head.seq))
        .bind(heads.iter().map(|head| head.chain.as_str()).collect::<Vec<_>>())
        .fetch_all(db)
        .await
}

/// The heads of levels in the order of their keys, after a level.
pub(super) async fn heads(
    db: &PgPool,
    after: Option<(i64, i64, &str)>,
    rows: i64,
) -> Result<Vec<Head>, sqlx::Error> {
    let mut sql = sqlx::QueryBuilder::new(
        "select product_id, location_id, nullif(lot, '') as lot, seq, encode(chain, 'hex') as chain from stock_levels l",
    );
    if let Some((product, location, lot)) = after {
        sql.push(" where (product_id, location_id, lot) > (").push_bind(product);
        sql.push(", ").push_bind(location).push(", ").push_bind(lot.to_owned()).push(")");
    }
    sql.push(" order by l.product_id, l.location_id, l.lot limit ").push(rows); // not by what lot is shown as
    sql.build_query_as().fetch_all(db).await
}

/// The level at which a page of heads ended.
pub(super) fn level_of(cursor: &Cursor) -> (i64, i64, &str) {
    (cursor.number(0), cursor.number(1), cursor.text(2))
}

/// The name of the database, its schema, and what time it is there.
pub(super) async fn about(db: &PgPool) -> Result<(String, String, jiff_sqlx::Timestamp), sqlx::Error> {
    sqlx::query_as("select current_database()::text, current_schema()::text, now()").fetch_one(db).await
}
