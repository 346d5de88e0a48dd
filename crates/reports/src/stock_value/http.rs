//! The value of the stock over HTTP.

use axum::Json;
use axum::extract::State;
use platform::{ApiError, App, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{DayView, HistoryFilter, HistoryView, StockValueView};
use super::store;
use crate::figures;

/// The routes of the value of the stock.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_stock_value))
        .routes(routes!(get_stock_value_history))
        .with_state(app)
}

/// Get what the stock is worth
///
/// At cost and at price, over all warehouses and what is in transit between them. It is computed about every minute;
/// `computed_at` says when.
#[utoipa::path(get, path = "/reports/stock-value", tag = "reports", operation_id = "get_stock_value",
    responses((status = 200, body = StockValueView)))]
async fn get_stock_value(State(app): State<App>) -> Result<Json<StockValueView>, ApiError> {
    let value = match store::last(app.db()).await? {
        Some(value) => value,
        // The server has only just begun, for the first time.
        None => figures::compute(app.db(), app.base_currency(), None).await?,
    };
    Ok(Json(value.into()))
}

/// List what the stock was worth by day
///
/// At the end of each day, in UTC, and today; oldest first. Days before there was stock are left out.
#[utoipa::path(get, path = "/reports/stock-value/history", tag = "reports", operation_id = "get_stock_value_history",
    params(("days" = Option<i32>, Query, description = "so many days up to today; 30 if absent", minimum = 1, maximum = 3660)),
    responses((status = 200, body = HistoryView)))]
async fn get_stock_value_history(
    State(app): State<App>,
    Query(filter): Query<HistoryFilter>,
) -> Result<Json<HistoryView>, ApiError> {
    let days = store::by_day(app.db(), filter.days).await?;
    let items = days.into_iter().map(|(day, value)| DayView { day, value: value.into() }).collect();
    Ok(Json(HistoryView { items }))
}
