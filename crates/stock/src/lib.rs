//! Stock: warehouses, locations, and the ledger of every change.

mod filter;
pub mod ledger;
pub mod locations;
pub mod low_stock;
mod problems;
mod reach;
pub mod reorder_policies;
pub mod reservations;
pub mod stock_adjustments;
pub mod stock_entries;
pub mod stock_levels;
pub mod stock_movements;
pub mod stock_transfers;
pub mod verify;
pub mod warehouses;

pub use filter::{StockFilter, require_product};
pub use ledger::Ledger;
pub use problems::{PROBLEMS, PRODUCT_NOT_FOUND};
pub use warehouses::WarehouseRef;

/// The routes of this crate.
pub fn routes(app: platform::App, ledger: Ledger) -> utoipa_axum::router::OpenApiRouter {
    warehouses::routes(app.clone())
        .merge(locations::routes(app.clone()))
        .merge(stock_levels::routes(app.clone()))
        .merge(low_stock::routes(app.clone()))
        .merge(reorder_policies::routes(app.clone()))
        .merge(stock_entries::routes(app.clone()))
        .merge(stock_transfers::routes(app.clone()))
        .merge(verify::routes(app))
        .merge(stock_movements::routes(ledger.clone()))
        .merge(reservations::routes(ledger.clone()))
        .merge(stock_adjustments::routes(ledger))
}
