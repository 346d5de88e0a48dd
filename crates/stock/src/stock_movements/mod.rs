//! Stock movements: business events that changed stock, with what they did to each level.
//!
//! Reading: parameters → [`crate::filter::StockFilter`] → a page of movements along the index that fits best → the lines
//! of all of them in one statement. A movement is for ever as it is; only that it was reversed is learned later.

mod http;
mod model;
mod post;
mod store;

pub use http::routes;
pub use model::StockMovementView;
pub use store::find_all;
