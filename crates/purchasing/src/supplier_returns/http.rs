//! Returns to suppliers over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Created, Document, Done, Id, Page, Post, Query, auth};
use stock::ledger::with_holders;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{NewSupplierReturn, NewSupplierReturnReversal, NewSupplierReturnSchema};
use super::model::{SupplierReturnError, SupplierReturnFilter, SupplierReturnView};
use super::{ops, store};
use crate::row;

/// The name of the list in cursors.
const LIST: &str = "supplier returns";

/// The routes of returns to suppliers.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_supplier_returns, create_supplier_return))
        .routes(routes!(get_supplier_return))
        .routes(routes!(reverse_supplier_return))
        .with_state(app)
}

/// List the returns to suppliers
///
/// Newest first, each with its lines. A page of returns with thousands of lines has fewer of them than `limit`;
/// `next_cursor` leads on.
#[utoipa::path(get, path = "/supplier-returns", tag = "purchasing", operation_id = "list_supplier_returns",
    params(("supplier_id" = Option<Vec<i64>>, Query, description = "key of a supplier; may be repeated"),
           ("purchase_order_id" = Option<Vec<i64>>, Query, description = "key of an order; may be repeated")),
    responses((status = 200, body = Page<SupplierReturnView>)))]
async fn list_supplier_returns(
    State(app): State<App>,
    Query(filter): Query<SupplierReturnFilter>,
) -> Result<Page<SupplierReturnView>, ApiError> {
    let before = filter.paging.after(LIST, 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let warehouses = auth::narrow_to_warehouses(Vec::new())?;
    let rows = store::list(app.db(), &filter, &warehouses, before).await?;
    let fitting = row::fitting(rows.iter().map(|row| row.lines.len()));
    Ok(filter.paging.page_of_at_most(fitting, LIST, rows, |row| vec![row.id.to_string()]))
}

/// Return goods to a supplier
///
/// All lines, or none. Where an order is named, or a receipt, no more goes back than came by it and has not gone back yet,
/// of each product; the order is not opened again. Without a place it is taken from the warehouse of the order, else from
/// the default warehouse. Costs go onto the stock movement where they are in the base currency.
#[utoipa::path(post, path = "/supplier-returns", tag = "purchasing", operation_id = "create_supplier_return",
    request_body = NewSupplierReturnSchema, responses((status = 201, body = SupplierReturnView)),
    extensions(("x-problems" = json!(["over_return", "insufficient_stock", "location_required", "location_not_open",
        "product_archived"]))))]
async fn create_supplier_return(
    State(app): State<App>,
    post: Post<NewSupplierReturn>,
) -> Result<Created, ApiError> {
    let input = (post.body, app.base_currency(), post.actor);
    let returned = app.write_once("create_supplier_return", post.key, input, |db, (new, currency, actor)| {
        Box::pin(async move { Ok(ops::create(db, new, *currency, actor).await?) })
    });
    Ok(with_holders(app.db(), returned.await).await?.created("/supplier-returns"))
}

/// Get a return to a supplier
///
/// With its lines, and with what has put it right, if it was reversed.
#[utoipa::path(get, path = "/supplier-returns/{id}", tag = "purchasing", operation_id = "get_supplier_return",
    responses((status = 200, body = SupplierReturnView)),
    extensions(("x-problems" = json!(["supplier_return_not_found"]))))]
async fn get_supplier_return(
    State(app): State<App>,
    Id(id): Id,
) -> Result<Document<SupplierReturnView>, ApiError> {
    let found = store::find(app.db(), id).await?.ok_or(SupplierReturnError::NotFound(id))?;
    ops::demand_own(app.db(), id).await?;
    Ok(Document(found))
}

/// Reverse a return to a supplier
///
/// Takes its stock in again, once, to where it was taken from.
#[utoipa::path(post, path = "/supplier-returns/{id}/reverse", tag = "purchasing", operation_id = "reverse_supplier_return",
    request_body = NewSupplierReturnReversal, responses((status = 200, body = SupplierReturnView)),
    extensions(("x-problems" = json!(["supplier_return_not_found", "already_reversed", "location_not_open",
        "product_archived"]))))]
async fn reverse_supplier_return(
    State(app): State<App>,
    Id(id): Id,
    post: Post<NewSupplierReturnReversal>,
) -> Result<Done, ApiError> {
    let input = (id, post.body, post.actor);
    let reversed = app.write_once("reverse_supplier_return", post.key, input, |db, (id, body, actor)| {
        Box::pin(async move { Ok(ops::reverse(db, *id, body, actor).await?) })
    });
    Ok(reversed.await?.done())
}
