//! Supplier products: which supplier sells which product, in what packs, and for how much.
//!
//! Invariants: a supplier has a product once; a product has one preferred supplier at most, and making another one
//! preferred takes that from the first. Whoever writes here holds the row of the product first, then its supplier
//! products. A cost is added, never changed: of each price break the latest is current, and null ends it.

mod http;
mod model;
mod ops;
mod store;

pub use http::routes;
pub(crate) use model::{SupplierProductError, SupplierSummary};
pub(crate) use ops::{create, lock};
pub(crate) use store::{exists, touch};
