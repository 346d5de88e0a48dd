//! Adding and changing users, inside the caller's transaction.

use domain::{Code, Permission, Permissions, Role};
use platform::auth::CallerKind;
use platform::{Actor, Connection, IfMatch};

use super::model::{NewUser, UserChange, UserError, UserView};
use super::store;
use crate::input::Email;
use crate::{api_keys, one_time_tokens, sessions};

/// Add a user, who has no password yet unless a hash is given.
pub async fn create(
    db: &mut Connection,
    new: &NewUser,
    password_hash: Option<&str>,
) -> Result<UserView, UserError> {
    let warehouses = find_warehouses(db, new.warehouses.as_deref()).await?;
    let inserted = store::insert(db, new, password_hash).await;
    let id = inserted.map_err(|error| conflict(error, Some(&new.email), Some(new.name.as_str())))?;
    store::set_warehouses(db, id, warehouses.as_deref()).await?;
    store::find(db, id).await?.ok_or(UserError::NotFound(id))
}

/// Refuse to decide about somebody of a role that may more than the caller: nobody gives, or gets at, more than they have. Who has
/// a role that this release does not know may do anything. And no key decides about whoever decides about people: it would make
/// somebody like its owner of whoever has it, who stays when it is revoked.
pub(crate) fn demand_no_more(actor: &Actor, role: &str) -> Result<(), UserError> {
    let theirs = Role::from_name(role).map_or_else(Permissions::all, Role::permissions);
    if let Some(permission) = theirs.iter().find(|permission| !actor.may(*permission)) {
        return Err(UserError::MayMore { role: role.to_owned(), permission });
    }
    let is_key = matches!(actor.kind(), CallerKind::ApiKey { .. });
    if is_key && theirs.contains(Permission::ManageUsers) {
        return Err(UserError::NotByKey { role: role.to_owned() });
    }
    Ok(())
}

/// Refuse a key that would decide how its own owner signs in: it would make a person of itself.
pub(crate) fn demand_not_own_key(actor: &Actor, id: i64) -> Result<(), UserError> {
    match actor.kind() {
        CallerKind::ApiKey { user_id, .. } if user_id == id => Err(UserError::OwnSignIn),
        _ => Ok(()),
    }
}

/// Change a user whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &UserChange,
    actor: &Actor,
) -> Result<UserView, UserError> {
    // Before the user: two admins who would unmake each other both lock the same rows in the same order.
    let admins = if change.may_unmake_admin() { store::lock_active_admins(db).await? } else { Vec::new() };
    let present = store::lock(db, id).await?.ok_or(UserError::NotFound(id))?;
    demand_no_more(actor, &present.role)?;
    seen.check(present.version).map_err(UserError::Precondition)?;
    if actor.user_id() == Some(id) && change.changes_access_of(&present) {
        return Err(UserError::OwnAccess);
    }
    if let Some(role) = change.role {
        demand_no_more(actor, role.as_str())?;
    }
    if change.email.as_ref().is_some_and(|email| email.as_str() != present.email) {
        demand_not_own_key(actor, id)?;
    }
    if change.may_unmake_admin() && admins == [id] {
        return Err(UserError::LastAdmin);
    }
    if let Some(warehouses) = &change.warehouses {
        let ids = find_warehouses(db, warehouses.as_deref()).await?;
        store::set_warehouses(db, id, ids.as_deref()).await?;
    }
    let updated = store::update(db, id, change).await;
    let name = change.name.as_ref().map(domain::OneLine::as_str);
    updated.map_err(|error| conflict(error, change.email.as_ref(), name))?;
    if change.active == Some(false) {
        sessions::store::end_all(db, id).await?;
        api_keys::store::revoke_all(db, id).await?;
        one_time_tokens::end_all(db, id).await?;
    }
    store::find(db, id).await?.ok_or(UserError::NotFound(id))
}

/// Give a user another password, which ends all sessions, and what else would let somebody choose one.
pub async fn set_password(db: &mut Connection, id: i64, password_hash: &str) -> Result<(), sqlx::Error> {
    store::set_password(db, id, password_hash).await?;
    sessions::store::end_all(db, id).await?;
    one_time_tokens::end_all(db, id).await
}

impl UserChange {
    fn may_unmake_admin(&self) -> bool {
        self.active == Some(false) || self.role.is_some_and(|role| role != Role::Admin)
    }

    /// Whether it changes what the user may do: saying what is already so changes nothing.
    fn changes_access_of(&self, present: &UserView) -> bool {
        let warehouses = self.warehouses.as_ref().map(|codes| codes.as_ref().map(|codes| sorted(codes)));
        self.role.is_some_and(|role| role.as_str() != present.role)
            || self.active.is_some_and(|active| active != present.active)
            || warehouses.is_some_and(|codes| codes != present.warehouses.as_ref().map(|codes| sorted(codes)))
    }
}

fn sorted(codes: &[impl ToString]) -> Vec<String> {
    let mut codes: Vec<String> = codes.iter().map(|code| code.to_string().to_lowercase()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The keys of warehouses by their codes; none: everywhere.
async fn find_warehouses(db: &mut Connection, codes: Option<&[Code]>) -> Result<Option<Vec<i64>>, UserError> {
    let Some(codes) = codes else { return Ok(None) };
    let found = store::warehouse_ids(db, codes).await?;
    let known = |(index, (code, id)): (usize, (&Code, Option<i64>))| {
        id.ok_or_else(|| UserError::UnknownWarehouse(index, code.clone()))
    };
    codes.iter().zip(found).enumerate().map(known).collect::<Result<_, _>>().map(Some)
}

fn conflict(error: sqlx::Error, email: Option<&Email>, name: Option<&str>) -> UserError {
    match (platform::error::constraint(&error), email, name) {
        (Some("users_email_key"), Some(email), _) => UserError::DuplicateEmail(email.as_str().to_owned()),
        (Some("users_name_key"), _, Some(name)) => UserError::DuplicateName(name.to_owned()),
        _ => error.into(),
    }
}
