//! Suppliers over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use platform::{ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewSupplier, SupplierChange, SupplierError, SupplierFilter, SupplierView};
use super::{ops, store};

/// The routes of suppliers.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_suppliers, create_supplier))
        .routes(routes!(get_supplier, update_supplier, delete_supplier))
        .with_state(app)
}

/// List the suppliers
///
/// By name.
#[utoipa::path(get, path = "/suppliers", tag = "suppliers", operation_id = "list_suppliers",
    params(("archived" = Option<bool>, Query, description = "archived ones instead of the others")),
    responses((status = 200, body = Page<SupplierView>)))]
async fn list_suppliers(
    State(app): State<App>,
    Query(filter): Query<SupplierFilter>,
) -> Result<Page<SupplierView>, ApiError> {
    let SupplierFilter { archived, paging } = filter;
    let after = paging.after("suppliers", 2)?;
    let rows = store::list(app.db(), archived, after.as_ref(), paging.rows()).await?;
    Ok(paging.page("suppliers", rows, |row| vec![row.name.clone(), row.id.to_string()]))
}

/// Add a supplier
///
/// Its currency is that of its costs and orders, unless they say otherwise.
#[utoipa::path(post, path = "/suppliers", tag = "suppliers", operation_id = "create_supplier",
    request_body = NewSupplier, responses((status = 201, body = SupplierView)),
    extensions(("x-problems" = json!(["duplicate_supplier_code"]))))]
async fn create_supplier(State(app): State<App>, post: Post<NewSupplier>) -> Result<Created, ApiError> {
    let input = (post.body, app.base_currency());
    let created = app.write_once("create_supplier", post.key, input, |db, (new, base_currency)| {
        Box::pin(async move { Ok(ops::create(db, new, *base_currency).await?) })
    });
    Ok(created.await?.created("/suppliers"))
}

/// Get a supplier
///
/// With its version as ETag.
#[utoipa::path(get, path = "/suppliers/{id}", tag = "suppliers", operation_id = "get_supplier",
    responses((status = 200, body = SupplierView)),
    extensions(("x-problems" = json!(["supplier_not_found"]))))]
async fn get_supplier(State(app): State<App>, Id(id): Id) -> Result<Document<SupplierView>, ApiError> {
    Ok(Document(store::find(app.db(), id).await?.ok_or(SupplierError::NotFound(id))?))
}

/// Change a supplier
///
/// Absent fields stay as they are. Another currency is that of what is entered from now on.
#[utoipa::path(patch, path = "/suppliers/{id}", tag = "suppliers", operation_id = "update_supplier",
    request_body = SupplierChange, responses((status = 200, body = SupplierView)),
    extensions(("x-problems" = json!(["supplier_not_found", "duplicate_supplier_code"]))))]
async fn update_supplier(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<SupplierChange>,
) -> Result<Document<SupplierView>, ApiError> {
    let changed = app.write((id, seen, change), |db, (id, seen, change)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change).await?) })
    });
    Ok(Document(changed.await?))
}

/// Delete or archive a supplier
///
/// One that nothing refers to is deleted; one with products or orders is archived: nothing new is ordered there, what
/// was ordered still comes.
#[utoipa::path(delete, path = "/suppliers/{id}", tag = "suppliers", operation_id = "delete_supplier",
    responses((status = 204, description = "Deleted or archived")),
    extensions(("x-problems" = json!(["supplier_not_found"]))))]
async fn delete_supplier(State(app): State<App>, Id(id): Id, seen: IfMatch) -> Result<StatusCode, ApiError> {
    let deleted = app
        .write((id, seen), |db, (id, seen)| Box::pin(async move { Ok(ops::delete(db, *id, seen).await?) }));
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}
