//! Another password, by whoever knows the present one.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use platform::auth::CallerKind;
use platform::peer::Peer;
use platform::{Actor, ApiError, Body, Fields, FromFields, error};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::passwords::Password;
use crate::{Access, sessions, users};

/// Another password.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"current_password": "correct horse", "new_password": "battery staple"}))]
pub struct PasswordChange {
    /// The present one.
    #[schema(value_type = String, format = Password, min_length = 1)]
    pub current_password: Password,
    /// 8 to 128 characters, and not one of those that are tried first.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub new_password: Password,
}

/// The routes of password changes.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(create_password_change)).with_state(access)
}

/// Change your password
///
/// All your sessions end by it; the one that asks goes on under another secret, in the cookie that is set.
#[utoipa::path(post, path = "/password-changes", tag = "access", operation_id = "create_password_change",
    request_body = PasswordChange, responses((status = 204, description = "Changed")),
    extensions(("x-problems" = json!(["too_many_attempts"])), ("x-without" = json!(["idempotency_key"]))))]
async fn create_password_change(
    State(access): State<Access>,
    headers: HeaderMap,
    peer: Peer,
    actor: Actor,
    Body(PasswordChange { current_password, new_password }): Body<PasswordChange>,
) -> Result<impl IntoResponse, ApiError> {
    let CallerKind::Person { user_id, .. } = actor.kind() else {
        return Err(ApiError::new(&error::PERMISSION_DENIED, "the demo has no password"));
    };
    let user =
        users::store::find(access.app().db(), user_id).await?.ok_or(users::UserError::NotFound(user_id))?;
    new_password.check(&user.email, &user.name, "/new_password")?;
    // Not as the account: who tries that from outside would keep them from ending it.
    let tried = format!("password change of {user_id}");
    access.delays().begin(Some(&tried), peer.network())?;
    let present = users::store::password_hash(access.app().db(), user_id).await?;
    if !access.hasher().verify(current_password, present).await? {
        let message = "is not your present password";
        return Err(ApiError::invalid_field("/current_password", "wrong_password", message));
    }
    access.delays().forgive(Some(&tried), peer.network());
    let hash = access.hasher().hash(new_password).await?;
    let (session, cookie) = sessions::begin(user_id, &headers, peer);
    let changed = access.app().write((hash, session), |db, (hash, session)| {
        Box::pin(async move {
            users::set_password(db, session.user_id, hash).await?;
            sessions::store::insert(db, session).await?;
            Ok(())
        })
    });
    changed.await?;
    access.forget_callers();
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}

impl FromFields for PasswordChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (current, new) = (fields.required("current_password"), fields.required("new_password"));
        Some(Self { current_password: current?, new_password: new? })
    }
}
