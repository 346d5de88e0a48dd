//! The rules of stock keeping, pure: quantities, money, texts, levels, and what a movement does to them.
//!
//! Nothing here does I/O or reads a clock; time comes in as an argument. What is refused is refused with a value
//! ([`Invalid`] for input, [`Refusal`] for a decision) that the edge turns into an answer.

mod access;
pub mod chain;
mod fixed_point;
mod json;
mod ledger;
mod money;
mod percent;
mod places;
mod price_change;
pub mod purchase_order;
mod quantity;
pub mod replenishment;
pub mod stock_transfer;
mod text;

pub use access::{Permission, Permissions, Role};
pub use fixed_point::whole_number;
pub use ledger::{
    Book, Change, Crossing, Edit, Entry, Event, Fulfilment, Later, Level, LevelKey, Line, LocationFacts,
    MovementKind, PastLevel, Posted, ProductFacts, Refusal, Reservation, ReservationStatus, ReservedPart,
    Totals, WarehouseCrossing, Watched,
};
pub use money::{Amount, Currency};
pub use percent::Percent;
pub use places::{LocationId, LocationKind, MovementId, Place, ProductId, ReservationId, WarehouseId};
pub use price_change::{PercentChange, PriceForm};
pub use purchase_order::{PurchaseOrderAction, PurchaseOrderStatus};
pub use quantity::Quantity;
pub use stock_transfer::{StockTransferAction, StockTransferStatus};
pub use text::{Barcode, Code, Lot, OneLine, Sku, Text, Unit};

/// Why a value given from outside is not acceptable. `code` is stable and machine-readable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// Stable, snake_case.
    pub code: &'static str,
    /// For people: what is wrong and what would be right.
    pub message: String,
}

impl Invalid {
    /// A value that is refused, by code and message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
