//! Stock-outs over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Page, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{StockOutFilter, StockOutView};
use super::store;

/// The name of this list in cursors.
const LIST: &str = "stock-outs";

/// Most products that a page looks at.
const EXAMINED_MAX: i64 = 100_000;

/// The routes of stock-outs.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_stock_outs)).with_state(app)
}

/// List what has run out
///
/// The products that have had stock and of which none is available, over all warehouses; archived ones are left out. By key. A
/// page looks at 100,000 products: it may have fewer items than `limit`, even none, and another one after it.
#[utoipa::path(get, path = "/reports/stock-outs", tag = "reports", operation_id = "list_stock_outs",
    responses((status = 200, body = Page<StockOutView>)))]
async fn list_stock_outs(
    State(app): State<App>,
    Query(StockOutFilter { paging }): Query<StockOutFilter>,
) -> Result<Page<StockOutView>, ApiError> {
    let after = paging.after(LIST, 1)?.map_or(0, |cursor| cursor.number(0));
    let rows = store::list(app.db(), after, EXAMINED_MAX, paging.rows()).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count > paging.limit);
    let last = if is_full { None } else { store::last_examined(app.db(), after, EXAMINED_MAX).await? };
    Ok(match last {
        Some(last) => paging.page_until(LIST, rows, &[last.to_string()]),
        None => paging.page(LIST, rows, |row| vec![row.product_id.to_string()]),
    })
}
