//! Reservations: stock that is promised and still there.
//!
//! Invariant: `reserved` of a level is the sum of what active reservations have open there. It holds because a reservation
//! is changed by commands of the ledger only, which enter every change of `reserved` in the same transaction; they
//! hold the locks of the reservation's products, so that no reservation needs a lock of its own.

mod expiry;
mod http;
mod input;
mod model;
mod store;

pub use expiry::expire_reservations;
pub use http::routes;
