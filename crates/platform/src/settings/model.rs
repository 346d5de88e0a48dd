//! What can be set.

use domain::{Amount, Currency, Percent};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::{Fields, FromFields};

/// Most days back that a movement can be allowed to be dated.
const BACKDATE_LIMIT_DAYS_MAX: i32 = 3650;

/// Most days that change events can be kept.
const EVENT_RETENTION_DAYS_MAX: i32 = 36_500;

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Purchase orders above this total, in the base currency, need approval; none: every order does.
    pub purchase_approval_above: Option<Amount>,
    /// How much more than ordered may come.
    pub over_receipt_percent: Percent,
    /// How many days back a movement may be dated.
    pub backdate_limit_days: i32,
    /// No movement may be dated before this.
    pub books_closed_until: Option<Timestamp>,
    /// How many days change events are kept.
    pub event_retention_days: i32,
    /// Counts the changes.
    pub version: i64,
    /// When they were last changed.
    pub updated_at: Timestamp,
}

/// What changes of the settings; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"purchase_approval_above": "500.00", "over_receipt_percent": 5}))]
pub struct SettingsChange {
    /// Purchase orders above this total, in the base currency, need approval; null: every order does.
    #[schema(value_type = Option<domain::Amount>)]
    pub purchase_approval_above: Option<Option<Amount>>,
    /// How much more than ordered may come.
    #[schema(nullable = false)]
    pub over_receipt_percent: Option<Percent>,
    /// How many days back a movement may be dated.
    #[schema(nullable = false, minimum = 0, maximum = 3650)]
    pub backdate_limit_days: Option<i32>,
    /// No movement may be dated before this; null: the books are open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub books_closed_until: Option<Option<Timestamp>>,
    /// How many days change events are kept.
    #[schema(nullable = false, minimum = 1, maximum = 36_500)]
    pub event_retention_days: Option<i32>,
}

/// The settings.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Settings, example = json!({"purchase_approval_above": "500.00", "currency": "EUR", "over_receipt_percent": 5,
    "backdate_limit_days": 31, "books_closed_until": null, "event_retention_days": 365, "version": 2,
    "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct SettingsView {
    /// Purchase orders above this total need approval; null: every order does. Orders in another currency always do.
    #[schema(required)]
    pub purchase_approval_above: Option<String>,
    /// Of the amounts: the base currency, which the server is started with.
    pub currency: String,
    /// How much more than ordered may come, rounded down to what the unit of the product can count.
    pub over_receipt_percent: Percent,
    /// How many days back a movement may be dated.
    pub backdate_limit_days: i32,
    /// No movement may be dated before this; null: the books are open.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub books_closed_until: Option<Timestamp>,
    /// How many days change events are kept.
    pub event_retention_days: i32,
    /// Its ETag.
    pub version: i64,
    /// When they were last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl Settings {
    /// As they are shown.
    pub(super) fn view(self, base_currency: Currency) -> SettingsView {
        SettingsView {
            purchase_approval_above: self.purchase_approval_above.map(|amount| amount.display(base_currency)),
            currency: base_currency.code().to_owned(),
            over_receipt_percent: self.over_receipt_percent,
            backdate_limit_days: self.backdate_limit_days,
            books_closed_until: self.books_closed_until,
            event_retention_days: self.event_retention_days,
            version: self.version,
            updated_at: self.updated_at,
        }
    }
}

impl FromFields for SettingsChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let purchase_approval_above = fields.change("purchase_approval_above");
        let over_receipt_percent = fields.replacement("over_receipt_percent");
        let backdate_limit_days = days("backdate_limit_days", 0, BACKDATE_LIMIT_DAYS_MAX, fields);
        let books_closed_until = fields.change("books_closed_until");
        let event_retention_days = days("event_retention_days", 1, EVENT_RETENTION_DAYS_MAX, fields);
        Some(Self {
            purchase_approval_above,
            over_receipt_percent,
            backdate_limit_days,
            books_closed_until,
            event_retention_days,
        })
    }
}

fn days(name: &'static str, least: i32, most: i32, fields: &mut Fields<'_>) -> Option<i32> {
    match fields.replacement(name) {
        Some(days) if !(least..=most).contains(&days) => {
            fields.fault(name, "out_of_range", format!("must be {least} to {most}"))
        }
        given => given,
    }
}

impl sqlx::FromRow<'_, PgRow> for Settings {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let decode = |invalid: domain::Invalid| sqlx::Error::Decode(invalid.into());
        let above: Option<Decimal> = row.try_get("purchase_approval_above")?;
        let percent: Decimal = row.try_get("over_receipt_percent")?;
        let closed: Option<jiff_sqlx::Timestamp> = row.try_get("books_closed_until")?;
        Ok(Self {
            purchase_approval_above: above.map(Amount::try_from).transpose().map_err(decode)?,
            over_receipt_percent: percent.try_into().map_err(decode)?,
            backdate_limit_days: row.try_get("backdate_limit_days")?,
            books_closed_until: closed.map(jiff_sqlx::Timestamp::to_jiff),
            event_retention_days: row.try_get("event_retention_days")?,
            version: row.try_get("version")?,
            updated_at: row.try_get::<jiff_sqlx::Timestamp, _>("updated_at")?.to_jiff(),
        })
    }
}
