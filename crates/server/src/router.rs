//! Every route, and what holds for all of them.

use access::{Access, Guard, guard};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::middleware::{from_fn, from_fn_with_state};
use platform::{ApiError, body, error, request_id};
use stock::Ledger;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::rates::Rates;
use crate::rules::RULES;
use crate::{Policy, docs, hosts, limits, observe, openapi, probes, rates, web};

/// The service on the database of this ledger, for those whom `access` lets in.
pub fn router(ledger: Ledger, access: Access, policy: &Policy) -> Router {
    let guard = Guard::new(access.clone(), RULES);
    let (routes, document) = features(ledger, access).split_for_parts();
    let rates = policy.requests_per_second.map(Rates::new);
    routes
        .merge(docs::routes(&openapi::finish(document)))
        .merge(web::routes())
        .fallback(not_found)
        // From here on the last one is the outermost: it sees a request first and its answer last.
        .layer(option_layer(rates.map(|rates| from_fn_with_state(rates, rates::limit))))
        .layer(from_fn_with_state(guard, guard::admit))
        .layer(option_layer(policy.only_local_names.then(|| from_fn(hosts::only_local))))
        .layer(DefaultBodyLimit::max(body::BYTES_MAX))
        .layer(from_fn(limits::enforce))
        .layer(CatchPanicLayer::custom(limits::after_panic))
        .layer(from_fn(observe::observe))
        .layer(from_fn(request_id::assign))
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
