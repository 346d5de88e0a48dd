//! What every request goes through before its handler, and every answer after it.
//!
//! It is one layer and no stack of layers: axum copies the services of a stack, each with all that is below it, for every
//! request.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use access::Guard;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt;
use platform::{Peer, body, request_id};

use crate::cors::Asked;
use crate::queries::Parameterless;
use crate::rates::Rates;
use crate::{Origins, Policy, hosts, limits, observe};

/// What it goes by.
#[derive(Debug)]
pub(crate) struct Front {
    guard: Guard,
    parameterless: Parameterless,
    rates: Option<Rates>,
    only_local_names: bool,
    origins: Origins,
}

impl Front {
    pub(crate) fn new(guard: Guard, parameterless: Parameterless, policy: &Policy) -> Arc<Self> {
        let rates = policy.requests_per_second.map(Rates::new);
        let (only_local_names, origins) = (policy.only_local_names, policy.origins.clone());
        Arc::new(Self { guard, parameterless, rates, only_local_names, origins })
    }
}

/// Has the request answered: the first step sees it first, and its answer last.
pub(crate) async fn answer(State(front): State<Arc<Front>>, request: Request, next: Next) -> Response {
    let asked = front.origins.asked(&request);
    let count = |request| front.count(request, next);
    let admit = |request| front.admit(asked.as_ref(), request, count);
    let enforce = |mut request| {
        DefaultBodyLimit::max(body::BYTES_MAX).apply(&mut request);
        limits::enforce(request, |request| front.check_host(request, admit))
    };
    let outlive = |request| AssertUnwindSafe(enforce(request)).catch_unwind().map(limits::unless_panicked);
    let mut response = request_id::assign(request, |request| observe::observe(request, outlive)).await;
    if let Some(asked) = asked {
        asked.open(response.headers_mut());
    }
    response
}

impl Front {
    async fn check_host<F>(&self, request: Request, next: impl FnOnce(Request) -> F) -> Response
    where
        F: Future<Output = Response>,
    {
        if self.only_local_names { hosts::only_local(request, next).await } else { next(request).await }
    }

    /// What the guard refuses is counted as well. By then a key that nobody has has been looked up: to ask for its address first
    /// would shut out those who have a good one there.
    async fn admit<F>(
        &self,
        asked: Option<&Asked>,
        request: Request,
        next: impl FnOnce(Request) -> F,
    ) -> Response
    where
        F: Future<Output = Response>,
    {
        if let Some(answer) = asked.and_then(|asked| asked.preflight(&self.guard, &request)) {
            return answer;
        }
        let Some(rates) = &self.rates else { return self.guard.admit(request, next).await };
        let peer = Peer::of(request.extensions());
        let response = self.guard.admit(request, next).await;
        match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED => {
                rates.count_refused(peer, response)
            }
            _ => response,
        }
    }

    async fn count(&self, request: Request, next: Next) -> Response {
        match &self.rates {
            Some(rates) => rates.limit(request, |request| self.handle(request, next)).await,
            None => self.handle(request, next).await,
        }
    }

    async fn handle(&self, request: Request, next: Next) -> Response {
        match self.parameterless.check(&request) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    }
}
