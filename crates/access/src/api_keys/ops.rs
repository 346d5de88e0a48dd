//! Making API keys, inside the caller's transaction.

use platform::Connection;

use super::model::{ApiKeyView, NewApiKey};
use super::store;
use crate::token::Hash;

/// What is kept of a key that is made: the key itself stays outside the transaction, which may run more than once.
#[derive(Clone, Debug)]
pub struct Kept {
    /// SHA-256 of the key.
    pub hash: Hash,
    /// How it begins.
    pub prefix: String,
}

/// Make a key for a user.
pub async fn create(
    db: &mut Connection,
    user_id: i64,
    new: &NewApiKey,
    kept: &Kept,
) -> Result<ApiKeyView, sqlx::Error> {
    let id = store::insert(db, user_id, new, kept).await?;
    store::find(db, id).await
}
