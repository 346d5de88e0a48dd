//! Movements per day over HTTP.

use axum::Json;
use axum::extract::State;
use platform::{ApiError, App, Query, auth};
use stock::StockFilter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{DaysFilter, DaysView};
use super::store;

/// The routes of movements per day.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_movements_per_day)).with_state(app)
}

/// List what comes in and goes out by day
///
/// By the day on which it happened, in UTC. Of a movement the difference counts that it made to each product: over all
/// warehouses, what is moved between them is neither in nor out; in a warehouse it is. A movement is in it a few seconds after
/// it was posted.
#[utoipa::path(get, path = "/reports/movements-per-day", tag = "reports", operation_id = "get_movements_per_day",
    params(("days" = Option<i32>, Query, description = "so many days up to today; 30 if absent", minimum = 1, maximum = 366),
           ("warehouse" = Option<domain::Code>, Query, description = "in this warehouse, by code; over all if absent, or the only one that the caller is limited to"),
           ("warehouse_id" = Option<i64>, Query, description = "the same by key")),
    responses((status = 200, body = DaysView)))]
async fn get_movements_per_day(
    State(app): State<App>,
    Query(filter): Query<DaysFilter>,
) -> Result<Json<DaysView>, ApiError> {
    let scope =
        StockFilter { warehouses: filter.warehouses, ..StockFilter::default() }.resolve(app.db()).await?;
    if auth::warehouses_of_caller().is_some() && scope.warehouses.len() > 1 {
        let message = "is required of whoever is limited to several warehouses";
        return Err(ApiError::invalid_field("?warehouse", "missing", message));
    }
    let items = store::days(app.db(), filter.days, scope.warehouses.first().copied()).await?;
    Ok(Json(DaysView { items }))
}
