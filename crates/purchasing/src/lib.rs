//! Purchasing: suppliers and what they sell, orders to them, and the goods that come.

mod goods_receipts;
pub mod history;
mod occasion;
mod problems;
mod purchase_orders;
mod replenishment;
mod row;
mod supplier_product_costs;
mod supplier_products;
mod supplier_returns;
mod suppliers;

pub use problems::PROBLEMS;

/// The routes of this crate.
pub fn routes(app: platform::App) -> utoipa_axum::router::OpenApiRouter {
    suppliers::routes(app.clone())
        .merge(supplier_products::routes(app.clone()))
        .merge(supplier_product_costs::routes(app.clone()))
        .merge(purchase_orders::routes(app.clone()))
        .merge(replenishment::routes(app.clone()))
        .merge(goods_receipts::routes(app.clone()))
        .merge(supplier_returns::routes(app))
}
