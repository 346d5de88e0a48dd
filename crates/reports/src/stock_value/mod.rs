//! What the stock is worth: now, and by day. Read only; [`crate::figures`] computes it.

mod http;
mod model;
mod store;

pub use http::routes;
