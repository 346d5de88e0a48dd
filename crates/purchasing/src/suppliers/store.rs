//! The SQL of suppliers.

use domain::{Code, Currency, OneLine, Text};
use platform::database::delete_unless_referenced;
use platform::{Connection, Cursor};
use sqlx::PgPool;

use super::model::{NewSupplier, SupplierChange, SupplierView};

/// A macro, because a statement is a literal: the columns of a [`SupplierView`].
macro_rules! columns {
    () => {
        "id, code::text as code, name::text as name, contact::text as contact, email::text as email, phone::text as phone,
         address, currency::text as currency, lead_time_days, payment_terms, archived_at is not null as archived, version,
         created_at, updated_at"
    };
}

pub(super) async fn find(db: &PgPool, id: i64) -> Result<Option<SupplierView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from suppliers where id = $1"))
        .bind(id)
        .fetch_optional(db)
        .await
}

/// By name; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    archived: bool,
    after: Option<&Cursor>,
    rows: i64,
) -> Result<Vec<SupplierView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from suppliers where (archived_at is not null) = $1 and (lower(name), id) > (lower($2), $3)
         order by lower(name), id limit $4"
    ))
    .bind(archived)
    .bind(after.map_or("", |cursor| cursor.text(0)))
    .bind(after.map_or(0, |cursor| cursor.number(1)))
    .bind(rows)
    .fetch_all(db)
    .await
}

/// Lock it against other changes, but not against rows that refer to it.
pub(super) async fn lock(db: &mut Connection, id: i64) -> Result<Option<SupplierView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from suppliers where id = $1 for no key update"))
        .bind(id)
        .fetch_optional(db)
        .await
}

pub(super) async fn insert(
    db: &mut Connection,
    new: &NewSupplier,
    base_currency: Currency,
) -> Result<SupplierView, sqlx::Error> {
    sqlx::query_as(concat!(
        "insert into suppliers (code, name, contact, email, phone, address, currency, lead_time_days, payment_terms)
         values ($1::text, $2::text, $3::text, $4::text, $5::text, coalesce($6, ''), $7::text, $8, coalesce($9, ''))
         returning ",
        columns!()
    ))
    .bind(new.code.as_str())
    .bind(new.name.as_str())
    .bind(new.contact.as_ref().map(OneLine::as_str))
    .bind(new.email.as_ref().map(OneLine::as_str))
    .bind(new.phone.as_ref().map(OneLine::as_str))
    .bind(new.address.as_ref().map(Text::as_str))
    .bind(new.currency.unwrap_or(base_currency).code())
    .bind(new.lead_time_days)
    .bind(new.payment_terms.as_ref().map(Text::as_str))
    .fetch_one(db)
    .await
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &SupplierChange,
) -> Result<SupplierView, sqlx::Error> {
    let line = |line: &Option<Option<OneLine>>| line.clone().flatten().map(String::from);
    sqlx::query_as(concat!(
        "update suppliers set code = coalesce($2::text, code), name = coalesce($3::text, name),
                contact = case when $4 then $5::text else contact end, email = case when $6 then $7::text else email end,
                phone = case when $8 then $9::text else phone end, address = coalesce($10, address),
                currency = coalesce($11::text, currency),
                lead_time_days = case when $12 then $13 else lead_time_days end,
                payment_terms = coalesce($14, payment_terms), version = version + 1, updated_at = now()
         where id = $1 returning ",
        columns!()
    ))
    .bind(id)
    .bind(change.code.as_ref().map(Code::as_str))
    .bind(change.name.as_ref().map(OneLine::as_str))
    .bind(change.contact.is_some())
    .bind(line(&change.contact))
    .bind(change.email.is_some())
    .bind(line(&change.email))
    .bind(change.phone.is_some())
    .bind(line(&change.phone))
    .bind(change.address.as_ref().map(Text::as_str))
    .bind(change.currency.map(Currency::code))
    .bind(change.lead_time_days.is_some())
    .bind(change.lead_time_days.flatten())
    .bind(change.payment_terms.as_ref().map(Text::as_str))
    .fetch_one(db)
    .await
}

pub(super) async fn archive(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update suppliers set archived_at = now(), version = version + 1, updated_at = now() where id = $1",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Delete it, unless something refers to it: then false.
pub(super) async fn delete(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    delete_unless_referenced(db, "delete from suppliers where id = $1", id).await
}
