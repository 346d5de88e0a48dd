//! API keys: what programs come in with. A key acts as its owner.
//!
//! Invariants: a key is shown once, when it is made; what is kept is its SHA-256. It can do what its owner can do at that moment, or
//! as much of it as its scopes say, never more. It ends by itself, when it is revoked, or when its owner is deactivated.

mod http;
mod model;
mod ops;
pub(crate) mod store;

pub use http::routes;
pub use model::NewApiKey;

use platform::ApiError;

use crate::Access;
use crate::token::Secret;
use model::ApiKeyView;

/// Make a key for a user: the key itself, and what is kept of it.
pub async fn make(access: &Access, user_id: i64, new: NewApiKey) -> Result<(Secret, ApiKeyView), ApiError> {
    let secret = Secret::generate_api_key();
    let kept = ops::Kept { hash: secret.hash(), prefix: secret.prefix().to_owned() };
    let made = access.app().write((user_id, new, kept), |db, (user_id, new, kept)| {
        Box::pin(async move { Ok(ops::create(db, *user_id, new, kept).await?) })
    });
    let view = made.await?;
    Ok((secret, view))
}
