//! What a cost in time is, and what may be asked of it.

use domain::{Amount, Quantity};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::supplier_products::SupplierProductError;
use crate::{problems, row};

/// A cost to be.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(example = json!({"min_quantity": 100, "unit_cost": "12.40", "effective_from": "2126-03-01T00:00:00Z"}))]
pub struct ScheduledSupplierProductCost {
    /// The price break: from this quantity on; any if absent.
    #[schema(value_type = Option<Quantity>, minimum = 0)]
    pub min_quantity: Quantity,
    /// Cost of one unit in the currency of the supplier: a decimal string or a number, at most 4 decimals.
    pub unit_cost: Amount,
    /// From when it is the cost, in the future. Taken to the microsecond.
    #[schema(value_type = String, format = DateTime)]
    pub effective_from: Timestamp,
}

/// A cost that a product of a supplier has had, has, or will have.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SupplierProductCostInTime, example = json!({"supplier_product_id": 12, "min_quantity": 100, "unit_cost": "12.40",
    "currency": "EUR", "effective_from": "2126-03-01T00:00:00Z", "actor": "anna", "created_at": "2026-01-31T12:00:00Z",
    "current": false}))]
pub struct CostInTime {
    /// Whose cost.
    pub supplier_product_id: i64,
    /// The price break: from this quantity on; 0: any.
    pub min_quantity: Quantity,
    /// Cost of one unit, with at least the decimals of its currency; null: from then on there is no such price break, or the caller may not know.
    #[schema(required)]
    pub unit_cost: Option<String>,
    /// Of the cost, by ISO 4217.
    pub currency: String,
    /// From when it is the cost.
    #[schema(value_type = String, format = DateTime)]
    pub effective_from: Timestamp,
    /// Who entered it.
    pub actor: String,
    /// When it was entered.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Whether it is in effect now; it is scheduled if `effective_from` is yet to come.
    pub current: bool,
}

/// Which costs to list.
#[derive(Debug)]
pub struct CostFilter {
    /// Only those in effect then.
    pub at: Option<Timestamp>,
    /// Which page.
    pub paging: Paging,
}

/// Which cost of a supplier product.
#[derive(Clone, Copy, Debug)]
pub struct CostKey {
    /// The price break.
    pub min_quantity: Quantity,
    /// From when on.
    pub effective_from: Timestamp,
}

/// Why a cost cannot be read, added or removed.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// It would begin in the past.
    #[error("must be in the future: what was paid is not changed")]
    InThePast,
    /// The price break has a cost from this moment on.
    #[error("the price break has another cost from {0} on")]
    DuplicateMoment(Timestamp),
    /// No such cost.
    #[error("it has no cost from {0} on for this quantity")]
    Unknown(Timestamp),
    /// Its moment has come.
    #[error("it has been in effect since {0}")]
    InEffect(Timestamp),
    /// The supplier product cannot be found, and the like.
    #[error(transparent)]
    SupplierProduct(#[from] SupplierProductError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<CostError> for ApiError {
    fn from(error: CostError) -> Self {
        use CostError as E;
        let detail = error.to_string();
        match error {
            E::InThePast => Self::invalid_field("/effective_from", "in_the_past", detail),
            E::DuplicateMoment(_) => Self::new(&problems::DUPLICATE_COST_MOMENT, detail),
            E::Unknown(_) => Self::new(&problems::UNKNOWN_COST, detail),
            E::InEffect(_) => Self::new(&problems::COST_IN_EFFECT, detail),
            E::SupplierProduct(error) => error.into(),
            E::Database(source) => source.into(),
        }
    }
}

impl sqlx::FromRow<'_, PgRow> for CostInTime {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: String = row.try_get("currency")?;
        let unit_cost: Option<Decimal> = row.try_get("unit_cost")?;
        let unit_cost = unit_cost.map(Amount::try_from).transpose().map_err(row::decode)?;
        Ok(Self {
            supplier_product_id: row.try_get("supplier_product_id")?,
            min_quantity: row.try_get::<Decimal, _>("min_quantity")?.try_into().map_err(row::decode)?,
            unit_cost: unit_cost.map(|cost| row::money(cost, &currency)),
            currency,
            effective_from: row::time(row, "effective_from")?,
            actor: row.try_get("actor")?,
            created_at: row::time(row, "created_at")?,
            current: row.try_get("current")?,
        })
    }
}

impl FromFields for ScheduledSupplierProductCost {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (given, unit_cost) = (fields.optional("min_quantity"), fields.required("unit_cost"));
        let min_quantity: Quantity = given.unwrap_or(Quantity::ZERO);
        if min_quantity.is_negative() {
            fields.fault::<()>("min_quantity", "negative", "must not be negative");
        }
        let effective_from = fields.required("effective_from");
        Some(Self { min_quantity, unit_cost: unit_cost?, effective_from: effective_from? })
    }
}

impl FromParams for CostFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let at = params.optional("at");
        Some(Self { at, paging: Paging::from_params(params)? })
    }
}

impl FromParams for CostKey {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let min_quantity = params.optional("min_quantity").unwrap_or(Quantity::ZERO);
        match params.optional("effective_from") {
            Some(effective_from) => Some(Self { min_quantity, effective_from }),
            None => params.fault("effective_from", "missing", "is required"),
        }
    }
}
