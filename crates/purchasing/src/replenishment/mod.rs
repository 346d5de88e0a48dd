//! Replenishment: how much to order of what runs low, from whom, and the orders made of it.
//!
//! A suggestion is for a product in one warehouse, or over all of them; the first are made before the second, which
//! counts them. It is [`domain::replenishment::suggest`] applied to numbers that the answer shows ([`facts`]).
//!
//! Invariant: nothing is ordered twice. What drafts and orders on their way to the supplier hold counts as on order, and
//! who makes orders of suggestions reads them under the locks of the products (`product_stock`), which he takes after
//! holding suppliers and warehouses: of racing clients the second sees the drafts of the first.

mod facts;
mod http;
mod input;
mod list;
mod model;
mod ops;
mod store;

pub use http::routes;
