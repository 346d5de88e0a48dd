//! What the history looks like, and of which time.

use jiff::{SignedDuration, Timestamp};
use platform::{FieldError, FromParams, Params};
use serde::Serialize;
use stock::WarehouseRef;
use utoipa::ToSchema;

use crate::money::Units;
use crate::period;

/// Most days, if `days` is given.
const DAYS_MAX: i32 = 3660;

/// Points unless asked otherwise.
const POINTS_DEFAULT: i32 = 60;

/// Most points.
const POINTS_MAX: i32 = 200;

/// How much there was at a time.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockPoint, example = json!({"at": "2026-01-31T12:00:00Z", "on_hand": 40}))]
pub struct PointView {
    /// When, by business time.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How much there was then, as is known now.
    pub on_hand: Units,
}

/// How much there was over time.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockHistory, example = json!({"product_id": 17, "points": [{"at": "2026-01-30T12:00:00Z", "on_hand": 52},
    {"at": "2026-01-31T12:00:00Z", "on_hand": 40}]}))]
pub struct HistoryView {
    /// Which product.
    pub product_id: i64,
    /// The first is at `from`, the last at `to`; all are as far apart.
    pub points: Vec<PointView>,
}

/// Of which time, and where.
#[derive(Debug)]
pub struct HistoryFilter {
    /// In this warehouse; none: over all.
    pub warehouses: Vec<WarehouseRef>,
    /// The first point; none: `days` before the last.
    pub from: Option<Timestamp>,
    /// The last point; none: now.
    pub to: Option<Timestamp>,
    /// How long before the last point the first one is, where `from` is not given.
    pub days: i32,
    /// Most points.
    pub points: i32,
}

impl FromParams for HistoryFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let warehouses = WarehouseRef::from_params(params);
        if warehouses.len() > 1 {
            params.fault::<()>("warehouse", "repeated", "must be given once only");
        }
        let (from, to) = (params.optional("from"), params.optional("to"));
        let days: Option<i32> = params.optional("days");
        if from.is_some() && days.is_some() {
            params.fault::<()>("days", "mutually_exclusive", "give days or from, not both");
        }
        let days = days.unwrap_or(period::DAYS_DEFAULT);
        if !(1..=DAYS_MAX).contains(&days) {
            params.fault::<()>("days", "out_of_range", format!("must be 1 to {DAYS_MAX}"));
        }
        let points = params.optional("points").unwrap_or(POINTS_DEFAULT);
        if !(2..=POINTS_MAX).contains(&points) {
            params.fault::<()>("points", "out_of_range", format!("must be 2 to {POINTS_MAX}"));
        }
        Some(Self { warehouses, from, to, days, points })
    }
}

impl HistoryFilter {
    /// The first and the last point, by the clock of the database.
    pub(super) fn span(&self, now: Timestamp) -> Result<(Timestamp, Timestamp), FieldError> {
        let to = self.to.unwrap_or(now);
        if to > now {
            return Err(FieldError::new("?to", "in_the_future", "must not be in the future"));
        }
        let before = SignedDuration::from_hours(24 * i64::from(self.days));
        let from = self.from.unwrap_or_else(|| to.checked_sub(before).unwrap_or(Timestamp::MIN));
        if from >= to {
            return Err(FieldError::new("?from", "out_of_range", "must be before to"));
        }
        Ok((from, to))
    }
}

/// So many times from the first to the last, as far apart.
pub(super) fn times((from, to): (Timestamp, Timestamp), points: i32) -> Vec<Timestamp> {
    let (first, length) = (from.as_microsecond(), i128::from(to.as_microsecond() - from.as_microsecond()));
    let parts = i128::from(points.max(2) - 1);
    let time = |part: i128| {
        let after = i64::try_from(length * part / parts).unwrap_or(0);
        Timestamp::from_microsecond(first + after).unwrap_or(to)
    };
    (0..=parts).map(time).collect()
}

/// What was read at these times.
pub(super) fn view(product_id: i64, points: Vec<(Timestamp, rust_decimal::Decimal)>) -> HistoryView {
    let points = points.into_iter().map(|(at, on_hand)| PointView { at, on_hand: Units(on_hand) }).collect();
    HistoryView { product_id, points }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_time_are_those_asked_for() {
        let span = (
            "2026-01-01T00:00:00Z".parse().expect("a time"),
            "2026-01-01T00:00:10Z".parse().expect("a time"),
        );
        let shown = |points| times(span, points).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(shown(2), ["2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z"]);
        assert_eq!(shown(3), ["2026-01-01T00:00:00Z", "2026-01-01T00:00:05Z", "2026-01-01T00:00:10Z"]);
        assert_eq!(times(span, 7).len(), 7);
        assert_eq!(times(span, 7).last(), Some(&span.1));
    }
}
