//! Tokens that let someone in once: to set up the first account, or to choose another password.

use platform::Connection;

use crate::token::{Hash, Secret};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The first account; there is no user yet.
    Setup,
    /// Another password of this user.
    PasswordReset(i64),
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::PasswordReset(_) => "password_reset",
        }
    }

    fn user_id(self) -> Option<i64> {
        match self {
            Self::Setup => None,
            Self::PasswordReset(user_id) => Some(user_id),
        }
    }
}

/// Keep a token, good for 24 hours; when it ends.
pub(crate) async fn insert(
    db: &mut Connection,
    hash: Hash,
    purpose: Purpose,
) -> Result<jiff::Timestamp, sqlx::Error> {
    let expires_at: jiff_sqlx::Timestamp = sqlx::query_scalar(
        "insert into one_time_tokens (token_hash, purpose, user_id, expires_at)
         values ($1, $2, $3, now() + interval '24 hours') returning expires_at",
    )
    .bind(hash)
    .bind(purpose.name())
    .bind(purpose.user_id())
    .fetch_one(db)
    .await?;
    Ok(expires_at.to_jiff())
}

/// Whether a token is good for setting up.
pub(crate) async fn is_setup(db: impl sqlx::PgExecutor<'_>, hash: Hash) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from one_time_tokens where token_hash = $1 and purpose = 'setup' and expires_at > now())",
    )
    .bind(hash)
    .fetch_one(db)
    .await
}

/// Use a token up: whether it was good for setting up.
pub(crate) async fn take_setup(db: &mut Connection, hash: Hash) -> Result<bool, sqlx::Error> {
    let taken: Option<i32> = sqlx::query_scalar(
        "delete from one_time_tokens where token_hash = $1 and purpose = 'setup' and expires_at > now() returning 1",
    )
    .bind(hash)
    .fetch_optional(db)
    .await?;
    Ok(taken.is_some())
}

/// Use a token up: whose password may be chosen with it. Not of somebody who may not come in.
pub(crate) async fn take_password_reset(db: &mut Connection, hash: Hash) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "delete from one_time_tokens t using users u
         where t.token_hash = $1 and t.purpose = 'password_reset' and t.expires_at > now() and u.id = t.user_id and u.active
         returning u.id",
    )
    .bind(hash)
    .fetch_optional(db)
    .await
}

/// Of whom a reset token is, as long as it is good: address and name.
pub(crate) async fn find_password_reset(
    db: impl sqlx::PgExecutor<'_>,
    hash: Hash,
) -> Result<Option<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "select u.email::text, u.name::text from one_time_tokens t join users u on u.id = t.user_id and u.active
         where t.token_hash = $1 and t.purpose = 'password_reset' and t.expires_at > now()",
    )
    .bind(hash)
    .fetch_optional(db)
    .await
}

/// End those of a user.
pub(crate) async fn end_all(db: &mut Connection, user_id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("delete from one_time_tokens where user_id = $1").bind(user_id).execute(db).await?;
    Ok(())
}

/// End those for setting up: it is done. And what has expired.
pub(crate) async fn end_setup(db: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::query("delete from one_time_tokens where purpose = 'setup' or expires_at <= now()")
        .execute(db)
        .await?;
    Ok(())
}

/// A token as it is read from a body: what has not its form is as good as one that is not known.
pub(crate) fn hash_of(given: &str) -> Option<Hash> {
    let given = given.trim();
    crate::token::is_secret(given).then(|| crate::token::hash(given))
}

/// A token and when it ends, for whoever hands it on.
pub struct OneTimeToken {
    /// The token: it is shown once.
    pub secret: Secret,
    /// When it ends unused.
    pub expires_at: jiff::Timestamp,
}
