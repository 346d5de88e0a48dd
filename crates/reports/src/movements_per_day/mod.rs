//! What comes in and goes out by day. Read only; [`crate::figures`] keeps it.

mod http;
mod model;
mod store;

pub use http::routes;
