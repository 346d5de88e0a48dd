//! What a stock level looks like, and what may be asked of it.

use axum::response::{IntoResponse, Response};
use domain::{LocationKind, Quantity};
use jiff::Timestamp;
use platform::{FromParams, Page, Paging, Params};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::warehouses::WarehouseRef;

/// How much of a product is at a location, by lot.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = StockLevel, example = json!({"product_id": 17, "sku": "KET-17", "name": "Tea kettle", "warehouse_id": 1,
    "warehouse": "MAIN", "location_id": 1, "location": "STOCK", "location_kind": "storage", "lot": null, "on_hand": 40,
    "reserved": 3, "available": 37, "updated_at": "2026-01-31T12:00:00.123456Z"}))]
pub struct StockLevelView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Key of the warehouse.
    pub warehouse_id: i64,
    /// Code of the warehouse.
    pub warehouse: String,
    /// Key of the location.
    pub location_id: i64,
    /// Code of the location.
    pub location: String,
    /// What the location is for.
    #[schema(value_type = LocationKind)]
    pub location_kind: String,
    /// Which lot or batch; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// Physically there.
    #[sqlx(try_from = "Decimal")]
    pub on_hand: Quantity,
    /// Promised, not yet shipped.
    #[sqlx(try_from = "Decimal")]
    pub reserved: Quantity,
    /// Can be sold: on hand less reserved in storage, 0 elsewhere.
    #[sqlx(try_from = "Decimal")]
    pub available: Quantity,
    /// When it last changed.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A page of stock levels.
pub struct StockLevelPage {
    pub(super) page: Page<StockLevelView>,
    pub(super) horizon: Option<Timestamp>,
}

/// Its schema: members of the page and its own stand side by side.
#[derive(Serialize, ToSchema)]
#[schema(as = StockLevelPage)]
pub(super) struct StockLevelPageBody<'a> {
    /// In the order of the list.
    #[schema(value_type = Vec<StockLevelView>)]
    items: &'a [StockLevelView],
    /// Give it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<&'a str>,
    /// With `as_of` or `known_at`: an answer for a `known_at` up to here cannot change any more; otherwise null.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    horizon: Option<Timestamp>,
}

impl IntoResponse for StockLevelPage {
    fn into_response(self) -> Response {
        let Self { page, horizon } = self;
        let body =
            StockLevelPageBody { items: &page.items, next_cursor: page.next_cursor.as_deref(), horizon };
        page.answer(&body)
    }
}

/// Of when levels are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct When {
    /// By business time: how it was then.
    pub as_of: Option<Timestamp>,
    /// By time of recording: as was known then.
    pub known_at: Option<Timestamp>,
}

/// Which levels of a product to list.
#[derive(Debug)]
pub struct ProductLevelFilter {
    /// Of when.
    pub when: When,
    /// Which page.
    pub paging: Paging,
}

/// Which levels to list.
#[derive(Debug)]
pub struct StockLevelFilter {
    /// Of what, and where.
    pub stock: StockFilter,
    /// Of when.
    pub when: When,
    /// Which page.
    pub paging: Paging,
}

/// Reads `as_of` and `known_at`.
impl FromParams for When {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        Some(Self { as_of: params.optional("as_of"), known_at: params.optional("known_at") })
    }
}

impl FromParams for ProductLevelFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let when = When::from_params(params)?;
        Some(Self { when, paging: Paging::from_params(params)? })
    }
}

impl FromParams for StockLevelFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let stock = StockFilter {
            products: StockFilter::products(params),
            warehouses: WarehouseRef::from_params(params),
            locations: params.all("location_id"),
        };
        let when = When::from_params(params)?;
        Some(Self { stock, when, paging: Paging::from_params(params)? })
    }
}
