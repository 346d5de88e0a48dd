//! Verification and heads over HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use platform::{ApiError, App, Document, Page, Paging, Query, audit};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{Head, Report, VerifyFilter};
use super::{Position, Verification, store};
use crate::problems;

/// When a verification ends with what it has: a request may take 30 s, and a step may take longer than usual.
const CHECK_FOR: Duration = Duration::from_secs(20);

/// The name of the list of heads, to which its cursors are bound.
const HEADS: &str = "ledger heads";

/// Verifies, one request at a time.
#[derive(Clone)]
struct Verifier {
    app: App,
    turn: Arc<Semaphore>,
}

/// The routes of verification.
pub fn routes(app: App) -> OpenApiRouter {
    let verifier = Verifier { app: app.clone(), turn: Arc::new(Semaphore::new(1)) };
    OpenApiRouter::new()
        .routes(routes!(verify_ledger))
        .with_state(verifier)
        .merge(OpenApiRouter::new().routes(routes!(list_ledger_heads)).with_state(app))
}

/// Verify the ledger
///
/// Recomputes levels, totals and chains from the entries, and says where they do not agree. It works for at most 20 seconds; if more
/// is left then, `next_after` says where to go on. One verification runs at a time.
#[utoipa::path(get, path = "/ledger/verify", tag = "stock", operation_id = "verify_ledger",
    params(("product_id" = Option<Vec<i64>>, Query, description = "key of a product: verify only its part; may be repeated"),
           ("sku" = Option<Vec<domain::Sku>>, Query, description = "SKU of a product, in any case; may be repeated"),
           ("after" = Option<String>, Query, min_length = 1, description = "`next_after` of the answer before; or the key of a product: verify what comes after it")),
    responses((status = 200, body = Report)),
    extensions(("x-problems" = json!(["verification_running"]))))]
async fn verify_ledger(
    State(verifier): State<Verifier>,
    Query(filter): Query<VerifyFilter>,
) -> Result<Document<Report>, ApiError> {
    let Verifier { app, turn } = verifier;
    let taken =
        || ApiError::new(&problems::VERIFICATION_RUNNING, "somebody else verifies: wait until that is done");
    let _turn = turn.try_acquire().map_err(|_| taken())?;
    let scope = filter.products.resolve(app.db()).await?;
    let begun = Instant::now();
    let from = filter.after.unwrap_or(Position::START);
    let mut verification = Verification::new(app.clone(), scope.products, from);
    while verification.step().await? && begun.elapsed() < CHECK_FOR {}
    let report = verification.into_report();
    enter_verification(&app, &report).await?;
    Ok(Document(report))
}

/// Enter into the audit log that the ledger was verified, and what came of it.
pub async fn enter_verification(app: &App, report: &Report) -> Result<(), ApiError> {
    let (found, checked) = (report.differences.len(), &report.checked);
    let detail = json!({"checked": checked, "differences": found, "next_after": report.next_after});
    audit::enter_alone(app, "ledger.verified", "ledger", detail).await
}

/// List the heads of the ledger
///
/// The end of the chain of each stock level: what to note out of reach, so that nobody can cut off the ledger's end or write it
/// anew unseen. `stockbook ledger-head` writes them into one file, and `stockbook verify --heads` compares.
#[utoipa::path(get, path = "/ledger/heads", tag = "stock", operation_id = "list_ledger_heads",
    responses((status = 200, body = Page<Head>)))]
async fn list_ledger_heads(
    State(app): State<App>,
    Query(paging): Query<Paging>,
) -> Result<Page<Head>, ApiError> {
    let after = paging.after(HEADS, 3)?;
    let rows = store::heads(app.db(), after.as_ref().map(store::level_of), paging.rows()).await?;
    let key = |head: &Head| {
        let lot = head.lot.clone().unwrap_or_default();
        vec![head.product_id.to_string(), head.location_id.to_string(), lot]
    };
    Ok(paging.page(HEADS, rows, key))
}
