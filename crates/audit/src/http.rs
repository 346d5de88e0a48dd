//! The audit log over HTTP.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use platform::{Actor, ApiError, App, Cursor, Document, Page, Query, audit, error};
use serde_json::json;
use tokio::time::Instant;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::export;
use crate::model::{AuditLogFilter, EntryView, ExportFilter, Format, VerifyFilter};
use crate::reader::Reader;
use crate::store;
use crate::verify::{AuditReport, AuditVerification};

/// The name of the list, to which its cursors are bound.
const LIST: &str = "audit log";

/// When a verification ends with what it has: a request may take 30 s, and a step may take longer than usual.
const CHECK_FOR: Duration = Duration::from_secs(20);

/// The routes of the audit log.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_audit_log))
        .routes(routes!(export_audit_log))
        .routes(routes!(verify_audit_log))
        .with_state(app)
}

/// Read the audit log
///
/// Who did what besides moving stock, from where, and when; newest first. Stock has its own record, the ledger. What can be
/// done is listed in the manual. What changed is told to those who may read what was changed: `detail_needs`.
#[utoipa::path(get, path = "/audit-log", tag = "audit log", operation_id = "list_audit_log",
    params(("actor" = Option<Vec<domain::OneLine>>, Query, description = "by whom, to the letter; may be repeated"),
           ("action" = Option<Vec<domain::OneLine>>, Query, description = "what was done, such as `warehouse.updated`; may be repeated"),
           ("target" = Option<Vec<domain::OneLine>>, Query, description = "to which one, such as `warehouse:2`; may be repeated"),
           ("since" = Option<String>, Query, format = DateTime, description = "not before this time"),
           ("until" = Option<String>, Query, format = DateTime, description = "before this time")),
    responses((status = 200, body = Page<EntryView>)))]
async fn list_audit_log(
    State(app): State<App>,
    actor: Actor,
    Query(filter): Query<AuditLogFilter>,
) -> Result<Page<EntryView>, ApiError> {
    let AuditLogFilter { criteria, paging } = filter;
    let before = paging.after(LIST, 2)?.map(|cursor| position(&cursor)).transpose()?;
    let rows = store::list(app.db(), &criteria, before, paging.rows()).await?;
    let rows = Reader::new(actor).told(rows);
    Ok(paging.page(LIST, rows, |row| vec![row.recorded_at.to_string(), row.id.to_string()]))
}

fn position(cursor: &Cursor) -> Result<(Timestamp, i64), ApiError> {
    let recorded_at = cursor.text(0).parse();
    let invalid = |_| ApiError::new(&error::INVALID_CURSOR, "use the next_cursor of this list");
    Ok((recorded_at.map_err(invalid)?, cursor.number(1)))
}

/// Export the audit log
///
/// All that the filter finds, newest first, in one answer: as CSV, whose cells no spreadsheet takes for formulas, or as NDJSON, a
/// JSON object on each line. That it was exported is entered, too.
#[utoipa::path(get, path = "/audit-log/export", tag = "audit log", operation_id = "export_audit_log",
    params(("format" = inline(Option<Format>), Query, description = "`csv` (which it is otherwise) or `ndjson`"),
           ("actor" = Option<Vec<domain::OneLine>>, Query, description = "by whom, to the letter; may be repeated"),
           ("action" = Option<Vec<domain::OneLine>>, Query, description = "what was done; may be repeated"),
           ("target" = Option<Vec<domain::OneLine>>, Query, description = "to which one; may be repeated"),
           ("since" = Option<String>, Query, format = DateTime, description = "not before this time"),
           ("until" = Option<String>, Query, format = DateTime, description = "before this time")),
    responses((status = 200, description = "The entries", content(
        (String = "text/csv", example = "id,recorded_at,actor\r\n81,2026-01-31T12:00:00.123456Z,anna\r\n"),
        (String = "application/x-ndjson", example = "{\"id\": 81, \"actor\": \"anna\"}\n")))))]
async fn export_audit_log(
    State(app): State<App>,
    actor: Actor,
    Query(filter): Query<ExportFilter>,
) -> Result<Response, ApiError> {
    let ExportFilter { criteria, format } = filter;
    let detail = json!({"format": format.as_str()});
    audit::enter_alone(&app, "audit_log.exported", "audit_log", detail).await?;
    Ok(export::answer(app, Reader::new(actor), criteria, format))
}

/// Verify the audit log
///
/// Recomputes the chain over the entries, and says what is not as it was written. With `seq` and `chain`, a head that was noted
/// earlier, also whether that is still in it. It works for at most 20 seconds; if more is left then, `next_after` says where to go on.
/// The chain is for those who may read every detail that the log has: others are told no head, and compare none.
#[utoipa::path(get, path = "/audit-log/verify", tag = "audit log", operation_id = "verify_audit_log",
    params(("after" = Option<i64>, Query, description = "`next_after` of the answer before"),
           ("seq" = Option<i64>, Query, description = "place of a head that was noted"),
           ("chain" = Option<String>, Query, pattern = "^[0-9a-fA-F]{64}$", description = "its chain, in hexadecimal")),
    responses((status = 200, body = AuditReport)))]
async fn verify_audit_log(
    State(app): State<App>,
    actor: Actor,
    Query(filter): Query<VerifyFilter>,
) -> Result<Document<AuditReport>, ApiError> {
    let begun = Instant::now();
    let reader = Reader::new(actor);
    let mut verification = AuditVerification::new(app.clone(), filter.after).await?;
    if let Some(head) = &filter.head {
        reader.demand_chain()?;
        verification.compare(head).await?;
    }
    while verification.step().await? && begun.elapsed() < CHECK_FOR {}
    let report = verification.into_report();
    enter_verification(&app, &report).await?;
    Ok(Document(reader.told_report(report)))
}

/// Enter into the audit log that it was verified itself, and what came of it.
pub async fn enter_verification(app: &App, report: &AuditReport) -> Result<(), ApiError> {
    let detail = json!({"entries": report.entries, "differences": report.differences.len()});
    audit::enter_alone(app, "audit_log.verified", "audit_log", detail).await
}
