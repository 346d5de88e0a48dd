//! What a ledger entry looks like, and what may be asked of it.

use domain::{MovementKind, Quantity};
use jiff::Timestamp;
use platform::{FromParams, Paging, Params};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::warehouses::WarehouseRef;

/// What a movement did to one stock level, and the level after it.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = StockEntry, example = json!({"movement_id": 4711, "kind": "adjustment", "reason": "damaged", "reference": null,
    "note": "", "actor": "anna", "product_id": 17, "warehouse": "MAIN", "location_id": 1, "location": "STOCK", "lot": null, "seq": 12,
    "on_hand_before": 40, "on_hand_delta": -2, "on_hand_after": 38, "reserved_before": 3, "reserved_delta": 0,
    "reserved_after": 3, "unit_cost": "7.50", "occurred_at": "2026-01-31T12:00:00.123456Z",
    "recorded_at": "2026-01-31T12:00:00.123456Z",
    "chain": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}))]
pub struct StockEntryView {
    /// The movement it belongs to.
    pub movement_id: i64,
    /// What happened.
    #[schema(value_type = MovementKind)]
    pub kind: String,
    /// Why.
    #[schema(required)]
    pub reason: Option<String>,
    /// The document it belongs to.
    #[schema(required)]
    pub reference: Option<String>,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// Who did it.
    pub actor: String,
    /// Which product.
    pub product_id: i64,
    /// Code of the warehouse.
    pub warehouse: String,
    /// Key of the location.
    pub location_id: i64,
    /// Code of the location.
    pub location: String,
    /// Which lot or batch; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// Number of the entry in its level; gapless from 1.
    pub seq: i64,
    /// On hand before it.
    #[sqlx(try_from = "Decimal")]
    pub on_hand_before: Quantity,
    /// Change of on hand.
    #[sqlx(try_from = "Decimal")]
    pub on_hand_delta: Quantity,
    /// On hand after it.
    #[sqlx(try_from = "Decimal")]
    pub on_hand_after: Quantity,
    /// Reserved before it.
    #[sqlx(try_from = "Decimal")]
    pub reserved_before: Quantity,
    /// Change of reserved.
    #[sqlx(try_from = "Decimal")]
    pub reserved_delta: Quantity,
    /// Reserved after it.
    #[sqlx(try_from = "Decimal")]
    pub reserved_after: Quantity,
    /// What one unit cost, in the base currency, where known and the caller may know (`purchasing.read`).
    #[schema(required)]
    pub unit_cost: Option<String>,
    /// When it happened.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// When it was entered.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// SHA-256 over the chain before it, this entry and its movement, in hexadecimal; null: the caller may not know what things
    /// cost, which it goes over.
    #[schema(required, min_length = 64, max_length = 64)]
    pub chain: Option<String>,
}

/// Which entries of a product to list.
#[derive(Debug)]
pub struct StockEntryFilter {
    /// Where.
    pub stock: StockFilter,
    /// Which page.
    pub paging: Paging,
}

impl FromParams for StockEntryFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (warehouses, locations) = (WarehouseRef::from_params(params), params.all("location_id"));
        let stock = StockFilter { warehouses, locations, ..StockFilter::default() };
        Some(Self { stock, paging: Paging::from_params(params)? })
    }
}
