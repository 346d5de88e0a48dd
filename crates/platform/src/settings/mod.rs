//! Settings: what the people of the shop decide, in one row of the database.
//!
//! Invariant: there is exactly one row (`settings_have_one_row`, `settings_keep_row`). Whoever goes by a setting reads it
//! in the transaction that does ([`read`]), so that what is decided fits what was set.

mod http;
mod model;
mod store;

pub use http::routes;
pub use model::Settings;
pub use store::read;
