//! The SQL of low stock.

use jiff_sqlx::ToSqlx;
use sqlx::{PgPool, Postgres, QueryBuilder};

use super::model::{LowStockView, Position};

/// What became low last comes first; one row more than the page has. The page is read along the index, and what else is
/// shown is looked up for its rows only, for which `limit 1` stands.
pub(super) async fn list(
    db: &PgPool,
    before: Option<Position>,
    rows: i64,
) -> Result<Vec<LowStockView>, sqlx::Error> {
    let mut sql: QueryBuilder<Postgres> = QueryBuilder::new(
        "select l.product_id, p.sku, p.name, p.unit, s.available, s.incoming, p.reorder_point, l.since
         from (select product_id, since from low_stock",
    );
    if let Some(before) = before {
        sql.push(" where (since, product_id) < (").push_bind(before.since.to_sqlx());
        sql.push(", ").push_bind(before.product_id).push(")");
    }
    sql.push(" order by since desc, product_id desc limit ").push(rows).push(
        ") l
         cross join lateral (select sku, name::text as name, unit, reorder_point::numeric as reorder_point
                             from products where id = l.product_id limit 1) p
         cross join lateral (select available::numeric as available, incoming::numeric as incoming
                             from product_stock where product_id = l.product_id limit 1) s
         order by l.since desc, l.product_id desc",
    );
    sql.build_query_as().fetch_all(db).await
}
