//! Price changes: many prices at once, by a percentage or from a list.
//!
//! Invariants: all of them change or none, at one moment, under one key; new prices are computed exactly
//! (`domain::PriceForm`) from the prices that nobody else can change meanwhile.
//!
//! The request names products → lock their rows, in the order of ids → in a new statement read their prices → decide in
//! memory → write prices and versions, each by one statement. A dry run does the same without the locks and the writing.

mod http;
mod input;
mod model;
mod ops;
mod store;

pub use http::routes;
