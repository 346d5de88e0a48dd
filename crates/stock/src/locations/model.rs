//! What a location is, and what may be asked of it.

use domain::{Code, LocationKind};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::problems;
use crate::warehouses::WarehouseRef;

/// A location to be. Its warehouse is named by `warehouse` or `warehouse_id`.
#[derive(ToSchema)]
#[schema(as = NewLocation, example = json!({"warehouse": "MAIN", "code": "A-01-3", "kind": "storage"}))]
#[expect(dead_code, reason = "only its schema is used: NewLocation is what it is read into")]
pub struct NewLocationSchema {
    /// Code of its warehouse, in any case.
    warehouse: Option<Code>,
    /// Key of its warehouse.
    warehouse_id: Option<i64>,
    /// What its label says; unique in its warehouse whatever its case.
    code: Code,
    /// What it is for; storage if absent. Fixed once it has held stock.
    kind: Option<LocationKind>,
}

/// A location to be, as read.
#[derive(Clone, Debug)]
pub struct NewLocation {
    /// Its warehouse.
    pub warehouse: WarehouseRef,
    /// What its label says.
    pub code: Code,
    /// What it is for.
    pub kind: LocationKind,
}

/// What changes of a location; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"code": "A-01-4"}))]
pub struct LocationChange {
    /// What its label says.
    #[schema(nullable = false)]
    pub code: Option<Code>,
    /// What it is for; fixed once it has held stock.
    #[schema(nullable = false)]
    pub kind: Option<LocationKind>,
}

/// A location.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = Location, example = json!({"id": 7, "warehouse_id": 2, "warehouse": "NORTH", "code": "A-01-3", "kind": "storage",
    "is_default": false, "archived": false, "version": 1, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct LocationView {
    /// Key.
    pub id: i64,
    /// Key of its warehouse.
    pub warehouse_id: i64,
    /// Code of its warehouse.
    pub warehouse: String,
    /// What its label says; unique in its warehouse.
    pub code: String,
    /// What it is for.
    #[schema(value_type = LocationKind)]
    pub kind: String,
    /// Whether stock goes here that names only the warehouse.
    pub is_default: bool,
    /// Whether it is no longer used.
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

/// Which locations to list.
#[derive(Debug)]
pub struct LocationFilter {
    /// Of which warehouses.
    pub stock: StockFilter,
    /// Of which kind.
    pub kind: Option<LocationKind>,
    /// Those no longer used instead of those in use.
    pub archived: bool,
    /// Which page.
    pub paging: Paging,
}

/// Why a location cannot be added or changed so.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// No such location.
    #[error("no location has the id {0}")]
    NotFound(i64),
    /// No such warehouse.
    #[error("no warehouse has {0}")]
    UnknownWarehouse(WarehouseRef),
    /// Its warehouse is closed.
    #[error("the warehouse with {0} is archived")]
    WarehouseArchived(WarehouseRef),
    /// The code is taken.
    #[error("another location of this warehouse has the code {0}")]
    DuplicateCode(Code),
    /// It has held stock.
    #[error("the kind of a location that has held stock is fixed: add another location")]
    KindFixed,
    /// It still holds stock.
    #[error("the location holds stock: move it away first")]
    HoldsStock,
    /// Its warehouse needs it.
    #[error("it is the default location of its warehouse: make another one the default first")]
    IsDefault,
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<LocationError> for ApiError {
    fn from(error: LocationError) -> Self {
        use LocationError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::LOCATION_NOT_FOUND, detail),
            E::UnknownWarehouse(warehouse) => Self::invalid_input(vec![warehouse.unknown_in_body("")]),
            E::WarehouseArchived(_) => Self::new(&problems::WAREHOUSE_ARCHIVED, detail),
            E::DuplicateCode(_) => Self::new(&problems::DUPLICATE_LOCATION_CODE, detail),
            E::KindFixed => Self::new(&problems::LOCATION_KIND_FIXED, detail),
            E::HoldsStock => Self::new(&problems::LOCATION_HOLDS_STOCK, detail),
            E::IsDefault => Self::new(&problems::DEFAULT_LOCATION, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

impl FromFields for NewLocation {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (warehouse, code) = (WarehouseRef::required(fields), fields.required("code"));
        let kind = fields.optional("kind").unwrap_or(LocationKind::Storage);
        Some(Self { warehouse: warehouse?, code: code?, kind })
    }
}

impl FromFields for LocationChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (code, kind) = (fields.replacement("code"), fields.replacement("kind"));
        Some(Self { code, kind })
    }
}

impl FromParams for LocationFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let stock = StockFilter { warehouses: WarehouseRef::from_params(params), ..StockFilter::default() };
        let (kind, archived) = (params.optional("kind"), params.optional("archived").unwrap_or(false));
        Some(Self { stock, kind, archived, paging: Paging::from_params(params)? })
    }
}
