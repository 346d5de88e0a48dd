//! Another password, by whoever has a token from an admin.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::Text;
use jiff::Timestamp;
use platform::{Actor, ApiError, Body, Fields, FromFields, Id, Peer};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::one_time_tokens::{self, OneTimeToken, Purpose};
use crate::passwords::Password;
use crate::token::Secret;
use crate::users::{self, UserError};
use crate::{Access, problems};

/// A password that is chosen with a token.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"token": "hV3…", "new_password": "battery staple"}))]
pub struct PasswordReset {
    /// What an admin has handed on.
    pub token: String,
    /// 8 to 128 characters, and not one of those that are tried first.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub new_password: Password,
}

/// A token, to be handed on: it is not shown again.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"token": "hV3…", "expires_at": "2026-02-01T12:00:00Z"}))]
pub struct PasswordResetToken {
    /// The token.
    pub token: String,
    /// When it ends unused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// The routes of password resets.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(create_password_reset))
        .routes(routes!(create_password_reset_token))
        .with_state(access)
}

/// Choose a password with a token
///
/// Each token once. All sessions of the user end by it; then sign in.
#[utoipa::path(post, path = "/password-resets", tag = "access", operation_id = "create_password_reset",
    request_body = PasswordReset, responses((status = 204, description = "Chosen")),
    extensions(("x-problems" = json!(["invalid_token"])), ("x-without" = json!(["idempotency_key"]))))]
async fn create_password_reset(
    State(access): State<Access>,
    peer: Peer,
    Body(PasswordReset { token, new_password }): Body<PasswordReset>,
) -> Result<StatusCode, ApiError> {
    let token = one_time_tokens::hash_of(&token).ok_or_else(invalid_token)?;
    let whose = one_time_tokens::find_password_reset(access.app().db(), token).await?;
    let (email, name) = whose.ok_or_else(invalid_token)?;
    new_password.check(&email, &name, "/new_password")?;
    let hash = access.hasher().hash(new_password).await?;
    let chosen = access.app().write((token, hash), |db, (token, hash)| {
        Box::pin(async move {
            let user_id =
                one_time_tokens::take_password_reset(db, *token).await?.ok_or_else(invalid_token)?;
            Ok(users::set_password(db, user_id, hash).await?)
        })
    });
    chosen.await?;
    access.delays().know(&email, peer.network());
    access.forget_callers();
    Ok(StatusCode::NO_CONTENT)
}

/// Make a token with which a user chooses a password
///
/// Hand it on by a way that only they can read; it is good once, for 24 hours, and ends those before it. An `Idempotency-Key` is not
/// taken, because answers to those are kept. Nobody makes one for somebody who may more than they themselves, and no API key for its
/// owner or for an admin.
#[utoipa::path(post, path = "/users/{id}/password-reset-tokens", tag = "access", operation_id = "create_password_reset_token",
    responses((status = 201, body = PasswordResetToken)),
    extensions(("x-problems" = json!(["user_not_found", "own_access"]))))]
async fn create_password_reset_token(
    State(access): State<Access>,
    Id(id): Id,
    actor: Actor,
    Body(()): Body<()>,
) -> Result<impl IntoResponse, ApiError> {
    let OneTimeToken { secret, expires_at } = new_token(&access, id, actor).await?;
    let shown = PasswordResetToken { token: secret.expose().to_owned(), expires_at };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(shown)))
}

/// A token with which this user chooses a password, asked for by somebody who may no less; it ends those before it.
pub async fn new_token(access: &Access, user_id: i64, actor: Actor) -> Result<OneTimeToken, ApiError> {
    let secret = Secret::generate();
    let made = access.app().write((user_id, secret.hash(), actor), |db, (user_id, hash, actor)| {
        Box::pin(async move {
            let user = users::store::lock(db, *user_id).await?.ok_or(UserError::NotFound(*user_id))?;
            users::demand_not_own_key(actor, *user_id)?;
            users::demand_no_more(actor, &user.role)?;
            one_time_tokens::end_all(db, *user_id).await?;
            Ok(one_time_tokens::insert(db, *hash, Purpose::PasswordReset(*user_id)).await?)
        })
    });
    Ok(OneTimeToken { expires_at: made.await?, secret })
}

fn invalid_token() -> ApiError {
    ApiError::new(
        &problems::INVALID_TOKEN,
        "the token is not known, was used, or has expired: ask for another one",
    )
}

impl FromFields for PasswordReset {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let token = fields.required::<Text<1000>>("token");
        let new_password = fields.required("new_password");
        Some(Self { token: token?.as_str().to_owned(), new_password: new_password? })
    }
}
