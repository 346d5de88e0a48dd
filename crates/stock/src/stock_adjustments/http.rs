//! Stock adjustments over HTTP.

use axum::extract::State;
use platform::{ApiError, Post, Posted, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewStockAdjustmentSchema, StockAdjustment, StockAdjustmentView};
use crate::ledger::{DryRun, Ledger};

/// The routes of stock adjustments.
pub fn routes(ledger: Ledger) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(create_stock_adjustment)).with_state(ledger)
}

/// Adjust stock
///
/// Corrects what is on hand by `delta`, or to what was `counted`. Leaves a movement that says before, after, why, who and
/// when. With `dry_run=true` it shows the outcome and writes nothing.
#[utoipa::path(post, path = "/stock-adjustments", tag = "stock", operation_id = "create_stock_adjustment",
    params(("dry_run" = Option<bool>, Query, description = "show the outcome and write nothing")),
    request_body = NewStockAdjustmentSchema,
    responses((status = 201, body = StockAdjustmentView),
              (status = 200, body = StockAdjustmentView, description = "What a dry run would have done")),
    extensions(("x-problems" = json!(["insufficient_stock", "stale_quantity", "location_required", "location_not_open",
        "product_archived", "negative_since", "backdate_too_far", "period_closed"]))))]
async fn create_stock_adjustment(
    State(ledger): State<Ledger>,
    Query(dry_run): Query<DryRun>,
    post: Post<StockAdjustment>,
) -> Result<Posted<StockAdjustmentView>, ApiError> {
    let command = post.body.into_command(&post.actor, post.key);
    ledger.answer(command, dry_run, |outcome, _| outcome.into()).await
}
