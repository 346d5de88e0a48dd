//! What an API key is, and what may be asked of one.

use domain::{OneLine, Permission, Permissions};
use jiff::Timestamp;
use platform::{ApiError, FieldError, Fields, FromFields, FromParams, Paging, Params};
use serde::Serialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::input::Named;

/// Days that a key is good for, unless asked otherwise, and at most.
const DAYS_DEFAULT: i32 = 90;
const DAYS_MAX: i32 = 730;

/// A key to be.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"name": "web shop", "scopes": ["products.read", "stock.read", "stock.reserve"], "expires_in_days": 90}))]
pub struct NewApiKey {
    /// What it is for.
    pub name: OneLine,
    /// The permissions of its owner that it has; null or absent: all of them, as they are from time to time.
    #[schema(min_items = 1, max_items = 18)]
    pub scopes: Option<Vec<Permission>>,
    /// Days until it ends; 90 if absent.
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 730)]
    pub expires_in_days: i32,
}

impl NewApiKey {
    /// A key with the usual end.
    pub fn new(name: OneLine, scopes: Option<Vec<Permission>>, expires_in_days: Option<i32>) -> Self {
        Self { name, scopes, expires_in_days: expires_in_days.unwrap_or(DAYS_DEFAULT) }
    }

    /// Refuse scopes that the owner does not have.
    pub fn check_scopes(&self, owners: Permissions) -> Result<(), ApiError> {
        let beyond = |(index, scope): (usize, &Permission)| {
            let message = format!("is not a permission of the key's owner: {scope}");
            (!owners.contains(*scope))
                .then(|| FieldError::new(format!("/scopes/{index}"), "beyond_owner", message))
        };
        let errors: Vec<_> = self.scopes.iter().flatten().enumerate().filter_map(beyond).collect();
        if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid_input(errors)) }
    }
}

/// An API key, without the key itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApiKey, example = json!({"id": 3, "name": "web shop", "prefix": "sb_live_Ab12Cd", "scopes": ["products.read", "stock.read"],
    "owner": {"id": 7, "name": "Anna Nagy"}, "created_at": "2026-01-31T12:00:00Z", "expires_at": "2026-05-01T12:00:00Z",
    "last_used_at": null, "revoked_at": null}))]
pub struct ApiKeyView {
    /// Key of the document.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// The permissions of its owner that it has; null: all of them.
    #[schema(required)]
    pub scopes: Option<Vec<String>>,
    /// Whose it is.
    pub owner: OwnerView,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was last used, to the minute; null: never.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// When it was taken back; null: it was not.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

/// Whose key it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApiKeyOwner)]
pub struct OwnerView {
    /// Key of the user.
    pub id: i64,
    /// Their name.
    pub name: String,
}

/// An API key that has just been made: the only time that the key itself is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewApiKeyAnswer, example = json!({"key": "sb_live_…", "api_key": {"id": 3, "name": "web shop", "prefix": "sb_live_Ab12Cd",
    "scopes": ["products.read", "stock.read"], "owner": {"id": 7, "name": "Anna Nagy"}, "created_at": "2026-01-31T12:00:00Z",
    "expires_at": "2026-05-01T12:00:00Z", "last_used_at": null, "revoked_at": null}}))]
pub struct ShownApiKey {
    /// The key: send it as `Authorization: Bearer …`. It is not shown again.
    pub key: String,
    /// What is kept of it.
    pub api_key: ApiKeyView,
}

/// Which keys to list.
#[derive(Debug)]
pub struct ApiKeyFilter {
    /// Those of this user.
    pub user_id: Option<i64>,
    /// Which page.
    pub paging: Paging,
}

impl sqlx::FromRow<'_, PgRow> for ApiKeyView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let time = |column| Ok::<_, sqlx::Error>(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff());
        let maybe = |column| {
            let time: Option<jiff_sqlx::Timestamp> = row.try_get(column)?;
            Ok::<_, sqlx::Error>(time.map(jiff_sqlx::Timestamp::to_jiff))
        };
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            prefix: row.try_get("prefix")?,
            scopes: row.try_get("scopes")?,
            owner: OwnerView { id: row.try_get("owner_id")?, name: row.try_get("owner_name")? },
            created_at: time("created_at")?,
            expires_at: time("expires_at")?,
            last_used_at: maybe("last_used_at")?,
            revoked_at: maybe("revoked_at")?,
        })
    }
}

impl FromFields for NewApiKey {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name");
        let scopes = fields.change_list::<Named<Permission>>("scopes", Permission::ALL.len()).flatten();
        let scopes = scopes.map(|scopes| scopes.into_iter().map(|scope| scope.0).collect());
        let days = match fields.optional("expires_in_days") {
            Some(days) if !(1..=DAYS_MAX).contains(&days) => {
                fields.fault("expires_in_days", "out_of_range", format!("must be 1 to {DAYS_MAX}"))
            }
            given => given,
        };
        Some(Self::new(name?, scopes, days))
    }
}

impl FromParams for ApiKeyFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let user_id = params.optional("user_id");
        Some(Self { user_id, paging: Paging::from_params(params)? })
    }
}
