//! The catalogue: what is kept in stock, sorted into categories, with its prices.

mod categories;
mod price_changes;
mod prices;
mod problems;
mod products;

pub use problems::PROBLEMS;

/// The routes of this crate.
pub fn routes(app: platform::App) -> utoipa_axum::router::OpenApiRouter {
    categories::routes(app.clone())
        .merge(products::routes(app.clone()))
        .merge(prices::routes(app.clone()))
        .merge(price_changes::routes(app))
}
