//! The SQL of price changes: each statement for all products.

use domain::OneLine;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{Actor, Connection, numeric};
use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::postgres::PgRow;
use stock::ledger::ProductRef;

use crate::prices::Price;

/// A product as a price change finds it.
pub(super) struct Present {
    pub(super) id: i64,
    pub(super) sku: String,
    pub(super) archived: bool,
    /// The price in effect at the moment of the change.
    pub(super) price: Option<Price>,
    /// Since when that is the price.
    pub(super) since: Option<Timestamp>,
}

/// A price to be added.
pub(super) struct NewRow {
    pub(super) product_id: i64,
    pub(super) price: Price,
}

impl sqlx::FromRow<'_, PgRow> for Present {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let (amount, currency): (Option<Decimal>, Option<String>) =
            (row.try_get("price")?, row.try_get("currency")?);
        let since: Option<jiff_sqlx::Timestamp> = row.try_get("effective_from")?;
        Ok(Self {
            id: row.try_get("id")?,
            sku: row.try_get("sku")?,
            archived: row.try_get("archived")?,
            price: amount.zip(currency).and_then(|(amount, currency)| Price::from_columns(amount, &currency)),
            since: since.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// The keys of the products that are named so, in this order.
pub(super) async fn resolve<'a>(
    db: &mut Connection,
    named: impl Iterator<Item = &'a ProductRef>,
) -> Result<Vec<Option<i64>>, sqlx::Error> {
    let (ids, skus): (Vec<Option<i64>>, Vec<Option<&str>>) = named
        .map(|product| match product {
            ProductRef::Id(id) => (Some(id.0), None),
            ProductRef::Sku(sku) => (None, Some(sku.as_str())),
        })
        .unzip();
    sqlx::query_scalar(
        "select coalesce((select id from products where id = named.id),
                         (select id from products where lower(sku) = lower(named.sku)))
         from unnest($1::bigint[], $2::text[]) with ordinality as named (id, sku, position) order by position",
    )
    .bind(ids)
    .bind(skus)
    .fetch_all(db)
    .await
}

/// Hold the rows of products, in the order of ids, as everybody who adds a price does.
pub(super) async fn lock(db: &mut Connection, ids: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query("select from products where id = any($1) order by id for no key update")
        .bind(ids)
        .execute(db)
        .await?;
    Ok(())
}

/// The time of the database.
pub(super) async fn now(db: &mut Connection) -> Result<Timestamp, sqlx::Error> {
    let now: jiff_sqlx::Timestamp = sqlx::query_scalar("select clock_timestamp()").fetch_one(db).await?;
    Ok(now.to_jiff())
}

/// The products by SKU, each with its price at a moment. A product that was deleted meanwhile is not among them.
pub(super) async fn present(
    db: &mut Connection,
    ids: &[i64],
    moment: Timestamp,
) -> Result<Vec<Present>, sqlx::Error> {
    sqlx::query_as(
        "select p.id, p.sku, p.archived, price.price::numeric as price, price.currency::text as currency,
                price.effective_from
         from unnest($1::bigint[]) as wanted (id)
         cross join lateral (select * from products where id = wanted.id limit 1) p
         left join lateral (
             select price, currency, effective_from from product_prices
             where product_id = p.id and effective_from <= $2
             order by effective_from desc limit 1) price on true
         order by lower(p.sku), p.id",
    )
    .bind(ids)
    .bind(moment.to_sqlx())
    .fetch_all(db)
    .await
}

/// Add prices, and count a change of their products.
pub(super) async fn insert(
    db: &mut Connection,
    rows: &[NewRow],
    moment: Timestamp,
    reason: &OneLine,
    actor: &Actor,
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = rows.iter().map(|row| row.product_id).collect();
    sqlx::query(
        "insert into product_prices (product_id, effective_from, price, currency, reason, actor)
         select product_id, $4, price, currency, $5::text, $6::text
         from unnest($1::bigint[], $2::numeric[], $3::text[]) as t (product_id, price, currency)",
    )
    .bind(&ids)
    .bind(numeric::amounts(rows.iter().map(|row| Some(row.price.amount))))
    .bind(rows.iter().map(|row| row.price.currency.code()).collect::<Vec<_>>())
    .bind(moment.to_sqlx())
    .bind(reason.as_str())
    .bind(actor.name())
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "update products set version = version + 1, updated_at = clock_timestamp() where id = any($1)",
    )
    .bind(&ids)
    .execute(db)
    .await?;
    Ok(())
}
