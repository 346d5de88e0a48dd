//! What a session is, and signing in.

use jiff::Timestamp;
use platform::{Fields, FromFields};
use serde::Serialize;
use utoipa::ToSchema;

use crate::passwords::Password;

/// Who signs in.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"email": "anna@example.com", "password": "correct horse"}))]
pub struct NewSession {
    /// Their address.
    pub email: String,
    /// Their password.
    #[schema(value_type = String, format = Password, min_length = 1)]
    pub password: Password,
}

/// A session.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = Session, example = json!({"id": 12, "created_at": "2026-01-31T08:00:00Z", "last_seen_at": "2026-01-31T12:00:00Z",
    "expires_at": "2026-01-31T16:00:00Z", "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0)", "address": "192.0.2.7", "current": true}))]
pub struct SessionView {
    /// Key.
    pub id: i64,
    /// When they signed in.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    /// When it ends at the latest; unused it ends after 30 minutes.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The browser, as it names itself; may be empty.
    pub user_agent: String,
    /// From where they signed in; null: unknown.
    #[schema(required)]
    pub address: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl FromFields for NewSession {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required::<domain::Text<1000>>("email");
        let password = fields.required("password");
        Some(Self { email: email?.as_str().trim().to_owned(), password: password? })
    }
}
