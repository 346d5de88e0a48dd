//! What a user is, and what may be asked of one.

use domain::{Code, OneLine, Permission, Role};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params, error};
use serde::Serialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::input::{Email, Named};
use crate::problems;

/// Most warehouses that somebody can be limited to.
const WAREHOUSES_MAX: usize = 200;

/// A user to be.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"email": "anna@example.com", "name": "Anna Nagy", "role": "operator", "warehouses": ["MAIN"]}))]
pub struct NewUser {
    /// What they sign in with; unique whatever its case.
    #[schema(value_type = String, format = Email, max_length = 200)]
    pub email: Email,
    /// What stands in the ledger as who did it; unique whatever its case.
    pub name: OneLine,
    /// What they may do.
    pub role: Role,
    /// Codes of the warehouses where they may do it; null or absent: everywhere.
    #[schema(min_items = 1, max_items = 200)]
    pub warehouses: Option<Vec<Code>>,
}

/// What changes of a user; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"role": "manager", "warehouses": null}))]
pub struct UserChange {
    /// What they sign in with.
    #[schema(value_type = Option<String>, format = Email, max_length = 200, nullable = false)]
    pub email: Option<Email>,
    /// What stands in the ledger as who did it, from now on.
    #[schema(nullable = false)]
    pub name: Option<OneLine>,
    /// What they may do.
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Whether they may come in. Whoever may not any more loses all sessions and API keys.
    #[schema(nullable = false)]
    pub active: Option<bool>,
    /// Codes of the warehouses where they may do it; null: everywhere.
    #[schema(value_type = Option<Vec<Code>>, min_items = 1, max_items = 200)]
    pub warehouses: Option<Option<Vec<Code>>>,
}

/// A user.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = User, example = json!({"id": 7, "email": "anna@example.com", "name": "Anna Nagy", "role": "operator", "active": true,
    "warehouses": ["MAIN"], "has_password": true, "last_seen_at": "2026-02-01T08:30:00Z", "version": 1, "created_at": "2026-01-31T12:00:00Z",
    "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct UserView {
    /// Key.
    pub id: i64,
    /// What they sign in with.
    pub email: String,
    /// What stands in the ledger as who did it.
    pub name: String,
    /// What they may do.
    #[schema(value_type = Role)]
    pub role: String,
    /// Whether they may come in.
    pub active: bool,
    /// Codes of the warehouses where they may do it; null: everywhere.
    #[schema(required)]
    pub warehouses: Option<Vec<String>>,
    /// Whether they have chosen a password: without one they cannot sign in.
    pub has_password: bool,
    /// When a session or an API key of theirs was last used, to the minute; null: never.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_seen_at: Option<Timestamp>,
    /// Its ETag.
    pub version: i64,
    /// When they were added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When they were last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl sqlx::FromRow<'_, PgRow> for UserView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let time = |column| Ok::<_, sqlx::Error>(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff());
        let last_seen_at: Option<jiff_sqlx::Timestamp> = row.try_get("last_seen_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            role: row.try_get("role")?,
            active: row.try_get("active")?,
            warehouses: row.try_get("warehouses")?,
            has_password: row.try_get("has_password")?,
            last_seen_at: last_seen_at.map(jiff_sqlx::Timestamp::to_jiff),
            version: row.try_get("version")?,
            created_at: time("created_at")?,
            updated_at: time("updated_at")?,
        })
    }
}

/// Which users to list.
#[derive(Debug)]
pub struct UserFilter {
    /// Only those who may come in, or only those who may not.
    pub active: Option<bool>,
    /// Which page.
    pub paging: Paging,
}

/// Why a user cannot be added or changed so.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// No such user.
    #[error("no user has the id {0}")]
    NotFound(i64),
    /// The address is taken.
    #[error("another user has the address {0}")]
    DuplicateEmail(String),
    /// The name is taken.
    #[error("another user has the name {0}")]
    DuplicateName(String),
    /// No such warehouse; the position in the list.
    #[error("no warehouse has the code {1}")]
    UnknownWarehouse(usize, Code),
    /// They would change what they may do themselves.
    #[error("nobody changes their own role, warehouses or activity: ask another admin")]
    OwnAccess,
    /// A key would let somebody in as its owner.
    #[error("no API key decides how its own owner signs in: do it yourself, or ask another admin")]
    OwnSignIn,
    /// Who has the role may do what the caller may not.
    #[error(
        "the role {role} has the permission {permission}, which you have not: nobody decides about more than they may do themselves"
    )]
    MayMore {
        /// The role that they have, or would be given.
        role: String,
        /// What the caller may not do, the first of it.
        permission: Permission,
    },
    /// A key, of whatever scopes, would decide about somebody who decides about people.
    #[error("only a person who has signed in decides about the role {role}, and no API key")]
    NotByKey {
        /// The role that they have, or would be given.
        role: String,
    },
    /// Nobody would be left who can let people in.
    #[error("it is the last active admin: make another one first")]
    LastAdmin,
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<UserError> for ApiError {
    fn from(error: UserError) -> Self {
        use UserError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::USER_NOT_FOUND, detail),
            E::DuplicateEmail(_) => Self::new(&problems::DUPLICATE_EMAIL, detail),
            E::DuplicateName(_) => Self::new(&problems::DUPLICATE_USER_NAME, detail),
            E::UnknownWarehouse(index, _) => {
                Self::invalid_field(format!("/warehouses/{index}"), "unknown_warehouse", detail)
            }
            E::OwnAccess | E::OwnSignIn => {
                Self::new(&problems::OWN_ACCESS, detail).with("permission", Permission::ManageUsers)
            }
            E::MayMore { permission, .. } => {
                Self::new(&error::PERMISSION_DENIED, detail).with("permission", permission)
            }
            E::NotByKey { .. } => Self::new(&error::PERMISSION_DENIED, detail),
            E::LastAdmin => Self::new(&problems::LAST_ADMIN, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

impl FromFields for NewUser {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (email, name) = (fields.required("email"), fields.required("name"));
        let role = fields.required::<Named<Role>>("role");
        let warehouses = fields.change_list("warehouses", WAREHOUSES_MAX).flatten();
        Some(Self { email: email?, name: name?, role: role?.0, warehouses })
    }
}

impl FromFields for UserChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (email, name) = (fields.replacement("email"), fields.replacement("name"));
        let role = fields.replacement::<Named<Role>>("role").map(|role| role.0);
        let active = fields.replacement("active");
        let warehouses = fields.change_list("warehouses", WAREHOUSES_MAX);
        Some(Self { email, name, role, active, warehouses })
    }
}

impl FromParams for UserFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let active = params.optional("active");
        Some(Self { active, paging: Paging::from_params(params)? })
    }
}
