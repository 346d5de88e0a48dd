//! What the products look like.

use platform::{FromParams, Params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::money::Units;
use crate::period;

/// Most days.
const DAYS_MAX: i32 = 92;

/// Products unless asked otherwise.
const LIMIT_DEFAULT: i64 = 10;

/// Most products.
const LIMIT_MAX: i64 = 100;

/// What went out and came in of a product.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = TopMover, example = json!({"product_id": 17, "sku": "KET-17", "name": "Tea kettle", "unit": "each", "out": 318, "in": 240}))]
pub struct MoverView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What its quantities count.
    pub unit: String,
    /// What went out of the company, as a positive number.
    #[serde(rename = "out")]
    #[sqlx(try_from = "rust_decimal::Decimal")]
    pub quantity_out: Units,
    /// What came in.
    #[serde(rename = "in")]
    #[sqlx(try_from = "rust_decimal::Decimal")]
    pub quantity_in: Units,
}

/// The products that go out most.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TopMovers)]
pub struct MoversView {
    /// What goes out most comes first.
    pub items: Vec<MoverView>,
}

/// Of which days, and how many.
#[derive(Debug)]
pub struct MoversFilter {
    /// So many, up to today.
    pub days: i32,
    /// Most products.
    pub limit: i64,
}

impl FromParams for MoversFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let limit = params.optional("limit").unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            params.fault::<()>("limit", "out_of_range", format!("must be 1 to {LIMIT_MAX}"));
        }
        Some(Self { days: period::days(params, DAYS_MAX), limit })
    }
}
