//! What a goods receipt is, and what may be asked of it.

use domain::purchase_order::ReceiptRefusal;
use domain::{Amount, LocationId, Lot, OneLine, PurchaseOrderStatus, Quantity, Text};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use stock::ledger::{self, LedgerError};
use utoipa::ToSchema;

use crate::purchase_orders::{self, PurchaseOrderError};
use crate::supplier_products::SupplierSummary;
use crate::{problems, row};

/// Most lines of a receipt.
const LINES_MAX: usize = 1000;

/// A goods receipt to be.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"lines": [{"line_id": 456, "quantity": 25}], "note": "delivery note 2041"}))]
pub struct NewGoodsReceipt {
    /// What came; several lines may fill one line of the order, into several locations.
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<NewGoodsReceiptLine>,
    /// What else is worth knowing.
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub note: Option<Text<2000>>,
}

/// A line of a goods receipt to be.
#[derive(Debug, ToSchema)]
pub struct NewGoodsReceiptLine {
    /// Key of the line of the order.
    pub line_id: i64,
    /// How much came.
    #[schema(exclusive_minimum = 0)]
    pub quantity: Quantity,
    /// Where it is put: a location of the order's warehouse. If absent, its receiving location if it has one, else its
    /// default location.
    #[schema(value_type = Option<i64>)]
    pub location_id: Option<LocationId>,
    /// What one unit cost, in the currency of the order; as ordered if absent.
    pub unit_cost: Option<Amount>,
    /// Lot or batch.
    #[schema(value_type = Option<Lot>)]
    pub lot: Option<String>,
}

/// Why a receipt is put right.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"reason": "counted wrongly"}))]
pub struct NewGoodsReceiptReversal {
    /// Why.
    pub reason: OneLine,
}

/// What came for an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoodsReceipt, example = json!({"id": 77, "number": "GR-000077", "purchase_order_id": 123, "purchase_order": "PO-000123",
    "supplier": {"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd"}, "warehouse": "MAIN", "movement_id": 4711, "note": "delivery note 2041", "actor": "anna", "currency": "EUR",
    "lines": [{"line_id": 456, "product_id": 17, "sku": "KET-17", "name": "Kettle 1.7 l", "location_id": 1, "location": "STOCK", "quantity": 25, "unit_cost": "12.50"}],
    "created_at": "2026-02-12T12:00:00Z", "reversed_at": null, "reversed_by_movement_id": null}))]
pub struct GoodsReceiptView {
    /// Key.
    pub id: i64,
    /// What people call it.
    pub number: String,
    /// Key of the order it came for.
    pub purchase_order_id: i64,
    /// Number of the order it came for.
    pub purchase_order: String,
    /// From whom.
    pub supplier: SupplierSummary,
    /// Code of the warehouse it came to.
    pub warehouse: String,
    /// Its key.
    #[serde(skip)]
    pub(super) warehouse_id: i64,
    /// The stock movement that brought it in.
    pub movement_id: i64,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// Who received it.
    pub actor: String,
    /// Of its costs, by ISO 4217.
    pub currency: String,
    /// What came.
    pub lines: Vec<GoodsReceiptLineView>,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was put right.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub reversed_at: Option<Timestamp>,
    /// The stock movement that put it right.
    #[schema(required)]
    pub reversed_by_movement_id: Option<i64>,
}

/// A line of a goods receipt.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = GoodsReceiptLine)]
pub struct GoodsReceiptLineView {
    /// Key of the line of the order.
    pub line_id: i64,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// What people call it.
    pub name: String,
    /// Key of the location.
    pub location_id: i64,
    /// Code of the location.
    pub location: String,
    /// How much came.
    pub quantity: Quantity,
    /// What one unit cost; null: the caller may not know.
    #[schema(required, value_type = Option<String>)]
    pub unit_cost: String,
}

/// Which receipts to list.
#[derive(Debug)]
pub struct GoodsReceiptFilter {
    /// For which orders; none: for all.
    pub orders: Vec<i64>,
    /// From which suppliers; none: from all.
    pub suppliers: Vec<i64>,
    /// Not received before this.
    pub since: Option<Timestamp>,
    /// Received before this.
    pub until: Option<Timestamp>,
    /// Which page.
    pub paging: Paging,
}

/// Why goods cannot be received, or a receipt not be reversed.
#[derive(Debug, thiserror::Error)]
pub enum GoodsReceiptError {
    /// No such receipt.
    #[error("no goods receipt has the id {0}")]
    NotFound(i64),
    /// Nothing is received, or opened again, in this state.
    #[error("the order is {0}")]
    OrderNotOpen(PurchaseOrderStatus),
    /// Some of it went back to the supplier.
    #[error("goods of the receipt went back to the supplier: reverse that return first")]
    Returned,
    /// The quantities do not fit what is open.
    #[error(transparent)]
    Refused(#[from] ReceiptRefusal),
    /// The location is not in the order's warehouse.
    #[error("the warehouse of the order has no location with the id {location}")]
    UnknownLocation {
        /// Position in the receipt, from 0.
        index: usize,
        /// What it names.
        location: LocationId,
    },
    /// The warehouse has neither an open receiving location nor a default location.
    #[error("is required: the warehouse of the order has no location for it")]
    LocationRequired {
        /// Position in the receipt, from 0.
        index: usize,
    },
    /// The order cannot be found, and the like.
    #[error(transparent)]
    Order(#[from] PurchaseOrderError),
    /// The ledger refuses the movement.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<GoodsReceiptError> for ApiError {
    fn from(error: GoodsReceiptError) -> Self {
        use GoodsReceiptError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::GOODS_RECEIPT_NOT_FOUND, detail),
            E::OrderNotOpen(status) => {
                Self::new(&problems::PURCHASE_ORDER_NOT_OPEN, detail).with("purchase_order_status", status)
            }
            E::Returned => Self::new(&problems::GOODS_RECEIPT_RETURNED, detail),
            E::Refused(ReceiptRefusal::UnknownLine { index, .. }) => {
                Self::invalid_field(format!("/lines/{index}/line_id"), "unknown_line", detail)
            }
            E::Refused(ReceiptRefusal::OverReceipt { index, line_id, open, tolerated, requested }) => {
                Self::new(&problems::OVER_RECEIPT, detail)
                    .with("pointer", format!("/lines/{index}"))
                    .with("line_id", line_id)
                    .with("open", open)
                    .with("tolerated", tolerated)
                    .with("requested", requested)
            }
            E::UnknownLocation { index, .. } => {
                Self::invalid_field(format!("/lines/{index}/location_id"), "unknown_location", detail)
            }
            E::LocationRequired { index } => {
                Self::invalid_field(format!("/lines/{index}/location_id"), "missing", detail)
            }
            E::Order(error) => error.into(),
            E::Ledger(error) => error.into(),
            E::Database(source) => source.into(),
        }
    }
}

impl sqlx::FromRow<'_, PgRow> for GoodsReceiptView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: String = row.try_get("currency")?;
        let mut lines: Vec<GoodsReceiptLineView> = row::json(row, "lines")?;
        for line in &mut lines {
            line.unit_cost = row::money(Amount::parse(&line.unit_cost).map_err(row::decode)?, &currency);
        }
        let reversed_at: Option<jiff_sqlx::Timestamp> = row.try_get("reversed_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            purchase_order_id: row.try_get("purchase_order_id")?,
            purchase_order: row.try_get("purchase_order")?,
            supplier: purchase_orders::supplier(row)?,
            warehouse: row.try_get("warehouse")?,
            warehouse_id: row.try_get("warehouse_id")?,
            movement_id: row.try_get("movement_id")?,
            note: row.try_get("note")?,
            actor: row.try_get("actor")?,
            currency,
            lines,
            created_at: row::time(row, "created_at")?,
            reversed_at: reversed_at.map(jiff_sqlx::Timestamp::to_jiff),
            reversed_by_movement_id: row.try_get("reversed_by_movement_id")?,
        })
    }
}

impl FromFields for NewGoodsReceiptLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (line_id, quantity) = (fields.required("line_id"), fields.required::<Quantity>("quantity"));
        let location_id = fields.optional("location_id").map(LocationId);
        let (unit_cost, lot) = (fields.optional("unit_cost"), ledger::lot(fields));
        match quantity {
            Some(quantity) if !quantity.is_positive() => {
                fields.fault("quantity", "out_of_range", "must be above 0")
            }
            quantity => Some(Self { line_id: line_id?, quantity: quantity?, location_id, unit_cost, lot }),
        }
    }
}

impl FromFields for NewGoodsReceipt {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (lines, note) = (fields.list("lines", LINES_MAX), fields.optional("note"));
        Some(Self { lines: lines?, note })
    }
}

impl FromFields for NewGoodsReceiptReversal {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { reason: fields.required("reason")? })
    }
}

impl FromParams for GoodsReceiptFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (orders, suppliers) = (params.all("purchase_order_id"), params.all("supplier_id"));
        let (since, until) = (params.optional("since"), params.optional("until"));
        Some(Self { orders, suppliers, since, until, paging: Paging::from_params(params)? })
    }
}
