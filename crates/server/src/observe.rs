//! One log line and one measurement per request, and the headers that every answer has.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::metrics;

/// Logs and measures the answer. The span around it, by `platform::request_id`, has id, method and path.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let (status, took) = (response.status(), began.elapsed());
    metrics::answered(&method, route.as_ref(), status, took);
    tracing::info!(status = status.as_u16(), elapsed_us = took.as_micros(), "answered");
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
