//! What the stock is worth.

use domain::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff_sqlx::ToSqlx;
use platform::{ApiError, App, Connection};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row};

/// Products of one statement: its snapshot is over soon.
const AT_ONCE: i64 = 1000;

/// What the stock is worth at a time.
#[derive(Clone, Debug)]
pub(crate) struct StockValue {
    pub(crate) currency: String,
    pub(crate) at_cost: Decimal,
    pub(crate) at_price: Decimal,
    pub(crate) products: i64,
    pub(crate) units: Decimal,
    pub(crate) products_without_cost: i64,
    pub(crate) units_without_cost: Decimal,
    pub(crate) products_without_price: i64,
    pub(crate) computed_at: Timestamp,
}

impl FromRow<'_, PgRow> for StockValue {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            currency: row.try_get("currency")?,
            at_cost: row.try_get("at_cost")?,
            at_price: row.try_get("at_price")?,
            products: row.try_get("products")?,
            units: row.try_get("units")?,
            products_without_cost: row.try_get("products_without_cost")?,
            units_without_cost: row.try_get("units_without_cost")?,
            products_without_price: row.try_get("products_without_price")?,
            computed_at: row.try_get::<jiff_sqlx::Timestamp, _>("computed_at")?.to_jiff(),
        })
    }
}

/// Write down what the stock is worth today, unless that was done within so many seconds, or within the second number of them
/// and nothing has happened since. Nothing is a value that does not wait for those: a shop that has got its first stock would be
/// told that it is worth nothing.
pub(super) async fn keep(app: &App, unless_within_s: i64, unless_idle_within_s: i64) -> Result<(), ApiError> {
    let is_recent: bool = sqlx::query_scalar(
        "select exists (
             select from stock_value_days
             where day = (statement_timestamp() at time zone 'UTC')::date
               and computed_at > statement_timestamp() - interval '1 s' * case
                       when computed_at < greatest(
                           (select recorded_at from stock_movements order by id desc limit 1),
                           (select recorded_at from events order by transaction_id desc, step desc, id desc limit 1))
                       then case when products = 0 then 0 else $1 end
                       else $2 end)",
    )
    .bind(unless_within_s)
    .bind(unless_idle_within_s)
    .fetch_one(app.db())
    .await?;
    if is_recent {
        return Ok(());
    }
    let value = compute(app.db(), app.base_currency(), None).await?;
    let day = Offset::UTC.to_datetime(value.computed_at).date();
    app.write((day, value), |db, (day, value)| Box::pin(async move { Ok(store(db, *day, value).await?) }))
        .await
}

/// Write down what the stock was worth on the last day before today that is missing, of the last ninety and since there was
/// stock; whether one was.
pub(super) async fn keep_missing_day(app: &App) -> Result<bool, ApiError> {
    let missing: Option<jiff_sqlx::Date> = sqlx::query_scalar(
        "select today - back
         from (select (statement_timestamp() at time zone 'UTC')::date as today) now
         cross join generate_series(1, 90) as back
         where today - back >= (select min(day) from movement_days)
           and not exists (select from stock_value_days where day = today - back)
           and exists (select from report_progress where transaction_id is not null)
         order by back limit 1",
    )
    .fetch_optional(app.db())
    .await?;
    let Some(day) = missing.map(jiff_sqlx::Date::to_jiff) else { return Ok(false) };
    let value = compute(app.db(), app.base_currency(), Some(day)).await?;
    app.write((day, value), |db, (day, value)| Box::pin(async move { Ok(store(db, *day, value).await?) }))
        .await?;
    Ok(true)
}

/// What the stock is worth now, or was at the end of a day: by parts, each in a short snapshot of its own.
pub(crate) async fn compute(
    db: &PgPool,
    currency: Currency,
    day: Option<Date>,
) -> Result<StockValue, sqlx::Error> {
    let mut sum: Option<StockValue> = None;
    let mut after = 0_i64;
    loop {
        let row = sqlx::query(include_str!("value.sql"))
            .bind(after)
            .bind(AT_ONCE)
            .bind(currency.code())
            .bind(day.map(ToSqlx::to_sqlx))
            .fetch_one(db)
            .await?;
        let part = StockValue::from_row(&row)?;
        sum = Some(match sum {
            None => part,
            Some(sum) => sum.plus(part),
        });
        match row.try_get::<Option<i64>, _>("last")? {
            Some(last) => after = last,
            None => return sum.ok_or(sqlx::Error::RowNotFound),
        }
    }
}

impl StockValue {
    /// Both together, as of the later.
    fn plus(self, more: Self) -> Self {
        Self {
            at_cost: self.at_cost + more.at_cost,
            at_price: self.at_price + more.at_price,
            products: self.products + more.products,
            units: self.units + more.units,
            products_without_cost: self.products_without_cost + more.products_without_cost,
            units_without_cost: self.units_without_cost + more.units_without_cost,
            products_without_price: self.products_without_price + more.products_without_price,
            ..more
        }
    }
}

async fn store(db: &mut Connection, day: Date, value: &StockValue) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into stock_value_days as kept (day, currency, at_cost, at_price, products, units, products_without_cost,
             units_without_cost, products_without_price, computed_at)
         values ($10, $2::text, $3, $4, $5, $6, $7, $8, $9, $1)
         on conflict (day) do update
         set currency = excluded.currency, at_cost = excluded.at_cost, at_price = excluded.at_price, products = excluded.products,
             units = excluded.units, products_without_cost = excluded.products_without_cost,
             units_without_cost = excluded.units_without_cost, products_without_price = excluded.products_without_price,
             computed_at = excluded.computed_at
         where kept.computed_at < excluded.computed_at",
    )
    .bind(value.computed_at.to_sqlx())
    .bind(&value.currency)
    .bind(value.at_cost)
    .bind(value.at_price)
    .bind(value.products)
    .bind(value.units)
    .bind(value.products_without_cost)
    .bind(value.units_without_cost)
    .bind(value.products_without_price)
    .bind(day.to_sqlx())
    .execute(db)
    .await?;
    Ok(())
}
