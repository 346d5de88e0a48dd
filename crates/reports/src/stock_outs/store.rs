//! The SQL of stock-outs.

use sqlx::{PgPool, QueryBuilder};

use super::model::StockOutView;

/// The products after this one that have run out, by key, at most `rows`; only the next `examined` products are looked at.
/// There is no index by what is available, which would make every stock write dearer.
pub(super) async fn list(
    db: &PgPool,
    after: i64,
    examined: i64,
    rows: i64,
) -> Result<Vec<StockOutView>, sqlx::Error> {
    let mut sql = QueryBuilder::new(
        "select s.product_id, p.sku, p.name, p.unit, s.on_hand::numeric as on_hand, s.reserved::numeric as reserved,
                s.available::numeric as available, s.in_transit::numeric as in_transit, s.incoming::numeric as incoming,
                last.recorded_at as moved_at
         from (select * from product_stock where product_id > ",
    );
    sql.push_bind(after).push(" order by product_id limit ").push(examined);
    sql.push(
        ") s
         cross join lateral (select sku, name::text as name, unit, archived from products where id = s.product_id limit 1) p
         cross join lateral (select max(recorded_at) as recorded_at from stock_levels where product_id = s.product_id) last
         where s.available <= 0 and not p.archived and last.recorded_at is not null
         order by s.product_id limit ",
    );
    sql.push(rows).build_query_as().fetch_all(db).await
}

/// The last of the next `examined` products after this one; none if there are no more after those.
pub(super) async fn last_examined(
    db: &PgPool,
    after: i64,
    examined: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let mut sql = QueryBuilder::new("select product_id from product_stock where product_id > ");
    sql.push_bind(after).push(" order by product_id limit 2 offset ").push(examined - 1);
    let found: Vec<i64> = sql.build_query_scalar().fetch_all(db).await?;
    Ok(if found.len() == 2 { found.first().copied() } else { None })
}
