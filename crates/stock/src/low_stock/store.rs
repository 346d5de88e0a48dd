//! The SQL of low stock.

use jiff_sqlx::ToSqlx;
use sqlx::{PgPool, Postgres, QueryBuilder};

use super::model::{LowStockView, Position};

/// What became low last comes first; one row more than the page has. The page is read along the indexes, the first rows
/// of each place, and what else is shown is looked up for its rows only, for which `limit 1` stands.
pub(super) async fn list(
    db: &PgPool,
    warehouses: &[i64],
    before: Option<&Position>,
    rows: i64,
) -> Result<Vec<LowStockView>, sqlx::Error> {
    let mut sql = QueryBuilder::new(
        "select l.product_id, p.sku, p.name, p.unit, w.code as warehouse, nullif(l.warehouse_id, 0) as warehouse_id,
                coalesce(there.available, s.available) as available, coalesce(coming.incoming, s.incoming) as incoming,
                coalesce(there.reorder_point, p.reorder_point) as reorder_point, l.since
         from (select * from (",
    );
    if warehouses.is_empty() {
        sql.push("(select since, product_id, 0::bigint as warehouse_id from low_stock where true");
        push_page(&mut sql, "since, product_id, 0::bigint", before, rows);
        sql.push(") union all (select since, product_id, warehouse_id from warehouse_low_stock where true");
        push_page(&mut sql, "since, product_id, warehouse_id", before, rows);
        sql.push(")");
    } else {
        sql.push("select low.* from unnest(").push_bind(warehouses);
        sql.push(
            ") as place (id) cross join lateral (select since, product_id, warehouse_id from warehouse_low_stock
                                                 where warehouse_id = place.id",
        );
        push_page(&mut sql, "since, product_id, warehouse_id", before, rows);
        sql.push(") low");
    }
    sql.push(") first order by since desc, product_id desc, warehouse_id desc limit ").push(rows).push(SHOWN);
    sql.build_query_as().fetch_all(db).await
}

/// What is shown of each row. What is available and incoming in a warehouse is summed up for the product there.
const SHOWN: &str = ") l
    cross join lateral (select sku, name::text as name, unit, reorder_point::numeric as reorder_point
                        from products where id = l.product_id limit 1) p
    cross join lateral (select available::numeric as available, incoming::numeric as incoming
                        from product_stock where product_id = l.product_id limit 1) s
    left join lateral (select code::text as code from warehouses where id = l.warehouse_id limit 1) w on true
    left join lateral (
        select r.reorder_point::numeric as reorder_point,
               (select coalesce(sum(on_hand - reserved), 0)::numeric from stock_levels
                where product_id = l.product_id and warehouse_id = l.warehouse_id and kind = 'storage') as available
        from reorder_policies r
        where r.product_id = l.product_id and r.warehouse_id = l.warehouse_id limit 1) there on true
    left join lateral (
        select coalesce(sum(ol.open), 0) as incoming
        from purchase_order_lines ol
        cross join lateral (select status, warehouse_id from purchase_orders where id = ol.purchase_order_id limit 1) o
        where ol.product_id = l.product_id and ol.open > 0 and o.warehouse_id = l.warehouse_id
          and o.status in ('ordered', 'partially_received')) coming on l.warehouse_id <> 0
    order by l.since desc, l.product_id desc, l.warehouse_id desc";

/// The first rows after the cursor. How many stands there as a number, which plans need to know.
fn push_page(sql: &mut QueryBuilder<Postgres>, key: &str, before: Option<&Position>, rows: i64) {
    if let Some(before) = before {
        sql.push(" and (").push(key).push(") < (").push_bind(before.since.to_sqlx());
        sql.push(", ").push_bind(before.product_id).push(", ").push_bind(before.warehouse_id).push(")");
    }
    let order = key.replace("0::bigint", "warehouse_id").replace(", ", " desc, ");
    sql.push(" order by ").push(order).push(" desc limit ").push(rows);
}
