//! Locations: places inside a warehouse, such as shelves, the receiving dock, quarantine.
//!
//! Invariants: a location keeps its warehouse and, once it has held stock, its kind (`stock_levels_location_fkey`);
//! the default location of a warehouse is open and for storage (`locations_default_is_open_storage`); an archived
//! location holds nothing. Which location is the default is a matter of its warehouse: `PATCH /warehouses/{id}`.

mod http;
mod model;
mod ops;
mod store;

pub use http::routes;
