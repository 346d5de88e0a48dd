//! Low stock over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Page, Paging, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{LowStockView, Position};
use super::store;

/// The name of the list, to which its cursors are bound.
const LIST: &str = "low stock";

/// The routes of low stock.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_low_stock)).with_state(app)
}

/// List what runs low
///
/// The products of which, over all warehouses, no more is available than their reorder point; what has just become low
/// comes first. It is true at every moment: a product is in it from the very change that brings it there.
#[utoipa::path(get, path = "/low-stock", tag = "stock", operation_id = "list_low_stock",
    responses((status = 200, body = Page<LowStockView>)))]
async fn list_low_stock(
    State(app): State<App>,
    Query(paging): Query<Paging>,
) -> Result<Page<LowStockView>, ApiError> {
    let before = paging.after(LIST, 2)?.map(|cursor| Position::read(&cursor)).transpose()?;
    let rows = store::list(app.db(), before, paging.rows()).await?;
    Ok(paging.page(LIST, rows, |row| vec![row.since.to_string(), row.product_id.to_string()]))
}
