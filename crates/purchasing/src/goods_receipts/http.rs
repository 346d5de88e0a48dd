//! Goods receipts over HTTP.

use axum::extract::State;
use platform::{ApiError, App, Created, Document, Done, Id, Page, Post, Query, auth};
use stock::ledger::with_holders;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    GoodsReceiptError, GoodsReceiptFilter, GoodsReceiptView, NewGoodsReceipt, NewGoodsReceiptReversal,
};
use super::{ops, store};
use crate::occasion::Occasion;
use crate::row;

/// The routes of goods receipts.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(receive_purchase_order))
        .routes(routes!(list_goods_receipts))
        .routes(routes!(get_goods_receipt))
        .routes(routes!(reverse_goods_receipt))
        .with_state(app)
}

/// Receive goods
///
/// For an order that is ordered or partially_received: all lines, or none. Quantities of one line are added before they
/// are compared with what is open. The goods go to the location given, else to the receiving location of the order's
/// warehouse if it has one, else to its default location; the receipt, the order, the stock and what is incoming change
/// together. Costs go onto the stock movement where the order is in the base currency.
#[utoipa::path(post, path = "/purchase-orders/{id}/receive", tag = "purchasing", operation_id = "receive_purchase_order",
    request_body = NewGoodsReceipt, responses((status = 201, body = GoodsReceiptView)),
    extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_not_open", "over_receipt",
        "location_not_open", "product_archived"]))))]
async fn receive_purchase_order(
    State(app): State<App>,
    Id(id): Id,
    post: Post<NewGoodsReceipt>,
) -> Result<Created, ApiError> {
    let input = (id, post.body, app.base_currency(), Occasion::now(post.actor));
    let received =
        app.write_once("receive_purchase_order", post.key, input, |db, (id, new, currency, by)| {
            Box::pin(async move { Ok(ops::receive(db, *id, new, *currency, by).await?) })
        });
    Ok(received.await?.created("/goods-receipts"))
}

/// List the goods receipts
///
/// Newest first, each with its lines. A page of receipts with thousands of lines has fewer of them than `limit`;
/// `next_cursor` leads on.
#[utoipa::path(get, path = "/goods-receipts", tag = "purchasing", operation_id = "list_goods_receipts",
    params(("purchase_order_id" = Option<Vec<i64>>, Query, description = "key of an order; may be repeated"),
           ("supplier_id" = Option<Vec<i64>>, Query, description = "key of a supplier; may be repeated"),
           ("since" = Option<String>, Query, format = DateTime, description = "not received before this time"),
           ("until" = Option<String>, Query, format = DateTime, description = "received before this time")),
    responses((status = 200, body = Page<GoodsReceiptView>)))]
async fn list_goods_receipts(
    State(app): State<App>,
    Query(filter): Query<GoodsReceiptFilter>,
) -> Result<Page<GoodsReceiptView>, ApiError> {
    let paging = &filter.paging;
    let before = paging.after("goods receipts", 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let warehouses = auth::narrow_to_warehouses(Vec::new())?;
    let rows = store::list(app.db(), &filter, &warehouses, before).await?;
    let fitting = row::fitting(rows.iter().map(|row| row.lines.len()));
    Ok(paging.page_of_at_most(fitting, "goods receipts", rows, |row| vec![row.id.to_string()]))
}

/// Get a goods receipt
///
/// With its lines, and with what has put it right, if it was reversed.
#[utoipa::path(get, path = "/goods-receipts/{id}", tag = "purchasing", operation_id = "get_goods_receipt",
    responses((status = 200, body = GoodsReceiptView)),
    extensions(("x-problems" = json!(["goods_receipt_not_found"]))))]
async fn get_goods_receipt(
    State(app): State<App>,
    Id(id): Id,
) -> Result<Document<GoodsReceiptView>, ApiError> {
    let found = store::find(app.db(), id).await?.ok_or(GoodsReceiptError::NotFound(id))?;
    auth::demand_warehouse(&[found.warehouse_id])?;
    Ok(Document(found))
}

/// Reverse a goods receipt
///
/// Takes its stock out again and opens its quantities, once. Refused where the stock is used up or went back to the
/// supplier, and for an order that is closed.
#[utoipa::path(post, path = "/goods-receipts/{id}/reverse", tag = "purchasing", operation_id = "reverse_goods_receipt",
    request_body = NewGoodsReceiptReversal, responses((status = 200, body = GoodsReceiptView)),
    extensions(("x-problems" = json!(["goods_receipt_not_found", "already_reversed", "purchase_order_not_open", "goods_receipt_returned",
        "insufficient_stock", "location_not_open", "product_archived"]))))]
async fn reverse_goods_receipt(
    State(app): State<App>,
    Id(id): Id,
    post: Post<NewGoodsReceiptReversal>,
) -> Result<Done, ApiError> {
    let input = (id, post.body, Occasion::now(post.actor));
    let reversed = app.write_once("reverse_goods_receipt", post.key, input, |db, (id, body, by)| {
        Box::pin(async move { Ok(ops::reverse(db, *id, body, by).await?) })
    });
    Ok(with_holders(app.db(), reversed.await).await?.done())
}
