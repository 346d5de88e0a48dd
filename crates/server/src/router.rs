//! Every route, and what holds for all of them.

use access::{Access, Guard};
use axum::Router;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use platform::{ApiError, error};
use stock::Ledger;
use utoipa_axum::router::OpenApiRouter;

use crate::front::{self, Front};
use crate::rules::RULES;
use crate::{Policy, docs, openapi, probes, web};

/// The service on the database of this ledger, for those whom `access` lets in.
pub fn router(ledger: Ledger, access: Access, policy: &Policy) -> Router {
    let guard = Guard::new(access.clone(), RULES);
    let (routes, document) = features(ledger, access).split_for_parts();
    let document = openapi::finish(document);
    let front = Front::new(guard, openapi::parameterless(&document), policy);
    routes
        .merge(docs::routes(&document))
        .merge(web::routes())
        .fallback(not_found)
        .layer(from_fn_with_state(front, front::answer))
}

/// The routes that are in the OpenAPI document.
pub(crate) fn features(ledger: Ledger, access: Access) -> OpenApiRouter {
    let app = ledger.app().clone();
    openapi::beginning()
        .merge(catalog::routes(app.clone()))
        .merge(stock::routes(app.clone(), ledger))
        .merge(purchasing::routes(app.clone()))
        .merge(events::routes(app.clone()))
        .merge(reports::routes(app.clone()))
        .merge(audit::routes(app.clone()))
        .merge(platform::settings::routes(app.clone()))
        .merge(access::routes(access))
        .merge(probes::routes(app))
}

async fn not_found(uri: Uri) -> ApiError {
    ApiError::new(&error::ROUTE_NOT_FOUND, format!("nothing is at {}; see /docs", uri.path()))
}
