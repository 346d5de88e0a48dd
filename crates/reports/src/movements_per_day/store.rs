//! The SQL of movements per day.

use rust_decimal::Decimal;
use sqlx::PgPool;

use super::model::DayView;
use crate::money::Units;

/// Every day with its figures at a place. Each is looked up, for which `limit 1` stands.
macro_rules! days_of {
    ($place:literal) => {
        concat!(
            "select today - back, coalesce(d.quantity_in, 0), coalesce(d.quantity_out, 0), coalesce(d.movements, 0)
             from (select (statement_timestamp() at time zone 'UTC')::date as today) now
             cross join generate_series(0, $1 - 1) as back
             left join lateral (
                 select quantity_in, quantity_out, movements from movement_days where day = today - back and ",
            $place,
            " limit 1
             ) d on true
             order by back desc"
        )
    };
}

/// Every day up to today, oldest first; of one warehouse, or over all.
pub(super) async fn days(
    db: &PgPool,
    days: i32,
    warehouse: Option<i64>,
) -> Result<Vec<DayView>, sqlx::Error> {
    // Two statements, because no index is read by `is not distinct from`.
    let sql = match warehouse {
        None => days_of!("warehouse_id is null and $2::bigint is null"),
        Some(_) => days_of!("warehouse_id = $2"),
    };
    let rows: Vec<(jiff_sqlx::Date, Decimal, Decimal, i64)> =
        sqlx::query_as(sql).bind(days).bind(warehouse).fetch_all(db).await?;
    let view =
        |(day, quantity_in, quantity_out, movements): (jiff_sqlx::Date, Decimal, Decimal, i64)| DayView {
            day: day.to_jiff(),
            quantity_in: Units(quantity_in),
            quantity_out: Units(quantity_out),
            movements,
        };
    Ok(rows.into_iter().map(view).collect())
}
