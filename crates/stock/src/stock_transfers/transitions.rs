//! Stock transfers over HTTP: taking them from state to state.

use axum::extract::State;
use platform::{ApiError, App, Done, Id, IfMatch, Post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{NewStockTransferReceipt, Note};
use super::model::StockTransferView;
use super::ops;
use crate::ledger::with_holders;

/// The routes of transitions.
pub(super) fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(ship_stock_transfer))
        .routes(routes!(receive_stock_transfer))
        .routes(routes!(cancel_stock_transfer))
        .with_state(app)
}

/// Ship a stock transfer
///
/// From draft to in_transit: all of it leaves, by one stock movement, or nothing. It is then in a location of kind transit
/// of the warehouse it goes to, which is made on first need. The body may be left out.
#[utoipa::path(post, path = "/stock-transfers/{id}/ship", tag = "stock", operation_id = "ship_stock_transfer",
    request_body = Note, responses((status = 200, body = StockTransferView)),
    extensions(("x-problems" = json!(["stock_transfer_not_found", "stock_transfer_status", "insufficient_stock",
        "location_not_open", "product_archived", "invalid_if_match", "stale_version"])), ("x-without" = json!(["required_body"]))))]
async fn ship_stock_transfer(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    let input = (id, seen, post.body, post.actor);
    let done = app.write_once("ship_stock_transfer", post.key, input, |db, (id, seen, body, actor)| {
        Box::pin(async move { Ok(ops::ship(db, *id, seen.as_ref(), body.text(), actor).await?) })
    });
    Ok(with_holders(app.db(), done.await).await?.done())
}

/// Receive a stock transfer
///
/// Everything that is in transit, or parts of it, several times. With `close` nothing more will arrive: what is left in
/// transit is written off, and shown as `lost`. The body may be left out.
#[utoipa::path(post, path = "/stock-transfers/{id}/receive", tag = "stock", operation_id = "receive_stock_transfer",
    request_body = NewStockTransferReceipt, responses((status = 200, body = StockTransferView)),
    extensions(("x-problems" = json!(["stock_transfer_not_found", "stock_transfer_status", "more_than_in_transit",
        "location_not_open", "product_archived", "invalid_if_match", "stale_version"])), ("x-without" = json!(["required_body"]))))]
async fn receive_stock_transfer(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<NewStockTransferReceipt>,
) -> Result<Done, ApiError> {
    let input = (id, seen, post.body, post.actor);
    let done = app.write_once("receive_stock_transfer", post.key, input, |db, (id, seen, body, actor)| {
        Box::pin(async move { Ok(ops::receive(db, *id, seen.as_ref(), body, actor).await?) })
    });
    Ok(done.await?.done())
}

/// Cancel a stock transfer
///
/// What is in transit goes back to where it came from. A transfer of which something has arrived is then received, any
/// other one cancelled. The body may be left out.
#[utoipa::path(post, path = "/stock-transfers/{id}/cancel", tag = "stock", operation_id = "cancel_stock_transfer",
    request_body = Note, responses((status = 200, body = StockTransferView)),
    extensions(("x-problems" = json!(["stock_transfer_not_found", "stock_transfer_status", "location_not_open",
        "product_archived", "invalid_if_match", "stale_version"])), ("x-without" = json!(["required_body"]))))]
async fn cancel_stock_transfer(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    let input = (id, seen, post.body, post.actor);
    let done = app.write_once("cancel_stock_transfer", post.key, input, |db, (id, seen, body, actor)| {
        Box::pin(async move { Ok(ops::cancel(db, *id, seen.as_ref(), body.text(), actor).await?) })
    });
    Ok(done.await?.done())
}
