//! What a price is, and what may be asked of it.

use domain::{Amount, Currency, OneLine};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::problems;

/// An amount of money in its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

/// A price to be.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"price": "24.90", "effective_from": "2126-03-01T00:00:00Z", "reason": "spring sale"}))]
pub struct NewPrice {
    /// Price of one unit: a decimal string or a number, at most 4 decimals.
    pub price: Amount,
    /// Of the price; that of the price before it, if absent.
    pub currency: Option<Currency>,
    /// From when it is the price, in the future; from now on, if absent. Taken to the microsecond.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub effective_from: Option<Timestamp>,
    /// Why it changes.
    pub reason: Option<OneLine>,
}

/// A price that a product has, had, or will have.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Price, example = json!({"product_id": 17, "price": "24.90", "currency": "EUR", "effective_from": "2026-01-31T12:00:00.123456Z",
    "reason": "spring sale", "actor": "demo", "created_at": "2026-01-31T12:00:00.12Z", "current": true}))]
pub struct PriceView {
    /// Key of the product.
    pub product_id: i64,
    /// Price of one unit, with at least the decimals of its currency.
    pub price: String,
    /// Of the price, by ISO 4217.
    pub currency: String,
    /// From when it is the price.
    #[schema(value_type = String, format = DateTime)]
    pub effective_from: Timestamp,
    /// Why it changed.
    #[schema(required)]
    pub reason: Option<String>,
    /// Who changed it.
    pub actor: String,
    /// When it was entered.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Whether it is the price now; it is scheduled if `effective_from` is yet to come.
    pub current: bool,
}

/// What a price is addressed by: its product, and the moment it begins.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct PriceAddress {
    /// Key of the product.
    pub product_id: i64,
    /// From when it is the price.
    pub effective_from: Timestamp,
}

/// Which prices to list.
#[derive(Debug)]
pub struct PriceFilter {
    /// Only the one that is the price then.
    pub at: Option<Timestamp>,
    /// Which page.
    pub paging: Paging,
}

/// Why a price cannot be read or added.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// No such product.
    #[error("no product has the id {0}")]
    ProductNotFound(i64),
    /// It would begin in the past.
    #[error("must be in the future: what a price was is not changed")]
    InThePast,
    /// The product has a price from this moment on.
    #[error("the product has another price from {0} on")]
    DuplicateMoment(Timestamp),
    /// The product has no price that begins then.
    #[error("the product has no price that begins at {0}")]
    NotFound(Timestamp),
    /// It cannot be taken back.
    #[error("the price has begun at {0}: add another one")]
    InEffect(Timestamp),
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<PriceError> for ApiError {
    fn from(error: PriceError) -> Self {
        use PriceError as E;
        let detail = error.to_string();
        match error {
            E::ProductNotFound(_) => Self::new(&stock::PRODUCT_NOT_FOUND, detail),
            E::InThePast => Self::invalid_field("/effective_from", "in_the_past", detail),
            E::DuplicateMoment(_) => Self::new(&problems::DUPLICATE_PRICE_MOMENT, detail),
            E::NotFound(_) => Self::new(&problems::PRICE_NOT_FOUND, detail),
            E::InEffect(_) => Self::new(&problems::PRICE_IN_EFFECT, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

impl PriceAddress {
    /// Its path.
    pub fn path(self) -> String {
        format!("/products/{}/prices/{}", self.product_id, self.effective_from)
    }
}

impl Price {
    /// A price as it stands in the database. What was put there by hand may have a currency that nobody knows.
    pub fn from_columns(amount: Decimal, currency: &str) -> Option<Self> {
        Some(Self { amount: Amount::try_from(amount).ok()?, currency: Currency::parse(currency).ok()? })
    }
}

/// An amount as text, with at least the decimals of its currency.
pub fn display(amount: Decimal, currency: &str) -> String {
    Price::from_columns(amount, currency)
        .map_or_else(|| amount.normalize().to_string(), |price| price.amount.display(price.currency))
}

impl sqlx::FromRow<'_, PgRow> for PriceView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: String = row.try_get("currency")?;
        Ok(Self {
            product_id: row.try_get("product_id")?,
            price: display(row.try_get("price")?, &currency),
            currency,
            effective_from: row.try_get::<jiff_sqlx::Timestamp, _>("effective_from")?.to_jiff(),
            reason: row.try_get("reason")?,
            actor: row.try_get("actor")?,
            created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
            current: row.try_get("current")?,
        })
    }
}

impl FromFields for NewPrice {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (price, currency) = (fields.required("price"), fields.optional("currency"));
        let (effective_from, reason) = (fields.optional("effective_from"), fields.optional("reason"));
        Some(Self { price: price?, currency, effective_from, reason })
    }
}

impl FromParams for PriceFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let at = params.optional("at");
        Some(Self { at, paging: Paging::from_params(params)? })
    }
}
