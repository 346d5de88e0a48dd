//! Stock levels: how much of a product is at a location, by lot. Read only: the ledger writes them.
//!
//! With `as_of` and `known_at`: as they were, by business time and by time of recording ([`as_of`]).
//!
//! Request path: parameters → [`crate::filter::StockFilter`] → keys → the page along the index that fits them best.

mod as_of;
mod http;
mod model;
mod store;

pub use http::routes;
pub(crate) use store::hold_still;
