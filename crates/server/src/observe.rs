//! One log line and one measurement per request, and the headers that every answer has.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use platform::Peer;

use crate::headers::Kind;
use crate::metrics;

/// Logs and measures the answer. The span around it, by `platform::request_id`, has id, method and path.
pub(crate) async fn observe<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let is_secure = request.extensions().get::<Peer>().is_some_and(|peer| peer.is_secure);
    let kind = Kind::of(request.uri().path());
    let mut response = next(request).await;
    let (status, took) = (response.status(), began.elapsed());
    metrics::answered(&method, route.as_ref(), status, took);
    tracing::info!(status = status.as_u16(), elapsed_us = took.as_micros(), "answered");
    kind.protect(response.headers_mut(), is_secure);
    response
}
