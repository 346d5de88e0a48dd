//! Supplier products over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use platform::{Actor, ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    NewSupplierProduct, NewSupplierProductSchema, SupplierProductChange, SupplierProductError,
    SupplierProductFilter, SupplierProductView,
};
use super::{ops, store};

/// The routes of supplier products.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_supplier_products, create_supplier_product))
        .routes(routes!(get_supplier_product, update_supplier_product, delete_supplier_product))
        .with_state(app)
}

/// List the products of suppliers
///
/// In the order in which they were added, with what they cost now.
#[utoipa::path(get, path = "/supplier-products", tag = "suppliers", operation_id = "list_supplier_products",
    params(("supplier_id" = Option<Vec<i64>>, Query, description = "key of a supplier; may be repeated"),
           ("product_id" = Option<Vec<i64>>, Query, description = "key of a product; may be repeated")),
    responses((status = 200, body = Page<SupplierProductView>)))]
async fn list_supplier_products(
    State(app): State<App>,
    Query(filter): Query<SupplierProductFilter>,
) -> Result<Page<SupplierProductView>, ApiError> {
    let SupplierProductFilter { suppliers, products, paging } = filter;
    let after = paging.after("supplier products", 1)?.map_or(0, |cursor| cursor.number(0));
    let rows = store::list(app.db(), &suppliers, &products, after, paging.rows()).await?;
    Ok(paging.page("supplier products", rows, |row| vec![row.id.to_string()]))
}

/// Add a product to a supplier
///
/// With its costs by quantity. A product has one preferred supplier at most: the newest that claims it.
#[utoipa::path(post, path = "/supplier-products", tag = "suppliers", operation_id = "create_supplier_product",
    request_body = NewSupplierProductSchema, responses((status = 201, body = SupplierProductView)),
    extensions(("x-problems" = json!(["duplicate_supplier_product"]))))]
async fn create_supplier_product(
    State(app): State<App>,
    post: Post<NewSupplierProduct>,
) -> Result<Created, ApiError> {
    let input = (post.body, post.actor);
    let created = app.write_once("create_supplier_product", post.key, input, |db, (new, actor)| {
        Box::pin(async move { Ok(ops::create(db, new, actor).await?) })
    });
    Ok(created.await?.created("/supplier-products"))
}

/// Get a product of a supplier
///
/// With what it costs now, and its version as ETag.
#[utoipa::path(get, path = "/supplier-products/{id}", tag = "suppliers", operation_id = "get_supplier_product",
    responses((status = 200, body = SupplierProductView)),
    extensions(("x-problems" = json!(["supplier_product_not_found"]))))]
async fn get_supplier_product(
    State(app): State<App>,
    Id(id): Id,
) -> Result<Document<SupplierProductView>, ApiError> {
    Ok(Document(store::find(app.db(), id).await?.ok_or(SupplierProductError::NotFound(id))?))
}

/// Change a product of a supplier
///
/// Absent fields stay as they are. `costs` are all costs from now on; those before stay in the history.
#[utoipa::path(patch, path = "/supplier-products/{id}", tag = "suppliers", operation_id = "update_supplier_product",
    request_body = SupplierProductChange, responses((status = 200, body = SupplierProductView)),
    extensions(("x-problems" = json!(["supplier_product_not_found"]))))]
async fn update_supplier_product(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    actor: Actor,
    Body(change): Body<SupplierProductChange>,
) -> Result<Document<SupplierProductView>, ApiError> {
    let changed = app.write((id, seen, change, actor), |db, (id, seen, change, actor)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change, actor).await?) })
    });
    Ok(Document(changed.await?))
}

/// Delete a product of a supplier
///
/// With the history of its costs; orders stay as they are.
#[utoipa::path(delete, path = "/supplier-products/{id}", tag = "suppliers", operation_id = "delete_supplier_product",
    responses((status = 204, description = "Deleted")),
    extensions(("x-problems" = json!(["supplier_product_not_found"]))))]
async fn delete_supplier_product(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
) -> Result<StatusCode, ApiError> {
    let deleted = app
        .write((id, seen), |db, (id, seen)| Box::pin(async move { Ok(ops::delete(db, *id, seen).await?) }));
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}
