//! The SQL of top movers.

use sqlx::PgPool;

use super::model::MoverView;

/// What goes out most comes first; of equals the older product.
pub(super) async fn top(db: &PgPool, days: i32, limit: i64) -> Result<Vec<MoverView>, sqlx::Error> {
    sqlx::query_as(
        "select moved.product_id, p.sku, p.name, p.unit, moved.quantity_out, moved.quantity_in
         from (
             select product_id, sum(quantity_out) as quantity_out, sum(quantity_in) as quantity_in
             from product_days where day > (statement_timestamp() at time zone 'UTC')::date - $1
             group by product_id having sum(quantity_out) > 0
             order by sum(quantity_out) desc, product_id limit $2
         ) moved
         cross join lateral (select sku, name::text as name, unit from products where id = moved.product_id limit 1) p
         order by moved.quantity_out desc, moved.product_id",
    )
    .bind(days)
    .bind(limit)
    .fetch_all(db)
    .await
}
