//! Users: people who may come in, what they may do, and where.
//!
//! Invariants: an address and a name belong to one user, whatever their case (`users_email_key`, `users_name_key`): the name says
//! in the ledger who did it. One active admin stays. Nobody changes their own role, warehouses or activity, or decides
//! about somebody who may more than they themselves, and no key decides about an admin. Whoever is deactivated loses all
//! sessions and keys in the same transaction.

mod http;
mod model;
mod ops;
pub(crate) mod store;

pub use http::routes;
pub use model::{NewUser, UserError, UserView};
pub(crate) use ops::{create, demand_no_more, demand_not_own_key, set_password};

use platform::{ApiError, App};

use crate::Access;

/// Add a user, for the command line.
pub async fn add(access: &Access, new: NewUser, password_hash: Option<String>) -> Result<UserView, ApiError> {
    let added = access.app().write((new, password_hash), |db, (new, hash)| {
        Box::pin(async move { Ok(create(db, new, hash.as_deref()).await?) })
    });
    added.await
}

/// The user with this address.
pub async fn find_by_email(app: &App, email: &str) -> Result<Option<UserView>, ApiError> {
    Ok(store::find_by_email(app.db(), email).await?)
}

/// Everybody.
pub async fn all(app: &App) -> Result<Vec<UserView>, ApiError> {
    Ok(store::list(app.db(), None, 0, i64::MAX).await?)
}
