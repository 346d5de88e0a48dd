//! The first account: whoever has the token that the server printed at its start makes it.
//!
//! Invariant: it is made once. All tokens end with it, also those of other servers.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use domain::{OneLine, Role, Text};
use platform::peer::Peer;
use platform::{ApiError, Body, Fields, FromFields};
use serde::Serialize;
use sqlx::PgPool;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::input::Email;
use crate::one_time_tokens::{self, Purpose};
use crate::passwords::Password;
use crate::sessions::{self, SignedIn};
use crate::token::Secret;
use crate::users::{self, NewUser, UserView};
use crate::{Access, problems};

/// The first account.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"token": "hV3…", "email": "anna@example.com", "name": "Anna Nagy", "password": "correct horse"}))]
pub struct Setup {
    /// What the server printed when it started.
    pub token: String,
    /// What they will sign in with.
    #[schema(value_type = String, format = Email, max_length = 200)]
    pub email: Email,
    /// What stands in the ledger as who did it.
    pub name: OneLine,
    /// 8 to 128 characters, and not one of those that are tried first.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: Password,
}

/// Whether somebody has to be the first.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = SetupState, example = json!({"needed": true}))]
pub struct SetupState {
    /// Nobody can sign in yet.
    pub needed: bool,
}

/// The routes of setting up.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_setup, create_first_user)).with_state(access)
}

/// Is somebody needed to set it up?
///
/// As long as there are no users. In the demo nobody is needed.
#[utoipa::path(get, path = "/setup", tag = "access", operation_id = "get_setup",
    responses((status = 200, body = SetupState)))]
async fn get_setup(State(access): State<Access>) -> Result<Json<SetupState>, ApiError> {
    let needed = access.asks_for_login() && !users::store::is_anybody_there(access.app().db()).await?;
    Ok(Json(SetupState { needed }))
}

/// Set up the first account
///
/// An admin, who is signed in by it. The token is what the server printed when it started without users; there is a new one with
/// each such start, good for 24 hours.
#[utoipa::path(post, path = "/setup", tag = "access", operation_id = "create_first_user",
    request_body = Setup, responses((status = 201, body = UserView)),
    extensions(("x-problems" = json!(["invalid_token", "setup_done", "duplicate_email", "duplicate_user_name"])),
               ("x-without" = json!(["idempotency_key"]))))]
async fn create_first_user(
    State(access): State<Access>,
    headers: HeaderMap,
    peer: Peer,
    Body(setup): Body<Setup>,
) -> Result<SignedIn<UserView>, ApiError> {
    let Setup { token, email, name, password } = setup;
    password.check(email.as_str(), name.as_str(), "/password")?;
    let db = access.app().db();
    if users::store::is_anybody_there(db).await? {
        return Err(done());
    }
    // Before anything is hashed, which takes long: only who has the token has work done.
    let token = one_time_tokens::hash_of(&token).ok_or_else(invalid_token)?;
    if !one_time_tokens::is_setup(db, token).await? {
        return Err(invalid_token());
    }
    let new = NewUser { email, name, role: Role::Admin, warehouses: None };
    let hash = access.hasher().hash(password).await?;
    let (session, cookie) = sessions::begin(0, &headers, peer);
    let made = access.app().write((token, new, hash, session), |db, (token, new, hash, session)| {
        Box::pin(async move {
            if users::store::is_anybody_there(&mut *db).await? {
                return Err(done());
            }
            if !one_time_tokens::take_setup(db, *token).await? {
                return Err(invalid_token());
            }
            one_time_tokens::end_setup(db).await?;
            let user = users::create(db, new, Some(hash)).await?;
            let session = sessions::store::NewRow { user_id: user.id, ..session.clone() };
            sessions::store::insert(db, &session).await?;
            Ok(user)
        })
    });
    Ok(SignedIn { cookie, body: made.await? })
}

fn done() -> ApiError {
    ApiError::new(&problems::SETUP_DONE, "there are users already: sign in, or ask an admin")
}

fn invalid_token() -> ApiError {
    let detail = "the token is not one that the server printed when it started, or it has expired";
    ApiError::new(&problems::INVALID_TOKEN, detail)
}

/// A token for the first account, if there is none yet; it is for whoever reads the server's output.
pub async fn token_if_needed(access: &Access) -> Result<Option<Secret>, ApiError> {
    let db: &PgPool = access.app().db();
    if users::store::is_anybody_there(db).await? {
        return Ok(None);
    }
    let secret = Secret::generate();
    let kept = access.app().write(secret.hash(), |db, hash| {
        Box::pin(async move { Ok(one_time_tokens::insert(db, *hash, Purpose::Setup).await?) })
    });
    kept.await?;
    Ok(Some(secret))
}

impl FromFields for Setup {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let token = fields.required::<Text<1000>>("token");
        let (email, name) = (fields.required("email"), fields.required("name"));
        let password = fields.required("password");
        Some(Self { token: token?.as_str().to_owned(), email: email?, name: name?, password: password? })
    }
}
