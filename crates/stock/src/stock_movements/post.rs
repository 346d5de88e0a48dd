//! Posting and reversing stock movements.

use axum::extract::State;
use domain::{Amount, Change, Code, Lot, MovementId, MovementKind, OneLine, Quantity, Sku, Text};
use jiff::Timestamp;
use platform::{Actor, ApiError, Fields, FromFields, Id, Post, Posted, Query, RequestKey};
use utoipa::ToSchema;

use super::model::StockMovementView;
use crate::ledger::{self, Command, DryRun, Event, Ledger, NewLine, PlaceRef, ProductRef, Reversal, Work};

/// Most lines of a movement.
const LINES_MAX: usize = 1000;

/// A movement to be.
#[derive(ToSchema)]
#[schema(as = NewStockMovement, example = json!({"kind": "receipt", "reference": "DN-1042",
    "lines": [{"sku": "KET-17", "warehouse": "MAIN", "quantity": 40, "unit_cost": "32.90"}]}))]
#[expect(dead_code, reason = "only its schema is used: NewStockMovement is what it is read into")]
pub struct NewStockMovementSchema {
    /// It gives the sign of the quantities.
    kind: PostedKind,
    /// Why; required for an adjustment.
    reason: Option<OneLine>,
    /// The document it belongs to.
    reference: Option<OneLine>,
    /// What else is worth knowing.
    #[schema(value_type = Option<String>, max_length = 2000)]
    note: Option<Text<2000>>,
    /// When it happened, if that was before now.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<Timestamp>,
    /// Whether a loss may take what is reserved: from the newest reservations first.
    shorten_reservations: Option<bool>,
    /// All of them happen, or none.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<NewStockMovementLine>,
}

/// What can be posted; counts, transfers, reservations and reversals have requests of their own.
#[derive(ToSchema)]
#[schema(as = PostedMovementKind, rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used: MovementKind is what it is read into")]
enum PostedKind {
    Receipt,
    Issue,
    Adjustment,
    ReturnIn,
    ReturnOut,
}

/// A line of a movement. The product is named by `product_id` or `sku`; the place by `location_id`, `warehouse` or
/// `warehouse_id`, or not at all for the default warehouse.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: ledger::NewLine is what it is read into")]
pub struct NewStockMovementLine {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// Code of the warehouse: a gain goes to its default location, a loss is taken from its storage locations, default first.
    warehouse: Option<Code>,
    /// Key of the warehouse.
    warehouse_id: Option<i64>,
    /// Key of the location.
    location_id: Option<i64>,
    /// Lot or batch; without it a loss is taken from any lot.
    lot: Option<Lot>,
    /// How much, above 0; for an adjustment also below.
    quantity: Quantity,
    /// What one unit cost, in the base currency.
    unit_cost: Option<Amount>,
}

/// A movement to be, as read.
#[derive(Debug)]
pub struct NewStockMovement {
    kind: MovementKind,
    reason: Option<OneLine>,
    reference: Option<OneLine>,
    note: Option<Text<2000>>,
    occurred_at: Option<Timestamp>,
    shorten_reservations: bool,
    lines: Vec<NewLine>,
}

/// Why a movement is put right.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"reason": "booked twice"}))]
pub struct NewReversal {
    /// Why.
    pub reason: OneLine,
}

/// Post a stock movement
///
/// All lines happen, or none. Two lines for the same stock are added before anything is checked. With `dry_run=true` it
/// shows the outcome and writes nothing.
#[utoipa::path(post, path = "/stock-movements", tag = "stock", operation_id = "create_stock_movement",
    params(("dry_run" = Option<bool>, Query, description = "show the outcome and write nothing")),
    request_body = NewStockMovementSchema,
    responses((status = 201, body = StockMovementView),
              (status = 200, body = StockMovementView, description = "What a dry run would have done")),
    extensions(("x-problems" = json!(["insufficient_stock", "location_required", "location_not_open", "product_archived",
        "negative_since", "backdate_too_far", "period_closed"]))))]
pub(super) async fn create_stock_movement(
    State(ledger): State<Ledger>,
    Query(dry_run): Query<DryRun>,
    post: Post<NewStockMovement>,
) -> Result<Posted<StockMovementView>, ApiError> {
    let command = post.body.into_command(&post.actor, post.key);
    ledger.answer(command, dry_run, StockMovementView::of).await
}

/// Reverse a stock movement
///
/// Posts its opposite, once. Refused where the stock it brought is used up. The movement of a goods receipt is reversed
/// together with the receipt. What was dated back before a count is undone at the moment it was dated to, together with what
/// keeps the count true.
#[utoipa::path(post, path = "/stock-movements/{id}/reverse", tag = "stock", operation_id = "reverse_stock_movement",
    params(("dry_run" = Option<bool>, Query, description = "show the outcome and write nothing")),
    request_body = NewReversal,
    responses((status = 201, body = StockMovementView),
              (status = 200, body = StockMovementView, description = "What a dry run would have done")),
    extensions(("x-problems" = json!(["movement_not_found", "already_reversed", "reversal_not_reversible",
        "movement_has_document", "insufficient_stock", "location_not_open", "product_archived",
        "negative_since", "backdate_too_far", "period_closed"]))))]
pub(super) async fn reverse_stock_movement(
    State(ledger): State<Ledger>,
    Id(id): Id,
    Query(dry_run): Query<DryRun>,
    post: Post<NewReversal>,
) -> Result<Posted<StockMovementView>, ApiError> {
    let (reason, actor) = (post.body.reason.into(), post.actor.name().to_owned());
    let reversal = Reversal { key: post.key, movement: MovementId(id), reason, actor };
    ledger.reverse(reversal, dry_run, StockMovementView::of).await
}

impl FromFields for NewReversal {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { reason: fields.required("reason")? })
    }
}

impl FromFields for NewStockMovement {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = kind(fields);
        let (reason, reference, note) =
            (fields.optional("reason"), fields.optional("reference"), fields.optional("note"));
        if kind == Some(MovementKind::Adjustment) && !fields.has("reason") {
            fields.fault::<()>("reason", "missing", "is required for an adjustment");
        }
        let (occurred_at, shorten) =
            (fields.optional("occurred_at"), fields.optional("shorten_reservations"));
        let (lines, kind) = (fields.list::<SignedLine>("lines", LINES_MAX)?, kind?);
        let pointer = format!("{}/lines", fields.pointer());
        let mut signed = Vec::with_capacity(lines.len());
        for (i, SignedLine(line, quantity)) in lines.into_iter().enumerate() {
            match delta(kind, quantity) {
                Some(delta) => signed.push(NewLine { change: Change::By(delta), ..line }),
                None => fields.fault_at(
                    format!("{pointer}/{i}/quantity"),
                    "out_of_range",
                    "must be above 0; for an adjustment not 0",
                ),
            }
        }
        let shorten_reservations = shorten.unwrap_or(false);
        Some(Self { kind, reason, reference, note, occurred_at, shorten_reservations, lines: signed })
    }
}

/// A kind that is posted here; counts and reversals have requests of their own.
fn kind(fields: &mut Fields<'_>) -> Option<MovementKind> {
    match fields.required("kind")? {
        MovementKind::Count => fields.fault("kind", "unknown_value", "count with POST /stock-adjustments"),
        MovementKind::Reversal => {
            fields.fault("kind", "unknown_value", "reverse with POST /stock-movements/{id}/reverse")
        }
        MovementKind::Transfer | MovementKind::TransferOut | MovementKind::TransferIn => {
            fields.fault("kind", "unknown_value", "transfer with POST /stock-transfers")
        }
        MovementKind::Reserve | MovementKind::Release | MovementKind::Fulfil | MovementKind::Expire => {
            fields.fault("kind", "unknown_value", "reserve with POST /reservations")
        }
        kind => Some(kind),
    }
}

/// The change that a quantity means; none if the kind does not take it.
fn delta(kind: MovementKind, quantity: Quantity) -> Option<Quantity> {
    use MovementKind as K;
    match kind {
        K::Receipt | K::ReturnIn => quantity.is_positive().then_some(quantity),
        K::Issue | K::ReturnOut => quantity.is_positive().then_some(-quantity),
        K::Adjustment => (quantity != Quantity::ZERO).then_some(quantity),
        K::Count | K::Reversal | K::Transfer | K::TransferOut | K::TransferIn => None,
        K::Reserve | K::Release | K::Fulfil | K::Expire => None,
    }
}

/// A line with its quantity as given.
struct SignedLine(NewLine, Quantity);

impl FromFields for SignedLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, place, lot) =
            (ProductRef::from_fields(fields), PlaceRef::from_fields(fields), ledger::lot(fields));
        let (quantity, unit_cost) = (fields.required::<Quantity>("quantity"), fields.optional("unit_cost"));
        let change = Change::By(quantity?);
        Some(Self(
            NewLine { product: product?, place, lot, change, expected_on_hand: None, unit_cost },
            quantity?,
        ))
    }
}

impl NewStockMovement {
    fn into_command(self, actor: &Actor, key: RequestKey) -> Command {
        let event = Event {
            kind: self.kind,
            reason: self.reason.map(String::from),
            reference: self.reference.map(String::from),
            note: self.note.unwrap_or_default().as_str().to_owned(),
            actor: actor.name().to_owned(),
            occurred_at: self.occurred_at,
        };
        let shorten_reservations = self.shorten_reservations;
        let work = Work::Post { event, lines: self.lines, lines_at: "/lines", shorten_reservations };
        Command { operation: "create_stock_movement", key: Some(key), work }
    }
}
