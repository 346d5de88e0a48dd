//! What a stock transfer looks like, and why it cannot be changed.

use domain::stock_transfer::Shortage;
use domain::{LocationId, Quantity, StockTransferAction, StockTransferStatus};
use jiff::Timestamp;
use platform::{ApiError, FieldError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::ledger::LedgerError;
use crate::problems;

/// A stock transfer with its lines and its history.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockTransfer, example = json!({"id": 12, "number": "TR-000012", "status": "received",
    "from": {"warehouse_id": 1, "warehouse": "MAIN", "location_id": null, "location": null},
    "to": {"warehouse_id": 2, "warehouse": "SHOP", "location_id": null, "location": null}, "reference": "refill", "note": "",
    "lines": [{"line": 1, "product_id": 17, "sku": "KET-17", "name": "Kettle", "lot": null, "quantity": 5, "received": 4, "lost": 1,
        "returned": 0, "in_transit": 0, "parts": [{"location_id": 1, "location": "STOCK", "warehouse": "MAIN", "lot": null,
            "quantity": 5, "received": 4, "lost": 1, "returned": 0, "in_transit": 0}]}],
    "history": [{"action": "create", "from_status": null, "status": "draft", "note": "", "movement_id": null, "actor": "anna",
        "recorded_at": "2026-01-31T12:00:00Z"}],
    "version": 4, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-02-01T12:00:00Z"}))]
pub struct StockTransferView {
    /// Key.
    pub id: i64,
    /// What people and its movements call it.
    pub number: String,
    /// Where it stands.
    #[schema(value_type = StockTransferStatus)]
    pub status: String,
    /// Where it leaves.
    pub from: PlaceView,
    /// Where it arrives.
    pub to: PlaceView,
    /// The document it is for.
    #[schema(required)]
    pub reference: Option<String>,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// What it moves.
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

/// A warehouse, or one location of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockTransferPlace)]
pub struct PlaceView {
    /// Key of the warehouse.
    pub warehouse_id: i64,
    /// Code of the warehouse.
    pub warehouse: String,
    /// Key of the location; null: as the warehouse has it.
    #[schema(required)]
    pub location_id: Option<i64>,
    /// Code of the location.
    #[schema(required)]
    pub location: Option<String>,
}

/// A line of a stock transfer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = StockTransferLine)]
pub struct LineView {
    /// Number of the line, from 1.
    pub line: i32,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// What people call it.
    pub name: String,
    /// Of which lot; null: of any.
    #[schema(required)]
    pub lot: Option<String>,
    /// How much shall move.
    pub quantity: Quantity,
    /// How much of it has arrived.
    pub received: Quantity,
    /// How much of it did not arrive, and was written off.
    pub lost: Quantity,
    /// How much of it was brought back.
    pub returned: Quantity,
    /// How much of it is on its way.
    pub in_transit: Quantity,
    /// What left for it, by location and lot; empty before it is shipped.
    pub parts: Vec<PartView>,
}

/// What left for a line of a stock transfer from one location, of one lot.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = StockTransferPart)]
pub struct PartView {
    /// Key of the location it left.
    pub location_id: i64,
    /// Code of that location.
    pub location: String,
    /// Code of its warehouse.
    pub warehouse: String,
    /// Of which lot; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// How much left.
    pub quantity: Quantity,
    /// How much of it has arrived.
    pub received: Quantity,
    /// How much of it did not arrive, and was written off.
    pub lost: Quantity,
    /// How much of it was brought back.
    pub returned: Quantity,
    /// How much of it is on its way.
    pub in_transit: Quantity,
}

/// Something that was done to a stock transfer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = StockTransferEvent)]
pub struct EventView {
    /// What was done: `create`, `ship`, `receive`, `close` (what was in transit is lost), `cancel`.
    pub action: String,
    /// State before it; null for `create`.
    #[schema(required, value_type = Option<StockTransferStatus>)]
    pub from_status: Option<String>,
    /// State after it.
    #[schema(value_type = StockTransferStatus)]
    pub status: String,
    /// What else is worth knowing; for `close` the reason; may be empty.
    pub note: String,
    /// The stock movement that did it; null: no stock was moved.
    #[schema(required)]
    pub movement_id: Option<i64>,
    /// Who did it.
    pub actor: String,
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
}

/// Why a stock transfer cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum StockTransferError {
    /// No such transfer.
    #[error("no stock transfer has the id {0}")]
    NotFound(i64),
    /// The body names what is not known or cannot be moved so.
    #[error("not acceptable: {0:?}")]
    Input(Vec<FieldError>),
    /// Only a draft can be edited.
    #[error("the transfer is {0}")]
    NotDraft(StockTransferStatus),
    /// Not in this state.
    #[error("cannot {} a transfer that is {status}", action.as_str())]
    Status {
        /// Where it stands.
        status: StockTransferStatus,
        /// What was tried.
        action: StockTransferAction,
    },
    /// The transfer has no such line.
    #[error("the transfer has no line {line}")]
    UnknownLine {
        /// Position in the receipt, from 0.
        index: usize,
        /// What it names.
        line: i32,
    },
    /// More has arrived than is in transit.
    #[error("{} received, {} in transit", .0.requested, .0.open)]
    MoreThanInTransit(Shortage),
    /// The location is not in the warehouse that the transfer goes to.
    #[error("the warehouse it goes to has no location with the id {location}")]
    UnknownLocation {
        /// Position in the receipt, from 0.
        index: usize,
        /// What it names.
        location: LocationId,
    },
    /// The warehouse that the transfer goes to has neither an open receiving location nor a default location.
    #[error("is required: the warehouse it goes to has no location for it")]
    LocationRequired {
        /// Position in the receipt, from 0.
        index: usize,
    },
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The ledger refuses the movement.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<StockTransferError> for ApiError {
    fn from(error: StockTransferError) -> Self {
        use StockTransferError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::STOCK_TRANSFER_NOT_FOUND, detail),
            E::Input(errors) => Self::invalid_input(errors),
            E::NotDraft(status) => {
                Self::new(&problems::STOCK_TRANSFER_NOT_DRAFT, detail).with("stock_transfer_status", status)
            }
            E::Status { status, .. } => {
                let possible: Vec<_> = status.actions().map(StockTransferAction::as_str).collect();
                Self::new(&problems::STOCK_TRANSFER_STATUS, detail)
                    .with("stock_transfer_status", status)
                    .with("possible", possible)
            }
            E::UnknownLine { index, .. } => {
                Self::invalid_field(format!("/lines/{index}/line"), "unknown_line", detail)
            }
            E::MoreThanInTransit(Shortage { want, open, requested }) => {
                Self::new(&problems::MORE_THAN_IN_TRANSIT, detail)
                    .with("pointer", format!("/lines/{want}"))
                    .with("open", open)
                    .with("requested", requested)
            }
            E::UnknownLocation { index, .. } => {
                Self::invalid_field(format!("/lines/{index}/location_id"), "unknown_location", detail)
            }
            E::LocationRequired { index } => {
                Self::invalid_field(format!("/lines/{index}/location_id"), "missing", detail)
            }
            E::Precondition(error) => error,
            E::Ledger(error) => error.into(),
            E::Database(source) => source.into(),
        }
    }
}

impl sqlx::FromRow<'_, PgRow> for StockTransferView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            status: row.try_get("status")?,
            from: place(row, "from")?,
            to: place(row, "to")?,
            reference: row.try_get("reference")?,
            note: row.try_get("note")?,
            lines: json(row, "lines")?,
            history: json(row, "history")?,
            version: row.try_get("version")?,
            created_at: time(row, "created_at")?,
            updated_at: time(row, "updated_at")?,
        })
    }
}

/// The columns of one side, by their prefix.
pub(super) fn place(row: &PgRow, side: &str) -> Result<PlaceView, sqlx::Error> {
    let column = |name: &str| format!("{side}_{name}");
    Ok(PlaceView {
        warehouse_id: row.try_get(column("warehouse_id").as_str())?,
        warehouse: row.try_get(column("warehouse").as_str())?,
        location_id: row.try_get(column("location_id").as_str())?,
        location: row.try_get(column("location").as_str())?,
    })
}

/// A time.
pub(super) fn time(row: &PgRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    Ok(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff())
}

/// What a statement has gathered as JSON, so that the document is of one snapshot.
fn json<T: DeserializeOwned>(row: &PgRow, column: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(row.try_get(column)?).map_err(|error| sqlx::Error::Decode(error.into()))
}
