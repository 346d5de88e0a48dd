//! What a product is, and why it cannot be changed.

use domain::{Barcode, Quantity, Sku};
use jiff::Timestamp;
use platform::ApiError;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::categories::Unresolved;
use crate::{prices, problems};

/// A product, with its price and its totals of this moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Product, example = json!({"id": 17, "sku": "KET-17", "name": "Kettle 1.7 l", "description": "Stainless steel",
    "price": "29.90", "currency": "EUR", "category": {"id": 2, "name": "Kettles", "path": "Kitchen/Kettles"},
    "barcode": "4006381333931", "unit": "each", "on_hand": 40, "reserved": 3, "available": 37, "incoming": 0, "in_transit": 0,
    "reorder_point": 10, "archived": false, "version": 1, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct ProductView {
    /// Key.
    pub id: i64,
    /// Stock keeping unit; unique whatever its case.
    pub sku: String,
    /// What people call it.
    pub name: String,
    /// More about it; may be empty.
    pub description: String,
    /// Price of one unit now, with at least the decimals of its currency; null only if it was added by SQL without one.
    #[schema(required)]
    pub price: Option<String>,
    /// Of the price, by ISO 4217.
    #[schema(required)]
    pub currency: Option<String>,
    /// What it is sorted into.
    pub category: CategorySummary,
    /// What a scanner reads.
    #[schema(required)]
    pub barcode: Option<String>,
    /// What its quantities count.
    pub unit: String,
    /// Physically there, in all warehouses.
    pub on_hand: Quantity,
    /// Promised, not yet shipped.
    pub reserved: Quantity,
    /// Can be sold: what is there in storage locations, less what is reserved.
    pub available: Quantity,
    /// Ordered from suppliers, not yet received.
    pub incoming: Quantity,
    /// Left one warehouse, not yet at the next.
    pub in_transit: Quantity,
    /// Stock is low when `available` is at or below it; null: not watched.
    #[schema(required)]
    pub reorder_point: Option<Quantity>,
    /// Whether it is no longer sold.
    pub archived: bool,
    /// Its ETag. Stock changes without it.
    pub version: i64,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it or its price was last changed; stock changes without it.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// The category of a product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategorySummary {
    /// Key.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// The names from the top down, joined by slashes.
    pub path: String,
}

/// Why a product cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// No such product.
    #[error("no product has the id {0}")]
    NotFound(i64),
    /// The SKU is taken.
    #[error("another product has the SKU {0}")]
    DuplicateSku(Sku),
    /// The barcode is taken.
    #[error("another product has the barcode {0}")]
    DuplicateBarcode(Barcode),
    /// The body names no category that exists, or several.
    #[error(transparent)]
    Category(#[from] Unresolved),
    /// The category was deleted this moment.
    #[error("the category was just deleted")]
    CategoryGone,
    /// Its unit would be `each`, its reorder point is not whole.
    #[error("must be a whole number, because the product is counted by each")]
    ReorderPointNotWhole,
    /// Its reorder policy orders up to less.
    #[error("must not be above the max_quantity of the product's reorder policy")]
    ReorderPointAboveMax,
    /// It has a stock history in its unit.
    #[error("the product has a stock history in {0}: its unit stays")]
    UnitFixed(String),
    /// There is something of it.
    #[error("the product is in stock, in transit or on order: bring that to zero first")]
    HoldsStock,
    /// The ledger refuses the opening stock.
    #[error("{0:?}")]
    Stock(ApiError),
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<ProductError> for ApiError {
    fn from(error: ProductError) -> Self {
        use ProductError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&stock::PRODUCT_NOT_FOUND, detail),
            E::DuplicateSku(_) => Self::new(&problems::DUPLICATE_SKU, detail),
            E::DuplicateBarcode(_) => Self::new(&problems::DUPLICATE_BARCODE, detail),
            E::Category(unresolved) => unresolved.in_body(""),
            E::CategoryGone => Self::invalid_field("/category", "unknown_category", detail),
            E::ReorderPointNotWhole => Self::invalid_field("/reorder_point", "whole_numbers_only", detail),
            E::ReorderPointAboveMax => Self::invalid_field("/reorder_point", "above_max_quantity", detail),
            E::UnitFixed(_) => Self::new(&problems::UNIT_FIXED, detail),
            E::HoldsStock => Self::new(&problems::PRODUCT_HOLDS_STOCK, detail),
            E::Stock(error) | E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

/// From the columns in the order in which `store` names them: looking each of them up by its name is a fifth of reading a row.
impl sqlx::FromRow<'_, PgRow> for ProductView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let decode = |invalid: domain::Invalid| sqlx::Error::Decode(invalid.into());
        let quantity = |column: usize| Quantity::try_from(row.try_get::<Decimal, _>(column)?).map_err(decode);
        let time =
            |column: usize| row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff);
        let (amount, currency): (Option<Decimal>, Option<String>) = (row.try_get(4)?, row.try_get(5)?);
        let price =
            amount.zip(currency.as_deref()).map(|(amount, currency)| prices::display(amount, currency));
        let category = CategorySummary { id: row.try_get(6)?, name: row.try_get(7)?, path: row.try_get(8)? };
        let reorder_point = row.try_get::<Option<Decimal>, _>(16)?.map(Quantity::try_from).transpose();
        Ok(Self {
            id: row.try_get(0)?,
            sku: row.try_get(1)?,
            name: row.try_get(2)?,
            description: row.try_get(3)?,
            price,
            currency,
            category,
            barcode: row.try_get(9)?,
            unit: row.try_get(10)?,
            on_hand: quantity(11)?,
            reserved: quantity(12)?,
            available: quantity(13)?,
            incoming: quantity(14)?,
            in_transit: quantity(15)?,
            reorder_point: reorder_point.map_err(decode)?,
            archived: row.try_get(17)?,
            version: row.try_get(18)?,
            created_at: time(19)?,
            updated_at: time(20)?,
        })
    }
}
