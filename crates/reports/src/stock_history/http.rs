//! The history of a product's stock over HTTP.

use axum::Json;
use axum::extract::State;
use platform::{ApiError, App, Id, Query};
use stock::{StockFilter, require_product};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{self, HistoryFilter, HistoryView};
use super::store;

/// Most look-ups of a level at a time; a product of many levels has fewer points.
const LOOKUPS_MAX: i64 = 2000;

/// The routes of the history of a product's stock.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_product_stock_history)).with_state(app)
}

/// Get how much there was of a product over time
///
/// Points for a chart, from `from` to `to`, or of the last `days`: as far apart as it takes for 60 of them, or `points`; fewer
/// if the product is at more than ten places. On hand by business time, as is known now.
#[utoipa::path(get, path = "/products/{id}/stock-history", tag = "reports", operation_id = "get_product_stock_history",
    params(("days" = Option<i32>, Query, description = "so many days up to `to`; 30 if absent", minimum = 1, maximum = 3660),
           ("from" = Option<String>, Query, format = DateTime, description = "the first point, instead of `days`"),
           ("to" = Option<String>, Query, format = DateTime, description = "the last point; now if absent"),
           ("points" = Option<i32>, Query, description = "most points; 60 if absent", minimum = 2, maximum = 200),
           ("warehouse" = Option<domain::Code>, Query, description = "in this warehouse, by code; over all that the caller may see if absent"),
           ("warehouse_id" = Option<i64>, Query, description = "the same by key")),
    responses((status = 200, body = HistoryView)),
    extensions(("x-problems" = json!(["product_not_found"]))))]
async fn get_product_stock_history(
    State(app): State<App>,
    Id(id): Id,
    Query(filter): Query<HistoryFilter>,
) -> Result<Json<HistoryView>, ApiError> {
    let named = StockFilter { warehouses: filter.warehouses.clone(), ..StockFilter::default() };
    let warehouses = named.resolve(app.db()).await?.warehouses;
    let (now, levels) = store::now_and_levels(app.db(), id, &warehouses).await?;
    let span = filter.span(now).map_err(|fault| ApiError::invalid_input(vec![fault]))?;
    if levels == 0 {
        require_product(app.db(), id).await?;
    }
    let affordable = i32::try_from(LOOKUPS_MAX / levels.max(1)).unwrap_or(i32::MAX);
    let times = model::times(span, filter.points.min(affordable));
    Ok(Json(model::view(id, store::points(app.db(), id, &warehouses, &times).await?)))
}
