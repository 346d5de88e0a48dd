//! How much there was of a product over time, for a chart. Read only, from the entries of its levels.

mod http;
mod model;
mod store;

pub use http::routes;
