//! What a stock level looks like, and what may be asked of it.

use domain::{LocationKind, Quantity};
use jiff::Timestamp;
use platform::{FromParams, Paging, Params};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::warehouses::WarehouseRef;

/// How much of a product is at a location, by lot.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = StockLevel, example = json!({"product_id": 17, "sku": "KET-17", "name": "Tea kettle", "warehouse_id": 1,
    "warehouse": "MAIN", "location_id": 1, "location": "STOCK", "location_kind": "storage", "lot": null, "on_hand": 40,
    "reserved": 3, "available": 37, "updated_at": "2026-01-31T12:00:00.123456Z"}))]
pub struct StockLevelView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Key of the warehouse.
    pub warehouse_id: i64,
    /// Code of the warehouse.
    pub warehouse: String,
    /// Key of the location.
    pub location_id: i64,
    /// Code of the location.
    pub location: String,
    /// What the location is for.
    #[schema(value_type = LocationKind)]
    pub location_kind: String,
    /// Which lot or batch; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// Physically there.
    #[sqlx(try_from = "Decimal")]
    pub on_hand: Quantity,
    /// Promised, not yet shipped.
    #[sqlx(try_from = "Decimal")]
    pub reserved: Quantity,
    /// Can be sold: on hand less reserved in storage, 0 elsewhere.
    #[sqlx(try_from = "Decimal")]
    pub available: Quantity,
    /// When it last changed.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Which levels to list.
#[derive(Debug)]
pub struct StockLevelFilter {
    /// Of what, and where.
    pub stock: StockFilter,
    /// Which page.
    pub paging: Paging,
}

impl FromParams for StockLevelFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let stock = StockFilter {
            products: StockFilter::products(params),
            warehouses: WarehouseRef::from_params(params),
            locations: params.all("location_id"),
        };
        Some(Self { stock, paging: Paging::from_params(params)? })
    }
}
