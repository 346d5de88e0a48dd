//! Purchase orders over HTTP: taking them from state to state.

use axum::extract::State;
use domain::PurchaseOrderAction;
use platform::{ApiError, App, Done, Id, IfMatch, Post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::Note;
use super::model::PurchaseOrderView;
use super::ops;

/// The routes of transitions.
pub(super) fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(submit_purchase_order))
        .routes(routes!(approve_purchase_order))
        .routes(routes!(reject_purchase_order))
        .routes(routes!(order_purchase_order))
        .routes(routes!(cancel_purchase_order))
        .routes(routes!(close_purchase_order))
        .with_state(app)
}

/// Take an order on, once per key.
async fn act(
    app: App,
    id: i64,
    seen: Option<IfMatch>,
    post: Post<Note>,
    action: PurchaseOrderAction,
    operation: &'static str,
) -> Result<Done, ApiError> {
    let input = (id, seen, action, post.body, post.actor);
    let done = app.write_once(operation, post.key, input, |db, (id, seen, action, body, actor)| {
        Box::pin(async move { Ok(ops::act(db, *id, seen.as_ref(), *action, body.text(), actor).await?) })
    });
    Ok(done.await?.done())
}

/// Ask for approval of a purchase order
///
/// From draft to pending_approval. The body may be left out.
#[utoipa::path(post, path = "/purchase-orders/{id}/submit", tag = "purchasing", operation_id = "submit_purchase_order",
    params(("If-Match" = Option<String>, Header, description = "the ETag that was seen; refused if it is another one now")),
    request_body = Note, responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_status", "invalid_if_match", "stale_version"]))))]
async fn submit_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    act(app, id, seen, post, PurchaseOrderAction::Submit, "submit_purchase_order").await
}

/// Approve a purchase order
///
/// From pending_approval to approved. The body may be left out.
#[utoipa::path(post, path = "/purchase-orders/{id}/approve", tag = "purchasing", operation_id = "approve_purchase_order",
    params(("If-Match" = Option<String>, Header, description = "the ETag that was seen; refused if it is another one now")),
    request_body = Note, responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_status", "invalid_if_match", "stale_version"]))))]
async fn approve_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    act(app, id, seen, post, PurchaseOrderAction::Approve, "approve_purchase_order").await
}

/// Reject a purchase order
///
/// From pending_approval to rejected, which is final: who wants to try again duplicates it. The body may be left out.
#[utoipa::path(post, path = "/purchase-orders/{id}/reject", tag = "purchasing", operation_id = "reject_purchase_order",
    params(("If-Match" = Option<String>, Header, description = "the ETag that was seen; refused if it is another one now")),
    request_body = Note, responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_status", "invalid_if_match", "stale_version"]))))]
async fn reject_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    act(app, id, seen, post, PurchaseOrderAction::Reject, "reject_purchase_order").await
}

/// Order what a purchase order says
///
/// From approved to ordered: the supplier has it, and all of it is incoming. The body may be left out.
#[utoipa::path(post, path = "/purchase-orders/{id}/order", tag = "purchasing", operation_id = "order_purchase_order",
    params(("If-Match" = Option<String>, Header, description = "the ETag that was seen; refused if it is another one now")),
    request_body = Note, responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_status", "supplier_archived", "invalid_if_match", "stale_version"]))))]
async fn order_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    act(app, id, seen, post, PurchaseOrderAction::Order, "order_purchase_order").await
}

/// Cancel a purchase order
///
/// Before anything has come: to cancelled. Of an order of which something has come the open rest is cancelled: to received.
/// The body may be left out.
#[utoipa::path(post, path = "/purchase-orders/{id}/cancel", tag = "purchasing", operation_id = "cancel_purchase_order",
    params(("If-Match" = Option<String>, Header, description = "the ETag that was seen; refused if it is another one now")),
    request_body = Note, responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_status", "invalid_if_match", "stale_version"]))))]
async fn cancel_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    act(app, id, seen, post, PurchaseOrderAction::Cancel, "cancel_purchase_order").await
}

/// Close a purchase order
///
/// From received, or from partially_received, where the open rest is cancelled. The body may be left out.
#[utoipa::path(post, path = "/purchase-orders/{id}/close", tag = "purchasing", operation_id = "close_purchase_order",
    params(("If-Match" = Option<String>, Header, description = "the ETag that was seen; refused if it is another one now")),
    request_body = Note, responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_status", "invalid_if_match", "stale_version"]))))]
async fn close_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<Note>,
) -> Result<Done, ApiError> {
    act(app, id, seen, post, PurchaseOrderAction::Close, "close_purchase_order").await
}
