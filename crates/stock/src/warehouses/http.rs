//! Warehouses over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use platform::{ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewWarehouse, WarehouseChange, WarehouseError, WarehouseFilter, WarehouseView};
use super::{ops, store};

/// The routes of warehouses.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_warehouses, create_warehouse))
        .routes(routes!(get_warehouse, update_warehouse, delete_warehouse))
        .with_state(app)
}

/// List the warehouses
///
/// By priority; the first one is the default warehouse.
#[utoipa::path(get, path = "/warehouses", tag = "warehouses", operation_id = "list_warehouses",
    params(("archived" = Option<bool>, Query, description = "closed ones instead of open ones")),
    responses((status = 200, body = Page<WarehouseView>)))]
async fn list_warehouses(
    State(app): State<App>,
    Query(filter): Query<WarehouseFilter>,
) -> Result<Page<WarehouseView>, ApiError> {
    let WarehouseFilter { archived, paging } = filter;
    let after = paging.after("warehouses", 2)?;
    let rows = store::list(app.db(), archived, after.as_ref(), paging.rows()).await?;
    Ok(paging.page("warehouses", rows, |row| vec![row.priority.to_string(), row.id.to_string()]))
}

/// Add a warehouse
///
/// It begins with one storage location, its default.
#[utoipa::path(post, path = "/warehouses", tag = "warehouses", operation_id = "create_warehouse",
    request_body = NewWarehouse, responses((status = 201, body = WarehouseView)),
    extensions(("x-problems" = json!(["duplicate_warehouse_code"]))))]
async fn create_warehouse(State(app): State<App>, post: Post<NewWarehouse>) -> Result<Created, ApiError> {
    let created = app.write_once("create_warehouse", post.key, post.body, |db, new| {
        Box::pin(async move { Ok(ops::create(db, new).await?) })
    });
    Ok(created.await?.created("/warehouses"))
}

/// Get a warehouse
///
/// With its version as ETag.
#[utoipa::path(get, path = "/warehouses/{id}", tag = "warehouses", operation_id = "get_warehouse",
    responses((status = 200, body = WarehouseView)),
    extensions(("x-problems" = json!(["warehouse_not_found"]))))]
async fn get_warehouse(State(app): State<App>, Id(id): Id) -> Result<Document<WarehouseView>, ApiError> {
    Ok(Document(store::find(app.db(), id).await?.ok_or(WarehouseError::NotFound(id))?))
}

/// Change a warehouse
///
/// Absent fields stay as they are. Another default location must be an open storage location of this warehouse.
#[utoipa::path(patch, path = "/warehouses/{id}", tag = "warehouses", operation_id = "update_warehouse",
    request_body = WarehouseChange, responses((status = 200, body = WarehouseView)),
    extensions(("x-problems" = json!(["warehouse_not_found", "duplicate_warehouse_code"]))))]
async fn update_warehouse(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<WarehouseChange>,
) -> Result<Document<WarehouseView>, ApiError> {
    let changed = app.write((id, seen, change), |db, (id, seen, change)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change).await?) })
    });
    Ok(Document(changed.await?))
}

/// Delete or close a warehouse
///
/// One that nothing refers to is deleted; one with a history is archived together with its locations, if it holds no
/// stock. The last open warehouse stays.
#[utoipa::path(delete, path = "/warehouses/{id}", tag = "warehouses", operation_id = "delete_warehouse",
    responses((status = 204, description = "Deleted or archived")),
    extensions(("x-problems" = json!(["warehouse_not_found", "warehouse_holds_stock", "last_warehouse"]))))]
async fn delete_warehouse(State(app): State<App>, Id(id): Id, seen: IfMatch) -> Result<StatusCode, ApiError> {
    let deleted = app
        .write((id, seen), |db, (id, seen)| Box::pin(async move { Ok(ops::delete(db, *id, seen).await?) }));
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}
