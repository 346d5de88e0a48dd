//! What a warehouse is, and what may be asked of it.

use domain::{Code, OneLine, Text};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problems;

/// A warehouse to be.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"code": "NORTH", "name": "North warehouse", "address": "Dock Road 1", "priority": 10}))]
pub struct NewWarehouse {
    /// Its short name; unique whatever its case.
    pub code: Code,
    /// What people call it.
    pub name: OneLine,
    /// Where it stands.
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub address: Option<Text<1000>>,
    /// Lower comes first; the first one is the default warehouse. 100 if absent.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub priority: Option<i32>,
}

/// What changes of a warehouse; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"name": "Northern warehouse"}))]
pub struct WarehouseChange {
    /// Its short name.
    #[schema(nullable = false)]
    pub code: Option<Code>,
    /// What people call it.
    #[schema(nullable = false)]
    pub name: Option<OneLine>,
    /// Where it stands.
    #[schema(value_type = Option<String>, max_length = 1000, nullable = false)]
    pub address: Option<Text<1000>>,
    /// Lower comes first.
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000)]
    pub priority: Option<i32>,
    /// Where stock goes that names only the warehouse: an open storage location of this warehouse.
    #[schema(nullable = false)]
    pub default_location_id: Option<i64>,
}

/// A warehouse.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = Warehouse, example = json!({"id": 2, "code": "NORTH", "name": "North warehouse", "address": "Dock Road 1",
    "priority": 10, "default_location_id": 5, "archived": false, "version": 1, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct WarehouseView {
    /// Key.
    pub id: i64,
    /// Its short name.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it stands; may be empty.
    pub address: String,
    /// Lower comes first; the first one is the default warehouse.
    pub priority: i32,
    /// Where stock goes that names only the warehouse; null once it is closed.
    #[schema(required)]
    pub default_location_id: Option<i64>,
    /// Whether it is closed.
    pub archived: bool,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Which warehouses to list.
#[derive(Debug)]
pub struct WarehouseFilter {
    /// Closed ones instead of open ones.
    pub archived: bool,
    /// Which page.
    pub paging: Paging,
}

/// Why a warehouse cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum WarehouseError {
    /// No such warehouse.
    #[error("no warehouse has the id {0}")]
    NotFound(i64),
    /// The code is taken.
    #[error("another warehouse has the code {0}")]
    DuplicateCode(Code),
    /// The location that shall be its default does not exist, or is in another warehouse.
    #[error("no location of this warehouse has the id {0}")]
    UnknownLocation(i64),
    /// The location that shall be its default is archived, or not for storage.
    #[error("must be an open storage location")]
    LocationNotOpenStorage,
    /// It still holds stock.
    #[error("the warehouse holds stock: move it away first")]
    HoldsStock,
    /// There is no other open one.
    #[error("it is the last open warehouse: stock needs a place, so add another one first")]
    Last,
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<WarehouseError> for ApiError {
    fn from(error: WarehouseError) -> Self {
        use WarehouseError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::WAREHOUSE_NOT_FOUND, detail),
            E::DuplicateCode(_) => Self::new(&problems::DUPLICATE_WAREHOUSE_CODE, detail),
            E::UnknownLocation(_) => Self::invalid_field("/default_location_id", "unknown_location", detail),
            E::LocationNotOpenStorage => {
                Self::invalid_field("/default_location_id", "not_open_storage", detail)
            }
            E::HoldsStock => Self::new(&problems::WAREHOUSE_HOLDS_STOCK, detail),
            E::Last => Self::new(&problems::LAST_WAREHOUSE, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

/// A priority that the schema takes.
fn priority(given: Option<i32>, fields: &mut Fields<'_>) -> Option<i32> {
    match given {
        Some(priority) if !(0..=1_000_000).contains(&priority) => {
            fields.fault("priority", "out_of_range", "must be 0 to 1000000")
        }
        given => given,
    }
}

impl FromFields for NewWarehouse {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (code, name) = (fields.required("code"), fields.required("name"));
        let (address, given) = (fields.optional("address"), fields.optional("priority"));
        let priority = priority(given, fields);
        Some(Self { code: code?, name: name?, address, priority })
    }
}

impl FromFields for WarehouseChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (code, name) = (fields.replacement("code"), fields.replacement("name"));
        let (address, given) = (fields.replacement("address"), fields.replacement("priority"));
        let priority = priority(given, fields);
        let default_location_id = fields.replacement("default_location_id");
        Some(Self { code, name, address, priority, default_location_id })
    }
}

impl FromParams for WarehouseFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let archived = params.optional("archived").unwrap_or(false);
        Some(Self { archived, paging: Paging::from_params(params)? })
    }
}
