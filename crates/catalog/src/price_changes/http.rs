//! Price changes over HTTP.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use platform::{ApiError, App, Document, Post, Query};
use stock::ledger::DryRun;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{NewPriceChange, NewPriceChangeSchema};
use super::model::PriceChangeView;
use super::ops;

/// The routes of price changes.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(create_price_change)).with_state(app)
}

/// Change many prices at once
///
/// By a percentage of the price in effect at that moment, for the products that a filter finds, or to the prices of a
/// list; at most 10,000 products, all of them or none. From now on or, with `effective_from`, from a moment in the future
/// on. Prices that are scheduled after that moment stay. With `dry_run=true` it shows every price before and after, and
/// writes nothing.
///
/// A percentage is taken exactly and rounded once, to the nearest price of the form that `round_to` and `ending` give,
/// upwards where two are as near; what costs something never becomes free by it.
#[utoipa::path(post, path = "/price-changes", tag = "products", operation_id = "create_price_change",
    params(("dry_run" = Option<bool>, Query, description = "show the outcome and write nothing")),
    request_body = NewPriceChangeSchema,
    responses((status = 201, body = PriceChangeView),
              (status = 200, body = PriceChangeView, description = "What a dry run would have done")),
    extensions(("x-problems" = json!(["duplicate_price_moment"]))))]
async fn create_price_change(
    State(app): State<App>,
    Query(DryRun(dry_run)): Query<DryRun>,
    post: Post<NewPriceChange>,
) -> Result<Response, ApiError> {
    if dry_run {
        let mut db = app.db().acquire().await?;
        let view = ops::preview(&mut db, &post.body, app.base_currency()).await?;
        return Ok(Document(view).into_response());
    }
    let input = (post.body, app.base_currency(), post.actor);
    let created = app.write_once("create_price_change", post.key, input, |db, (new, currency, actor)| {
        Box::pin(async move { Ok(ops::create(db, new, *currency, actor).await?) })
    });
    Ok(created.await?.created("/price-changes").into_response())
}
