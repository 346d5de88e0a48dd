//! What is asked of reservations.

use std::collections::HashSet;

use domain::{Change, Code, Fulfilment, Lot, OneLine, Quantity, Sku};
use jiff::SignedDuration;
use platform::{Fields, FromFields};
use utoipa::ToSchema;

use crate::ledger::{self, NewEdit, NewLine, PlaceRef, ProductRef};

/// Most lines of a reservation.
const LINES_MAX: usize = 1000;

/// Longest time that a reservation can be given to run out: ten years.
const EXPIRES_IN_S_MAX: i64 = 315_360_000;

/// A reservation to be.
#[derive(ToSchema)]
#[schema(as = NewReservation, example = json!({"reference": "order 2041", "expires_in_s": 900,
    "lines": [{"sku": "KET-17", "quantity": 1}]}))]
#[expect(dead_code, reason = "only its schema is used: NewReservation is what it is read into")]
pub struct NewReservationSchema {
    /// All of them, or none.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<NewReservationLine>,
    /// The document it is for.
    reference: Option<OneLine>,
    /// After how many seconds it runs out; without it, it holds until it is released.
    #[schema(minimum = 1, maximum = 315_360_000)]
    expires_in_s: Option<i64>,
}

/// A line of a reservation. The product is named by `product_id` or `sku`; the place by `location_id`, `warehouse` or
/// `warehouse_id`, or not at all: then it is taken from the warehouses in the order of their priority.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: ledger::NewLine is what it is read into")]
pub struct NewReservationLine {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// Code of the warehouse.
    warehouse: Option<Code>,
    /// Key of the warehouse.
    warehouse_id: Option<i64>,
    /// Key of the location.
    location_id: Option<i64>,
    /// Lot or batch; without it, of any lot.
    lot: Option<Lot>,
    /// How much, above 0.
    quantity: Quantity,
}

/// A reservation to be, as read.
#[derive(Debug)]
pub struct NewReservation {
    pub(super) lines: Vec<NewLine>,
    pub(super) reference: Option<OneLine>,
    pub(super) expires_in: Option<SignedDuration>,
}

/// What changes of a reservation.
#[derive(ToSchema)]
#[schema(as = ReservationChange, example = json!({"lines": [{"line": 1, "quantity": 2}]}))]
#[expect(dead_code, reason = "only its schema is used: ReservationChange is what it is read into")]
pub struct ReservationChangeSchema {
    /// The lines that change.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Option<Vec<ReservationLineChange>>,
    /// After how many seconds from now it runs out; null: never.
    #[schema(minimum = 1, maximum = 315_360_000)]
    expires_in_s: Option<i64>,
}

/// A line of a reservation as it shall be. Without a place, what is held stays where it is and more is taken anywhere.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: NewEdit is what it is read into")]
pub struct ReservationLineChange {
    /// Number of the line.
    line: i32,
    /// What it shall hold in all, with what has gone out; 0 takes back what is open.
    quantity: Option<Quantity>,
    /// Code of the warehouse where what is open shall be held.
    warehouse: Option<Code>,
    /// Key of that warehouse.
    warehouse_id: Option<i64>,
    /// Key of the location where what is open shall be held.
    location_id: Option<i64>,
}

/// What changes of a reservation, as read.
#[derive(Debug)]
pub struct ReservationChange {
    pub(super) lines: Vec<NewEdit>,
    pub(super) expires_in: Option<Option<SignedDuration>>,
}

/// What goes out of a reservation.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"lines": [{"line": 1, "quantity": 1}]}))]
pub struct NewFulfilment {
    /// How much of which lines; without it, everything that is open.
    #[schema(min_items = 1, max_items = 1000, nullable = false)]
    pub(super) lines: Option<Vec<NewFulfilmentLine>>,
}

/// What goes out of a line of a reservation.
#[derive(Debug, ToSchema)]
pub struct NewFulfilmentLine {
    /// Number of the line.
    pub(super) line: i32,
    /// How much, above 0.
    pub(super) quantity: Quantity,
}

/// Why a reservation is taken back.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"reason": "the customer changed their mind"}))]
pub struct NewRelease {
    /// Why.
    #[schema(nullable = false)]
    pub(super) reason: Option<OneLine>,
}

impl FromFields for NewReservation {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (reference, expires_in) = (fields.optional("reference"), expires_in(fields));
        let lines = fields.list::<Reserving>("lines", LINES_MAX)?;
        Some(Self { lines: lines.into_iter().map(|line| line.0).collect(), reference, expires_in })
    }
}

/// A line that reserves.
struct Reserving(NewLine);

impl FromFields for Reserving {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, place, lot) = (ProductRef::from_fields(fields), place(fields), ledger::lot(fields));
        let change = Change::Reserve(positive(fields)?);
        let place = place.unwrap_or(PlaceRef::Anywhere);
        Some(Self(NewLine { product: product?, place, lot, change, expected_on_hand: None, unit_cost: None }))
    }
}

impl FromFields for ReservationChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let expires_in = match fields.change::<i64>("expires_in_s") {
            Some(Some(seconds)) => span(fields, seconds).map(Some),
            Some(None) => Some(None),
            None => None,
        };
        let given = fields.has("lines") || fields.has("expires_in_s") || expires_in.is_some();
        let lines = fields.list_if_given::<NewEdit>("lines", LINES_MAX).unwrap_or_default();
        let mut seen = HashSet::new();
        if let Some(index) = lines.iter().position(|edit| !seen.insert(edit.line)) {
            let pointer = format!("{}/lines/{index}/line", fields.pointer());
            fields.fault_at(pointer, "repeated", "is changed by another item already");
        }
        if !given {
            return fields.fault("lines", "missing", "is required, or expires_in_s");
        }
        Some(Self { lines, expires_in })
    }
}

impl FromFields for NewEdit {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (line, quantity, place) =
            (fields.required("line"), fields.optional::<Quantity>("quantity"), place(fields));
        if quantity.is_some_and(Quantity::is_negative) {
            return fields.fault("quantity", "negative", "must not be negative");
        }
        if quantity.is_none() && place.is_none() {
            return fields.fault("quantity", "missing", "is required, or a place");
        }
        Some(Self { line: line?, quantity, place })
    }
}

impl FromFields for NewFulfilment {
    const BODY_IS_OPTIONAL: bool = true;

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { lines: fields.list_if_given("lines", LINES_MAX) })
    }
}

impl FromFields for NewFulfilmentLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (line, quantity) = (fields.required("line"), positive(fields));
        Some(Self { line: line?, quantity: quantity? })
    }
}

impl FromFields for NewRelease {
    const BODY_IS_OPTIONAL: bool = true;

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { reason: fields.optional("reason") })
    }
}

impl NewFulfilment {
    pub(super) fn into_lines(self) -> Option<Vec<Fulfilment>> {
        let line = |line: NewFulfilmentLine| Fulfilment { line: line.line, quantity: line.quantity };
        self.lines.map(|lines| lines.into_iter().map(line).collect())
    }
}

fn place(fields: &mut Fields<'_>) -> Option<PlaceRef> {
    Some(PlaceRef::from_fields(fields)).filter(|place| !matches!(place, PlaceRef::DefaultWarehouse))
}

fn positive(fields: &mut Fields<'_>) -> Option<Quantity> {
    let quantity: Quantity = fields.required("quantity")?;
    if quantity.is_positive() {
        Some(quantity)
    } else {
        fields.fault("quantity", "out_of_range", "must be above 0")
    }
}

fn expires_in(fields: &mut Fields<'_>) -> Option<SignedDuration> {
    let seconds: i64 = fields.optional("expires_in_s")?;
    span(fields, seconds)
}

fn span(fields: &mut Fields<'_>, seconds: i64) -> Option<SignedDuration> {
    if (1..=EXPIRES_IN_S_MAX).contains(&seconds) {
        Some(SignedDuration::from_secs(seconds))
    } else {
        fields.fault("expires_in_s", "out_of_range", "must be 1 to 315360000")
    }
}
