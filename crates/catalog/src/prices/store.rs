//! The SQL of prices.

use domain::OneLine;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{Actor, Connection};
use rust_decimal::Decimal;
use sqlx::PgPool;

use super::model::{Price, PriceAddress, PriceView};

/// A macro, because a statement is a literal: the columns of a [`PriceView`] but for `current`.
macro_rules! columns {
    () => {
        "product_id, price::numeric as price, currency::text as currency, effective_from, reason::text as reason,
         actor::text as actor, created_at"
    };
}

/// Latest first, and so the scheduled ones before all; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    product_id: i64,
    before: Option<Timestamp>,
    rows: i64,
) -> Result<Vec<PriceView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        ", effective_from = (select max(effective_from) from product_prices
                             where product_id = $1 and effective_from <= statement_timestamp()) as current
         from product_prices where product_id = $1 and effective_from < $2 order by effective_from desc limit $3",
    ))
    .bind(product_id)
    .bind(before.unwrap_or(Timestamp::MAX).to_sqlx())
    .bind(rows)
    .fetch_all(db)
    .await
}

/// The one that is, was or will be the price at a moment.
pub(super) async fn find_at(
    db: &PgPool,
    product_id: i64,
    moment: Timestamp,
) -> Result<Option<PriceView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        ", effective_from = (select max(effective_from) from product_prices
                             where product_id = $1 and effective_from <= statement_timestamp()) as current
         from product_prices where product_id = $1 and effective_from <= $2 order by effective_from desc limit 1",
    ))
    .bind(product_id)
    .bind(moment.to_sqlx())
    .fetch_optional(db)
    .await
}

/// The one that begins at a moment.
pub(super) async fn find(db: &PgPool, address: PriceAddress) -> Result<Option<PriceView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        ", effective_from = (select max(effective_from) from product_prices
                             where product_id = $1 and effective_from <= statement_timestamp()) as current
         from product_prices where product_id = $1 and effective_from = $2",
    ))
    .bind(address.product_id)
    .bind(address.effective_from.to_sqlx())
    .fetch_optional(db)
    .await
}

/// The price of a product now.
pub(crate) async fn current(db: &mut Connection, product_id: i64) -> Result<Option<Price>, sqlx::Error> {
    let price: Option<(Decimal, String)> = sqlx::query_as(
        "select price::numeric, currency::text from product_prices
         where product_id = $1 and effective_from <= statement_timestamp() order by effective_from desc limit 1",
    )
    .bind(product_id)
    .fetch_optional(db)
    .await?;
    Ok(price.and_then(|(amount, currency)| Price::from_columns(amount, &currency)))
}

/// The price of a product at a moment.
pub(super) async fn at(
    db: &mut Connection,
    product_id: i64,
    moment: Timestamp,
) -> Result<Option<Price>, sqlx::Error> {
    let price: Option<(Decimal, String)> = sqlx::query_as(
        "select price::numeric, currency::text from product_prices
         where product_id = $1 and effective_from <= $2 order by effective_from desc limit 1",
    )
    .bind(product_id)
    .bind(moment.to_sqlx())
    .fetch_optional(db)
    .await?;
    Ok(price.and_then(|(amount, currency)| Price::from_columns(amount, &currency)))
}

/// Add the price of a product whose row the caller has locked: from now on, or, where the clock has not moved since the
/// price before, right after that one.
pub(crate) async fn insert(
    db: &mut Connection,
    product_id: i64,
    price: Price,
    reason: Option<&OneLine>,
    actor: &Actor,
) -> Result<PriceView, sqlx::Error> {
    loop {
        let inserted = sqlx::query_as(concat!(
            "insert into product_prices (product_id, effective_from, price, currency, reason, actor)
             select $1, greatest(clock_timestamp(), max(effective_from) + interval '1 microsecond'),
                    $2::numeric, $3::text, $4::text, $5::text
             from product_prices where product_id = $1 and effective_from <= clock_timestamp()
             on conflict (product_id, effective_from) do nothing
             returning ",
            columns!(),
            ", true as current",
        ))
        .bind(product_id)
        .bind(Decimal::from(price.amount))
        .bind(price.currency.code())
        .bind(reason.map(OneLine::as_str))
        .bind(actor.name())
        .fetch_optional(&mut *db)
        .await?;
        // A price that was scheduled for this very microsecond has it; the clock has moved on since.
        if let Some(inserted) = inserted {
            return Ok(inserted);
        }
    }
}

/// Add a price from a moment in the future on; `None`: the moment has passed.
pub(super) async fn schedule(
    db: &mut Connection,
    product_id: i64,
    moment: Timestamp,
    price: Price,
    reason: Option<&OneLine>,
    actor: &Actor,
) -> Result<Option<PriceView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "insert into product_prices (product_id, effective_from, price, currency, reason, actor)
         select $1, $6, $2::numeric, $3::text, $4::text, $5::text where $6 > clock_timestamp()
         returning ",
        columns!(),
        ", false as current",
    ))
    .bind(product_id)
    .bind(Decimal::from(price.amount))
    .bind(price.currency.code())
    .bind(reason.map(OneLine::as_str))
    .bind(actor.name())
    .bind(moment.to_sqlx())
    .fetch_optional(db)
    .await
}

/// Hold the row of a product; its version.
pub(super) async fn lock_product(db: &mut Connection, product_id: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select version from products where id = $1 for no key update")
        .bind(product_id)
        .fetch_optional(db)
        .await
}

/// Delete a price whose moment has not come; false: it has begun, or there is none.
pub(super) async fn delete_scheduled(
    db: &mut Connection,
    address: PriceAddress,
) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query(
        "delete from product_prices where product_id = $1 and effective_from = $2 and effective_from > clock_timestamp()",
    )
    .bind(address.product_id)
    .bind(address.effective_from.to_sqlx())
    .execute(db)
    .await?;
    Ok(deleted.rows_affected() > 0)
}

/// Whether a price begins then.
pub(super) async fn exists(db: &mut Connection, address: PriceAddress) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from product_prices where product_id = $1 and effective_from = $2)",
    )
    .bind(address.product_id)
    .bind(address.effective_from.to_sqlx())
    .fetch_one(db)
    .await
}
