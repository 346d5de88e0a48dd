//! Goods receipts: what came for an order, at one time.
//!
//! Invariants: the receipt, the progress of the order, its stock movement and `incoming` commit together, under one key;
//! what has come of a line is the sum of its receipts that are not reversed, and more than was ordered only within the
//! tolerance that is set. The movement
//! of a receipt is reversed only together with it (`stock_movements_reversed_with_document`).
//!
//! Receiving: lock the order → decide by `domain::purchase_order` → post one movement through the ledger, which locks the
//! products → write lines, state, receipt and history → bring `incoming` up to date.

mod http;
mod model;
mod ops;
mod store;

pub use http::routes;
pub(crate) use ops::{receive, reverse};
