//! The SQL of stock levels.

use platform::{Connection, Cursor};
use sqlx::{PgPool, Postgres, QueryBuilder};

use super::model::StockLevelView;
use crate::filter::Scope;

/// The levels of a page, with the names of what they are about: looked up level by level, for which `limit 1` stands.
pub(super) const NAMED: &str = ") s
    cross join lateral (select sku, name::text as name from products where id = s.product_id limit 1) p
    cross join lateral (select code::text as code from warehouses where id = s.warehouse_id limit 1) w
    cross join lateral (select code::text as code from locations where id = s.location_id limit 1) l
    order by s.product_id, s.location_id, s.lot";

/// By product, location and lot; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    scope: &Scope,
    after: Option<&Cursor>,
    rows: i64,
) -> Result<Vec<StockLevelView>, sqlx::Error> {
    statement(scope, after, rows).build_query_as().fetch_all(db).await
}

fn statement(scope: &Scope, after: Option<&Cursor>, rows: i64) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "select s.product_id, p.sku, p.name, s.warehouse_id, w.code as warehouse, s.location_id, l.code as location,
                s.kind as location_kind, nullif(s.lot, '') as lot, s.on_hand::numeric as on_hand,
                s.reserved::numeric as reserved,
                case when s.kind = 'storage' then s.on_hand - s.reserved else 0 end as available,
                s.recorded_at as updated_at
         from (",
    );
    push_levels(&mut sql, scope, after, rows);
    sql.push(NAMED);
    sql
}

/// The levels of a page. Each way to it goes along an index: of products and of all levels along the key, of places along an
/// index that begins with the place. Of several places the first levels of each are read, and the first of these are the page.
pub(super) fn push_levels(
    sql: &mut QueryBuilder<Postgres>,
    scope: &Scope,
    after: Option<&Cursor>,
    rows: i64,
) {
    let Scope { products, warehouses, locations } = scope;
    if products.is_empty() && !(warehouses.is_empty() && locations.is_empty()) {
        sql.push("select level.* from unnest(");
        let at_place = if locations.is_empty() {
            sql.push_bind(warehouses);
            "warehouse_id = place.id"
        } else {
            sql.push_bind(locations);
            "location_id = place.id"
        };
        sql.push(") as place (id) cross join lateral (select * from stock_levels where ").push(at_place);
        push_page(sql, scope, after, rows);
        sql.push(") level order by product_id, location_id, lot limit ").push(rows);
    } else {
        sql.push("select * from stock_levels where true");
        push_page(sql, scope, after, rows);
    }
}

/// The first levels of the scope after the cursor. How many stands there as a number: a plan that is made for any number
/// would expect a tenth of the table, and sort it.
fn push_page(sql: &mut QueryBuilder<Postgres>, scope: &Scope, after: Option<&Cursor>, rows: i64) {
    let ids = [
        ("product_id", &scope.products),
        ("warehouse_id", &scope.warehouses),
        ("location_id", &scope.locations),
    ];
    for (column, ids) in ids.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        sql.push(" and ").push(column).push(" = any(").push_bind(ids).push(")");
    }
    if let Some(after) = after {
        sql.push(" and (product_id, location_id, lot) > (").push_bind(after.number(0));
        sql.push(", ").push_bind(after.number(1)).push(", ").push_bind(after.text(2).to_owned()).push(")");
    }
    sql.push(" order by product_id, location_id, lot limit ").push(rows);
}

/// Wait for the stock writes under way, and hold off new ones until the transaction ends.
///
/// Whoever changes stock locks rows of `product_stock` before it reads what the locations are: after this nobody relies on
/// a location that the caller is about to archive or delete. Locking the location itself would not do, because a write
/// to a level that exists does not touch it. It is for rare work that ends at once; it waits but shortly, because
/// everybody waits behind it, and leaves the retry to [`platform::App::write`].
pub(crate) async fn hold_still(db: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::query("set local lock_timeout = '100ms'").execute(&mut *db).await?;
    sqlx::query("lock table product_stock in exclusive mode").execute(db).await?;
    Ok(())
}
