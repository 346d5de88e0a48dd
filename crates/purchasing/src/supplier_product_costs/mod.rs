//! What the products of suppliers cost in time: what it was, is, and will be.
//!
//! Invariants: no two costs of a price break for one moment (`supplier_product_costs_pkey`); of each break the latest whose
//! moment has come is in effect, and takes effect by itself; what has begun is never changed or removed. Whoever writes
//! here holds the row of the product, then that of the supplier product, whose version goes up.

mod http;
mod model;
mod ops;
mod store;

pub use http::routes;
