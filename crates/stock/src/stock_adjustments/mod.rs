//! Stock adjustments: one product at one place goes up, down, or to what was counted.
//!
//! Request path: body → [`crate::ledger::Command`] with one line → the ledger; the answer sums what it did.

mod http;
mod model;

pub use http::routes;
