//! Locations over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use platform::{ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    LocationChange, LocationError, LocationFilter, LocationView, NewLocation, NewLocationSchema,
};
use super::{ops, store};

/// The routes of locations.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_locations, create_location))
        .routes(routes!(get_location, update_location, delete_location))
        .with_state(app)
}

/// List the locations
///
/// By warehouse and code. Of several warehouses those of any of them.
#[utoipa::path(get, path = "/locations", tag = "locations", operation_id = "list_locations",
    params(("warehouse" = Option<Vec<domain::Code>>, Query, description = "code of a warehouse; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "key of a warehouse; may be repeated"),
           ("kind" = Option<domain::LocationKind>, Query, description = "what they are for"),
           ("archived" = Option<bool>, Query, description = "those no longer used instead of those in use")),
    responses((status = 200, body = Page<LocationView>)))]
async fn list_locations(
    State(app): State<App>,
    Query(filter): Query<LocationFilter>,
) -> Result<Page<LocationView>, ApiError> {
    let LocationFilter { stock, kind, archived, paging } = filter;
    let after = paging.after("locations", 2)?;
    let warehouses = stock.resolve(app.db()).await?.warehouses;
    let rows = store::list(app.db(), &warehouses, kind, archived, after.as_ref(), paging.rows()).await?;
    Ok(paging.page("locations", rows, |row| vec![row.warehouse_id.to_string(), row.code.clone()]))
}

/// Add a location
///
/// To an open warehouse. To make it the default of its warehouse, change the warehouse.
#[utoipa::path(post, path = "/locations", tag = "locations", operation_id = "create_location",
    request_body = NewLocationSchema, responses((status = 201, body = LocationView)),
    extensions(("x-problems" = json!(["duplicate_location_code", "warehouse_archived"]))))]
async fn create_location(State(app): State<App>, post: Post<NewLocation>) -> Result<Created, ApiError> {
    let created = app.write_once("create_location", post.key, post.body, |db, new| {
        Box::pin(async move { Ok(ops::create(db, new).await?) })
    });
    Ok(created.await?.created("/locations"))
}

/// Get a location
///
/// With its version as ETag.
#[utoipa::path(get, path = "/locations/{id}", tag = "locations", operation_id = "get_location",
    responses((status = 200, body = LocationView)),
    extensions(("x-problems" = json!(["location_not_found"]))))]
async fn get_location(State(app): State<App>, Id(id): Id) -> Result<Document<LocationView>, ApiError> {
    Ok(Document(store::find(app.db(), id).await?.ok_or(LocationError::NotFound(id))?))
}

/// Change a location
///
/// Absent fields stay as they are. The kind is fixed once the location has held stock.
#[utoipa::path(patch, path = "/locations/{id}", tag = "locations", operation_id = "update_location",
    request_body = LocationChange, responses((status = 200, body = LocationView)),
    extensions(("x-problems" = json!(["location_not_found", "duplicate_location_code", "location_kind_fixed",
        "default_location"]))))]
async fn update_location(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<LocationChange>,
) -> Result<Document<LocationView>, ApiError> {
    let changed = app.write((id, seen, change), |db, (id, seen, change)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change).await?) })
    });
    Ok(Document(changed.await?))
}

/// Delete or archive a location
///
/// One that nothing refers to is deleted; one with a history is archived, if it holds no stock. The default location of a
/// warehouse stays.
#[utoipa::path(delete, path = "/locations/{id}", tag = "locations", operation_id = "delete_location",
    responses((status = 204, description = "Deleted or archived")),
    extensions(("x-problems" = json!(["location_not_found", "location_holds_stock", "default_location"]))))]
async fn delete_location(State(app): State<App>, Id(id): Id, seen: IfMatch) -> Result<StatusCode, ApiError> {
    let deleted = app
        .write((id, seen), |db, (id, seen)| Box::pin(async move { Ok(ops::delete(db, *id, seen).await?) }));
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}
