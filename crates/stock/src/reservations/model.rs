//! What a reservation looks like.

use domain::{Quantity, ReservationStatus};
use jiff::Timestamp;
use platform::{FromParams, Paging, Params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::ledger::{PartOutcome, ReservationOutcome};

/// A promise of stock.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reservation, example = json!({"id": 12, "number": "RS-000012", "status": "active", "reference": "order 2041",
    "actor": "anna", "expires_at": "2026-01-31T12:15:00Z", "version": 1,
    "lines": [{"line": 1, "product_id": 17, "sku": "KET-17", "quantity": 5, "fulfilled": 0, "released": 0, "open": 5,
        "allocations": [{"location_id": 1, "location": "STOCK", "warehouse": "MAIN", "lot": null, "quantity": 5, "open": 5}]}],
    "created_at": "2026-01-31T12:00:00.123456Z", "updated_at": "2026-01-31T12:00:00.123456Z"}))]
pub struct ReservationView {
    /// Key; null in the answer to a dry run.
    #[schema(required)]
    pub id: Option<i64>,
    /// What its movements call it.
    #[schema(required)]
    pub number: Option<String>,
    /// What has become of it.
    pub status: ReservationStatus,
    /// The document it is for.
    #[schema(required)]
    pub reference: Option<String>,
    /// Who made it.
    pub actor: String,
    /// When it runs out; null: it holds until it is released.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// Counts its changes.
    pub version: i64,
    /// What it holds.
    pub lines: Vec<ReservationLine>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A line of a reservation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReservationLine {
    /// Number of the line, from 1.
    pub line: i32,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// What it was promised, in all.
    pub quantity: Quantity,
    /// What of it went out.
    pub fulfilled: Quantity,
    /// What of it was taken back, or ran out.
    pub released: Quantity,
    /// What it still holds.
    pub open: Quantity,
    /// Where.
    pub allocations: Vec<Allocation>,
}

/// What a line of a reservation holds at one level.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Allocation {
    /// Key of the location.
    pub location_id: i64,
    /// Code of the location.
    pub location: String,
    /// Code of its warehouse.
    pub warehouse: String,
    /// Which lot; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// What was promised there.
    pub quantity: Quantity,
    /// What it still holds there.
    pub open: Quantity,
}

/// Which reservations to list.
#[derive(Debug)]
pub struct ReservationFilter {
    /// What has become of them.
    pub status: Option<ReservationStatus>,
    /// The document they are for.
    pub reference: Option<domain::OneLine>,
    /// What they hold.
    pub stock: StockFilter,
    /// Which page.
    pub paging: Paging,
}

impl FromParams for ReservationFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (status, reference) = (params.optional("status"), params.optional("reference"));
        let stock = StockFilter { products: StockFilter::products(params), ..StockFilter::default() };
        Some(Self { status, reference, stock, paging: Paging::from_params(params)? })
    }
}

impl From<ReservationOutcome> for ReservationView {
    fn from(outcome: ReservationOutcome) -> Self {
        let made = Some(outcome.id).filter(|id| id.0 > 0);
        Self {
            id: made.map(|id| id.0),
            number: made.map(crate::ledger::reservation_number),
            status: outcome.status,
            reference: outcome.reference,
            actor: outcome.actor,
            expires_at: outcome.expires_at,
            version: outcome.version,
            lines: outcome.parts.chunk_by(|a, b| a.line == b.line).map(line).collect(),
            created_at: outcome.created_at,
            updated_at: outcome.updated_at,
        }
    }
}

fn line(parts: &[PartOutcome]) -> ReservationLine {
    let open =
        |part: &PartOutcome| part.quantity.saturating_sub(part.fulfilled).saturating_sub(part.released);
    let allocation = |part: &PartOutcome| Allocation {
        location_id: part.location_id.0,
        location: part.location.clone(),
        warehouse: part.warehouse.clone(),
        lot: Some(part.lot.clone()).filter(|lot| !lot.is_empty()),
        quantity: part.quantity,
        open: open(part),
    };
    ReservationLine {
        line: parts[0].line, // chunk_by gives no empty chunk
        product_id: parts[0].product_id.0,
        sku: parts[0].sku.clone(),
        quantity: parts.iter().map(|part| part.quantity).sum(),
        fulfilled: parts.iter().map(|part| part.fulfilled).sum(),
        released: parts.iter().map(|part| part.released).sum(),
        open: parts.iter().map(open).sum(),
        allocations: parts.iter().map(allocation).collect(),
    }
}
