//! Purchase orders over HTTP: reading and writing them.

use axum::extract::State;
use platform::{ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query, auth};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{
    NewPurchaseOrder, NewPurchaseOrderSchema, Note, PurchaseOrderChange, PurchaseOrderChangeSchema,
};
use super::list::{self, PurchaseOrderFilter, PurchaseOrderSummary};
use super::model::{PurchaseOrderError, PurchaseOrderView};
use super::{ops, store};
use crate::occasion::Occasion;

/// The routes of reading and writing.
pub(super) fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_purchase_orders, create_purchase_order))
        .routes(routes!(get_purchase_order, update_purchase_order))
        .routes(routes!(duplicate_purchase_order))
        .with_state(app)
}

/// List the purchase orders
///
/// Newest first, without their lines. A filter that is repeated means any of its values.
#[utoipa::path(get, path = "/purchase-orders", tag = "purchasing", operation_id = "list_purchase_orders",
    params(("status" = Option<Vec<domain::PurchaseOrderStatus>>, Query, description = "where they stand; may be repeated"),
           ("supplier_id" = Option<Vec<i64>>, Query, description = "key of a supplier; may be repeated"),
           ("warehouse" = Option<Vec<domain::Code>>, Query, description = "code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse; may be repeated"),
           ("product_id" = Option<Vec<i64>>, Query, description = "key of a product that a line is for; may be repeated")),
    responses((status = 200, body = Page<PurchaseOrderSummary>)))]
async fn list_purchase_orders(
    State(app): State<App>,
    Query(filter): Query<PurchaseOrderFilter>,
) -> Result<Page<PurchaseOrderSummary>, ApiError> {
    list::page(app.db(), &filter).await
}

/// Write a purchase order
///
/// As a draft. A line without `unit_cost` takes what the supplier asks for at its quantity.
#[utoipa::path(post, path = "/purchase-orders", tag = "purchasing", operation_id = "create_purchase_order",
    request_body = NewPurchaseOrderSchema, responses((status = 201, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["supplier_archived"]))))]
async fn create_purchase_order(
    State(app): State<App>,
    post: Post<NewPurchaseOrder>,
) -> Result<Created, ApiError> {
    let input = (post.body, Occasion::now(post.actor));
    let created = app.write_once("create_purchase_order", post.key, input, |db, (new, by)| {
        Box::pin(async move { Ok(ops::create(db, new, by).await?) })
    });
    Ok(created.await?.created("/purchase-orders"))
}

/// Get a purchase order
///
/// With its lines and its history, and its version as ETag.
#[utoipa::path(get, path = "/purchase-orders/{id}", tag = "purchasing", operation_id = "get_purchase_order",
    responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found"]))))]
async fn get_purchase_order(
    State(app): State<App>,
    Id(id): Id,
) -> Result<Document<PurchaseOrderView>, ApiError> {
    let found = store::find(app.db(), id).await?.ok_or(PurchaseOrderError::NotFound(id))?;
    auth::demand_warehouse(&[found.warehouse_id])?;
    Ok(Document(found))
}

/// Change a draft
///
/// Absent fields stay as they are; `lines` replaces all lines. What is no draft any more cannot be edited: cancel it and
/// duplicate it.
#[utoipa::path(patch, path = "/purchase-orders/{id}", tag = "purchasing", operation_id = "update_purchase_order",
    request_body = PurchaseOrderChangeSchema, responses((status = 200, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_not_draft"]))))]
async fn update_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<PurchaseOrderChange>,
) -> Result<Document<PurchaseOrderView>, ApiError> {
    let changed = app.write((id, seen, change), |db, (id, seen, change)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change).await?) })
    });
    Ok(Document(changed.await?))
}

/// Write another order like this one
///
/// As a draft with the same supplier, warehouse, lines and costs; an order in any state can be duplicated. The body may
/// be left out.
#[utoipa::path(post, path = "/purchase-orders/{id}/duplicate", tag = "purchasing", operation_id = "duplicate_purchase_order",
    request_body = Note, responses((status = 201, body = PurchaseOrderView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "supplier_archived"])), ("x-without" = json!(["required_body"]))))]
async fn duplicate_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    post: Post<Note>,
) -> Result<Created, ApiError> {
    let input = (id, post.body, Occasion::now(post.actor));
    let duplicated = app.write_once("duplicate_purchase_order", post.key, input, |db, (id, body, by)| {
        Box::pin(async move { Ok(ops::duplicate(db, *id, body.text(), by).await?) })
    });
    Ok(duplicated.await?.created("/purchase-orders"))
}
