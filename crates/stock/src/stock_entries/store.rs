//! The SQL of the stock card.

use domain::Currency;
use platform::{Cursor, numeric};
use sqlx::{PgPool, Postgres, QueryBuilder};

use super::model::StockEntryView;
use crate::filter::Scope;

/// The entries with the keys of the page, and what they are about: looked up entry by entry, for which `limit 1` stands.
const ENTRIES: &str = ") page
    cross join lateral (
        select * from stock_entries
        where product_id = page.product_id and movement_id = page.movement_id and location_id = page.location_id
          and lot = page.lot and seq = page.seq limit 1) e
    cross join lateral (select * from stock_movements where id = e.movement_id limit 1) m
    cross join lateral (select warehouse_id, code::text as code from locations where id = e.location_id limit 1) l
    cross join lateral (select code::text as code from warehouses where id = l.warehouse_id limit 1) w
    order by e.movement_id desc, e.location_id desc, e.lot desc, e.seq desc";

/// Newest first; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    product_id: i64,
    scope: &Scope,
    currency: Currency,
    after: Option<&Cursor>,
    rows: i64,
) -> Result<Vec<StockEntryView>, sqlx::Error> {
    let is_narrow = !(scope.warehouses.is_empty() && scope.locations.is_empty());
    let locations = if is_narrow { Some(locations(db, product_id, scope).await?) } else { None };
    if locations.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let mut sql = QueryBuilder::new(
        "select e.movement_id, m.kind, m.reason::text as reason, m.reference::text as reference, m.note,
                m.actor::text as actor, e.product_id, w.code as warehouse, e.location_id, l.code as location,
                nullif(e.lot, '') as lot, e.seq, e.on_hand_after - e.on_hand_delta as on_hand_before,
                e.on_hand_delta::numeric as on_hand_delta, e.on_hand_after::numeric as on_hand_after,
                e.reserved_after - e.reserved_delta as reserved_before, e.reserved_delta::numeric as reserved_delta,
                e.reserved_after::numeric as reserved_after,
                round(e.unit_cost, greatest(min_scale(e.unit_cost), ",
    );
    sql.push_bind(numeric::decimals(currency));
    sql.push("))::text as unit_cost, e.occurred_at, e.recorded_at, encode(e.chain, 'hex') as chain from (");
    push_keys(&mut sql, product_id, locations, after, rows);
    sql.push(ENTRIES);
    // At a location with little the best plan is to gather that, at another one to go back through the history.
    sql.build_query_as().persistent(!is_narrow).fetch_all(db).await
}

/// The keys of the page: they are all in `stock_entries_by_product_idx`, which is read backwards and alone, so that entries
/// elsewhere are passed over without fetching them. How many stands there as a number: a plan that is made for any number
/// would expect a tenth of the history, and sort it.
fn push_keys(
    sql: &mut QueryBuilder<Postgres>,
    product_id: i64,
    locations: Option<Vec<i64>>,
    after: Option<&Cursor>,
    rows: i64,
) {
    sql.push("select product_id, movement_id, location_id, lot, seq from stock_entries where product_id = ");
    sql.push_bind(product_id);
    if let Some(locations) = locations {
        sql.push(" and location_id = any(").push_bind(locations).push(")");
    }
    if let Some(after) = after {
        sql.push(" and (movement_id, location_id, lot, seq) < (").push_bind(after.number(0)).push(", ");
        sql.push_bind(after.number(1)).push(", ").push_bind(after.text(2).to_owned()).push(", ");
        sql.push_bind(after.number(3)).push(")");
    }
    sql.push(" order by movement_id desc, location_id desc, lot desc, seq desc limit ").push(rows);
}

/// The locations of the scope that have or had the product.
async fn locations(db: &PgPool, product_id: i64, scope: &Scope) -> Result<Vec<i64>, sqlx::Error> {
    let mut sql = QueryBuilder::new("select distinct location_id from stock_levels where product_id = ");
    sql.push_bind(product_id);
    for (column, ids) in [("warehouse_id", &scope.warehouses), ("location_id", &scope.locations)] {
        if !ids.is_empty() {
            sql.push(" and ").push(column).push(" = any(").push_bind(ids).push(")");
        }
    }
    sql.build_query_scalar().fetch_all(db).await
}
