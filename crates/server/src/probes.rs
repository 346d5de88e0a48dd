//! Is it alive, is it ready, how is it doing: for supervisors, load balancers and Prometheus.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use platform::{ApiError, App, error};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::metrics;

/// How long the database may take for nothing at all.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// Answered however many connections there are.
pub(crate) const PATHS: [&str; 3] = ["/livez", "/readyz", "/metrics"];

#[derive(Serialize, ToSchema)]
#[schema(example = json!({"status": "ok"}))]
struct Health {
    /// Always `ok`: whoever is not well answers with a problem.
    status: &'static str,
}

const OK: Json<Health> = Json(Health { status: "ok" });

/// The routes of the probes.
pub(crate) fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_liveness))
        .routes(routes!(get_readiness))
        .routes(routes!(get_metrics))
        .with_state(app)
}

/// Is the process alive?
///
/// Does not ask the database: a server whose database is away need not be restarted.
#[utoipa::path(get, path = "/livez", tag = "service", operation_id = "get_liveness",
    responses((status = 200, description = "It is", body = Health)))]
async fn get_liveness() -> Json<Health> {
    OK
}

/// Can it serve?
///
/// Asks the database, which has 2 seconds to answer.
#[utoipa::path(get, path = "/readyz", tag = "service", operation_id = "get_readiness",
    responses((status = 200, description = "It can", body = Health)),
    extensions(("x-problems" = json!(["database_unavailable"]))))]
async fn get_readiness(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    let asked = tokio::time::timeout(READY_WITHIN, sqlx::query("select 1").execute(app.db())).await;
    match asked {
        Ok(Ok(_)) => Ok(OK),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            Err(unavailable("the database does not answer"))
        }
        Err(_) => Err(unavailable("the database did not answer within 2 s")),
    }
}

fn unavailable(detail: &str) -> ApiError {
    ApiError::new(&error::DATABASE_UNAVAILABLE, detail)
}

/// Figures for Prometheus
///
/// Duration and number of requests by route, method and status; connections to the database.
#[utoipa::path(get, path = "/metrics", tag = "service", operation_id = "get_metrics",
    responses((status = 200, description = "The figures", body = String, content_type = "text/plain; version=0.0.4",
        example = "database_connections{state=\"idle\"} 3")),
    // Whose key it is takes the database, and refusals count.
    extensions(("x-problems" = json!(["too_many_requests", "database_unavailable", "busy"]))))]
async fn get_metrics(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics::render(&app))
}
