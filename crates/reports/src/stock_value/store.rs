//! The SQL of the value of the stock.

use jiff::civil::Date;
use sqlx::{FromRow, PgPool, Row};

use crate::figures::StockValue;

/// What it was last found to be.
pub(super) async fn last(db: &PgPool) -> Result<Option<StockValue>, sqlx::Error> {
    sqlx::query_as(
        "select currency::text as currency, at_cost, at_price, products, units, products_without_cost, units_without_cost,
                products_without_price, computed_at
         from stock_value_days order by day desc limit 1",
    )
    .fetch_optional(db)
    .await
}

/// By day, oldest first.
pub(super) async fn by_day(db: &PgPool, days: i32) -> Result<Vec<(Date, StockValue)>, sqlx::Error> {
    let rows = sqlx::query(
        "select day, currency::text as currency, at_cost, at_price, products, units, products_without_cost, units_without_cost,
                products_without_price, computed_at
         from stock_value_days where day > (statement_timestamp() at time zone 'UTC')::date - $1 order by day",
    )
    .bind(days)
    .fetch_all(db)
    .await?;
    let read =
        |row| Ok((Row::try_get::<jiff_sqlx::Date, _>(row, "day")?.to_jiff(), StockValue::from_row(row)?));
    rows.iter().map(read).collect()
}
