//! Reports: what the stock is worth, what moves, what has run out. Read from figures by day, which a worker keeps
//! ([`keep_figures`]), or from rows that are few; never from the whole ledger.

mod figures;
mod money;
mod movements_per_day;
mod period;
mod stock_history;
mod stock_outs;
mod stock_value;
mod top_movers;

pub use figures::{bring_up_to_date, keep_figures};

/// The routes of this crate.
pub fn routes(app: platform::App) -> utoipa_axum::router::OpenApiRouter {
    stock_value::routes(app.clone())
        .merge(movements_per_day::routes(app.clone()))
        .merge(top_movers::routes(app.clone()))
        .merge(stock_outs::routes(app.clone()))
        .merge(stock_history::routes(app))
}
