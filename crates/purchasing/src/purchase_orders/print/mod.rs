//! A purchase order on paper: one page of HTML made for print, with everything in it and no script.
//!
//! What people have entered is text and nothing else: maud escapes it, and only the style sheet goes in as it is.

mod page;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use domain::{Amount, Quantity};
use jiff::civil::Date;
use platform::{ApiError, App, Id, auth};
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::PgPool;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::PurchaseOrderError;

/// Nothing is loaded from anywhere, and nothing is run.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// A purchase order as it is printed.
#[derive(sqlx::FromRow)]
pub(super) struct PrintedOrder {
    number: String,
    status: String,
    currency: String,
    #[sqlx(try_from = "jiff_sqlx::Date")]
    written_on: Date,
    expected_on: Option<jiff_sqlx::Date>,
    note: String,
    total: Decimal,
    supplier: String,
    supplier_code: String,
    supplier_address: String,
    contact: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    payment_terms: String,
    warehouse_id: i64,
    warehouse: String,
    warehouse_code: String,
    warehouse_address: String,
    #[sqlx(try_from = "String")]
    lines: PrintedLines,
}

/// Its lines, read from the JSON that the statement gathers them in.
pub(super) struct PrintedLines(Vec<PrintedLine>);

impl TryFrom<String> for PrintedLines {
    type Error = serde_json::Error;
    fn try_from(json: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&json).map(Self)
    }
}

/// A line of it, without what was cancelled.
#[derive(Deserialize)]
pub(super) struct PrintedLine {
    supplier_sku: Option<String>,
    sku: String,
    name: String,
    quantity: Quantity,
    unit: String,
    unit_cost: Amount,
    cost: Amount,
    expected_on: Option<Date>,
}

/// The route of printing.
pub(super) fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(print_purchase_order)).with_state(app)
}

/// Print a purchase order
///
/// A page of HTML for A4 paper, for people: to whom, where to, and each line by the supplier's own SKU, quantity, unit and
/// cost. What was cancelled is left out. One that may not be ordered yet, or any more, says so.
#[utoipa::path(get, path = "/purchase-orders/{id}/print", tag = "purchasing", operation_id = "print_purchase_order",
    responses((status = 200, description = "The page", body = String, content_type = "text/html",
        example = "<!DOCTYPE html><html lang=\"en\"><head><title>PO-000123</title></head><body>…</body></html>")),
    extensions(("x-problems" = json!(["purchase_order_not_found"]))))]
async fn print_purchase_order(State(app): State<App>, Id(id): Id) -> Result<Response, ApiError> {
    let order = read(app.db(), id).await?.ok_or(PurchaseOrderError::NotFound(id))?;
    auth::demand_warehouse(&[order.warehouse_id])?;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Html(page::page(&order).into_string())).into_response())
}

async fn read(db: &PgPool, id: i64) -> Result<Option<PrintedOrder>, sqlx::Error> {
    sqlx::query_as(include_str!("print.sql")).bind(id).fetch_optional(db).await
}
