//! Stock entries: the stock card of a product, every change of its levels. Read only: the ledger writes them.

mod http;
mod model;
mod store;

pub use http::routes;
