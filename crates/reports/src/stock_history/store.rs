//! The SQL of the history of a product's stock.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use rust_decimal::Decimal;
use sqlx::PgPool;

/// The clock of the database, and of how many levels the product is in these warehouses; an empty list does not narrow.
pub(super) async fn now_and_levels(
    db: &PgPool,
    product_id: i64,
    warehouses: &[i64],
) -> Result<(Timestamp, i64), sqlx::Error> {
    let (now, levels): (jiff_sqlx::Timestamp, i64) = sqlx::query_as(
        "select statement_timestamp(), (select count(*) from stock_levels
             where product_id = $1 and kind <> 'transit' and (cardinality($2::bigint[]) = 0 or warehouse_id = any($2)))",
    )
    .bind(product_id)
    .bind(warehouses)
    .fetch_one(db)
    .await?;
    Ok((now.to_jiff(), levels))
}

/// How much there was at each of these times, as is known now. Of a level and a time: what its last entry recorded until
/// then says, and what was recorded later of what had happened until then, for which there is an index.
pub(super) async fn points(
    db: &PgPool,
    product_id: i64,
    warehouses: &[i64],
    times: &[Timestamp],
) -> Result<Vec<(Timestamp, Decimal)>, sqlx::Error> {
    let times: Vec<jiff_sqlx::Timestamp> = times.iter().map(|at| at.to_sqlx()).collect();
    let rows: Vec<(jiff_sqlx::Timestamp, Decimal)> = sqlx::query_as(include_str!("points.sql"))
        .bind(product_id)
        .bind(warehouses)
        .bind(times)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(|(at, on_hand)| (at.to_jiff(), on_hand)).collect())
}
