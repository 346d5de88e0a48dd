//! What a product that runs low looks like.

use domain::Quantity;
use jiff::Timestamp;
use platform::{ApiError, Cursor, FromParams, Paging, Params, error};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::warehouses::WarehouseRef;

/// A product that runs low.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = LowStock, example = json!({"product_id": 17, "sku": "KET-17", "name": "Tea kettle", "unit": "each",
    "warehouse": "NORTH", "warehouse_id": 2, "available": 8, "incoming": 20, "reorder_point": 10, "since": "2026-01-31T12:00:00.123456Z"}))]
pub struct LowStockView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What its quantities count.
    pub unit: String,
    /// Code of the warehouse where it runs low; null: over all warehouses.
    #[schema(required)]
    pub warehouse: Option<String>,
    /// Key of that warehouse.
    #[schema(required)]
    pub warehouse_id: Option<i64>,
    /// Can be sold, there or over all warehouses.
    #[sqlx(try_from = "Decimal")]
    pub available: Quantity,
    /// Ordered from suppliers, not yet received, there or over all warehouses.
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

/// What runs low where.
#[derive(Debug)]
pub struct LowStockFilter {
    /// In these warehouses.
    pub scope: StockFilter,
    /// Which page.
    pub paging: Paging,
}

impl FromParams for LowStockFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let scope = StockFilter { warehouses: WarehouseRef::from_params(params), ..StockFilter::default() };
        Some(Self { scope, paging: Paging::from_params(params)? })
    }
}

/// Where a page of the list ended.
pub(super) struct Position {
    pub(super) since: Timestamp,
    pub(super) product_id: i64,
    /// 0 for what runs low over all warehouses.
    pub(super) warehouse_id: i64,
}

impl Position {
    pub(super) fn read(cursor: &Cursor) -> Result<Self, ApiError> {
        let since = cursor.text(0).parse();
        let since =
            since.map_err(|_| ApiError::new(&error::INVALID_CURSOR, "use the next_cursor of this list"))?;
        Ok(Self { since, product_id: cursor.number(1), warehouse_id: cursor.number(2) })
    }
}
