//! Replenishment over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Created, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{NewOrders, NewOrdersSchema, SuggestionFilter};
use super::model::{OrdersView, SuggestionView};
use super::{list, ops};

/// The routes of replenishment.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_replenishment))
        .routes(routes!(create_replenishment_purchase_orders))
        .with_state(app)
}

/// List what is to be ordered
///
/// Of what runs low, unless enough of it is on its way or on order: how much, from whom, and the numbers from which that
/// follows. By product; in each product by warehouse, over all warehouses last. A page may have fewer items than `limit`,
/// even none, and another one after it: `next_cursor` is null on the last. Whoever is limited to warehouses sees what is to be
/// ordered to these, and nothing over all.
#[utoipa::path(get, path = "/replenishment", tag = "purchasing", operation_id = "list_replenishment",
    params(("warehouse" = Option<Vec<domain::Code>>, Query, description = "what would be ordered to this warehouse, by code; may be repeated"),
           ("warehouse_id" = Option<Vec<i64>>, Query, description = "the same by key; may be repeated"),
           ("supplier_id" = Option<Vec<i64>>, Query, description = "what would be ordered from this supplier; may be repeated"),
           ("window_days" = Option<i32>, Query, description = "days whose demand counts; 30 if absent", minimum = 1, maximum = 365)),
    responses((status = 200, body = Page<SuggestionView>)))]
async fn list_replenishment(
    State(app): State<App>,
    Query(filter): Query<SuggestionFilter>,
) -> Result<Page<SuggestionView>, ApiError> {
    list::page(app.db(), &filter).await
}

/// Make orders of what is to be ordered
///
/// Drafts, one for each supplier, warehouse and currency. What they hold is on order from then on: who asks again, or at
/// the same time with another key, does not order it twice. The body may be left out: then everything is ordered.
#[utoipa::path(post, path = "/replenishment/purchase-orders", tag = "purchasing",
    operation_id = "create_replenishment_purchase_orders",
    request_body = NewOrdersSchema, responses((status = 201, body = OrdersView)),
    extensions(("x-without" = json!(["required_body"]))))]
async fn create_replenishment_purchase_orders(
    State(app): State<App>,
    post: Post<NewOrders>,
) -> Result<Created, ApiError> {
    let input = (post.body, post.actor);
    let operation = "create_replenishment_purchase_orders";
    let created = app.write_once(operation, post.key, input, |db, (new, actor)| {
        Box::pin(async move { Ok(ops::order(db, new, actor).await?) })
    });
    Ok(created.await?.created("/purchase-orders"))
}
