//! Sessions over HTTP: signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::auth::CallerKind;
use platform::peer::Peer;
use platform::{Actor, ApiError, Body, Id, Page, Paging, Query};
use serde::Serialize;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewSession, SessionView};
use super::store;
use crate::credentials::{SESSION, session_of};
use crate::token::Secret;
use crate::{Access, problems, users};

/// How long a browser keeps the cookie; the session itself ends by the database's clock.
const COOKIE_SECONDS: u64 = 8 * 60 * 60;

/// Of a browser's name, as much as is kept.
const USER_AGENT_CHARS: usize = 400;

/// The routes of sessions.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_sessions, create_session))
        .routes(routes!(delete_current_session))
        .routes(routes!(delete_session))
        .with_state(access)
}

/// 201 with a cookie, for somebody who has just come in.
pub(crate) struct SignedIn<T> {
    pub(crate) cookie: HeaderValue,
    pub(crate) body: T,
}

impl<T: Serialize> IntoResponse for SignedIn<T> {
    fn into_response(self) -> Response {
        let headers = [
            (header::SET_COOKIE, self.cookie),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (StatusCode::CREATED, headers, Json(self.body)).into_response()
    }
}

/// Who is at the other end, and a new session for them: its secret goes into the cookie, in the place of that of the session that the
/// browser has had.
pub(crate) fn begin(user_id: i64, headers: &HeaderMap, peer: Peer) -> (store::NewRow, HeaderValue) {
    let secret = Secret::generate();
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let user_agent = agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS).collect();
    let replaced = session_of(headers, peer.is_secure);
    let row =
        store::NewRow { token_hash: secret.hash(), user_id, user_agent, address: peer.address, replaced };
    (row, SESSION.set(headers, peer.is_secure, secret.expose(), COOKIE_SECONDS))
}

/// List your sessions
///
/// Those that you have signed in to and not out of, the newest first.
#[utoipa::path(get, path = "/sessions", tag = "access", operation_id = "list_sessions",
    responses((status = 200, body = Page<SessionView>)))]
async fn list_sessions(
    State(access): State<Access>,
    actor: Actor,
    Query(paging): Query<Paging>,
) -> Result<Page<SessionView>, ApiError> {
    let before = paging.after("sessions", 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let CallerKind::Person { user_id, session_id } = actor.kind() else { return Ok(Page::whole(Vec::new())) };
    let rows = store::list(access.app().db(), user_id, Some(session_id), before, paging.rows()).await?;
    Ok(paging.page("sessions", rows, |row| vec![row.id.to_string()]))
}

/// Sign in
///
/// Sets the session's cookie; the session that the browser has had ends. A wrong password and an unknown address are answered alike; who was wrong several times has to wait
/// before the next try.
#[utoipa::path(post, path = "/sessions", tag = "access", operation_id = "create_session",
    request_body = NewSession, responses((status = 201, body = SessionView)),
    extensions(("x-problems" = json!(["wrong_credentials", "too_many_attempts"])), ("x-without" = json!(["idempotency_key"]))))]
async fn create_session(
    State(access): State<Access>,
    headers: HeaderMap,
    peer: Peer,
    Body(NewSession { email, password }): Body<NewSession>,
) -> Result<SignedIn<SessionView>, ApiError> {
    access.delays().begin(Some(&email), peer.network())?;
    let found = users::store::find_to_sign_in(access.app().db(), &email).await?;
    let (user_id, hash) = found.map_or((None, None), |(id, hash)| (Some(id), hash));
    let is_right = access.hasher().verify(password, hash).await?;
    let Some(user_id) = user_id.filter(|_| is_right) else {
        tracing::warn!(address = %peer.address, "a sign-in was wrong");
        let target = user_id.map_or_else(|| "user:unknown".to_owned(), |id| format!("user:{id}"));
        platform::audit::enter_alone(access.app(), "session.refused", target, json!({})).await?;
        let detail = "nobody who may come in has this address and password";
        return Err(ApiError::new(&problems::WRONG_CREDENTIALS, detail));
    };
    access.delays().forgive(Some(&email), peer.network());
    let (row, cookie) = begin(user_id, &headers, peer);
    let body =
        access.app().write(row, |db, row| Box::pin(async move { Ok(store::insert(db, row).await?) })).await?;
    access.forget_callers();
    Ok(SignedIn { cookie, body })
}

/// Sign out
///
/// Ends the session that asks, and has the browser forget its cookie.
#[utoipa::path(delete, path = "/sessions/current", tag = "access", operation_id = "delete_current_session",
    responses((status = 204, description = "Signed out")), extensions(("x-without" = json!(["if_match"]))))]
async fn delete_current_session(
    State(access): State<Access>,
    headers: HeaderMap,
    peer: Peer,
    actor: Actor,
) -> Result<Response, ApiError> {
    if let CallerKind::Person { user_id, session_id } = actor.kind() {
        end(&access, user_id, session_id).await?;
    }
    let cookie = SESSION.clear(&headers, peer.is_secure);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// End one of your sessions
///
/// Of another browser, for example, that was lost.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "access", operation_id = "delete_session",
    responses((status = 204, description = "Ended")),
    extensions(("x-problems" = json!(["session_not_found"])), ("x-without" = json!(["if_match"]))))]
async fn delete_session(
    State(access): State<Access>,
    Id(id): Id,
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    let ended = match actor.user_id() {
        Some(user_id) => end(&access, user_id, id).await?,
        None => false,
    };
    let unknown =
        || ApiError::new(&problems::SESSION_NOT_FOUND, format!("you have no session with the id {id}"));
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

async fn end(access: &Access, user_id: i64, id: i64) -> Result<bool, ApiError> {
    let ended = access.app().write((user_id, id), |db, (user_id, id)| {
        Box::pin(async move { Ok(store::end(db, *user_id, *id).await?) })
    });
    let ended = ended.await?;
    access.forget_callers();
    Ok(ended)
}
