//! How often each caller may come, and what is left to them: `RateLimit` headers as in
//! draft-ietf-httpapi-ratelimit-headers.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use edge::{Buckets, Left};
use platform::auth::CallerKind;
use platform::{Actor, ApiError, Peer, error};

use crate::probes;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// So many seconds of requests may come at once.
const WINDOW: Duration = Duration::from_secs(10);

/// How often each caller may come.
#[derive(Debug)]
pub(crate) struct Rates {
    buckets: Buckets,
    policy: HeaderValue,
}

impl Rates {
    /// So many requests a second, and ten times as many at once.
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        let buckets = Buckets::new(per_second, WINDOW);
        let policy = format!("\"caller\";q={};w={}", buckets.capacity(), WINDOW.as_secs());
        let policy = HeaderValue::try_from(policy).expect("visible ASCII");
        Self { buckets, policy }
    }

    /// Has a request answered, unless its caller has come too often.
    pub(crate) async fn limit<F>(&self, request: Request, next: impl FnOnce(Request) -> F) -> Response
    where
        F: Future<Output = Response>,
    {
        if probes::PATHS.contains(&request.uri().path()) {
            return next(request).await;
        }
        let left = self.buckets.take(&Caller::of(request.extensions().get(), Peer::of(request.extensions())));
        let mut response = match left.wait {
            None => next(request).await,
            Some(wait) => refusal(wait),
        };
        self.tell(&mut response, left);
        response
    }

    /// Counts a request that was refused before it came as far as [`Self::limit`]: for whom it was refused, or for its address.
    pub(crate) fn count_refused(&self, peer: Peer, mut refused: Response) -> Response {
        if refused.headers().contains_key(RATE_LIMIT) {
            return refused;
        }
        let left = self.buckets.take(&Caller::of(refused.extensions().get(), peer));
        if let Some(wait) = left.wait {
            refused = refusal(wait);
        }
        self.tell(&mut refused, left);
        refused
    }

    /// Add what is left to an answer.
    fn tell(&self, response: &mut Response, left: Left) {
        let headers = response.headers_mut();
        if let Ok(value) =
            HeaderValue::try_from(format!("\"caller\";r={};t={}", left.tokens, seconds(left.full_in)))
        {
            headers.insert(RATE_LIMIT, value);
        }
        headers.insert(POLICY, self.policy.clone());
    }
}

fn refusal(wait: Duration) -> Response {
    let detail = "there were too many requests of yours: Retry-After says how many seconds to wait";
    let mut response = ApiError::new(&error::TOO_MANY_REQUESTS, detail).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait).max(1)));
    response
}

/// Whom requests are counted for.
#[derive(Hash)]
enum Caller {
    ApiKey(i64),
    Session(i64),
    /// Who has shown nothing: the network.
    Network(IpAddr),
}

impl Caller {
    fn of(actor: Option<&Actor>, peer: Peer) -> Self {
        match actor.map(Actor::kind) {
            Some(CallerKind::ApiKey { api_key_id, .. }) => Self::ApiKey(api_key_id),
            Some(CallerKind::Person { session_id, .. }) => Self::Session(session_id),
            Some(CallerKind::Demo | CallerKind::Internal) | None => Self::Network(peer.network()),
        }
    }
}

/// Whole seconds, rounded up.
fn seconds(duration: Duration) -> u64 {
    duration.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
}
