//! What a return to a supplier looks like, and why it is refused.

use domain::{Amount, ProductId, Quantity};
use jiff::Timestamp;
use platform::{ApiError, FieldError, FromParams, Paging, Params};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use stock::ledger::LedgerError;
use utoipa::ToSchema;

use crate::purchase_orders::{PurchaseOrderError, supplier};
use crate::supplier_products::SupplierSummary;
use crate::{problems, row};

/// What went back to a supplier.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SupplierReturn, example = json!({"id": 5, "number": "SR-000005", "supplier": {"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd"},
    "purchase_order_id": 123, "purchase_order": "PO-000123", "goods_receipt_id": 77, "goods_receipt": "GR-000077", "movement_id": 4720,
    "reason": "damaged in transit", "actor": "anna", "currency": "EUR",
    "lines": [{"product_id": 17, "sku": "KET-17", "location_id": 1, "location": "STOCK", "quantity": 2, "unit_cost": "12.50"}],
    "created_at": "2026-02-13T12:00:00Z", "reversed_at": null, "reversed_by_movement_id": null}))]
pub struct SupplierReturnView {
    /// Key.
    pub id: i64,
    /// What people call it.
    pub number: String,
    /// To whom.
    pub supplier: SupplierSummary,
    /// Key of the order it came by.
    #[schema(required)]
    pub purchase_order_id: Option<i64>,
    /// Number of the order it came by.
    #[schema(required)]
    pub purchase_order: Option<String>,
    /// Key of the receipt it came by.
    #[schema(required)]
    pub goods_receipt_id: Option<i64>,
    /// Number of the receipt it came by.
    #[schema(required)]
    pub goods_receipt: Option<String>,
    /// The stock movement that took it out.
    pub movement_id: i64,
    /// Why it went back.
    pub reason: String,
    /// Who returned it.
    pub actor: String,
    /// Of its costs, by ISO 4217.
    pub currency: String,
    /// What went back.
    pub lines: Vec<SupplierReturnLineView>,
    /// When it was returned.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was put right.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub reversed_at: Option<Timestamp>,
    /// The stock movement that put it right.
    #[schema(required)]
    pub reversed_by_movement_id: Option<i64>,
}

/// A line of a return to a supplier.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SupplierReturnLine)]
pub struct SupplierReturnLineView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Key of the location it was taken from; null: the movement says, because only a warehouse was named.
    #[schema(required)]
    pub location_id: Option<i64>,
    /// Code of that location.
    #[schema(required)]
    pub location: Option<String>,
    /// How much went back.
    pub quantity: Quantity,
    /// What one unit had cost; null: not known, or not to the caller.
    #[schema(required)]
    pub unit_cost: Option<String>,
}

/// Which returns to list; an empty filter does not narrow.
#[derive(Debug)]
pub struct SupplierReturnFilter {
    /// To which suppliers.
    pub suppliers: Vec<i64>,
    /// Of which orders.
    pub orders: Vec<i64>,
    /// Which page.
    pub paging: Paging,
}

/// Why something cannot be returned, or a return not be reversed.
#[derive(Debug, thiserror::Error)]
pub enum SupplierReturnError {
    /// No such return.
    #[error("no return to a supplier has the id {0}")]
    NotFound(i64),
    /// The body names what is not known.
    #[error("not acceptable: {0:?}")]
    Input(Vec<FieldError>),
    /// More would go back than came.
    #[error("{requested} would go back of product {product}, {returnable} may")]
    OverReturn {
        /// Position of the first line of the product, from 0.
        index: usize,
        /// Which product.
        product: ProductId,
        /// How much may go back.
        returnable: Quantity,
        /// What all lines of the return together take.
        requested: Quantity,
    },
    /// It is not of the caller's warehouses.
    #[error("{0:?}")]
    NotOwn(ApiError),
    /// The order cannot be locked, and the like.
    #[error(transparent)]
    Order(#[from] PurchaseOrderError),
    /// The ledger refuses the movement.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<SupplierReturnError> for ApiError {
    fn from(error: SupplierReturnError) -> Self {
        use SupplierReturnError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::SUPPLIER_RETURN_NOT_FOUND, detail),
            E::Input(errors) => Self::invalid_input(errors),
            E::OverReturn { index, product, returnable, requested } => {
                Self::new(&problems::OVER_RETURN, detail)
                    .with("pointer", format!("/lines/{index}"))
                    .with("product_id", product)
                    .with("returnable", returnable)
                    .with("requested", requested)
            }
            E::NotOwn(error) => error,
            E::Order(error) => error.into(),
            E::Ledger(error) => error.into(),
            E::Database(source) => source.into(),
        }
    }
}

impl sqlx::FromRow<'_, PgRow> for SupplierReturnView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: String = row.try_get("currency")?;
        let mut lines: Vec<SupplierReturnLineView> = row::json(row, "lines")?;
        for line in &mut lines {
            let cost = line.unit_cost.as_deref().map(Amount::parse).transpose().map_err(row::decode)?;
            line.unit_cost = cost.map(|cost| row::money(cost, &currency));
        }
        let reversed_at: Option<jiff_sqlx::Timestamp> = row.try_get("reversed_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            supplier: supplier(row)?,
            purchase_order_id: row.try_get("purchase_order_id")?,
            purchase_order: row.try_get("purchase_order")?,
            goods_receipt_id: row.try_get("goods_receipt_id")?,
            goods_receipt: row.try_get("goods_receipt")?,
            movement_id: row.try_get("movement_id")?,
            reason: row.try_get("reason")?,
            actor: row.try_get("actor")?,
            currency,
            lines,
            created_at: row::time(row, "created_at")?,
            reversed_at: reversed_at.map(jiff_sqlx::Timestamp::to_jiff),
            reversed_by_movement_id: row.try_get("reversed_by_movement_id")?,
        })
    }
}

impl FromParams for SupplierReturnFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (suppliers, orders) = (params.all("supplier_id"), params.all("purchase_order_id"));
        Some(Self { suppliers, orders, paging: Paging::from_params(params)? })
    }
}
