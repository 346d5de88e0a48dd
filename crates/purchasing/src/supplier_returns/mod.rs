//! Returns to suppliers: what went back, at one time.
//!
//! Invariants: the return and its stock movement commit together, under one key; of what came for an order no more goes
//! back than came and has not gone back yet, per product, and the same holds for a receipt where one is named. The
//! movement of a return is reversed only together with it (`stock_movements_reversed_with_document`). What went back does
//! not open the order again.
//!
//! Returning: lock the order, if there is one → look what may go back ([`returnable`]) → post one movement through the
//! ledger, which locks the products → write the return.

mod http;
mod input;
mod model;
mod ops;
mod returnable;
mod store;

pub use http::routes;
pub(crate) use returnable::more_went_back_than_came;
