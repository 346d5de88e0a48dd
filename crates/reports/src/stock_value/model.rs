//! What the value of the stock looks like.

use domain::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::{FromParams, Params};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::StockValue;
use crate::money::{Units, rounded};
use crate::period;

/// Most days of the history.
const DAYS_MAX: i32 = 3660;

/// What the stock is worth.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockValue, example = json!({"currency": "EUR", "at_cost": "18250.40", "at_price": "41990.00", "products": 812, "units": 20417,
    "products_without_cost": 3, "units_without_cost": 40, "products_without_price": 0, "computed_at": "2026-01-31T12:00:00.123456Z"}))]
pub struct StockValueView {
    /// Of both values: the base currency.
    pub currency: String,
    /// What it had cost: the newest receipts that make up what is there, else what the supplier asks for. Without the products
    /// of which no cost is known; null if that is all of them.
    #[schema(required)]
    pub at_cost: Option<String>,
    /// What it would sell for at the prices of the moment. Without the products that have none in this currency; null if that
    /// is all of them.
    #[schema(required)]
    pub at_price: Option<String>,
    /// How many products there is stock of.
    pub products: i64,
    /// How much of them there is, on hand and in transit.
    pub units: Units,
    /// Of how many of these products no cost is known.
    pub products_without_cost: i64,
    /// How much of those there is.
    pub units_without_cost: Units,
    /// How many of these products have no price in this currency.
    pub products_without_price: i64,
    /// When it was computed: about every minute.
    #[schema(value_type = String, format = DateTime)]
    pub computed_at: Timestamp,
}

impl From<StockValue> for StockValueView {
    fn from(value: StockValue) -> Self {
        // Kept by the server, which knows its currency.
        let currency = Currency::parse(&value.currency).ok();
        let shown = |sum: Decimal, without: i64| {
            let is_known = value.products == 0 || without < value.products;
            is_known.then(|| {
                currency.map_or_else(|| sum.normalize().to_string(), |currency| rounded(sum, currency))
            })
        };
        Self {
            at_cost: shown(value.at_cost, value.products_without_cost),
            at_price: shown(value.at_price, value.products_without_price),
            products: value.products,
            units: Units(value.units),
            products_without_cost: value.products_without_cost,
            units_without_cost: Units(value.units_without_cost),
            products_without_price: value.products_without_price,
            computed_at: value.computed_at,
            currency: value.currency,
        }
    }
}

/// What the stock was worth at the end of a day; today: what it is worth.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockValueOfDay)]
pub struct DayView {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// What it was worth.
    #[serde(flatten)]
    pub value: StockValueView,
}

/// The value of the stock by day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockValueHistory, example = json!({"items": [{"day": "2026-01-31", "currency": "EUR", "at_cost": "18250.40",
    "at_price": "41990.00", "products": 812, "units": 20417, "products_without_cost": 3, "units_without_cost": 40,
    "products_without_price": 0, "computed_at": "2026-01-31T12:00:00.123456Z"}]}))]
pub struct HistoryView {
    /// Oldest first; days before there was stock are left out.
    pub items: Vec<DayView>,
}

/// Of which days.
#[derive(Debug)]
pub struct HistoryFilter {
    /// So many, up to today.
    pub days: i32,
}

impl FromParams for HistoryFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        Some(Self { days: period::days(params, DAYS_MAX) })
    }
}
