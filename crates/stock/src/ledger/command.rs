//! What the ledger is asked to do, and what came of it.

use domain::{Amount, Change, LocationId, LocationKind, MovementId, MovementKind, ProductId, Quantity};
use jiff::Timestamp;
use platform::RequestKey;
use serde::{Deserialize, Serialize};

use crate::warehouses::WarehouseRef;

/// One thing to do to stock.
#[derive(Clone, Debug)]
pub struct Command {
    /// The operation of the API it comes from.
    pub operation: &'static str,
    /// One key, one effect. None where the caller's document has the key.
    pub key: Option<RequestKey>,
    /// What to do.
    pub work: Work,
}

/// What to do to stock.
#[derive(Clone, Debug)]
pub enum Work {
    /// Post lines as one movement, all or none.
    Post {
        /// The business event.
        event: Event,
        /// At least one.
        lines: Vec<NewLine>,
        /// Where the lines stand in the request, for the pointers of refusals: `/lines`, or empty if the request is the line.
        lines_at: &'static str,
    },
    /// Put a movement right by its opposite.
    Reverse {
        /// Which movement.
        movement: MovementId,
        /// Why.
        reason: String,
        /// Who does it.
        actor: String,
    },
}

/// The business event behind a movement.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub kind: MovementKind,
    /// Why.
    pub reason: Option<String>,
    /// The document it belongs to.
    pub reference: Option<String>,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// Who did it.
    pub actor: String,
}

/// A line as it was asked for.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// Which product.
    pub product: ProductRef,
    /// Where.
    pub place: PlaceRef,
    /// Which lot; see [`domain::Line::lot`].
    pub lot: Option<String>,
    /// What changes.
    pub change: Change,
    /// Compare and set.
    pub expected_on_hand: Option<Quantity>,
    /// What one unit cost, in the base currency.
    pub unit_cost: Option<Amount>,
}

/// A product by what the caller knows of it.
#[derive(Clone, Debug)]
pub enum ProductRef {
    /// By key.
    Id(ProductId),
    /// By SKU, whatever its case.
    Sku(String),
}

/// A place by what the caller knows of it.
#[derive(Clone, Debug)]
pub enum PlaceRef {
    /// A location by key.
    Location(LocationId),
    /// Anywhere fitting in a warehouse.
    Warehouse(WarehouseRef),
    /// Anywhere fitting in the first warehouse by priority.
    DefaultWarehouse,
}

/// What a command did. Kept with its key, so that a replay gives the same answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The movement; none for a preview.
    pub movement_id: Option<MovementId>,
    /// What happened.
    pub kind: MovementKind,
    /// Why.
    pub reason: Option<String>,
    /// The document it belongs to.
    pub reference: Option<String>,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// Who did it.
    pub actor: String,
    /// For a reversal: what it puts right.
    pub reverses: Option<MovementId>,
    /// Its stamp.
    pub recorded_at: Timestamp,
    /// What it did to each level.
    pub lines: Vec<OutcomeLine>,
    /// Whether it was done by an earlier request with the same key.
    #[serde(skip)]
    pub replayed: bool,
}

/// What a command did to one level.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutcomeLine {
    /// Which product.
    pub product_id: ProductId,
    /// Its SKU.
    pub sku: String,
    /// Where.
    pub location_id: LocationId,
    /// Code of the location.
    pub location: String,
    /// Kind of the location.
    pub location_kind: LocationKind,
    /// Code of its warehouse.
    pub warehouse: String,
    /// Which lot; empty: not kept by lot.
    pub lot: String,
    /// Change of `on_hand`.
    pub quantity: Quantity,
    /// `on_hand` after it.
    pub on_hand_after: Quantity,
    /// `reserved` after it.
    pub reserved_after: Quantity,
    /// What one unit cost.
    pub unit_cost: Option<Amount>,
}
