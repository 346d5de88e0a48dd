//! Signing in with a provider of OpenID Connect over HTTP: there and back again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::peer::Peer;
use platform::{ApiError, FromParams, Params, Query};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::attempt::{self, Attempt, Next};
use super::{Oidc, ops};
use crate::{Access, problems, sessions};

/// What people can sign in with besides a password.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "Example ID"}))]
pub struct OidcProvider {
    /// What people know the provider as; null: there is none.
    #[schema(required)]
    name: Option<String>,
}

/// Where to go in the end.
#[derive(Debug)]
struct SignIn {
    next: Option<Next>,
}

/// What a provider sends a browser back with; it may add more.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Callback {
    /// Good once, for an ID token.
    code: Option<String>,
    /// What the browser took along.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// Who sends it back (RFC 9207).
    iss: Option<String>,
}

/// The routes of OpenID Connect.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_oidc))
        .routes(routes!(begin_oidc_sign_in))
        .routes(routes!(finish_oidc_sign_in))
        .with_state(access)
}

/// What can people sign in with?
///
/// Besides a password: the provider of OpenID Connect, if there is one.
#[utoipa::path(get, path = "/oidc", tag = "access", operation_id = "get_oidc",
    responses((status = 200, body = OidcProvider)))]
async fn get_oidc(State(access): State<Access>) -> Json<OidcProvider> {
    Json(OidcProvider { name: access.oidc().map(|oidc| oidc.name().to_owned()) })
}

/// Sign in with OpenID Connect
///
/// Leads a browser to the provider, which leads it back.
#[utoipa::path(get, path = "/oidc/sign-in", tag = "access", operation_id = "begin_oidc_sign_in",
    params(("next" = Option<String>, Query, max_length = 1000, pattern = r"^/(?!([^?#]*/)?(\.|%2[Ee]){1,2}([/?#]|$))([!-.0-\[\]-~][!-\[\]-~]*)?$", description = "where in the web app to go in the end, such as `/products`")),
    responses((status = 303, description = "To the provider, with a cookie")),
    extensions(("x-problems" = json!(["oidc_not_configured", "oidc_unavailable"]))))]
async fn begin_oidc_sign_in(
    State(access): State<Access>,
    headers: HeaderMap,
    peer: Peer,
    Query(SignIn { next }): Query<SignIn>,
) -> Response {
    let attempt = Attempt::begin(next);
    let address = async { configured(&access)?.address(&attempt).await };
    match address.await {
        Ok(address) => {
            let cookie = attempt::COOKIE.set(&headers, peer.is_secure, &attempt.cookie(), attempt::SECONDS);
            lead(&address, vec![cookie])
        }
        Err(error) => tell(&headers, error, Vec::new()),
    }
}

/// Come back from the provider
///
/// The provider sends browsers here; nobody else has to. Sets the session's cookie, as `POST /sessions` does, and leads into the web
/// app. What goes wrong is told on its page for signing in, as `?failed=` with the code; who asks for no HTML gets the problem.
#[utoipa::path(get, path = "/oidc/callback", tag = "access", operation_id = "finish_oidc_sign_in", params(Callback),
    responses((status = 303, description = "Into the web app")),
    extensions(("x-problems" = json!(["oidc_not_configured", "oidc_state_mismatch", "oidc_refused", "oidc_invalid_token", "oidc_email_unverified",
        "oidc_user_unknown", "oidc_unavailable", "too_many_attempts", "duplicate_email", "duplicate_user_name"])),
               ("x-without" = json!(["invalid_input"]))))]
async fn finish_oidc_sign_in(
    State(access): State<Access>,
    headers: HeaderMap,
    peer: Peer,
    callback: Result<axum::extract::Query<Callback>, QueryRejection>,
) -> Response {
    // Whatever comes of it, the attempt is over.
    let over = attempt::COOKIE.clear(&headers, peer.is_secure);
    match finish(&access, &headers, peer, callback).await {
        Ok((session, next)) => lead(&next.location(), vec![session, over]),
        Err(error) => {
            tracing::warn!(address = %peer.address, code = error.problem().code, "a sign-in by OpenID Connect was refused");
            tell(&headers, error, vec![over])
        }
    }
}

async fn finish(
    access: &Access,
    headers: &HeaderMap,
    peer: Peer,
    callback: Result<axum::extract::Query<Callback>, QueryRejection>,
) -> Result<(HeaderValue, Next), ApiError> {
    let oidc = configured(access)?;
    let attempt = attempt::COOKIE.find(headers, peer.is_secure).and_then(Attempt::from_cookie);
    let callback = callback.map(|axum::extract::Query(callback)| callback).ok();
    let (Some(attempt), Some(callback)) = (attempt, callback) else { return Err(state_mismatch()) };
    if callback.state.as_deref() != Some(attempt.state().as_str()) {
        return Err(state_mismatch());
    }
    let code = match (callback.code, callback.error) {
        (Some(code), None) => code,
        (_, error) => return Err(refused(error.as_deref().unwrap_or("no code"))),
    };
    oidc.check_issuer(callback.iss.as_deref())?;
    let now = ops::now(access).await?;
    access.delays().begin(None, peer.network())?;
    let (session, cookie) = sessions::begin(0, headers, peer);
    let mut refusal = json!({"by": "oidc"});
    let signed_in = match oidc.identify(&attempt, &code, now).await {
        Ok(identity) => {
            refusal["email"] = json!(identity.email.as_str());
            ops::sign_in(access, &identity, session).await
        }
        Err(error) => Err(error),
    };
    // The try counts against who was refused, and not where the provider has failed, or we.
    if signed_in.as_ref().err().is_none_or(|error| error.problem().status >= 500) {
        access.delays().forgive(None, peer.network());
    }
    if let Err(error) = signed_in {
        refusal["problem"] = json!(error.problem().code);
        ops::enter_refusal(access, &refusal).await?;
        return Err(error);
    }
    access.forget_callers();
    Ok((cookie, attempt.next().clone()))
}

fn configured(access: &Access) -> Result<&Arc<Oidc>, ApiError> {
    let none =
        || ApiError::new(&problems::OIDC_NOT_CONFIGURED, "this server knows no provider of OpenID Connect");
    access.oidc().ok_or_else(none)
}

fn state_mismatch() -> ApiError {
    let detail =
        "this browser has not begun this sign-in, or more than 10 minutes ago: begin again at /oidc/sign-in";
    ApiError::new(&problems::OIDC_STATE_MISMATCH, detail)
}

/// The provider's own word for it, as far as it is one.
pub(super) fn refused(word: &str) -> ApiError {
    let word: String =
        word.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == ' ').take(100).collect();
    ApiError::new(&problems::OIDC_REFUSED, format!("the provider did not let you in: {word}"))
}

/// Lead a browser somewhere.
fn lead(address: &str, cookies: Vec<HeaderValue>) -> Response {
    match HeaderValue::try_from(address) {
        Ok(address) => {
            with_cookies((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response(), cookies)
        }
        Err(error) => ApiError::internal(error).into_response(),
    }
}

/// Tell people on a page of the app, and programs by a problem.
fn tell(headers: &HeaderMap, error: ApiError, cookies: Vec<HeaderValue>) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        return lead(&format!("/app/sign-in?failed={}", error.problem().code), cookies);
    }
    with_cookies(error.into_response(), cookies)
}

fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl FromParams for SignIn {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        Some(Self { next: params.optional("next") })
    }
}
