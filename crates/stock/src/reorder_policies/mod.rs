//! Reorder policies: when a product is low, and how much is ordered then; over all warehouses, or in one.
//!
//! Invariants: a product has one policy per warehouse, and one over all, at most. The reorder point over all warehouses is
//! the product's own (`products.reorder_point`): its policy without a warehouse says what else is settled. No maximum is
//! below its reorder point (`reorder_policies_max_not_below_reorder_point`), whichever of the two rows changes. A closed
//! warehouse has no policies. `warehouse_low_stock` follows every change in the same transaction, by triggers.
//!
//! Whoever changes a policy holds the row of its product first, then that of the policy; the triggers lock
//! `product_stock` after that.

mod http;
mod model;
mod ops;
mod store;

pub use http::routes;
