//! What holds for every request: a limit on its address, a limit on its time, a word for who is one too many, and an answer
//! even after a panic.
//!
//! The limits on heads and connections are those of `edge`. The limit on bodies is `axum::extract::DefaultBodyLimit`, which also counts what arrives in chunks.

use std::any::Any;
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use edge::Crowded;
use platform::{ApiError, error};

use crate::probes;

/// Longest path and query.
const ADDRESS_BYTES_MAX: usize = 8 * 1024;

/// Longest time until an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Refuses who is one too many, and an address that is too long, and answers for a handler that takes too long.
pub(crate) async fn enforce<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    enforce_within(ANSWER_WITHIN, request, next).await
}

async fn enforce_within<F>(limit: Duration, request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    if request.extensions().get::<Crowded>().is_some() && !probes::PATHS.contains(&request.uri().path()) {
        return ApiError::new(&error::BUSY, "too many connections are open").into_response();
    }
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if address.len() > ADDRESS_BYTES_MAX {
        return ApiError::new(&error::URI_TOO_LONG, "send at most 8 KiB").into_response();
    }
    let only_reads = request.method().is_safe();
    let answer = tokio::time::timeout(limit, next(request)).await;
    answer.unwrap_or_else(|_| too_late(only_reads).into_response())
}

/// A write goes on in a task of its own, so nobody knows yet how it ends.
fn too_late(only_reads: bool) -> ApiError {
    if only_reads {
        ApiError::new(&error::REQUEST_TIMEOUT, "it took longer than 30 s; nothing was changed")
    } else {
        let detail =
            "it took longer than 30 s and may still happen: look, or retry with the same Idempotency-Key";
        ApiError::new(&error::OUTCOME_UNKNOWN, detail)
    }
}

/// What was answered, or the answer of a handler that panicked. The panic itself has been reported on stderr.
pub(crate) fn unless_panicked(answered: Result<Response, Box<dyn Any + Send>>) -> Response {
    let panic = match answered {
        Ok(response) => return response,
        Err(panic) => panic,
    };
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    ApiError::internal(format_args!("a handler panicked: {message}")).into_response()
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Method, StatusCode};
    use axum::middleware::{Next, from_fn};
    use axum::routing::any;
    use futures_util::FutureExt;
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;

    /// The limit of these tests. What answers at all does so within it.
    const SOON: Duration = Duration::from_millis(200);

    async fn never() {
        std::future::pending::<()>().await;
    }

    async fn panics() {
        panic!("on purpose");
    }

    /// Status and code of the answer.
    async fn answer(method: Method, path: &str) -> (StatusCode, Value) {
        let router = Router::new().route("/never", any(never)).route("/panics", any(panics)).layer(from_fn(
            |request, next: Next| {
                let answered = enforce_within(SOON, request, |request| next.run(request));
                AssertUnwindSafe(answered).catch_unwind().map(unless_panicked)
            },
        ));
        let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
        let Ok(response) = router.oneshot(request).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let problem: Value = serde_json::from_slice(&body).expect("a problem");
        (status, problem["code"].clone())
    }

    #[tokio::test]
    async fn what_takes_too_long_is_answered_and_a_write_is_not_called_failed() {
        let late = StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(answer(Method::GET, "/never").await, (late, "request_timeout".into()));
        assert_eq!(answer(Method::POST, "/never").await, (late, "outcome_unknown".into()));
    }

    #[tokio::test]
    async fn a_panic_is_answered() {
        let defect = (StatusCode::INTERNAL_SERVER_ERROR, "internal_error".into());
        assert_eq!(answer(Method::GET, "/panics").await, defect);
    }

    #[tokio::test]
    async fn an_address_has_at_most_8_kib() {
        let address = format!("/{}", "a".repeat(8 * 1024));
        let refused = (StatusCode::URI_TOO_LONG, "uri_too_long".into());
        assert_eq!(answer(Method::GET, &address).await, refused);
    }
}
