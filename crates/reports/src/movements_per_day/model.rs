//! What the days look like.

use jiff::civil::Date;
use platform::{FromParams, Params};
use serde::Serialize;
use stock::WarehouseRef;
use utoipa::ToSchema;

use crate::money::Units;
use crate::period;

/// Most days.
const DAYS_MAX: i32 = 366;

/// What came in and went out on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MovementsOfDay, example = json!({"day": "2026-01-31", "in": 240, "out": 318, "movements": 97}))]
pub struct DayView {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// What came in.
    #[serde(rename = "in")]
    pub quantity_in: Units,
    /// What went out, as a positive number.
    #[serde(rename = "out")]
    pub quantity_out: Units,
    /// In how many movements.
    pub movements: i64,
}

/// What came in and went out by day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MovementsPerDay)]
pub struct DaysView {
    /// Every day, oldest first; the last one is today.
    pub items: Vec<DayView>,
}

/// Of which days, and where.
#[derive(Debug)]
pub struct DaysFilter {
    /// So many, up to today.
    pub days: i32,
    /// In this warehouse; none: over all.
    pub warehouses: Vec<WarehouseRef>,
}

impl FromParams for DaysFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let warehouses = WarehouseRef::from_params(params);
        if warehouses.len() > 1 {
            params.fault::<()>("warehouse", "repeated", "must be given once only");
        }
        Some(Self { days: period::days(params, DAYS_MAX), warehouses })
    }
}
