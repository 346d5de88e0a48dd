//! What has run out: products that have had stock and of which none is available. Read only, from the totals.

mod http;
mod model;
mod store;

pub use http::routes;
