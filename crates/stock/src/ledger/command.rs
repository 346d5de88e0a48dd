//! What the ledger is asked to do, and what came of it.

use domain::{
    Amount, Change, Fulfilment, LocationId, LocationKind, MovementId, MovementKind, ProductId, Quantity,
    ReservationId, ReservationStatus,
};
use jiff::{SignedDuration, Timestamp};
use platform::{IfMatch, RequestKey};
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

impl Command {
    /// The lines that name products.
    pub(super) fn lines(&self) -> &[NewLine] {
        match &self.work {
            Work::Post { lines, .. } | Work::Reserve { lines, .. } => lines,
            Work::Reverse { .. } | Work::Reservation { .. } => &[],
        }
    }

    /// The SKUs that it names, as given.
    pub(super) fn skus(&self) -> impl Iterator<Item = String> {
        self.lines().iter().filter_map(|line| match &line.product {
            ProductRef::Sku(sku) => Some(sku.clone()),
            ProductRef::Id(_) => None,
        })
    }

    /// Whether it may take what is reserved.
    pub(super) fn shortens(&self) -> bool {
        matches!(self.work, Work::Post { shorten_reservations: true, .. })
    }

    /// Whether it puts a movement right.
    pub(super) fn reverses(&self) -> bool {
        matches!(self.work, Work::Reverse { .. })
    }

    /// Whether it changes when a reservation expires.
    pub(super) fn sets_expiry(&self) -> bool {
        matches!(
            self.work,
            Work::Reservation { action: ReservationAction::Edit { expires_in: Some(_), .. }, .. }
        )
    }

    /// The reservation that it changes.
    pub(super) fn reservation(&self) -> Option<ReservationId> {
        if let Work::Reservation { id, .. } = &self.work { Some(*id) } else { None }
    }

    /// The moment it is dated back to.
    pub(super) fn occurred_at(&self) -> Option<Timestamp> {
        match &self.work {
            Work::Post { event, .. } => event.occurred_at,
            Work::Reverse { dated_back, .. } => *dated_back,
            Work::Reserve { .. } | Work::Reservation { .. } => None,
        }
    }
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
        /// Whether a loss may take what is reserved, from the newest reservations first.
        shorten_reservations: bool,
    },
    /// Promise stock: all lines or none.
    Reserve {
        /// At least one; each reserves.
        lines: Vec<NewLine>,
        /// The document it is for.
        reference: Option<String>,
        /// How long it holds; none: until it is released.
        expires_in: Option<SignedDuration>,
        /// Who does it.
        actor: String,
    },
    /// Change a reservation.
    Reservation {
        /// Which one.
        id: ReservationId,
        /// What to do with it.
        action: ReservationAction,
        /// The version the caller has seen.
        seen: Option<IfMatch>,
        /// Who does it.
        actor: String,
    },
    /// Put a movement right by its opposite.
    Reverse {
        /// Which movement.
        movement: MovementId,
        /// When that happened, if it was entered together with what keeps a later count true: see [`Ledger::reverse`].
        ///
        /// [`Ledger::reverse`]: super::Ledger::reverse
        dated_back: Option<Timestamp>,
        /// Why.
        reason: String,
        /// Who does it.
        actor: String,
    },
}

/// What to do with a reservation.
#[derive(Clone, Debug)]
pub enum ReservationAction {
    /// Take back what is open.
    Release {
        /// Why.
        reason: Option<String>,
    },
    /// Let go out what is open, or these parts of it.
    Fulfil(Option<Vec<Fulfilment>>),
    /// End it if its time has come.
    Expire,
    /// Change what its lines hold and where, and when it expires.
    Edit {
        /// The lines that change.
        lines: Vec<NewEdit>,
        /// From now on; `Some(None)`: never.
        expires_in: Option<Option<SignedDuration>>,
    },
}

/// A line of a reservation as it shall be, as asked for.
#[derive(Clone, Debug)]
pub struct NewEdit {
    /// Number of the line.
    pub line: i32,
    /// What it shall hold in all.
    pub quantity: Option<Quantity>,
    /// Where.
    pub place: Option<PlaceRef>,
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
    /// When it happened, if that was before now.
    pub occurred_at: Option<Timestamp>,
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
    /// Anywhere in storage, by priority of the warehouses. For reservations.
    Anywhere,
}

/// What a command did. Kept with its key, so that a replay gives the same answer; what is empty is left out there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The movement; none for a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub movement_id: Option<MovementId>,
    /// What happened.
    pub kind: MovementKind,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The document it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What else is worth knowing; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who did it.
    pub actor: String,
    /// For a reversal: what it puts right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<MovementId>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Its stamp.
    pub recorded_at: Timestamp,
    /// What it did to each level.
    pub lines: Vec<OutcomeLine>,
    /// The reservation that it made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationOutcome>,
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
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lot: String,
    /// Change of `on_hand`.
    pub quantity: Quantity,
    /// `on_hand` after it.
    pub on_hand_after: Quantity,
    /// `reserved` after it.
    pub reserved_after: Quantity,
    /// What one unit cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<Amount>,
}

/// A reservation as a command left it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReservationOutcome {
    /// Its key.
    pub id: ReservationId,
    /// What has become of it.
    pub status: ReservationStatus,
    /// The document it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who made it.
    pub actor: String,
    /// When it runs out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Counts its changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What it holds, by line and level.
    pub parts: Vec<PartOutcome>,
}

/// What a line of a reservation holds at one level.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartOutcome {
    /// Number of the line.
    pub line: i32,
    /// Which product.
    pub product_id: ProductId,
    /// Its SKU.
    pub sku: String,
    /// Where.
    pub location_id: LocationId,
    /// Code of the location.
    pub location: String,
    /// Code of its warehouse.
    pub warehouse: String,
    /// Which lot; empty: not kept by lot.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lot: String,
    /// What it was promised there.
    pub quantity: Quantity,
    /// What of it went out.
    pub fulfilled: Quantity,
    /// What of it was taken back.
    pub released: Quantity,
}
