//! Users over HTTP.

use axum::extract::State;
use platform::{Actor, ApiError, Body, Created, Document, Id, IfMatch, Page, Post, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewUser, UserChange, UserError, UserFilter, UserView};
use super::{ops, store};
use crate::Access;

/// The routes of users.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(get_user, update_user))
        .with_state(access)
}

/// List the users
///
/// In the order in which they were added; nobody is deleted, because what they did has their names.
#[utoipa::path(get, path = "/users", tag = "access", operation_id = "list_users",
    params(("active" = Option<bool>, Query, description = "only those who may come in, or only those who may not")),
    responses((status = 200, body = Page<UserView>)))]
async fn list_users(
    State(access): State<Access>,
    Query(UserFilter { active, paging }): Query<UserFilter>,
) -> Result<Page<UserView>, ApiError> {
    let after = paging.after("users", 1)?.map_or(0, |cursor| cursor.number(0));
    let rows = store::list(access.app().db(), active, after, paging.rows()).await?;
    Ok(paging.page("users", rows, |row| vec![row.id.to_string()]))
}

/// Add a user
///
/// Without a password: `POST /users/{id}/password-reset-tokens` gives a token with which they choose one. Nobody gives a role that may
/// more than they themselves, and no API key makes an admin.
#[utoipa::path(post, path = "/users", tag = "access", operation_id = "create_user",
    request_body = NewUser, responses((status = 201, body = UserView)),
    extensions(("x-problems" = json!(["duplicate_email", "duplicate_user_name"]))))]
async fn create_user(State(access): State<Access>, post: Post<NewUser>) -> Result<Created, ApiError> {
    ops::demand_no_more(&post.actor, post.body.role.as_str())?;
    let created = access.app().write_once("create_user", post.key, post.body, |db, new| {
        Box::pin(async move { Ok(ops::create(db, new, None).await?) })
    });
    Ok(created.await?.created("/users"))
}

/// Get a user
///
/// With their version as ETag.
#[utoipa::path(get, path = "/users/{id}", tag = "access", operation_id = "get_user",
    responses((status = 200, body = UserView)),
    extensions(("x-problems" = json!(["user_not_found"]))))]
async fn get_user(State(access): State<Access>, Id(id): Id) -> Result<Document<UserView>, ApiError> {
    Ok(Document(store::find(access.app().db(), id).await?.ok_or(UserError::NotFound(id))?))
}

/// Change a user
///
/// Absent fields stay as they are. What they may do holds within a second. Whoever is deactivated loses all sessions and API
/// keys. Nobody changes their own role, warehouses or activity, or decides about somebody who may more than they themselves; no API
/// key changes its owner's address, or anything of an admin; and one active admin stays.
#[utoipa::path(patch, path = "/users/{id}", tag = "access", operation_id = "update_user",
    request_body = UserChange, responses((status = 200, body = UserView)),
    extensions(("x-problems" = json!(["user_not_found", "duplicate_email", "duplicate_user_name", "own_access", "last_admin"]))))]
async fn update_user(
    State(access): State<Access>,
    Id(id): Id,
    seen: IfMatch,
    actor: Actor,
    Body(change): Body<UserChange>,
) -> Result<Document<UserView>, ApiError> {
    let changed = access.app().write((id, seen, change, actor), |db, (id, seen, change, actor)| {
        Box::pin(async move { Ok(ops::update(db, *id, seen, change, actor).await?) })
    });
    let changed = changed.await?;
    access.forget_callers();
    Ok(Document(changed))
}
