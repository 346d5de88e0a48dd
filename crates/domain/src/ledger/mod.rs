//! What a movement does to stock levels, decided in memory: the caller loads a [`Book`] from locked rows, posts
//! commands to it one after the other, and writes what changed.
//!
//! A command is posted whole or refused whole. After every `post`: no level is below what is reserved there, a level
//! is its last entry, seq is gapless, and the totals of a product are the sums over its levels.

mod book;
mod draft;
mod low;
mod past;
mod reservation;
mod take;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
pub use low::{WarehouseCrossing, Watched};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::chain::{self, Link};
use crate::{
    Amount, LocationId, LocationKind, MovementId, Place, ProductId, Quantity, ReservationId, WarehouseId,
};

pub use past::{Later, PastLevel};
pub use reservation::{Edit, Fulfilment, Reservation, ReservationStatus, ReservedPart};

/// What a movement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// Goods came in.
    Receipt,
    /// Goods went out.
    Issue,
    /// A correction, up or down.
    Adjustment,
    /// A level was counted.
    Count,
    /// A customer brought goods back.
    ReturnIn,
    /// Goods went back to a supplier.
    ReturnOut,
    /// An earlier movement was put right.
    Reversal,
    /// Goods left for another place.
    TransferOut,
    /// Goods arrived from another place.
    TransferIn,
    /// Goods were moved at once, as in a put-away.
    Transfer,
    /// Stock was promised.
    Reserve,
    /// A promise was taken back.
    Release,
    /// What was promised went out.
    Fulfil,
    /// A promise ran out.
    Expire,
}

impl MovementKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Receipt,
        Self::Issue,
        Self::Adjustment,
        Self::Count,
        Self::ReturnIn,
        Self::ReturnOut,
        Self::Reversal,
        Self::TransferOut,
        Self::TransferIn,
        Self::Transfer,
        Self::Reserve,
        Self::Release,
        Self::Fulfil,
        Self::Expire,
    ];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Issue => "issue",
            Self::Adjustment => "adjustment",
            Self::Count => "count",
            Self::ReturnIn => "return_in",
            Self::ReturnOut => "return_out",
            Self::Reversal => "reversal",
            Self::TransferOut => "transfer_out",
            Self::TransferIn => "transfer_in",
            Self::Transfer => "transfer",
            Self::Reserve => "reserve",
            Self::Release => "release",
            Self::Fulfil => "fulfil",
            Self::Expire => "expire",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The business event behind a movement.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// For a reversal: the movement it puts right.
    pub reverses: Option<MovementId>,
    /// When it happened, if that was before it is recorded.
    pub occurred_at: Option<Timestamp>,
}

/// One line of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which product.
    pub product: ProductId,
    /// Where.
    pub place: Place,
    /// Which lot: `Some("")` is the stock that is not kept by lot. `None`: a gain goes there, a loss is taken from any lot.
    pub lot: Option<String>,
    /// What changes.
    pub change: Change,
    /// Compare and set: what the caller believes is there.
    pub expected_on_hand: Option<Quantity>,
    /// What one unit cost.
    pub unit_cost: Option<Amount>,
}

/// How a line changes stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// On hand, by so much, up or down.
    By(Quantity),
    /// On hand, to what was counted.
    To(Quantity),
    /// Reserved, up by so much of what is free.
    Reserve(Quantity),
}

/// Which stock level: one product at one location, by lot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LevelKey {
    /// Which product.
    pub product: ProductId,
    /// Where.
    pub location: LocationId,
    /// Which lot; empty: not kept by lot.
    pub lot: String,
}

/// A stock level: nothing but its last entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Physically there.
    pub on_hand: Quantity,
    /// Promised, not yet shipped.
    pub reserved: Quantity,
    /// Number of the last entry; 0 before the first.
    pub seq: i64,
    /// Chain of the last entry.
    pub chain: Link,
    /// Stamp of the last entry.
    pub recorded_at: Timestamp,
}

impl Level {
    /// A level without entries.
    pub const EMPTY: Self = Self {
        on_hand: Quantity::ZERO,
        reserved: Quantity::ZERO,
        seq: 0,
        chain: chain::START,
        recorded_at: Timestamp::UNIX_EPOCH,
    };

    /// What could leave it.
    pub fn free(&self) -> Quantity {
        self.on_hand.saturating_sub(self.reserved)
    }
}

/// Totals of a product over all places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Over storage, receiving and hold.
    pub on_hand: Quantity,
    /// Promised, not yet shipped.
    pub reserved: Quantity,
    /// On hand in storage less reserved.
    pub available: Quantity,
    /// Between two warehouses.
    pub in_transit: Quantity,
}

/// What a decision needs to know of a product.
#[derive(Clone, Debug, Default)]
pub struct ProductFacts {
    /// Counted by `each`.
    pub whole_numbers_only: bool,
    /// No longer sold.
    pub archived: bool,
    /// Its totals.
    pub totals: Totals,
    /// Its stock is low when `available` is at or below it; none: not watched.
    pub reorder_point: Option<Quantity>,
    /// Whether its stock is on record as low.
    pub known_low: bool,
    /// The warehouses with a reorder policy of their own.
    pub watched: Vec<Watched>,
}

/// The stock of a product has become low, or is low no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Whose stock.
    pub product: ProductId,
    /// Whether it is low now.
    pub is_low: bool,
    /// The stamp of its last entry.
    pub at: Timestamp,
}

/// What a decision needs to know of a location.
#[derive(Clone, Debug)]
pub struct LocationFacts {
    /// Its warehouse.
    pub warehouse: WarehouseId,
    /// What it is for.
    pub kind: LocationKind,
    /// Where stock goes that names only the warehouse.
    pub is_default: bool,
    /// No longer used.
    pub archived: bool,
    /// Priority of its warehouse: lower comes first.
    pub priority: i32,
}

/// The part of the stock that a batch of commands is about.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// The products concerned.
    pub products: HashMap<ProductId, ProductFacts>,
    /// All locations that the commands or the levels name.
    pub locations: BTreeMap<LocationId, LocationFacts>,
    /// All levels of the products concerned.
    pub levels: BTreeMap<LevelKey, Level>,
    /// The reservations that the commands name or may shorten.
    pub reservations: BTreeMap<ReservationId, Reservation>,
    /// Whether an adjustment may take what is in transit: only for a transfer that accounts for what it lost.
    pub writes_off_transit: bool,
    /// What has happened since the moment a command is dated back to.
    pub past: HashMap<LevelKey, PastLevel>,
    changed: BTreeSet<LevelKey>,
    changed_reservations: BTreeSet<ReservationId>,
}

/// What a movement did to one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which level.
    pub key: LevelKey,
    /// Number of the entry in its level.
    pub seq: i64,
    /// Change of `on_hand`.
    pub on_hand_delta: Quantity,
    /// `on_hand` after it.
    pub on_hand_after: Quantity,
    /// Change of `reserved`.
    pub reserved_delta: Quantity,
    /// `reserved` after it.
    pub reserved_after: Quantity,
    /// What one unit cost.
    pub unit_cost: Option<Amount>,
    /// The chain after it.
    pub chain: Link,
}

/// A command that was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// What it was posted as.
    pub event: Event,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The one stamp of all its entries.
    pub recorded_at: Timestamp,
    /// By level, then by number.
    pub entries: Vec<Entry>,
    /// Whether it is no movement that was asked for, but keeps a count true that is later than that.
    pub keeps_a_count: bool,
    /// The reservations that it has taken from.
    pub shortened: BTreeSet<ReservationId>,
}

/// Why a command is refused. `line` counts from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More would leave than can.
    #[error("product {product}: {requested} requested, {available} available")]
    InsufficientStock {
        /// First line that asks for it.
        line: usize,
        /// Which product.
        product: ProductId,
        /// What could leave.
        available: Quantity,
        /// What all lines together ask for.
        requested: Quantity,
    },
    /// Compare and set found another value.
    #[error("expected {expected} on hand, there are {actual}")]
    StaleQuantity {
        /// Which line.
        line: usize,
        /// What the caller believed.
        expected: Quantity,
        /// What is there.
        actual: Quantity,
    },
    /// The line names a place with several levels, but is about one.
    #[error("several locations or lots hold this product: name the location and the lot")]
    LocationRequired {
        /// Which line.
        line: usize,
    },
    /// The warehouse has no default location.
    #[error("the warehouse has no default location: name a location")]
    NoDefaultLocation {
        /// Which line.
        line: usize,
    },
    /// The location is archived or for goods in transit.
    #[error("the location is archived or for goods in transit")]
    LocationNotOpen {
        /// Which line.
        line: usize,
    },
    /// The product is archived.
    #[error("product {product} is archived")]
    ProductArchived {
        /// Which line.
        line: usize,
        /// Which product.
        product: ProductId,
    },
    /// A fraction of what is counted in whole numbers.
    #[error("the product is counted in whole numbers")]
    WholeNumbersOnly {
        /// Which line.
        line: usize,
    },
    /// A level or a total would pass the largest quantity.
    #[error("the stock would exceed the largest quantity")]
    QuantityTooLarge {
        /// Which line.
        line: usize,
    },
    /// There is enough now, but at some moment since there was not.
    #[error("product {product}: since then, no more than {available} could have left")]
    NegativeSince {
        /// Which line.
        line: usize,
        /// Which product.
        product: ProductId,
        /// What could have left.
        available: Quantity,
        /// What is asked for.
        requested: Quantity,
    },
    /// The reservation is over.
    #[error("the reservation is {}", .0.as_str())]
    ReservationNotActive(ReservationStatus),
    /// The reservation has not expired yet.
    #[error("the reservation has not expired")]
    ReservationNotDue,
    /// The reservation has no such line.
    #[error("the reservation has no line {number}")]
    NoSuchLine {
        /// Which line of the command.
        line: usize,
        /// The number that is not there.
        number: i32,
    },
    /// More than the line of the reservation still holds.
    #[error("{open} are open, {requested} requested")]
    MoreThanReserved {
        /// Which line.
        line: usize,
        /// What is open.
        open: Quantity,
        /// What is asked for.
        requested: Quantity,
    },
    /// Less than was already fulfilled.
    #[error("{fulfilled} have been fulfilled")]
    LessThanFulfilled {
        /// Which line.
        line: usize,
        /// What has gone out.
        fulfilled: Quantity,
    },
}
