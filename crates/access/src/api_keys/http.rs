//! API keys over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::Permission;
use platform::{Actor, ApiError, Body, Id, Page, Query, error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{ApiKeyFilter, ApiKeyView, NewApiKey, ShownApiKey};
use super::store;
use crate::{Access, problems};

/// The routes of API keys.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(delete_api_key))
        .with_state(access)
}

/// List the API keys
///
/// Your own, the newest first, also those that have ended; whoever manages users sees those of all.
#[utoipa::path(get, path = "/api-keys", tag = "access", operation_id = "list_api_keys",
    params(("user_id" = Option<i64>, Query, description = "those of this user")),
    responses((status = 200, body = Page<ApiKeyView>)))]
async fn list_api_keys(
    State(access): State<Access>,
    actor: Actor,
    Query(ApiKeyFilter { user_id, paging }): Query<ApiKeyFilter>,
) -> Result<Page<ApiKeyView>, ApiError> {
    let before = paging.after("api keys", 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let whose = match reach(&actor) {
        None => user_id,
        Some(own) if user_id.is_none_or(|asked| asked == own) => Some(own),
        Some(_) => return Err(actor.demand(Permission::ManageUsers).err().unwrap_or_else(own_only)),
    };
    let rows = store::list(access.app().db(), whose, before, paging.rows()).await?;
    Ok(paging.page("api keys", rows, |row| vec![row.id.to_string()]))
}

/// Make an API key
///
/// It acts as you do, with your permissions or with as many of them as `scopes` names. The key itself is in this answer and in no
/// other: an `Idempotency-Key` is not taken, because answers to those are kept.
#[utoipa::path(post, path = "/api-keys", tag = "access", operation_id = "create_api_key",
    request_body = NewApiKey, responses((status = 201, body = ShownApiKey)),
    extensions(("x-without" = json!(["idempotency_key"]))))]
async fn create_api_key(
    State(access): State<Access>,
    actor: Actor,
    Body(new): Body<NewApiKey>,
) -> Result<impl IntoResponse, ApiError> {
    let owner = actor.user_id().ok_or_else(own_only)?;
    new.check_scopes(actor.permissions())?;
    let (secret, api_key) = super::make(&access, owner, new).await?;
    let shown = ShownApiKey { key: secret.expose().to_owned(), api_key };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(shown)))
}

/// Take an API key back
///
/// It lets nobody in any more: here at once, on other servers within a second. Doing it again changes nothing.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "access", operation_id = "delete_api_key",
    responses((status = 204, description = "Taken back")),
    extensions(("x-problems" = json!(["api_key_not_found"])), ("x-without" = json!(["if_match"]))))]
async fn delete_api_key(
    State(access): State<Access>,
    Id(id): Id,
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    let revoked = access.app().write((id, reach(&actor)), |db, (id, whose)| {
        Box::pin(async move { Ok(store::revoke(db, *id, *whose).await?) })
    });
    if !revoked.await? {
        let detail = format!("you have no API key with the id {id}");
        return Err(ApiError::new(&problems::API_KEY_NOT_FOUND, detail));
    }
    access.forget_callers();
    Ok(StatusCode::NO_CONTENT)
}

/// Whose keys the caller sees and takes back; none: everybody's.
fn reach(actor: &Actor) -> Option<i64> {
    if actor.may(Permission::ManageUsers) { None } else { Some(actor.user_id().unwrap_or_default()) }
}

/// In the demo there is nobody whose key it could be.
fn own_only() -> ApiError {
    ApiError::new(&error::PERMISSION_DENIED, "a key belongs to a user who has signed in; the demo has none")
}
