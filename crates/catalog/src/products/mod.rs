//! Products: what is kept in stock, with its category, its price now and its totals.
//!
//! Invariants: a SKU is unique whatever its case, for ever (`products_sku_key`; an archived product keeps it); what is
//! counted by `each` has whole numbers only; the unit is fixed once there is a stock history. A product with a history
//! is archived instead of deleted.
//!
//! Reading joins `product_stock` and the latest price and sums nothing. Lists are made in [`list`]: which rows first,
//! by an index in the order asked for, then the rest of the columns for these rows only.

mod filter;
mod http;
mod input;
mod list;
mod model;
mod ops;
mod store;

pub(crate) use filter::Criteria;
pub use http::routes;
pub(crate) use list::matching;
pub(crate) use store::{exists, touch};
