//! Stock levels over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Id, Page, Paging, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{StockLevelFilter, StockLevelView};
use super::store;
use crate::filter::{Scope, require_product};

/// The routes of stock levels.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_stock_levels))
        .routes(routes!(list_product_levels))
        .with_state(app)
}

/// List the stock levels
///
/// How much of what is where, by product, location and lot. A level stays in the list when it has become empty.
#[utoipa::path(get, path = "/stock-levels", tag = "stock", operation_id = "list_stock_levels",
    params(("product_id" = Option<Vec<i64>>, Query, description = "key of a product; may be repeated"),
           ("sku" = Option<Vec<String>>, Query, description = "SKU of a product, in any case; may be repeated"),
           ("warehouse" = Option<Vec<String>>, Query, description = "code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse; may be repeated"),
           ("location_id" = Option<Vec<i64>>, Query, description = "key of a location; may be repeated")),
    responses((status = 200, body = Page<StockLevelView>)))]
async fn list_stock_levels(
    State(app): State<App>,
    Query(filter): Query<StockLevelFilter>,
) -> Result<Page<StockLevelView>, ApiError> {
    let StockLevelFilter { stock, paging } = filter;
    let scope = stock.resolve(app.db()).await?;
    page(&app, &scope, &paging).await
}

/// List the stock levels of a product
///
/// How much of it is where, by location and lot.
#[utoipa::path(get, path = "/products/{id}/levels", tag = "stock", operation_id = "list_product_levels",
    responses((status = 200, body = Page<StockLevelView>)),
    extensions(("x-problems" = json!(["product_not_found"]))))]
async fn list_product_levels(
    State(app): State<App>,
    Id(id): Id,
    Query(paging): Query<Paging>,
) -> Result<Page<StockLevelView>, ApiError> {
    let scope = Scope { products: vec![id], ..Scope::default() };
    let page = page(&app, &scope, &paging).await?;
    if page.items.is_empty() {
        require_product(app.db(), id).await?;
    }
    Ok(page)
}

async fn page(app: &App, scope: &Scope, paging: &Paging) -> Result<Page<StockLevelView>, ApiError> {
    let after = paging.after("stock levels", 3)?;
    let rows = store::list(app.db(), scope, after.as_ref(), paging.rows()).await?;
    let key = |row: &StockLevelView| {
        let lot = row.lot.clone().unwrap_or_default();
        vec![row.product_id.to_string(), row.location_id.to_string(), lot]
    };
    Ok(paging.page("stock levels", rows, key))
}
