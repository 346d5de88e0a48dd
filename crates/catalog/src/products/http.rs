//! Products over HTTP.

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use domain::Permission;
use platform::coalesce::Coalesced;
use platform::{Actor, ApiError, App, Body, Created, Document, Id, IfMatch, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::filter::{CategoryParams, ProductFilter, ProductParams, WithinCategory};
use super::input::{NewProduct, NewProductSchema, ProductChange, ProductChangeSchema};
use super::model::{ProductError, ProductView};
use super::{list, ops, store};
use crate::categories::{self, CategoryError, CategoryRef, Unresolved};

/// What the handlers share.
#[derive(Clone)]
struct Products {
    app: App,
    by_id: Arc<Coalesced<i64, ProductView>>,
    by_sku: Arc<Coalesced<String, ProductView>>,
}

impl FromRef<Products> for App {
    fn from_ref(products: &Products) -> Self {
        products.app.clone()
    }
}

/// The routes of products.
pub fn routes(app: App) -> OpenApiRouter {
    let by_id = Arc::new(Coalesced::new(app.clone(), store::by_ids));
    let by_sku = Arc::new(Coalesced::new(app.clone(), store::by_skus));
    OpenApiRouter::new()
        .routes(routes!(list_products, create_product))
        .routes(routes!(get_product, update_product, delete_product))
        .routes(routes!(unarchive_product))
        .routes(routes!(list_category_products))
        .with_state(Products { app, by_id, by_sku })
}

/// List the products
///
/// Each with its price and its totals of this moment. Filters narrow the list; one that is repeated means any of its
/// values.
#[utoipa::path(get, path = "/products", tag = "products", operation_id = "list_products",
    params(CategoryParams, ProductParams),
    responses((status = 200, body = Page<ProductView>)),
    extensions(("x-problems" = json!(["unknown_category"]))))]
async fn list_products(
    State(products): State<Products>,
    Query(filter): Query<ProductFilter>,
) -> Result<Page<Arc<ProductView>>, ApiError> {
    if let Some(sku) = filter.only_sku() {
        let found = products.by_sku.get(sku.as_str().to_owned()).await?;
        return Ok(Page::whole(found.filter(|product| !product.archived).into_iter().collect()));
    }
    let mut db = products.app.db().acquire().await?;
    let categories = CategoryRef::subtree(&mut db, &filter.criteria.categories).await;
    let categories = categories.map_err(Unresolved::in_query)?;
    Ok(list::page(&mut db, &filter, categories).await?.map(Arc::new))
}

/// List the products of a category
///
/// Those of its sub-categories are included. Filters and order are those of the products.
#[utoipa::path(get, path = "/categories/{id}/products", tag = "categories", operation_id = "list_category_products",
    params(ProductParams),
    responses((status = 200, body = Page<ProductView>)),
    extensions(("x-problems" = json!(["category_not_found"]))))]
async fn list_category_products(
    State(app): State<App>,
    Id(id): Id,
    Query(WithinCategory(filter)): Query<WithinCategory>,
) -> Result<Page<ProductView>, ApiError> {
    let mut db = app.db().acquire().await?;
    let categories = categories::subtree(&mut *db, &[id]).await?;
    if categories.is_empty() {
        return Err(CategoryError::NotFound(id).into());
    }
    list::page(&mut db, &filter, Some(categories)).await
}

/// Add a product
///
/// With its price and, if `on_hand` is given, its opening stock, which needs `stock.move` besides: all of it, or nothing.
#[utoipa::path(post, path = "/products", tag = "products", operation_id = "create_product",
    request_body = NewProductSchema, responses((status = 201, body = ProductView)),
    extensions(("x-problems" = json!(["duplicate_sku", "duplicate_barcode", "location_not_open", "location_required"]))))]
async fn create_product(State(app): State<App>, post: Post<NewProduct>) -> Result<Created, ApiError> {
    if post.body.on_hand.is_some() {
        post.actor.demand(Permission::MoveStock)?;
    }
    let input = (post.body, app.base_currency(), post.actor);
    let created = app.write_once("create_product", post.key, input, |db, (new, base_currency, actor)| {
        Box::pin(async move { Ok(ops::create(db, new, *base_currency, actor).await?) })
    });
    Ok(created.await?.created("/products"))
}

/// Get a product
///
/// With its price and its totals of this moment, and its version as ETag.
#[utoipa::path(get, path = "/products/{id}", tag = "products", operation_id = "get_product",
    responses((status = 200, body = ProductView)),
    extensions(("x-problems" = json!(["product_not_found"]))))]
async fn get_product(
    State(products): State<Products>,
    Id(id): Id,
) -> Result<Document<Arc<ProductView>>, ApiError> {
    Ok(Document(products.by_id.get(id).await?.ok_or(ProductError::NotFound(id))?))
}

/// Change a product
///
/// Absent fields stay as they are. Another price is the price from now on, and the one before stays in the list of prices.
#[utoipa::path(patch, path = "/products/{id}", tag = "products", operation_id = "update_product",
    request_body = ProductChangeSchema, responses((status = 200, body = ProductView)),
    extensions(("x-problems" = json!(["product_not_found", "duplicate_sku", "duplicate_barcode", "unit_fixed"]))))]
async fn update_product(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    actor: Actor,
    Body(change): Body<ProductChange>,
) -> Result<Document<ProductView>, ApiError> {
    let input = (id, seen, change, app.base_currency(), actor);
    let changed = app.write(input, |db, (id, seen, change, base_currency, actor)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change, *base_currency, actor).await?) })
    });
    Ok(Document(changed.await?))
}

/// Delete or archive a product
///
/// One without a history is deleted; one with a history is archived, if there is nothing of it. The SKU of an archived
/// product stays taken.
#[utoipa::path(delete, path = "/products/{id}", tag = "products", operation_id = "delete_product",
    responses((status = 204, description = "Deleted or archived")),
    extensions(("x-problems" = json!(["product_not_found", "product_holds_stock"]))))]
async fn delete_product(State(app): State<App>, Id(id): Id, seen: IfMatch) -> Result<StatusCode, ApiError> {
    let deleted = app
        .write((id, seen), |db, (id, seen)| Box::pin(async move { Ok(ops::delete(db, *id, seen).await?) }));
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sell an archived product again
///
/// Takes no body; a product that is not archived stays as it is.
#[utoipa::path(post, path = "/products/{id}/unarchive", tag = "products", operation_id = "unarchive_product",
    responses((status = 200, body = ProductView)),
    extensions(("x-problems" = json!(["product_not_found", "invalid_if_match", "stale_version"]))))]
async fn unarchive_product(
    State(app): State<App>,
    Id(id): Id,
    seen: Option<IfMatch>,
    Body(()): Body<()>,
) -> Result<Document<ProductView>, ApiError> {
    let unarchived = app.write((id, seen), |db, (id, seen)| {
        Box::pin(async move { Ok(ops::unarchive(db, *id, seen.as_ref()).await?) })
    });
    Ok(Document(unarchived.await?))
}
