//! The SQL of single products.

use std::collections::HashMap;

use domain::{Barcode, OneLine, Sku, Text, Unit};
use futures_util::future::BoxFuture;
use platform::database::delete_unless_referenced;
use platform::{Actor, Connection};
use rust_decimal::Decimal;
use sqlx::{FromRow as _, PgExecutor, Row as _};

use super::input::{NewProduct, ProductChange};
use super::model::ProductView;
use crate::prices::Price;

/// A macro, because a statement is a literal: the columns of a [`ProductView`], of the product `p` and its [`joins`]. They are
/// the first of a statement, because they are read by their order.
macro_rules! columns {
    () => {
        "p.id, p.sku, p.name::text as name, p.description, price.price::numeric as price,
         price.currency::text as currency, c.id as category_id, c.name::text as category_name, c.path as category_path,
         p.barcode, p.unit, coalesce(s.on_hand, 0)::numeric as on_hand, coalesce(s.reserved, 0)::numeric as reserved,
         coalesce(s.available, 0)::numeric as available, coalesce(s.incoming, 0)::numeric as incoming,
         coalesce(s.in_transit, 0)::numeric as in_transit, p.reorder_point::numeric as reorder_point, p.archived,
         p.version, p.created_at, p.updated_at"
    };
}

/// What stands in other tables about the product `p`. The planner knows that there are few of them: they are named by key, or
/// a page's limit stands in its text.
macro_rules! joins {
    () => {
        " join categories c on c.id = p.category_id
         left join product_stock s on s.product_id = p.id
         left join lateral (
             select price, currency from product_prices
             where product_id = p.id and effective_from <= statement_timestamp()
             order by effective_from desc limit 1) price on true"
    };
}

pub(super) use {columns, joins};

/// What a change is decided by.
#[derive(sqlx::FromRow)]
pub(super) struct Present {
    pub(super) version: i64,
    pub(super) unit: String,
    pub(super) reorder_point: Option<Decimal>,
}

pub(super) async fn find(db: impl PgExecutor<'_>, id: i64) -> Result<Option<ProductView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from products p", joins!(), " where p.id = $1"))
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Products by key, for reads that share a statement. `(select $1)`: a plan for this many keys would be cheaper than one for any
/// number, by the planner's count, which leaves out what planning costs: most of a single read.
pub(super) fn by_ids<'t>(
    db: &'t mut Connection,
    ids: &'t [i64],
) -> BoxFuture<'t, Result<HashMap<i64, ProductView>, sqlx::Error>> {
    Box::pin(async move {
        let statement = concat!(
            "select ",
            columns!(),
            " from (select * from products where id = any((select $1)::bigint[])) p",
            joins!()
        );
        let found: Vec<ProductView> = sqlx::query_as(statement).bind(ids).fetch_all(db).await?;
        Ok(found.into_iter().map(|product| (product.id, product)).collect())
    })
}

/// Products by SKU as it was given, for reads that share a statement.
pub(super) fn by_skus<'t>(
    db: &'t mut Connection,
    skus: &'t [String],
) -> BoxFuture<'t, Result<HashMap<String, ProductView>, sqlx::Error>> {
    Box::pin(async move {
        let statement = concat!(
            "select ",
            columns!(),
            ", given from unnest((select $1)::text[]) as given cross join lateral (select * from products where lower(sku) = lower(given) limit 1) p",
            joins!()
        );
        let rows = sqlx::query(statement).bind(skus).fetch_all(db).await?;
        rows.iter().map(|row| Ok((row.try_get("given")?, ProductView::from_row(row)?))).collect()
    })
}

pub(crate) async fn exists(db: impl PgExecutor<'_>, id: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from products where id = $1)").bind(id).fetch_one(db).await
}

/// Lock it against other changes, and against its first movement, which refers to it: a product is not deleted while
/// stock of it arrives.
pub(super) async fn lock(db: &mut Connection, id: i64) -> Result<Option<Present>, sqlx::Error> {
    sqlx::query_as(
        "select version, unit, reorder_point::numeric as reorder_point from products
         where id = $1 for update",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Add it with its first price; its key.
pub(super) async fn insert(
    db: &mut Connection,
    new: &NewProduct,
    category_id: i64,
    price: Price,
    actor: &Actor,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "with product as (
             insert into products (sku, name, description, category_id, barcode, unit, reorder_point)
             values ($1, $2::text, coalesce($3, ''), $4, $5, coalesce($6, 'each'), $7::numeric) returning id)
         insert into product_prices (product_id, effective_from, price, currency, actor)
         select id, now(), $8::numeric, $9::text, $10::text from product returning product_id",
    )
    .bind(new.sku.as_str())
    .bind(new.name.as_str())
    .bind(new.description.as_ref().map(Text::as_str))
    .bind(category_id)
    .bind(new.barcode.as_ref().map(Barcode::as_str))
    .bind(new.unit.as_ref().map(Unit::as_str))
    .bind(new.reorder_point.map(Decimal::from))
    .bind(Decimal::from(price.amount))
    .bind(price.currency.code())
    .bind(actor.name())
    .fetch_one(db)
    .await
}

/// Stamped by the clock, not by the start of the transaction, which may have waited for the row: `updated_at` never
/// goes back, and who lists what was `updated_since` misses nothing but what is yet to be committed.
pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &ProductChange,
    category_id: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update products set sku = coalesce($2, sku), name = coalesce($3::text, name),
                description = coalesce($4, description), category_id = coalesce($5, category_id),
                barcode = case when $6 then $7 else barcode end, unit = coalesce($8, unit),
                reorder_point = case when $9 then $10::numeric else reorder_point end,
                version = version + 1, updated_at = clock_timestamp()
         where id = $1",
    )
    .bind(id)
    .bind(change.sku.as_ref().map(Sku::as_str))
    .bind(change.name.as_ref().map(OneLine::as_str))
    .bind(change.description.as_ref().map(Text::as_str))
    .bind(category_id)
    .bind(change.barcode.is_some())
    .bind(change.barcode.as_ref().and_then(Option::as_ref).map(Barcode::as_str))
    .bind(change.unit.as_ref().map(Unit::as_str))
    .bind(change.reorder_point.is_some())
    .bind(change.reorder_point.flatten().map(Decimal::from))
    .execute(db)
    .await?;
    Ok(())
}

/// Lock it and count a change of what belongs to it; false: there is no such product.
pub(crate) async fn touch(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    let touched = sqlx::query(
        "update products set version = version + 1, updated_at = clock_timestamp() where id = $1",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(touched.rows_affected() > 0)
}

pub(super) async fn set_archived(db: &mut Connection, id: i64, archived: bool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update products set archived_at = case when $2 then now() end, version = version + 1,
                updated_at = clock_timestamp()
         where id = $1 and archived <> $2",
    )
    .bind(id)
    .bind(archived)
    .execute(db)
    .await?;
    Ok(())
}

/// Delete it with its prices, unless something else refers to it: then false.
pub(super) async fn delete(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    delete_unless_referenced(
        db,
        "with unpriced as (delete from product_prices where product_id = $1) delete from products where id = $1",
        id,
    )
    .await
}
