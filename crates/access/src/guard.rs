//! Before every handler: who is it, and may they? What the table of routes does not allow ends here.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use platform::auth::{self, Actor, CallerKind};
use platform::peer::Peer;
use platform::{ApiError, error};

use crate::Access;
use crate::credentials::{Credentials, refuse_cross_site};
use crate::rules::{Demand, Rule, Rules};

/// Who lets requests in.
#[derive(Clone, Debug)]
pub struct Guard {
    access: Access,
    rules: Arc<Rules>,
}

/// Why a request is not let in.
enum Refusal {
    Problem(ApiError),
    /// The path takes other methods: these.
    Method(ApiError, String),
}

impl Guard {
    /// Who goes by this table.
    ///
    /// # Panics
    /// If a route is in it twice.
    pub fn new(access: Access, rules: &[Rule]) -> Self {
        Self { access, rules: Arc::new(Rules::new(rules)) }
    }

    /// The methods that a path of the router takes, as a header names them; none: it is not in the table.
    pub fn methods(&self, path: &str) -> Option<String> {
        self.rules.methods(path)
    }

    /// Lets a request pass, or answers it.
    pub async fn admit<F>(&self, request: Request, next: impl FnOnce(Request) -> F) -> Response
    where
        F: Future<Output = Response>,
    {
        let (mut parts, body) = request.into_parts();
        match self.judge(&parts).await {
            Ok(actor) => {
                if let Some(actor) = &actor {
                    parts.extensions.insert(actor.clone());
                }
                auth::acting_for(actor, next(Request::from_parts(parts, body))).await
            }
            Err(refusal) => refusal.into_response(),
        }
    }

    /// Who sends a request that may pass; nobody where nobody is asked.
    async fn judge(&self, request: &Parts) -> Result<Option<Actor>, Refusal> {
        let Some(path) = request.extensions.get::<MatchedPath>() else {
            return Ok(None); // nothing is there, and that is what it will be told
        };
        let (method, headers) = (&request.method, &request.headers);
        let rule = match self.rules.find(path.as_str(), method) {
            Some(Ok(rule)) => rule,
            Some(Err(allowed)) => {
                let detail =
                    format!("{} does not take {method}; Allow names what it takes", request.uri.path());
                return Err(Refusal::Method(ApiError::new(&error::METHOD_NOT_ALLOWED, detail), allowed));
            }
            None => {
                tracing::error!(path = path.as_str(), "a route that is not in the table of routes");
                let detail = "nothing is at this path";
                return Err(Refusal::Problem(ApiError::new(&error::ROUTE_NOT_FOUND, detail)));
            }
        };
        if rule.demand == Demand::Nothing {
            refuse_cross_site(method, headers, false)?;
            return Ok(None);
        }
        let is_secure = request.extensions.get::<Peer>().is_some_and(|peer| peer.is_secure);
        let credentials = Credentials::of(headers, is_secure);
        let actor = self.access.find_caller(credentials).await?;
        let is_by_cookie = matches!(actor.kind(), CallerKind::Person { .. });
        if !matches!(credentials, Credentials::ApiKey(_)) {
            refuse_cross_site(method, headers, is_by_cookie)?;
        }
        check(rule.demand, &actor)?;
        if !rule.heeds_warehouses && actor.warehouses().is_some() {
            let detail = "only whoever may work in every warehouse may do that";
            return Err(ApiError::new(&error::WAREHOUSE_DENIED, detail).into());
        }
        Ok(Some(actor))
    }
}

fn check(demand: Demand, actor: &Actor) -> Result<(), ApiError> {
    match demand {
        Demand::Nothing | Demand::Caller => Ok(()),
        Demand::Person if matches!(actor.kind(), CallerKind::ApiKey { .. }) => {
            let detail = "only a person who has signed in may do that, and no API key";
            Err(ApiError::new(&error::PERMISSION_DENIED, detail))
        }
        Demand::Person => Ok(()),
        Demand::Permission(permission) => actor.demand(permission),
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Problem(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(error) => error.into_response(),
            Self::Method(error, allowed) => {
                let mut response = error.into_response();
                if let Ok(allowed) = HeaderValue::try_from(allowed) {
                    response.headers_mut().insert(header::ALLOW, allowed);
                }
                response
            }
        }
    }
}
