//! Who somebody is here whom a provider has let in.

use domain::{OneLine, Role};
use platform::{ApiError, Connection};
use serde_json::{Value, json};

use super::Identity;
use crate::sessions::store::{self as sessions, NewRow};
use crate::users::{self, NewUser};
use crate::{Access, problems};

/// Begin a session for whoever has this address, in one transaction with what the audit log has of it.
pub(super) async fn sign_in(access: &Access, identity: &Identity, session: NewRow) -> Result<(), ApiError> {
    let signed_in = access.app().write((identity.clone(), session), |db, (identity, session)| {
        Box::pin(async move {
            let user_id = find_or_add(db, identity).await?;
            let detail = json!({"issuer": identity.issuer, "subject": identity.subject});
            platform::audit::enter(db, "session.by_oidc", &format!("user:{user_id}"), &detail).await?;
            sessions::insert(db, &NewRow { user_id, ..session.clone() }).await?;
            Ok(())
        })
    });
    signed_in.await
}

async fn find_or_add(db: &mut Connection, identity: &Identity) -> Result<i64, ApiError> {
    let email = identity.email.as_str();
    if let Some((id, _)) = users::store::find_to_sign_in(&mut *db, email).await? {
        return Ok(id);
    }
    // Who is there and not active was turned out. And the first of all is an admin, who comes by the setup token.
    let is_known = users::store::find_by_email(&mut *db, email).await?.is_some();
    if is_known || !identity.may_be_new || !users::store::is_anybody_there(&mut *db).await? {
        let detail = format!("no user who may come in has the address {email}: ask an admin");
        return Err(ApiError::new(&problems::OIDC_USER_UNKNOWN, detail));
    }
    let new = NewUser {
        email: identity.email.clone(),
        name: name(db, identity).await?,
        role: Role::Viewer,
        warehouses: None,
    };
    Ok(users::create(db, &new, None).await?.id)
}

/// What they are called there, unless somebody else is called so here: then their address.
async fn name(db: &mut Connection, identity: &Identity) -> Result<OneLine, ApiError> {
    let given = identity.name.as_deref().and_then(|name| OneLine::parse(name).ok());
    if let Some(name) = given
        && !users::store::is_name_taken(db, name.as_str()).await?
    {
        return Ok(name);
    }
    OneLine::parse(identity.email.as_str()).map_err(ApiError::internal)
}

/// Enter into the audit log that somebody was not let in.
pub(super) async fn enter_refusal(access: &Access, detail: &Value) -> Result<(), ApiError> {
    platform::audit::enter_alone(access.app(), "session.refused", "user:unknown", detail.clone()).await
}

/// Seconds since 1970 by the database's clock, by which an ID token is judged.
pub(super) async fn now(access: &Access) -> Result<i64, ApiError> {
    let now = sqlx::query_scalar("select extract(epoch from clock_timestamp())::bigint");
    Ok(now.fetch_one(access.app().db()).await?)
}
