//! Top movers over HTTP.

use axum::Json;
use axum::extract::State;
use platform::{ApiError, App, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{MoversFilter, MoversView};
use super::store;

/// The routes of top movers.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_top_movers)).with_state(app)
}

/// List the products that go out most
///
/// Over all warehouses: what is moved between them does not count. A movement is in it a few seconds after it was posted.
#[utoipa::path(get, path = "/reports/top-movers", tag = "reports", operation_id = "get_top_movers",
    params(("days" = Option<i32>, Query, description = "of so many days up to today, in UTC; 30 if absent", minimum = 1, maximum = 92),
           ("limit" = Option<i64>, Query, description = "most products; 10 if absent", minimum = 1, maximum = 100)),
    responses((status = 200, body = MoversView)))]
async fn get_top_movers(
    State(app): State<App>,
    Query(filter): Query<MoversFilter>,
) -> Result<Json<MoversView>, ApiError> {
    let items = store::top(app.db(), filter.days, filter.limit).await?;
    Ok(Json(MoversView { items }))
}
