//! Before every handler: who is it, and may they? What the table of routes does not allow ends here.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use platform::auth::{self, Actor, CallerKind, Standing};
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
struct Refusal {
    problem: ApiError,
    /// Who has sent it, if that is known.
    actor: Option<Actor>,
    /// The methods that the path takes instead.
    allowed: Option<String>,
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

    /// Lets a request pass, or answers it; a refusal has the [`Actor`] in its extensions, if it is known who was refused.
    pub async fn admit<F>(&self, request: Request, next: impl FnOnce(Request) -> F) -> Response
    where
        F: Future<Output = Response>,
    {
        let (mut parts, body) = request.into_parts();
        match self.judge(&parts).await {
            Ok(standing) => {
                let actor = standing.as_ref().map(Standing::actor).cloned();
                if let (Some(standing), Some(actor)) = (standing, &actor) {
                    parts.extensions.insert(actor.clone());
                    parts.extensions.insert(standing);
                }
                auth::acting_for(actor, next(Request::from_parts(parts, body))).await
            }
            Err(refusal) => refusal.into_response(),
        }
    }

    /// Who sends a request that may pass; nobody where nobody is asked.
    async fn judge(&self, request: &Parts) -> Result<Option<Standing>, Refusal> {
        let Some(path) = request.extensions.get::<MatchedPath>() else {
            return Ok(None); // nothing is there, and that is what it will be told
        };
        let (method, headers) = (&request.method, &request.headers);
        let credentials = Credentials::of(headers, Peer::of(&request.extensions).is_secure);
        let rule = match self.rules.find(path.as_str(), method) {
            Some(Ok(rule)) => rule,
            Some(Err(allowed)) => {
                let detail =
                    format!("{} does not take {method}; Allow names what it takes", request.uri.path());
                let problem = ApiError::new(&error::METHOD_NOT_ALLOWED, detail);
                let found = self.access.find_caller(credentials).await.ok();
                let actor = found.map(|standing| standing.actor().clone());
                return Err(Refusal { problem, actor, allowed: Some(allowed) });
            }
            None => {
                tracing::error!(path = path.as_str(), "a route that is not in the table of routes");
                let detail = "nothing is at this path";
                return Err(ApiError::new(&error::ROUTE_NOT_FOUND, detail).into());
            }
        };
        if rule.demand == Demand::Nothing {
            refuse_cross_site(method, headers, false)?;
            return Ok(None);
        }
        let standing = self.access.find_caller(credentials).await?;
        let actor = standing.actor();
        let is_by_key = matches!(credentials, Credentials::ApiKey(_));
        match may_pass(request, &rule, actor, is_by_key) {
            Ok(()) => Ok(Some(standing)),
            Err(problem) => Err(Refusal { actor: Some(actor.clone()), ..problem.into() }),
        }
    }
}

/// Whether this actor may send this request.
fn may_pass(request: &Parts, rule: &Rule, actor: &Actor, is_by_key: bool) -> Result<(), ApiError> {
    if !is_by_key {
        let is_by_cookie = matches!(actor.kind(), CallerKind::Person { .. });
        refuse_cross_site(&request.method, &request.headers, is_by_cookie)?;
    }
    check(rule.demand, actor)?;
    if !rule.heeds_warehouses && actor.warehouses().is_some() {
        let detail = "only whoever may work in every warehouse may do that";
        return Err(ApiError::new(&error::WAREHOUSE_DENIED, detail));
    }
    Ok(())
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
    fn from(problem: ApiError) -> Self {
        Self { problem, actor: None, allowed: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.problem.into_response();
        if let Some(allowed) = self.allowed.and_then(|allowed| HeaderValue::try_from(allowed).ok()) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        if let Some(actor) = self.actor {
            response.extensions_mut().insert(actor);
        }
        response
    }
}
