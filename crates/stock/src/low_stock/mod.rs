//! Low stock: which products are at or below their reorder point, since when. Read only.
//!
//! Invariant: `low_stock` is exactly the products that are not archived and have `available <= reorder_point`. It is
//! written in the transaction that changes one side of that: by the ledger where stock changes ([`domain::Book::crossings`]),
//! by the trigger `products_keep_low_stock` where a product does; both hold the product's row of `product_stock`.

mod http;
mod model;
mod store;

pub use http::routes;
