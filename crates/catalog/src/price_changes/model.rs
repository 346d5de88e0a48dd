//! What a price change did, and why one is refused.

use domain::Invalid;
use jiff::Timestamp;
use platform::{ApiError, FieldError};
use serde::Serialize;
use utoipa::ToSchema;

use super::input::PRODUCTS_MAX;
use crate::categories::Unresolved;
use crate::problems;

/// What a price change did, or would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceChange, example = json!({"effective_from": "2126-03-01T00:00:00Z", "changed": 1, "unchanged": 0,
    "items": [{"product_id": 17, "sku": "KET-17", "price_before": "29.90", "currency_before": "EUR", "price": "31.99", "currency": "EUR"}]}))]
pub struct PriceChangeView {
    /// From when on.
    #[schema(value_type = String, format = DateTime)]
    pub effective_from: Timestamp,
    /// How many products have a new price.
    pub changed: usize,
    /// How many have that price already, or none of which a percentage could be taken: nothing was added for them.
    pub unchanged: usize,
    /// The new prices by SKU: the first 100, or all in a dry run.
    pub items: Vec<ChangedPriceView>,
}

/// The new price of a product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangedPrice)]
pub struct ChangedPriceView {
    /// Key of the product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// The price in effect until then, if there is one.
    #[schema(required)]
    pub price_before: Option<String>,
    /// Of the price before, by ISO 4217.
    #[schema(required)]
    pub currency_before: Option<String>,
    /// The new price, with at least the decimals of its currency.
    pub price: String,
    /// Of the new price, by ISO 4217.
    pub currency: String,
}

/// Why prices cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum PriceChangeError {
    /// The body names what is not known or cannot be changed.
    #[error("not acceptable: {0:?}")]
    Input(Vec<FieldError>),
    /// The filter names what is not known.
    #[error("{0:?}")]
    Filter(ApiError),
    /// The filter finds more than one change can have.
    #[error("finds more than {PRODUCTS_MAX} products: narrow it")]
    TooManyProducts,
    /// They would begin in the past.
    #[error("must be in the future: what a price was is not changed")]
    InThePast,
    /// These products, each with its SKU, have a price from this moment on; none are known where somebody who holds no lock,
    /// as in psql, was quicker by a moment.
    #[error("there is another price from {moment} on{}", products.first().map_or(String::new(), |(_, sku)| format!(", such as for {sku}")))]
    DuplicateMoment {
        /// From when on.
        moment: Timestamp,
        /// Which.
        products: Vec<(i64, String)>,
    },
    /// There is no such price for this product.
    #[error("for {sku}: {}", invalid.message)]
    NoPrice {
        /// Which product.
        sku: String,
        /// Why not.
        invalid: Invalid,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Most products that a refusal names.
const NAMED_MAX: usize = 100;

impl From<Unresolved> for PriceChangeError {
    fn from(unresolved: Unresolved) -> Self {
        Self::Filter(unresolved.in_body("/filter"))
    }
}

impl From<PriceChangeError> for ApiError {
    fn from(error: PriceChangeError) -> Self {
        use PriceChangeError as E;
        let detail = error.to_string();
        match error {
            E::Input(errors) => Self::invalid_input(errors),
            E::Filter(error) => error,
            E::TooManyProducts => Self::invalid_field("/filter", "too_many_products", detail),
            E::InThePast => Self::invalid_field("/effective_from", "in_the_past", detail),
            E::DuplicateMoment { products, .. } => {
                let (ids, skus): (Vec<i64>, Vec<String>) = products.into_iter().take(NAMED_MAX).unzip();
                Self::new(&problems::DUPLICATE_PRICE_MOMENT, detail)
                    .with("product_ids", ids)
                    .with("skus", skus)
            }
            E::NoPrice { invalid, .. } => {
                // A form with too many decimals is a matter of the form, a price too large of the percentage.
                let field = if invalid.code == "too_many_decimals" { "/round_to" } else { "/by_percent" };
                Self::invalid_field(field, invalid.code, detail)
            }
            E::Database(source) => source.into(),
        }
    }
}
