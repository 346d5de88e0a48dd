//! What a movement does to stock levels, decided in memory: the caller loads a [`Book`] from locked rows, posts
//! commands to it one after the other, and writes what changed.
//!
//! A command is posted whole or refused whole. After every `post`: no level is below what is reserved there, a level
//! is its last entry, seq is gapless, and the totals of a product are the sums over its levels.

mod book;
mod draft;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::chain::{self, Link};
use crate::{Amount, LocationId, LocationKind, MovementId, Place, ProductId, Quantity, WarehouseId};

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
}

impl MovementKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Receipt,
        Self::Issue,
        Self::Adjustment,
        Self::Count,
        Self::ReturnIn,
        Self::ReturnOut,
        Self::Reversal,
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

/// How a line changes what is on hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// By so much, up or down.
    By(Quantity),
    /// To what was counted.
    To(Quantity),
}

/// Which stock level: one product at one location, by lot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    changed: BTreeSet<LevelKey>,
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
    /// The one stamp of all its entries.
    pub recorded_at: Timestamp,
    /// By level, then by number.
    pub entries: Vec<Entry>,
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
}
