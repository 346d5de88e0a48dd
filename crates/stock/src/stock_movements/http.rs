//! Stock movements over HTTP.

use axum::extract::State;
use platform::{ApiError, Document, Id, Page, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{StockMovementFilter, StockMovementView};
use super::post::{
    __path_create_stock_movement, __path_reverse_stock_movement, create_stock_movement,
    reverse_stock_movement,
};
use super::store;
use crate::ledger::Ledger;
use crate::problems;
use crate::reach;

/// The routes of stock movements.
pub fn routes(ledger: Ledger) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_stock_movements, create_stock_movement))
        .routes(routes!(get_stock_movement))
        .routes(routes!(reverse_stock_movement))
        .with_state(ledger)
}

/// List the stock movements
///
/// Newest first, each with its lines. A filter by product or warehouse finds movements that have such a line; they are shown
/// whole. A page of movements with thousands of lines has fewer of them than `limit`; `next_cursor` leads on.
#[utoipa::path(get, path = "/stock-movements", tag = "stock", operation_id = "list_stock_movements",
    params(("kind" = Option<domain::MovementKind>, Query, description = "what happened"),
           ("reference" = Option<domain::OneLine>, Query, description = "the document they belong to, to the letter"),
           ("product_id" = Option<Vec<i64>>, Query, description = "key of a product; may be repeated"),
           ("sku" = Option<Vec<domain::Sku>>, Query, description = "SKU of a product, in any case; may be repeated"),
           ("warehouse" = Option<Vec<domain::Code>>, Query, description = "code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse; may be repeated")),
    responses((status = 200, body = Page<StockMovementView>)))]
async fn list_stock_movements(
    State(ledger): State<Ledger>,
    Query(filter): Query<StockMovementFilter>,
) -> Result<Page<StockMovementView>, ApiError> {
    let app = ledger.app();
    let StockMovementFilter { kind, reference, stock, paging } = filter;
    let before = paging.after("stock movements", 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let scope = stock.resolve(app.db()).await?;
    let wanted =
        store::Wanted { kind, reference: reference.as_ref(), scope: &scope, before, rows: paging.rows() };
    let rows = store::list(app.db(), &wanted).await?;
    let key = |row: &store::Found| vec![row.movement.id.unwrap_or_default().to_string()];
    let page = paging.page_of_at_most(store::fitting(&rows), "stock movements", rows, key);
    let mut page = page.map(|row| row.movement);
    store::add_lines(app.db(), &mut page.items, app.base_currency()).await?;
    Ok(page)
}

/// Get a stock movement
///
/// With its lines, and with the reversal that has put it right, if there is one.
#[utoipa::path(get, path = "/stock-movements/{id}", tag = "stock", operation_id = "get_stock_movement",
    responses((status = 200, body = StockMovementView)),
    extensions(("x-problems" = json!(["movement_not_found"]))))]
async fn get_stock_movement(
    State(ledger): State<Ledger>,
    Id(id): Id,
) -> Result<Document<StockMovementView>, ApiError> {
    let app = ledger.app();
    let unknown =
        || ApiError::new(&problems::MOVEMENT_NOT_FOUND, format!("no stock movement has the id {id}"));
    let mut movement = store::find(app.db(), id).await?.ok_or_else(unknown)?;
    reach::demand_movement(app.db(), id).await?;
    store::add_lines(app.db(), std::slice::from_mut(&mut movement), app.base_currency()).await?;
    Ok(Document(movement))
}
