//! What a purchase order looks like, and why it cannot be changed.

use domain::{Amount, Currency, ProductId, PurchaseOrderAction, PurchaseOrderStatus, Quantity};
use jiff::Timestamp;
use jiff::civil::Date;
use platform::{ApiError, FieldError};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::supplier_products::SupplierSummary;
use crate::{problems, row};

/// A purchase order with its lines and its history.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PurchaseOrder, example = json!({"id": 123, "number": "PO-000123", "status": "partially_received",
    "supplier": {"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd"}, "warehouse": "MAIN", "warehouse_id": 1, "currency": "EUR",
    "total": "500.00", "expected_on": "2026-02-14", "note": "",
    "lines": [{"id": 456, "product_id": 17, "sku": "KET-17", "name": "Kettle", "quantity": 40, "received": 25, "cancelled": 0,
        "open": 15, "unit_cost": "12.50", "expected_on": null}],
    "history": [{"action": "create", "from_status": null, "status": "draft", "note": "", "actor": "anna", "recorded_at": "2026-01-31T12:00:00Z"}],
    "version": 6, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-02-12T12:00:00Z"}))]
pub struct PurchaseOrderView {
    /// Key.
    pub id: i64,
    /// What people call it.
    pub number: String,
    /// Where it stands.
    #[schema(value_type = PurchaseOrderStatus)]
    pub status: String,
    /// From whom.
    pub supplier: SupplierSummary,
    /// Code of the warehouse it goes to.
    pub warehouse: String,
    /// Key of the warehouse it goes to.
    pub warehouse_id: i64,
    /// Of its costs, by ISO 4217.
    pub currency: String,
    /// What it costs, without what was cancelled; null: the caller may not know.
    #[schema(required, value_type = Option<String>)]
    pub total: String,
    /// The day it should arrive, unless a line says otherwise.
    #[schema(required, value_type = Option<String>, format = Date)]
    pub expected_on: Option<Date>,
    /// For the supplier or for us; may be empty.
    pub note: String,
    /// What is ordered.
    pub lines: Vec<LineView>,
    /// What was done to it, oldest first.
    pub history: Vec<EventView>,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A line of a purchase order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = PurchaseOrderLine)]
pub struct LineView {
    /// Key.
    pub id: i64,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// What people call it.
    pub name: String,
    /// How much was ordered.
    pub quantity: Quantity,
    /// How much has come.
    pub received: Quantity,
    /// How much will not come any more.
    pub cancelled: Quantity,
    /// How much is still to come: the rest.
    pub open: Quantity,
    /// Cost of one unit; null: the caller may not know.
    #[schema(required, value_type = Option<String>)]
    pub unit_cost: String,
    /// The day it should arrive; null: as the order.
    #[schema(required, value_type = Option<String>, format = Date)]
    pub expected_on: Option<Date>,
}

/// Something that was done to a purchase order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = PurchaseOrderEvent)]
pub struct EventView {
    /// What was done: `create`, `submit`, `approve`, `reject`, `order`, `cancel`, `close`, `receive`, `reverse_receipt`.
    pub action: String,
    /// State before it; null for `create`.
    #[schema(required, value_type = Option<PurchaseOrderStatus>)]
    pub from_status: Option<String>,
    /// State after it.
    #[schema(value_type = PurchaseOrderStatus)]
    pub status: String,
    /// Why; for a receipt its number; may be empty.
    pub note: String,
    /// Who did it.
    pub actor: String,
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
}

/// Why a purchase order cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum PurchaseOrderError {
    /// No such order.
    #[error("no purchase order has the id {0}")]
    NotFound(i64),
    /// The body names what is not known or cannot be ordered.
    #[error("not acceptable: {0:?}")]
    Input(Vec<FieldError>),
    /// Nothing is ordered there any more.
    #[error("the supplier {0} is archived")]
    SupplierArchived(i64),
    /// Only a draft can be edited.
    #[error("the order is {0}; duplicate it to write another one")]
    NotDraft(PurchaseOrderStatus),
    /// Not in this state.
    #[error("cannot {} an order that is {status}", action.as_str())]
    Status {
        /// Where it stands.
        status: PurchaseOrderStatus,
        /// What was tried.
        action: PurchaseOrderAction,
    },
    /// More would be on order than there can be.
    #[error("more of product {0} would be on order than the largest quantity")]
    IncomingTooLarge(ProductId),
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<PurchaseOrderError> for ApiError {
    fn from(error: PurchaseOrderError) -> Self {
        use PurchaseOrderError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::PURCHASE_ORDER_NOT_FOUND, detail),
            E::Input(errors) => Self::invalid_input(errors),
            E::SupplierArchived(_) => Self::new(&problems::SUPPLIER_ARCHIVED, detail),
            E::NotDraft(status) => {
                Self::new(&problems::PURCHASE_ORDER_NOT_DRAFT, detail).with("purchase_order_status", status)
            }
            E::Status { status, .. } => {
                let possible: Vec<_> = status.actions().map(PurchaseOrderAction::as_str).collect();
                Self::new(&problems::PURCHASE_ORDER_STATUS, detail)
                    .with("purchase_order_status", status)
                    .with("possible", possible)
            }
            E::IncomingTooLarge(product) => {
                Self::invalid_field("", "out_of_range", detail).with("product_id", product)
            }
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

/// A total as the database sums it up. Orders are held below what an amount can be.
pub fn total(row: &PgRow, currency: &str) -> Result<String, sqlx::Error> {
    let total = Amount::parse(row.try_get("total")?).map_err(row::decode)?;
    Ok(row::money(total, currency))
}

/// A day that may be null.
pub fn day(row: &PgRow, column: &str) -> Result<Option<Date>, sqlx::Error> {
    Ok(row.try_get::<Option<jiff_sqlx::Date>, _>(column)?.map(jiff_sqlx::Date::to_jiff))
}

/// The supplier of a row.
pub fn supplier(row: &PgRow) -> Result<SupplierSummary, sqlx::Error> {
    Ok(SupplierSummary {
        id: row.try_get("supplier_id")?,
        code: row.try_get("supplier_code")?,
        name: row.try_get("supplier_name")?,
    })
}

impl sqlx::FromRow<'_, PgRow> for PurchaseOrderView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: String = row.try_get("currency")?;
        let mut lines: Vec<LineView> = row::json(row, "lines")?;
        for line in &mut lines {
            line.unit_cost = row::money(Amount::parse(&line.unit_cost).map_err(row::decode)?, &currency);
        }
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            status: row.try_get("status")?,
            supplier: supplier(row)?,
            warehouse: row.try_get("warehouse")?,
            warehouse_id: row.try_get("warehouse_id")?,
            total: total(row, &currency)?,
            currency,
            expected_on: day(row, "expected_on")?,
            note: row.try_get("note")?,
            lines,
            history: row::json(row, "history")?,
            version: row.try_get("version")?,
            created_at: row::time(row, "created_at")?,
            updated_at: row::time(row, "updated_at")?,
        })
    }
}

/// A currency as it stands in the database.
pub fn currency(code: &str) -> Result<Currency, sqlx::Error> {
    Currency::parse(code).map_err(row::decode)
}
