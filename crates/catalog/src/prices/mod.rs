//! Prices: what one unit of a product sells for, with every price it has had and those that are scheduled.
//!
//! Invariant: a price is added, never changed. The current one is the latest whose moment has come: a scheduled price
//! takes effect by itself, because every read compares with the clock; one that has not can be taken back. No two
//! prices of a product share a moment (`product_prices_pkey`). Whoever adds or takes back a price holds the row of its
//! product, so the moments of prices that begin at once follow the order of the commits.

mod http;
mod model;
mod ops;
mod store;

pub use http::routes;
pub(crate) use model::{Price, display};
pub(crate) use store::{current, insert};
