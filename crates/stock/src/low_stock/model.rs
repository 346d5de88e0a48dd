//! What a product that runs low looks like.

use domain::Quantity;
use jiff::Timestamp;
use platform::{ApiError, Cursor, error};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

/// A product that runs low.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = LowStock, example = json!({"product_id": 17, "sku": "KET-17", "name": "Tea kettle", "unit": "each",
    "available": 8, "incoming": 20, "reorder_point": 10, "since": "2026-01-31T12:00:00.123456Z"}))]
pub struct LowStockView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What its quantities count.
    pub unit: String,
    /// Can be sold, over all warehouses.
    #[sqlx(try_from = "Decimal")]
    pub available: Quantity,
    /// Ordered from suppliers, not yet received.
    #[sqlx(try_from = "Decimal")]
    pub incoming: Quantity,
    /// Stock is low when `available` is at or below it.
    #[sqlx(try_from = "Decimal")]
    pub reorder_point: Quantity,
    /// When it became low.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// Where a page of the list ended.
pub(super) struct Position {
    pub(super) since: Timestamp,
    pub(super) product_id: i64,
}

impl Position {
    pub(super) fn read(cursor: &Cursor) -> Result<Self, ApiError> {
        let since = cursor.text(0).parse();
        let since =
            since.map_err(|_| ApiError::new(&error::INVALID_CURSOR, "use the next_cursor of this list"))?;
        Ok(Self { since, product_id: cursor.number(1) })
    }
}
