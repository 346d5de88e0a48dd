//! Stock transfers over HTTP: reading and writing them.

use axum::extract::State;
use platform::{ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query, auth};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{
    NewStockTransfer, NewStockTransferSchema, StockTransferChange, StockTransferChangeSchema,
};
use super::list::{self, StockTransferFilter, StockTransferSummary};
use super::model::{StockTransferError, StockTransferView};
use super::{ops, store};
use crate::ledger::with_holders;

/// The routes of reading and writing.
pub(super) fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_stock_transfers, create_stock_transfer))
        .routes(routes!(get_stock_transfer, update_stock_transfer))
        .with_state(app)
}

/// List the stock transfers
///
/// Newest first, without their lines. A filter that is repeated means any of its values.
#[utoipa::path(get, path = "/stock-transfers", tag = "stock", operation_id = "list_stock_transfers",
    params(("status" = Option<Vec<domain::StockTransferStatus>>, Query, description = "where they stand; may be repeated"),
           ("warehouse" = Option<Vec<domain::Code>>, Query, description = "code of a warehouse on either side; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse on either side; may be repeated"),
           ("product_id" = Option<Vec<i64>>, Query, description = "key of a product that they move; may be repeated"),
           ("sku" = Option<Vec<domain::Sku>>, Query, description = "SKU of a product that they move, in any case; may be repeated")),
    responses((status = 200, body = Page<StockTransferSummary>)))]
async fn list_stock_transfers(
    State(app): State<App>,
    Query(filter): Query<StockTransferFilter>,
) -> Result<Page<StockTransferSummary>, ApiError> {
    list::page(app.db(), &filter).await
}

/// Write a stock transfer
///
/// As a draft, which moves nothing yet. With `immediate` its goods are moved now, by one stock movement, as in a put-away
/// from a receiving location to a shelf: then it is received at once.
#[utoipa::path(post, path = "/stock-transfers", tag = "stock", operation_id = "create_stock_transfer",
    request_body = NewStockTransferSchema, responses((status = 201, body = StockTransferView)),
    extensions(("x-problems" = json!(["insufficient_stock", "location_not_open", "product_archived"]))))]
async fn create_stock_transfer(
    State(app): State<App>,
    post: Post<NewStockTransfer>,
) -> Result<Created, ApiError> {
    let input = (post.body, post.actor);
    let created = app.write_once("create_stock_transfer", post.key, input, |db, (new, actor)| {
        Box::pin(async move { Ok(ops::create(db, new, actor).await?) })
    });
    Ok(with_holders(app.db(), created.await).await?.created("/stock-transfers"))
}

/// Get a stock transfer
///
/// With its lines, what has become of them, and its history; with its version as ETag.
#[utoipa::path(get, path = "/stock-transfers/{id}", tag = "stock", operation_id = "get_stock_transfer",
    responses((status = 200, body = StockTransferView)),
    extensions(("x-problems" = json!(["stock_transfer_not_found"]))))]
async fn get_stock_transfer(
    State(app): State<App>,
    Id(id): Id,
) -> Result<Document<StockTransferView>, ApiError> {
    let found = store::find(app.db(), id).await?.ok_or(StockTransferError::NotFound(id))?;
    auth::demand_warehouse(&[found.from.warehouse_id, found.to.warehouse_id])?;
    Ok(Document(found))
}

/// Change a draft of a stock transfer
///
/// Absent fields stay as they are; `lines` replaces all lines. What has been shipped cannot be edited.
#[utoipa::path(patch, path = "/stock-transfers/{id}", tag = "stock", operation_id = "update_stock_transfer",
    request_body = StockTransferChangeSchema, responses((status = 200, body = StockTransferView)),
    extensions(("x-problems" = json!(["stock_transfer_not_found", "stock_transfer_not_draft"]))))]
async fn update_stock_transfer(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<StockTransferChange>,
) -> Result<Document<StockTransferView>, ApiError> {
    let changed = app.write((id, seen, change), |db, (id, seen, change)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change).await?) })
    });
    Ok(Document(changed.await?))
}
