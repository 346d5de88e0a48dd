//! Prices over HTTP.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use jiff::Timestamp;
use platform::{ApiError, App, Created, Document, Id, IfMatch, Page, Parse, Post, Query, error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewPrice, PriceAddress, PriceError, PriceFilter, PriceView};
use super::{ops, store};
use crate::products;

/// The routes of prices.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_product_prices, create_product_price))
        .routes(routes!(get_product_price, delete_product_price))
        .with_state(app)
}

/// List the prices of a product
///
/// All it has had and those that are scheduled, the latest first; or, with `at`, the one in effect then, if any.
#[utoipa::path(get, path = "/products/{id}/prices", tag = "products", operation_id = "list_product_prices",
    params(("at" = Option<String>, Query, format = DateTime, description = "a time: only the price in effect then")),
    responses((status = 200, body = Page<PriceView>)),
    extensions(("x-problems" = json!(["product_not_found"]))))]
async fn list_product_prices(
    State(app): State<App>,
    Id(id): Id,
    Query(PriceFilter { at, paging }): Query<PriceFilter>,
) -> Result<Page<PriceView>, ApiError> {
    let list = if at.is_some() { "prices at a time" } else { "prices" };
    let after = paging.after(list, 1)?.map(|cursor| cursor.text(0).parse()).transpose();
    let before =
        after.map_err(|_| ApiError::new(&error::INVALID_CURSOR, "use the next_cursor of this list"))?;
    let rows = match at {
        Some(at) => store::find_at(app.db(), id, at).await?.into_iter().collect(),
        None => store::list(app.db(), id, before, paging.rows()).await?,
    };
    if rows.is_empty() && !products::exists(app.db(), id).await? {
        return Err(PriceError::ProductNotFound(id).into());
    }
    Ok(paging.page(list, rows, |row| vec![row.effective_from.to_string()]))
}

/// Change the price of a product
///
/// From now on, or, with `effective_from`, from a moment in the future on, at which it takes effect by itself. The
/// prices before it stay in the list. The currency stays as it was unless given.
///
/// The product's version goes up when the price is added, not when it takes effect.
#[utoipa::path(post, path = "/products/{id}/prices", tag = "products", operation_id = "create_product_price",
    request_body = NewPrice,
    responses((status = 201, body = PriceView, headers(("Location" = String, description = "Where the new price is")))),
    extensions(("x-problems" = json!(["product_not_found", "duplicate_price_moment"]))))]
async fn create_product_price(
    State(app): State<App>,
    Id(id): Id,
    post: Post<NewPrice>,
) -> Result<Created, ApiError> {
    let input = (id, post.body, app.base_currency(), post.actor);
    let created =
        app.write_once("create_product_price", post.key, input, |db, (id, new, currency, actor)| {
            Box::pin(async move { Ok(ops::create(db, *id, new, *currency, actor).await?) })
        });
    created.await?.created_at(PriceAddress::path)
}

/// Get a price of a product
///
/// The one that begins at this very moment, which is its `effective_from` to the microsecond.
#[utoipa::path(get, path = "/products/{id}/prices/{effective_from}", tag = "products", operation_id = "get_product_price",
    params(("effective_from" = String, Path, format = DateTime, description = "The moment from which on it is the price")),
    responses((status = 200, body = PriceView)),
    extensions(("x-problems" = json!(["product_not_found", "price_not_found"]))))]
async fn get_product_price(
    State(app): State<App>,
    address: PriceAddress,
) -> Result<Document<PriceView>, ApiError> {
    let PriceAddress { product_id, effective_from } = address;
    if let Some(price) = store::find(app.db(), address).await? {
        return Ok(Document(price));
    }
    let known = products::exists(app.db(), product_id).await?;
    Err(if known { PriceError::NotFound(effective_from) } else { PriceError::ProductNotFound(product_id) }
        .into())
}

/// Take a scheduled price back
///
/// Only while its moment has not come. `If-Match` is about the product, whose version goes up.
#[utoipa::path(delete, path = "/products/{id}/prices/{effective_from}", tag = "products", operation_id = "delete_product_price",
    params(("effective_from" = String, Path, format = DateTime, description = "The moment from which on it would be the price")),
    responses((status = 204, description = "Taken back")),
    extensions(("x-problems" = json!(["product_not_found", "price_not_found", "price_in_effect"]))))]
async fn delete_product_price(
    State(app): State<App>,
    address: PriceAddress,
    seen: IfMatch,
) -> Result<StatusCode, ApiError> {
    let deleted = app.write((address, seen), |db, (address, seen)| {
        Box::pin(async move { Ok(ops::delete(db, *address, seen).await?) })
    });
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is no number or no time addresses nothing: 404.
impl<S: Send + Sync> FromRequestParts<S> for PriceAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path: Result<Path<(i64, String)>, PathRejection> = Path::from_request_parts(parts, state).await;
        let address = path.ok().and_then(|Path((product_id, moment))| {
            Some(Self { product_id, effective_from: Timestamp::parse(&moment).ok()? })
        });
        let detail = "nothing is at this path: /products/{id}/prices/ is followed by a time";
        address.ok_or_else(|| ApiError::new(&error::ROUTE_NOT_FOUND, detail))
    }
}
