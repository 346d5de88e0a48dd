//! The id by which a request is found in the log, in every answer as `X-Request-Id`, in problems as `request_id`; and where
//! the request has come from.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderValue, header, header::HeaderName};
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use crate::Peer;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Origin;
}

/// Where a request has come from. The transactions that it begins tell it to the database, for the audit log.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its id.
    pub id: String,
    /// The address of the client; none: it did not come over a connection.
    pub address: Option<IpAddr>,
    user_agent: Option<HeaderValue>,
}

impl Origin {
    /// The program that has sent it, as that names itself.
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_ref().and_then(|value| value.to_str().ok())
    }
}

/// The id of the request being answered.
pub fn current() -> Option<String> {
    CURRENT.try_with(|origin| origin.id.clone()).ok()
}

/// Where the request being answered has come from.
pub fn origin() -> Option<Origin> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Gives each request an id and a log span. A sane id of the caller's is kept, so that logs can be joined.
pub async fn assign<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let given = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    let sane = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let id = given.filter(sane).map_or_else(|| Uuid::now_v7().simple().to_string(), str::to_owned);
    let span = tracing::info_span!("request", %id, method = %request.method(), path = request.uri().path());
    let origin = Origin {
        id: id.clone(),
        address: request.extensions().get::<Peer>().map(|peer| peer.address),
        user_agent: request.headers().get(header::USER_AGENT).cloned(),
    };
    let mut response = CURRENT.scope(origin, next(request).instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
