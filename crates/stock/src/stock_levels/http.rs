//! Stock levels over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Id, Paging, Query, auth};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::as_of::{self, Moment, PastLevel};
use super::model::{
    ProductLevelFilter, StockLevelFilter, StockLevelPage, StockLevelPageBody, StockLevelView, When,
};
use super::store;
use crate::filter::{Scope, require_product};

/// The name of the list, to which its cursors are bound.
const LIST: &str = "stock levels";

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
///
/// With `as_of` and `known_at`: as it was at a time, as far as it was recorded at a time. Levels that did not exist then are left out, so
/// that a page may have fewer items than `limit` and still a `next_cursor`.
#[utoipa::path(get, path = "/stock-levels", tag = "stock", operation_id = "list_stock_levels",
    params(("product_id" = Option<Vec<i64>>, Query, description = "key of a product; may be repeated"),
           ("sku" = Option<Vec<domain::Sku>>, Query, description = "SKU of a product, in any case; may be repeated"),
           ("warehouse" = Option<Vec<domain::Code>>, Query, description = "code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse; may be repeated"),
           ("location_id" = Option<Vec<i64>>, Query, description = "key of a location; may be repeated"),
           ("as_of" = Option<String>, Query, format = DateTime, description = "how it was at this time, by when things happened; not in the future"),
           ("known_at" = Option<String>, Query, format = DateTime, description = "as was recorded until this time; absent: now")),
    responses((status = 200, body = StockLevelPageBody)))]
async fn list_stock_levels(
    State(app): State<App>,
    Query(filter): Query<StockLevelFilter>,
) -> Result<StockLevelPage, ApiError> {
    let StockLevelFilter { stock, when, paging } = filter;
    let scope = stock.resolve(app.db()).await?;
    page(&app, &scope, when, &paging).await
}

/// List the stock levels of a product
///
/// How much of it is where, by location and lot; with `as_of` and `known_at`: as it was.
#[utoipa::path(get, path = "/products/{id}/levels", tag = "stock", operation_id = "list_product_levels",
    params(("as_of" = Option<String>, Query, format = DateTime, description = "how it was at this time, by when things happened; not in the future"),
           ("known_at" = Option<String>, Query, format = DateTime, description = "as was recorded until this time; absent: now")),
    responses((status = 200, body = StockLevelPageBody)),
    extensions(("x-problems" = json!(["product_not_found"]))))]
async fn list_product_levels(
    State(app): State<App>,
    Id(id): Id,
    Query(filter): Query<ProductLevelFilter>,
) -> Result<StockLevelPage, ApiError> {
    let ProductLevelFilter { when, paging } = filter;
    let warehouses = auth::narrow_to_warehouses(Vec::new())?;
    let scope = Scope { products: vec![id], warehouses, ..Scope::default() };
    let page = page(&app, &scope, when, &paging).await?;
    if page.page.items.is_empty() {
        require_product(app.db(), id).await?;
    }
    Ok(page)
}

async fn page(app: &App, scope: &Scope, when: When, paging: &Paging) -> Result<StockLevelPage, ApiError> {
    let after = paging.after(LIST, 3)?;
    let key = |row: &StockLevelView| {
        let lot = row.lot.clone().unwrap_or_default();
        vec![row.product_id.to_string(), row.location_id.to_string(), lot]
    };
    let Some(moment) = Moment::find(app.db(), when).await? else {
        let rows = store::list(app.db(), scope, after.as_ref(), paging.rows()).await?;
        return Ok(StockLevelPage { page: paging.page(LIST, rows, key), horizon: None });
    };
    let rows = as_of::list(app.db(), scope, &moment, after.as_ref(), paging.rows()).await?;
    let page = paging.page(LIST, rows, |row| key(&row.level)).filter_map(PastLevel::existing);
    Ok(StockLevelPage { page, horizon: Some(moment.horizon) })
}
