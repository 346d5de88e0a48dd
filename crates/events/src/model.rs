//! What events look like, and what may be asked of them.

use std::fmt;

use domain::{Invalid, Text};
use jiff::Timestamp;
use platform::input::Written;
use platform::{FromParams, Paging, Params, Parse};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::error::FeedError;

/// The type of the events that stock movements are.
pub(crate) const MOVEMENT: &str = "stock.movement";

/// What events of purchasing begin with: for whoever may read purchasing.
const PURCHASING: [&str; 3] = ["purchase_order.", "goods_receipt.", "supplier"];

/// Every type. Names of the database's triggers come to them; a test holds docs/src/events.md equal.
const TYPES: &[&str] = &[
    MOVEMENT,
    "low_stock.entered",
    "low_stock.left",
    "product.created",
    "product.updated",
    "product.archived",
    "product.unarchived",
    "product.deleted",
    "price.added",
    "price.removed",
    "category.created",
    "category.updated",
    "category.deleted",
    "warehouse.created",
    "warehouse.updated",
    "warehouse.archived",
    "warehouse.unarchived",
    "warehouse.deleted",
    "location.created",
    "location.updated",
    "location.archived",
    "location.unarchived",
    "location.deleted",
    "reservation.created",
    "reservation.updated",
    "reservation.fulfilled",
    "reservation.released",
    "reservation.expired",
    "purchase_order.created",
    "purchase_order.updated",
    "purchase_order.submitted",
    "purchase_order.approved",
    "purchase_order.rejected",
    "purchase_order.ordered",
    "purchase_order.received",
    "purchase_order.receipt_reversed",
    "purchase_order.cancelled",
    "purchase_order.closed",
    "goods_receipt.created",
    "goods_receipt.reversed",
    "stock_transfer.created",
    "stock_transfer.shipped",
    "stock_transfer.received",
    "stock_transfer.closed",
    "stock_transfer.cancelled",
    "supplier.created",
    "supplier.updated",
    "supplier.archived",
    "supplier.unarchived",
    "supplier.deleted",
    "supplier_product.created",
    "supplier_product.updated",
    "supplier_product.deleted",
    "supplier_cost.added",
    "supplier_cost.removed",
    "supplier_return.created",
    "supplier_return.reversed",
    "reorder_policy.created",
    "reorder_policy.updated",
    "reorder_policy.deleted",
];

/// What happened to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventType(pub(crate) &'static str);

/// What events of the stock of the shop as a whole begin with: not for whoever is limited to warehouses.
const OVER_ALL: &str = "low_stock.";

/// What is seen at each of its warehouses. All else is seen by those who may see all of its warehouses.
const SHARED: [&str; 2] = [MOVEMENT, "stock_transfer."];

/// Whether it is an event of the stock of the shop as a whole.
pub(crate) fn is_over_all(r#type: &str) -> bool {
    r#type.starts_with(OVER_ALL)
}

/// Whether an event of these warehouses is seen by whoever is limited to others: as far as they would be told by the list of such things.
pub(crate) fn is_in_reach(r#type: &str, of: Option<&[i64]>, own: &[i64]) -> bool {
    let is_shared = SHARED.iter().any(|beginning| r#type.starts_with(beginning));
    match of {
        None => true,
        Some(of) if is_shared => of.iter().any(|id| own.contains(id)),
        Some(of) => !of.is_empty() && of.iter().all(|id| own.contains(id)),
    }
}

/// Whether it is an event of purchasing.
pub(crate) fn is_purchasing(r#type: &str) -> bool {
    PURCHASING.iter().any(|beginning| r#type.starts_with(beginning))
}

impl Parse for EventType {
    const WRITTEN: Written = Written::String;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let known = TYPES.iter().find(|known| **known == text);
        known.map(|known| Self(known)).ok_or_else(|| {
            Invalid::new(
                "unknown_value",
                "is no type of event; the documentation of the change feed lists them",
            )
        })
    }
}

impl PartialSchema for EventType {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(TYPES.iter().copied()))
            .description(Some("What happened to what."))
            .into()
    }
}

impl ToSchema for EventType {}

/// A place in the feed: after everything that comes before it. Written `<transaction>-<step>-<id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) transaction: u64,
    /// Within the transaction: 1 documents, 2 movements, 3 what these bring about. 0: before all of it.
    pub(crate) step: i16,
    pub(crate) id: i64,
}

impl Position {
    /// Before everything.
    pub(crate) const BEGINNING: Self = Self::before(0);
    /// After everything.
    pub(crate) const END: Self = Self { transaction: u64::MAX, step: i16::MAX, id: i64::MAX };

    /// Before everything that a transaction did.
    pub(crate) const fn before(transaction: u64) -> Self {
        Self { transaction, step: 0, id: 0 }
    }

    /// As it is written, to the letter.
    pub(crate) fn parse(text: &str) -> Result<Self, FeedError> {
        let mut parts = text.splitn(3, '-');
        let mut next = || parts.next().ok_or(FeedError::NotAPosition);
        let (transaction, step, id) = (next()?, next()?, next()?);
        let invalid = |_| FeedError::NotAPosition;
        let position = Self {
            transaction: transaction.parse().map_err(invalid)?,
            step: step.parse().map_err(invalid)?,
            id: id.parse().map_err(invalid)?,
        };
        if position.to_string() == text { Ok(position) } else { Err(FeedError::NotAPosition) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.transaction, self.step, self.id)
    }
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Event, example = json!({"id": "81234-1-907", "type": "product.updated", "actor": "anna",
    "occurred_at": "2026-01-31T12:00:00.123456Z", "recorded_at": "2026-01-31T12:00:00.123456Z",
    "data": {"id": 17, "sku": "KET-17", "name": "Tea kettle", "version": 4, "changes": {"reorder_point": {"from": 10, "to": 12}}}}))]
pub struct EventView {
    /// Its place in the feed, for ever; `after` takes it. To be compared for equality only.
    pub id: String,
    /// What happened to what.
    #[schema(value_type = EventType)]
    pub r#type: String,
    /// Who did it.
    pub actor: String,
    /// When it happened: for a movement that is dated back, earlier than it was entered.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// When it was entered.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// For `stock.movement` the movement, as `GET /stock-movements/{id}` gives it; else what it is about and what changed.
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
    #[serde(skip)]
    pub(crate) position: Position,
    /// Of which warehouses it is, if that was asked for; none: of none, and for all.
    #[serde(skip)]
    pub(crate) warehouses: Option<Vec<i64>>,
}

/// A part of the feed.
#[derive(Serialize, ToSchema)]
pub struct EventPage {
    /// In the order of the feed. It may be empty though there is more, where few are of the types that are asked for.
    pub items: Vec<EventView>,
    /// Give it as `after` to go on, also at the end: later.
    pub next_cursor: String,
    /// Whether this is all that there is by now.
    pub at_end: bool,
    #[serde(skip)]
    pub(crate) next: Position,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// With the oldest event that is kept.
    Beginning,
    /// With what is yet to come.
    Latest,
    /// With what comes after this.
    After(Position),
}

/// What is asked for.
#[derive(Debug)]
pub(crate) struct EventFilter {
    pub(crate) after: Option<String>,
    /// None means all.
    pub(crate) types: Vec<EventType>,
    pub(crate) limit: i64,
}

impl FromParams for EventFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let after = params.optional::<Text<100>>("after").map(|text| text.as_str().to_owned());
        let types = params.all("types");
        let limit = params.optional("limit").unwrap_or(Paging::LIMIT_DEFAULT);
        if !(1..=Paging::LIMIT_MAX).contains(&limit) {
            return params.fault("limit", "out_of_range", format!("must be 1 to {}", Paging::LIMIT_MAX));
        }
        Some(Self { after, types, limit })
    }
}

impl Start {
    /// As a reader says it.
    pub(crate) fn parse(after: Option<&str>) -> Result<Self, FeedError> {
        match after {
            None => Ok(Self::Beginning),
            Some("latest") => Ok(Self::Latest),
            Some(text) => Position::parse(text).map(Self::After),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn a_position_is_read_as_it_is_written_and_in_no_other_way() {
        let position = Position { transaction: u64::MAX, step: 2, id: 4711 };
        assert_eq!(position.to_string(), "18446744073709551615-2-4711");
        assert_eq!(Position::parse(&position.to_string()).expect("it is one"), position);
        for text in [
            "",
            "1",
            "1-2",
            "1-2-",
            "01-2-3",
            "+1-2-3",
            "1-2-3-4",
            "1-2--3 ",
            "1-2-x",
            "18446744073709551616-1-1",
            " 1-2-3",
        ] {
            assert!(Position::parse(text).is_err(), "{text}");
        }
    }
}
