//! What a product that has run out looks like.

use domain::Quantity;
use jiff::Timestamp;
use platform::{FromParams, Paging, Params};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

/// A product that has run out.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = StockOut, example = json!({"product_id": 17, "sku": "KET-17", "name": "Tea kettle", "unit": "each", "on_hand": 2, "reserved": 2,
    "available": 0, "in_transit": 0, "incoming": 20, "moved_at": "2026-01-31T12:00:00.123456Z"}))]
pub struct StockOutView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What its quantities count.
    pub unit: String,
    /// Physically there: reserved, or where it cannot be sold.
    #[sqlx(try_from = "Decimal")]
    pub on_hand: Quantity,
    /// Promised, not yet shipped.
    #[sqlx(try_from = "Decimal")]
    pub reserved: Quantity,
    /// Can be sold.
    #[sqlx(try_from = "Decimal")]
    pub available: Quantity,
    /// On its way from another warehouse.
    #[sqlx(try_from = "Decimal")]
    pub in_transit: Quantity,
    /// Ordered from suppliers, not yet received.
    #[sqlx(try_from = "Decimal")]
    pub incoming: Quantity,
    /// When its stock last changed.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub moved_at: Timestamp,
}

/// Which page.
#[derive(Debug)]
pub struct StockOutFilter {
    /// Which page.
    pub paging: Paging,
}

impl FromParams for StockOutFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        Some(Self { paging: Paging::from_params(params)? })
    }
}
