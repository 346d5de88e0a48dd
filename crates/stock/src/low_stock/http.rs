//! Low stock over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Page, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{LowStockFilter, LowStockView, Position};
use super::store;

/// The name of the list, to which its cursors are bound.
const LIST: &str = "low stock";

/// The routes of low stock.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_low_stock)).with_state(app)
}

/// List what runs low
///
/// The products of which no more is available than their reorder point: over all warehouses (`warehouse` is null), and in
/// each warehouse where a product has a reorder policy. What has just become low comes first. It is true at every moment:
/// a product is in it from the very change that brings it there.
#[utoipa::path(get, path = "/low-stock", tag = "stock", operation_id = "list_low_stock",
    params(("warehouse" = Option<Vec<domain::Code>>, Query, description = "what runs low there; code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "the same by key; may be repeated")),
    responses((status = 200, body = Page<LowStockView>)))]
async fn list_low_stock(
    State(app): State<App>,
    Query(filter): Query<LowStockFilter>,
) -> Result<Page<LowStockView>, ApiError> {
    let LowStockFilter { scope, paging } = filter;
    let before = paging.after(LIST, 3)?.map(|cursor| Position::read(&cursor)).transpose()?;
    let warehouses = scope.resolve(app.db()).await?.warehouses;
    let rows = store::list(app.db(), &warehouses, before.as_ref(), paging.rows()).await?;
    Ok(paging.page(LIST, rows, |row| {
        let warehouse = row.warehouse_id.unwrap_or(0);
        vec![row.since.to_string(), row.product_id.to_string(), warehouse.to_string()]
    }))
}
