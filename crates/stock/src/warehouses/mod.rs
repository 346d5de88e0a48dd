//! Warehouses: buildings and shops that keep stock.
//!
//! Invariants: an open warehouse has exactly one default location, made together with it (`locations_one_default_key`); at
//! least one warehouse is open. One that has ever held stock is archived instead of deleted, so that its history stays
//! readable.

mod http;
mod model;
mod ops;
mod reference;
mod store;

pub use http::routes;
pub use reference::WarehouseRef;
