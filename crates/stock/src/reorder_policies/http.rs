//! Reorder policies over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use platform::{ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query, auth};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    NewReorderPolicy, NewReorderPolicySchema, ReorderPolicyChange, ReorderPolicyError, ReorderPolicyFilter,
    ReorderPolicyView,
};
use super::{ops, store};

/// The name of the list, to which its cursors are bound.
const LIST: &str = "reorder policies";

/// The routes of reorder policies.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_reorder_policies, create_reorder_policy))
        .routes(routes!(get_reorder_policy, update_reorder_policy, delete_reorder_policy))
        .with_state(app)
}

/// List the reorder policies
///
/// In the order in which they were added. A filter that is repeated means any of its values.
#[utoipa::path(get, path = "/reorder-policies", tag = "stock", operation_id = "list_reorder_policies",
    params(("product_id" = Option<Vec<i64>>, Query, description = "key of a product; may be repeated"),
           ("sku" = Option<Vec<domain::Sku>>, Query, description = "SKU of a product, in any case; may be repeated"),
           ("warehouse" = Option<Vec<domain::Code>>, Query, description = "code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse; may be repeated")),
    responses((status = 200, body = Page<ReorderPolicyView>)))]
async fn list_reorder_policies(
    State(app): State<App>,
    Query(filter): Query<ReorderPolicyFilter>,
) -> Result<Page<ReorderPolicyView>, ApiError> {
    let ReorderPolicyFilter { scope, paging } = filter;
    let after = paging.after(LIST, 1)?.map_or(0, |cursor| cursor.number(0));
    let scope = scope.resolve(app.db()).await?;
    let rows = store::list(app.db(), &scope, after, paging.rows()).await?;
    Ok(paging.page(LIST, rows, |row| vec![row.id.to_string()]))
}

/// Add a reorder policy
///
/// For a product in one warehouse, or, without a warehouse, over all of them: then the reorder point is that of the
/// product. The stock is on the list of low stock at once, if it is.
#[utoipa::path(post, path = "/reorder-policies", tag = "stock", operation_id = "create_reorder_policy",
    request_body = NewReorderPolicySchema, responses((status = 201, body = ReorderPolicyView)),
    extensions(("x-problems" = json!(["duplicate_reorder_policy"]))))]
async fn create_reorder_policy(
    State(app): State<App>,
    post: Post<NewReorderPolicy>,
) -> Result<Created, ApiError> {
    let created = app.write_once("create_reorder_policy", post.key, post.body, |db, new| {
        Box::pin(async move { Ok(ops::create(db, new).await?) })
    });
    Ok(created.await?.created("/reorder-policies"))
}

/// Get a reorder policy
///
/// With its version as ETag.
#[utoipa::path(get, path = "/reorder-policies/{id}", tag = "stock", operation_id = "get_reorder_policy",
    responses((status = 200, body = ReorderPolicyView)),
    extensions(("x-problems" = json!(["reorder_policy_not_found"]))))]
async fn get_reorder_policy(
    State(app): State<App>,
    Id(id): Id,
) -> Result<Document<ReorderPolicyView>, ApiError> {
    let found = store::find(app.db(), id).await?.ok_or(ReorderPolicyError::NotFound(id))?;
    auth::demand_warehouse(&found.warehouse_id.into_iter().collect::<Vec<_>>())?;
    Ok(Document(found))
}

/// Change a reorder policy
///
/// Absent fields stay as they are. What becomes low by it, or is low no longer, is on record in the same transaction.
#[utoipa::path(patch, path = "/reorder-policies/{id}", tag = "stock", operation_id = "update_reorder_policy",
    request_body = ReorderPolicyChange, responses((status = 200, body = ReorderPolicyView)),
    extensions(("x-problems" = json!(["reorder_policy_not_found"]))))]
async fn update_reorder_policy(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<ReorderPolicyChange>,
) -> Result<Document<ReorderPolicyView>, ApiError> {
    let changed = app.write((id, seen, change), |db, (id, seen, change)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change).await?) })
    });
    Ok(Document(changed.await?))
}

/// Delete a reorder policy
///
/// Nothing is watched there any more; the reorder point of the product itself stays.
#[utoipa::path(delete, path = "/reorder-policies/{id}", tag = "stock", operation_id = "delete_reorder_policy",
    responses((status = 204, description = "Deleted")),
    extensions(("x-problems" = json!(["reorder_policy_not_found"]))))]
async fn delete_reorder_policy(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
) -> Result<StatusCode, ApiError> {
    let deleted = app
        .write((id, seen), |db, (id, seen)| Box::pin(async move { Ok(ops::delete(db, *id, seen).await?) }));
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}
