//! Categories over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use platform::{ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{CategoryChange, CategoryError, CategoryFilter, CategoryView, NewCategory};
use super::{ops, store};

/// The routes of categories.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_categories, create_category))
        .routes(routes!(get_category, update_category, delete_category))
        .with_state(app)
}

/// List the categories
///
/// By path, so that each stands before its sub-categories.
#[utoipa::path(get, path = "/categories", tag = "categories", operation_id = "list_categories",
    params(("parent_id" = Option<i64>, Query, description = "only those directly below this category")),
    responses((status = 200, body = Page<CategoryView>)))]
async fn list_categories(
    State(app): State<App>,
    Query(filter): Query<CategoryFilter>,
) -> Result<Page<CategoryView>, ApiError> {
    let CategoryFilter { parent_id, paging } = filter;
    let after = paging.after("categories", 1)?;
    let rows = store::list(app.db(), parent_id, after.as_ref(), paging.rows()).await?;
    if let Some(id) = parent_id.filter(|_| rows.is_empty())
        && !store::exists(app.db(), id).await?
    {
        let message = format!("no category has the id {id}");
        return Err(ApiError::invalid_field("?parent_id", "unknown_category", message));
    }
    Ok(paging.page("categories", rows, |row| vec![row.path.clone()]))
}

/// Add a category
///
/// At the top, or below `parent_id`.
#[utoipa::path(post, path = "/categories", tag = "categories", operation_id = "create_category",
    request_body = NewCategory, responses((status = 201, body = CategoryView)),
    extensions(("x-problems" = json!(["duplicate_category"]))))]
async fn create_category(State(app): State<App>, post: Post<NewCategory>) -> Result<Created, ApiError> {
    let created = app.write_once("create_category", post.key, post.body, |db, new| {
        Box::pin(async move { Ok(ops::create(db, new).await?) })
    });
    Ok(created.await?.created("/categories"))
}

/// Get a category
///
/// With its version as ETag.
#[utoipa::path(get, path = "/categories/{id}", tag = "categories", operation_id = "get_category",
    responses((status = 200, body = CategoryView)),
    extensions(("x-problems" = json!(["category_not_found"]))))]
async fn get_category(State(app): State<App>, Id(id): Id) -> Result<Document<CategoryView>, ApiError> {
    Ok(Document(store::find(app.db(), id).await?.ok_or(CategoryError::NotFound(id))?))
}

/// Change a category
///
/// Absent fields stay as they are. Its sub-categories come along when it is renamed or moved.
#[utoipa::path(patch, path = "/categories/{id}", tag = "categories", operation_id = "update_category",
    request_body = CategoryChange, responses((status = 200, body = CategoryView)),
    extensions(("x-problems" = json!(["category_not_found", "duplicate_category", "category_cycle"]))))]
async fn update_category(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Body(change): Body<CategoryChange>,
) -> Result<Document<CategoryView>, ApiError> {
    let changed = app.write((id, seen, change), |db, (id, seen, change)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change).await?) })
    });
    Ok(Document(changed.await?))
}

/// Delete a category
///
/// Only one without products, archived ones included, and without sub-categories.
#[utoipa::path(delete, path = "/categories/{id}", tag = "categories", operation_id = "delete_category",
    responses((status = 204, description = "Deleted")),
    extensions(("x-problems" = json!(["category_not_found", "category_in_use"]))))]
async fn delete_category(State(app): State<App>, Id(id): Id, seen: IfMatch) -> Result<StatusCode, ApiError> {
    let deleted = app
        .write((id, seen), |db, (id, seen)| Box::pin(async move { Ok(ops::delete(db, *id, seen).await?) }));
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}
