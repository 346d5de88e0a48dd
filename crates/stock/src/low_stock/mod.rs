//! Low stock: which products are at or below their reorder point, since when. Read only.
//!
//! Invariant: `low_stock` is exactly the products that are not archived and have `available <= reorder_point`, and
//! `warehouse_low_stock` the same for each reorder policy of a warehouse. They are written in the transaction that changes
//! one side of that: by the ledger where stock changes ([`domain::Book::crossings`], [`domain::Book::warehouse_crossings`]),
//! by triggers where a product or a policy does (`products_keep_low_stock`, `reorder_policies_keep_low_stock`); all of them
//! hold the product's row of `product_stock`.

mod http;
mod model;
mod store;

pub use http::routes;
