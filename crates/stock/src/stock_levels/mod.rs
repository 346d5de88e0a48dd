//! Stock levels: how much of a product is at a location, by lot. Read only: the ledger writes them.
//!
//! Request path: parameters → [`crate::filter::StockFilter`] → keys → the page along the index that fits them best.

mod http;
mod model;
mod store;

pub use http::routes;
pub(crate) use store::hold_still;
