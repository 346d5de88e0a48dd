//! Suppliers: who sells to us.
//!
//! Invariant: a code is unique whatever its case (`suppliers_code_key`). A supplier with a history is archived instead of
//! deleted; nothing new is ordered from an archived one, what was ordered still comes.

mod http;
mod model;
mod ops;
mod store;

pub use http::routes;
pub(crate) use model::lead_time_days;
pub(crate) use ops::create;
