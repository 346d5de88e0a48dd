//! Categories: the tree that products are sorted into.
//!
//! Invariants: no two siblings share a name, whatever its case (`categories_path_key`); no category is below itself
//! (`categories_no_cycle`); `path` is the names from the top down, kept by triggers. Two changes of the tree could each
//! be right and both together wrong (A below B, B below A), so [`store::lock_tree`] lets one happen at a time.

mod http;
mod model;
mod ops;
mod reference;
mod store;

pub use http::routes;
pub(crate) use model::CategoryError;
pub(crate) use reference::{CategoryRef, CategoryText, Unresolved};
pub(crate) use store::{subtree, uncategorised};
