//! The stock card over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Id, Page, Query, auth};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{StockEntryFilter, StockEntryView};
use super::store;
use crate::filter::require_product;

/// The routes of stock entries.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_product_entries)).with_state(app)
}

/// List the ledger entries of a product
///
/// Its stock card, newest first: every change with before, after, why, who and when.
#[utoipa::path(get, path = "/products/{id}/entries", tag = "stock", operation_id = "list_product_entries",
    params(("warehouse" = Option<Vec<domain::Code>>, Query, description = "code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse; may be repeated"),
           ("location_id" = Option<Vec<i64>>, Query, description = "key of a location; may be repeated")),
    responses((status = 200, body = Page<StockEntryView>)),
    extensions(("x-problems" = json!(["product_not_found"]))))]
async fn list_product_entries(
    State(app): State<App>,
    Id(id): Id,
    Query(filter): Query<StockEntryFilter>,
) -> Result<Page<StockEntryView>, ApiError> {
    let StockEntryFilter { stock, paging } = filter;
    let after = paging.after("stock entries", 4)?;
    let scope = stock.resolve(app.db()).await?;
    let mut rows =
        store::list(app.db(), id, &scope, app.base_currency(), after.as_ref(), paging.rows()).await?;
    for row in &mut rows {
        row.unit_cost = auth::cost_for_caller(row.unit_cost.take());
        // It goes over the cost: who knows all the rest could try costs until one fits.
        row.chain = auth::cost_for_caller(row.chain.take());
    }
    if rows.is_empty() {
        require_product(app.db(), id).await?;
    }
    let key = |row: &StockEntryView| {
        let lot = row.lot.clone().unwrap_or_default();
        vec![row.movement_id.to_string(), row.location_id.to_string(), lot, row.seq.to_string()]
    };
    Ok(paging.page("stock entries", rows, key))
}
