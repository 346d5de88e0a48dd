//! Prices over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Created, Id, Page, Post, Query, error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewPrice, PriceError, PriceFilter, PriceView};
use super::{ops, store};
use crate::products;

/// The routes of prices.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_product_prices, create_product_price)).with_state(app)
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
    request_body = NewPrice, responses((status = 201, body = PriceView)),
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
    Ok(created.await?.created("/products"))
}
