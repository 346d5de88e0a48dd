//! What an adjustment is, and its answer.

use domain::{Change, Code, LocationKind, Lot, MovementKind, OneLine, Quantity, Sku, Text};
use jiff::Timestamp;
use platform::{Actor, Fields, FromFields, RequestKey};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ledger::{self, Command, Event, NewLine, Outcome, OutcomeLine, PlaceRef, ProductRef, Work};

/// A correction of stock. The product is named by `product_id` or `sku`; the place by `location_id`, `warehouse` or
/// `warehouse_id`, or not at all for the default warehouse; what changes by `delta` or `counted`.
#[derive(ToSchema)]
#[schema(as = NewStockAdjustment,
    example = json!({"sku": "KET-17", "warehouse": "MAIN", "delta": -2, "reason": "damaged", "expected_on_hand": 40}))]
#[expect(dead_code, reason = "only its schema is used: StockAdjustment is what it is read into")]
pub struct NewStockAdjustmentSchema {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// Code of the warehouse: a gain goes to its default location, a loss is taken from its storage locations, default first.
    warehouse: Option<Code>,
    /// Key of the warehouse.
    warehouse_id: Option<i64>,
    /// Key of the location.
    location_id: Option<i64>,
    /// Lot or batch; without it a loss is taken from any lot.
    lot: Option<Lot>,
    /// By how much, up or down.
    delta: Option<Quantity>,
    /// What was counted.
    counted: Option<Quantity>,
    /// Why.
    reason: OneLine,
    /// What else is worth knowing.
    #[schema(value_type = Option<String>, max_length = 2000)]
    note: Option<Text<2000>>,
    /// Compare and set: refused with `stale_quantity` unless exactly this is on hand.
    expected_on_hand: Option<Quantity>,
    /// When it happened, if that was before now.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<Timestamp>,
    /// Whether a loss may take what is reserved: from the newest reservations first.
    shorten_reservations: Option<bool>,
}

/// A correction of stock, as read.
#[derive(Debug)]
pub struct StockAdjustment {
    line: NewLine,
    reason: OneLine,
    note: Option<Text<2000>>,
    occurred_at: Option<Timestamp>,
    shorten_reservations: bool,
}

/// What an adjustment did. The figures are of the levels it changed: of one location, unless a loss was taken from several.
#[derive(Serialize, ToSchema)]
#[schema(as = StockAdjustment,
    example = json!({"movement_id": 4711, "product_id": 17, "sku": "KET-17", "warehouse": "MAIN", "location_id": 1, "lot": null,
        "on_hand_before": 40, "on_hand_after": 38, "reserved": 3, "available": 35, "occurred_at": "2026-01-31T12:00:00.123456Z",
        "recorded_at": "2026-01-31T12:00:00.123456Z",
        "entries": [{"location_id": 1, "location": "STOCK", "lot": null, "on_hand_before": 40, "on_hand_after": 38}]}))]
pub struct StockAdjustmentView {
    /// The movement it made; null for a dry run.
    pub movement_id: Option<i64>,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Code of the warehouse.
    pub warehouse: String,
    /// Where; null if a loss was taken from several locations.
    pub location_id: Option<i64>,
    /// Which lot; null if none, or several.
    pub lot: Option<String>,
    /// On hand before.
    pub on_hand_before: Quantity,
    /// On hand after.
    pub on_hand_after: Quantity,
    /// Promised of it.
    pub reserved: Quantity,
    /// Can be sold of it.
    pub available: Quantity,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// Its stamp.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// What it did to each level.
    pub entries: Vec<AdjustedLevel>,
}

/// What an adjustment did to one level.
#[derive(Serialize, ToSchema)]
pub struct AdjustedLevel {
    /// Where.
    pub location_id: i64,
    /// Code of the location.
    pub location: String,
    /// Which lot.
    pub lot: Option<String>,
    /// On hand before.
    pub on_hand_before: Quantity,
    /// On hand after.
    pub on_hand_after: Quantity,
}

impl FromFields for StockAdjustment {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, place, lot) =
            (ProductRef::from_fields(fields), PlaceRef::from_fields(fields), ledger::lot(fields));
        let change = change(fields);
        let (reason, note) = (fields.required("reason"), fields.optional("note"));
        let expected_on_hand = fields.optional("expected_on_hand");
        let (occurred_at, shorten) =
            (fields.optional("occurred_at"), fields.optional("shorten_reservations"));
        let line =
            NewLine { product: product?, place, lot, change: change?, expected_on_hand, unit_cost: None };
        let shorten_reservations = shorten.unwrap_or(false);
        Some(Self { line, reason: reason?, note, occurred_at, shorten_reservations })
    }
}

fn change(fields: &mut Fields<'_>) -> Option<Change> {
    let given = (fields.has("delta"), fields.has("counted"));
    let (delta, counted) = (fields.optional::<Quantity>("delta"), fields.optional::<Quantity>("counted"));
    match given {
        (true, true) => fields.fault("counted", "mutually_exclusive", "give delta or counted, not both"),
        (false, false) => fields.fault("delta", "missing", "is required, or counted"),
        _ if delta == Some(Quantity::ZERO) => fields.fault("delta", "zero", "must not be 0"),
        _ if counted.is_some_and(Quantity::is_negative) => {
            fields.fault("counted", "negative", "must not be negative")
        }
        _ => delta.map(Change::By).or(counted.map(Change::To)),
    }
}

impl StockAdjustment {
    /// The command for the ledger.
    pub fn into_command(self, actor: &Actor, key: RequestKey) -> Command {
        let counted = matches!(self.line.change, Change::To(_));
        let kind = if counted { MovementKind::Count } else { MovementKind::Adjustment };
        let event = Event {
            kind,
            reason: Some(self.reason.into()),
            reference: None,
            note: self.note.unwrap_or_default().as_str().to_owned(),
            actor: actor.name().to_owned(),
            occurred_at: self.occurred_at,
        };
        let shorten_reservations = self.shorten_reservations;
        let work = Work::Post { event, lines: vec![self.line], lines_at: "", shorten_reservations };
        Command { operation: "create_stock_adjustment", key: Some(key), work }
    }
}

impl From<Outcome> for StockAdjustmentView {
    fn from(outcome: Outcome) -> Self {
        let before = |line: &OutcomeLine| line.on_hand_after.saturating_sub(line.quantity);
        let free = |line: &OutcomeLine| line.on_hand_after.saturating_sub(line.reserved_after);
        let lines = &outcome.lines;
        let first = lines.first();
        let only = |same: fn(&OutcomeLine, &OutcomeLine) -> bool| {
            first.filter(|first| lines.iter().all(|line| same(first, line)))
        };
        let lot = |line: &OutcomeLine| Some(line.lot.clone()).filter(|lot| !lot.is_empty());
        let sellable = lines.iter().filter(|line| line.location_kind == LocationKind::Storage);
        Self {
            movement_id: outcome.movement_id.map(|id| id.0),
            product_id: first.map_or(0, |line| line.product_id.0),
            sku: first.map(|line| line.sku.clone()).unwrap_or_default(),
            warehouse: first.map(|line| line.warehouse.clone()).unwrap_or_default(),
            location_id: only(|a, b| a.location_id == b.location_id).map(|line| line.location_id.0),
            lot: only(|a, b| a.lot == b.lot).and_then(lot),
            on_hand_before: lines.iter().map(before).sum(),
            on_hand_after: lines.iter().map(|line| line.on_hand_after).sum(),
            reserved: lines.iter().map(|line| line.reserved_after).sum(),
            available: sellable.map(free).sum(),
            occurred_at: outcome.occurred_at,
            recorded_at: outcome.recorded_at,
            entries: lines
                .iter()
                .map(|line| AdjustedLevel {
                    location_id: line.location_id.0,
                    location: line.location.clone(),
                    lot: lot(line),
                    on_hand_before: before(line),
                    on_hand_after: line.on_hand_after,
                })
                .collect(),
        }
    }
}
