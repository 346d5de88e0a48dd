//! What a stock movement looks like, and what may be asked of it.

use domain::{Currency, MovementKind, OneLine, Quantity};
use jiff::Timestamp;
use platform::{FromParams, Paging, Params, auth};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::ledger::{Outcome, OutcomeLine};
use crate::warehouses::WarehouseRef;

/// A business event that changed stock: all of its lines happened, at once.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = StockMovement, example = json!({"id": 4711, "kind": "receipt", "reason": null, "reference": "DN-2041", "note": "",
    "actor": "anna", "occurred_at": "2026-01-31T12:00:00.123456Z", "recorded_at": "2026-01-31T12:00:00.123456Z",
    "reverses_movement_id": null, "reversed_by_movement_id": null,
    "lines": [{"product_id": 17, "sku": "KET-17", "location_id": 1, "location": "STOCK", "warehouse": "MAIN", "lot": null,
        "quantity": 40, "on_hand_before": 0, "on_hand_after": 40, "unit_cost": "7.50"}]}))]
pub struct StockMovementView {
    /// Key; null in the answer to a dry run.
    #[schema(required)]
    pub id: Option<i64>,
    /// What happened.
    #[schema(value_type = MovementKind)]
    pub kind: String,
    /// Why.
    #[schema(required)]
    pub reason: Option<String>,
    /// The document it belongs to: an order, a delivery note.
    #[schema(required)]
    pub reference: Option<String>,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// Who did it.
    pub actor: String,
    /// When it happened.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// When it was entered.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// For a reversal: the movement it puts right.
    #[schema(required)]
    pub reverses_movement_id: Option<i64>,
    /// The reversal that has put it right.
    #[schema(required)]
    pub reversed_by_movement_id: Option<i64>,
    /// What it did to each level, by product, location and lot.
    #[sqlx(skip)]
    pub lines: Vec<StockMovementLine>,
}

/// What a movement did to one stock level.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
pub struct StockMovementLine {
    #[serde(skip)]
    pub(super) movement_id: i64,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Key of the location.
    pub location_id: i64,
    /// Code of the location.
    pub location: String,
    /// Code of its warehouse.
    pub warehouse: String,
    /// Which lot or batch; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// Change of on hand: what came in, or what went out as a negative number.
    #[sqlx(try_from = "Decimal")]
    pub quantity: Quantity,
    /// On hand before it.
    #[sqlx(try_from = "Decimal")]
    pub on_hand_before: Quantity,
    /// On hand after it.
    #[sqlx(try_from = "Decimal")]
    pub on_hand_after: Quantity,
    /// What one unit cost, in the base currency, where known and the caller may know (`purchasing.read`).
    #[schema(required)]
    pub unit_cost: Option<String>,
}

impl StockMovementView {
    /// What the ledger has just posted, or would post.
    pub fn of(outcome: Outcome, currency: Currency) -> Self {
        Self {
            id: outcome.movement_id.map(|id| id.0),
            kind: outcome.kind.as_str().to_owned(),
            reason: outcome.reason,
            reference: outcome.reference,
            note: outcome.note,
            actor: outcome.actor,
            occurred_at: outcome.occurred_at,
            recorded_at: outcome.recorded_at,
            reverses_movement_id: outcome.reverses.map(|id| id.0),
            reversed_by_movement_id: None,
            lines: outcome.lines.into_iter().map(|line| StockMovementLine::of(line, currency)).collect(),
        }
    }
}

impl StockMovementLine {
    fn of(line: OutcomeLine, currency: Currency) -> Self {
        Self {
            movement_id: 0, // only for finding the movement of a line that was read
            product_id: line.product_id.0,
            sku: line.sku,
            location_id: line.location_id.0,
            location: line.location,
            warehouse: line.warehouse,
            lot: Some(line.lot).filter(|lot| !lot.is_empty()),
            quantity: line.quantity,
            on_hand_before: line.on_hand_after.saturating_sub(line.quantity),
            on_hand_after: line.on_hand_after,
            unit_cost: auth::cost_for_caller(line.unit_cost).map(|cost| cost.display(currency)),
        }
    }
}

/// Which movements to list.
#[derive(Debug)]
pub struct StockMovementFilter {
    /// What happened.
    pub kind: Option<MovementKind>,
    /// The document they belong to.
    pub reference: Option<OneLine>,
    /// Of what, and where.
    pub stock: StockFilter,
    /// Which page.
    pub paging: Paging,
}

impl FromParams for StockMovementFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (kind, reference) = (params.optional("kind"), params.optional("reference"));
        let (products, warehouses) = (StockFilter::products(params), WarehouseRef::from_params(params));
        let stock = StockFilter { products, warehouses, ..StockFilter::default() };
        Some(Self { kind, reference, stock, paging: Paging::from_params(params)? })
    }
}
