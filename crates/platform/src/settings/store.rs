//! The SQL of settings.

use jiff_sqlx::ToSqlx;
use rust_decimal::Decimal;
use sqlx::PgExecutor;

use super::model::{Settings, SettingsChange};
use crate::Connection;

/// A macro, because a statement is a literal: the columns of [`Settings`].
macro_rules! columns {
    () => {
        "purchase_approval_above::numeric as purchase_approval_above, over_receipt_percent, backdate_limit_days,
         books_closed_until, event_retention_days, version, updated_at"
    };
}

/// What is set now.
pub async fn read(db: impl PgExecutor<'_>) -> Result<Settings, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from settings")).fetch_one(db).await
}

/// Lock them against other changes, but not against those who read them.
pub(super) async fn lock(db: &mut Connection) -> Result<Settings, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from settings for no key update")).fetch_one(db).await
}

pub(super) async fn update(db: &mut Connection, change: &SettingsChange) -> Result<Settings, sqlx::Error> {
    sqlx::query_as(concat!(
        "update settings set purchase_approval_above = case when $1 then $2::numeric else purchase_approval_above end,
                over_receipt_percent = coalesce($3, over_receipt_percent),
                backdate_limit_days = coalesce($4, backdate_limit_days),
                books_closed_until = case when $5 then $6 else books_closed_until end,
                event_retention_days = coalesce($7, event_retention_days),
                version = version + 1, updated_at = clock_timestamp()
         returning ",
        columns!()
    ))
    .bind(change.purchase_approval_above.is_some())
    .bind(change.purchase_approval_above.flatten().map(Decimal::from))
    .bind(change.over_receipt_percent.map(Decimal::from))
    .bind(change.backdate_limit_days)
    .bind(change.books_closed_until.is_some())
    .bind(change.books_closed_until.flatten().map(ToSqlx::to_sqlx))
    .bind(change.event_retention_days)
    .fetch_one(db)
    .await
}
