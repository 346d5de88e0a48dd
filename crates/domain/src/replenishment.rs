//! How much to order of what runs low: a function of numbers that people can see, and check by hand.
//!
//! Stock is due when available + incoming + in transit + on order is at or below the reorder point. Then the order brings
//! it up to a target, or is of a fixed size, and is rounded up to what the supplier sells.

use crate::Quantity;

/// When stock is due, and how much is ordered then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Due at or below it.
    pub reorder_point: Quantity,
    /// Kept beyond the reorder point where neither of the two below is given.
    pub safety_stock: Quantity,
    /// Order up to this.
    pub max_quantity: Option<Quantity>,
    /// Order so much at a time.
    pub reorder_quantity: Option<Quantity>,
}

/// Why a policy contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// The minimum is above the maximum.
    #[error("must not be below the reorder point")]
    MaxBelowReorderPoint,
    /// Two answers to how much.
    #[error("give max_quantity or reorder_quantity, not both")]
    MaxAndReorderQuantity,
}

impl Policy {
    /// Whether its numbers agree with each other.
    pub fn check(&self) -> Result<(), PolicyFault> {
        if self.max_quantity.is_some_and(|max| max < self.reorder_point) {
            return Err(PolicyFault::MaxBelowReorderPoint);
        }
        if self.max_quantity.is_some() && self.reorder_quantity.is_some() {
            return Err(PolicyFault::MaxAndReorderQuantity);
        }
        Ok(())
    }
}

/// What there is, and what is coming.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Can be sold.
    pub available: Quantity,
    /// Ordered from suppliers, not yet received.
    pub incoming: Quantity,
    /// On its way from another warehouse.
    pub in_transit: Quantity,
    /// In orders that are not ordered yet: drafts, and those waiting for approval or approved.
    pub on_order: Quantity,
}

impl Position {
    /// All of it.
    pub fn total(&self) -> Quantity {
        [self.available, self.incoming, self.in_transit, self.on_order].into_iter().sum()
    }
}

/// What left for customers within a window of days that has just ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// How much.
    pub quantity: Quantity,
    /// In how many days; at least 1.
    pub window_days: i32,
}

impl Demand {
    /// For so many days, if it goes on like that; rounded up.
    pub fn over(&self, days: i32) -> Quantity {
        let scaled = self.quantity.millionths() * i128::from(days);
        saturate(div_ceil(scaled, self.window_days.max(1).into()))
    }

    /// For how many days so much lasts, to a tenth, rounded down; none if nothing leaves.
    pub fn days_of_cover(&self, available: Quantity) -> Option<Quantity> {
        const TENTH: i128 = 100_000;
        let left = available.millionths() * i128::from(self.window_days);
        let tenths = (left * 10).checked_div(self.quantity.millionths())?;
        Some(saturate(tenths * TENTH))
    }
}

/// What the supplier sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Least quantity of an order.
    pub moq: Option<Quantity>,
    /// Orders are multiples of it.
    pub order_multiple: Option<Quantity>,
    /// Days from order to arrival; unknown counts as none.
    pub lead_time_days: Option<i32>,
    /// The product is counted by each.
    pub whole_numbers_only: bool,
}

/// How much to order, and how that comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is expected to leave until an order arrives.
    pub lead_time_demand: Quantity,
    /// What stock is brought up to; none where a fixed quantity is ordered.
    pub target: Option<Quantity>,
    /// What is missing, before it is rounded up to what the supplier sells.
    pub needed: Quantity,
    /// How much to order; zero: nothing.
    pub quantity: Quantity,
}

/// How much to order.
///
/// - up to `max_quantity`, or up to what leaves until the order arrives if that is more;
/// - or `reorder_quantity`, as often as it takes to get above the reorder point;
/// - or, with neither, up to reorder point + safety stock + what leaves until the order arrives;
/// - then at least `moq`, and up to the next multiple of `order_multiple`.
pub fn suggest(policy: &Policy, position: &Position, demand: &Demand, terms: &Terms) -> Suggestion {
    let lead_time_demand = demand.over(terms.lead_time_days.unwrap_or(0));
    let target = match (policy.max_quantity, policy.reorder_quantity) {
        (Some(max), _) => Some(max.max(lead_time_demand)),
        (None, Some(_)) => None,
        (None, None) => Some([policy.reorder_point, policy.safety_stock, lead_time_demand].into_iter().sum()),
    };
    let (total, point) = (position.total(), policy.reorder_point);
    let needed = match (target, policy.reorder_quantity) {
        _ if total > point => Quantity::ZERO,
        (Some(target), _) => target.saturating_sub(total).max(Quantity::ZERO),
        (None, lot) => times_to_get_above(point, total, lot.unwrap_or(Quantity::ZERO)),
    };
    let quantity = if needed.is_positive() { round_up(needed, terms) } else { Quantity::ZERO };
    Suggestion { lead_time_demand, target, needed, quantity }
}

/// The least multiple of `lot` that brings `total` above `point`.
fn times_to_get_above(point: Quantity, total: Quantity, lot: Quantity) -> Quantity {
    let gap = point.millionths() - total.millionths();
    let lots = gap.checked_div(lot.millionths()).map_or(0, |lots| lots + 1);
    saturate(lots * lot.millionths())
}

/// At least the least quantity, and a multiple of what is sold at a time; zero if no quantity is as large as that.
fn round_up(needed: Quantity, terms: &Terms) -> Quantity {
    let unit = if terms.whole_numbers_only { Quantity::whole(1).millionths() } else { 1 };
    let step = terms.order_multiple.map_or(unit, |multiple| common_multiple(multiple.millionths(), unit));
    let least = needed.max(terms.moq.unwrap_or(Quantity::ZERO)).millionths();
    Quantity::of_millionths(div_ceil(least, step) * step).unwrap_or(Quantity::ZERO)
}

/// The least number that is a multiple of both, which are positive.
fn common_multiple(a: i128, b: i128) -> i128 {
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    a / divisor * b
}

/// Held to the range of quantities.
fn saturate(millionths: i128) -> Quantity {
    let most = Quantity::whole(i32::MAX);
    Quantity::of_millionths(millionths).unwrap_or(most)
}

/// The quotient rounded up; neither is negative.
fn div_ceil(dividend: i128, divisor: i128) -> i128 {
    dividend / divisor + i128::from(dividend % divisor > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).expect("a quantity")
    }

    fn optional(text: &str) -> Option<Quantity> {
        (!text.is_empty()).then(|| quantity(text))
    }

    /// point, safety, max, reorder quantity | available, incoming, in transit, on order | demand in 30 days
    /// | lead time, moq, multiple | what is ordered
    #[test]
    fn what_is_ordered() {
        for (policy, position, sold, terms, expected) in [
            // The case of the field: nothing is kept, what is asked for is ordered.
            (["0", "0", "0", ""], ["0", "0", "0", "0"], "10", ["30", "", ""], "10"),
            // Up to the maximum, counting everything that is coming.
            (["10", "0", "50", ""], ["8", "0", "0", "0"], "0", ["", "", ""], "42"),
            (["10", "0", "50", ""], ["2", "3", "1", "2"], "0", ["", "", ""], "42"),
            (["10", "0", "50", ""], ["10", "0", "0", "0"], "0", ["", "", ""], "40"),
            (["10", "0", "50", ""], ["11", "0", "0", "0"], "0", ["", "", ""], "0"),
            (["10", "0", "50", ""], ["8", "3", "0", "0"], "0", ["", "", ""], "0"),
            (["10", "0", "50", ""], ["8", "0", "3", "0"], "0", ["", "", ""], "0"),
            (["10", "0", "50", ""], ["8", "0", "0", "3"], "0", ["", "", ""], "0"),
            (["5", "0", "5", ""], ["5", "0", "0", "0"], "0", ["", "", ""], "0"),
            // The maximum would be sold out before anything arrives.
            (["10", "0", "50", ""], ["0", "0", "0", "0"], "120", ["15", "", ""], "60"),
            // A fixed quantity, as often as needed; safety stock has no say.
            (["10", "9", "", "24"], ["10", "0", "0", "0"], "300", ["30", "", ""], "24"),
            (["10", "0", "", "5"], ["3", "0", "0", "0"], "0", ["", "", ""], "10"),
            (["10", "0", "", "5"], ["0", "0", "0", "0"], "0", ["", "", ""], "15"),
            // By demand: 60 in 30 days are 28 in 14.
            (["10", "5", "", ""], ["4", "0", "0", "0"], "60", ["14", "", ""], "39"),
            (["10", "5", "", ""], ["4", "0", "0", "0"], "0", ["14", "", ""], "11"),
            (["10", "0", "", ""], ["10", "0", "0", "0"], "0", ["14", "", ""], "0"),
            (["10", "0", "", ""], ["10", "0", "0", "0"], "1", ["14", "", ""], "1"),
            // What the supplier sells.
            (["10", "0", "50", ""], ["8", "0", "0", "0"], "0", ["", "100", ""], "100"),
            (["10", "0", "50", ""], ["8", "0", "0", "0"], "0", ["", "", "12"], "48"),
            (["10", "0", "50", ""], ["8", "0", "0", "0"], "0", ["", "50", "12"], "60"),
            (["10", "0", "50", ""], ["8", "0", "0", "0"], "0", ["", "", "2.5"], "45"),
            (["10", "0", "50", ""], ["11", "0", "0", "0"], "0", ["", "100", "12"], "0"),
        ] {
            let policy = Policy {
                reorder_point: quantity(policy[0]),
                safety_stock: quantity(policy[1]),
                max_quantity: optional(policy[2]),
                reorder_quantity: optional(policy[3]),
            };
            let [available, incoming, in_transit, on_order] = position.map(quantity);
            let position = Position { available, incoming, in_transit, on_order };
            let demand = Demand { quantity: quantity(sold), window_days: 30 };
            let lead_time_days = terms[0].parse().ok();
            let terms = Terms {
                moq: optional(terms[1]),
                order_multiple: optional(terms[2]),
                lead_time_days,
                whole_numbers_only: true,
            };
            assert_eq!(policy.check(), Ok(()), "{policy:?}");
            let suggestion = suggest(&policy, &position, &demand, &terms);
            assert_eq!(
                suggestion.quantity,
                quantity(expected),
                "{policy:?} {position:?} {demand:?} {terms:?}"
            );
        }
    }

    #[test]
    fn a_policy_that_contradicts_itself_is_refused() {
        for (max, reorder_quantity, expected) in [
            ("10", "", Ok(())),
            ("", "5", Ok(())),
            ("", "", Ok(())),
            ("9.999999", "", Err(PolicyFault::MaxBelowReorderPoint)),
            ("20", "5", Err(PolicyFault::MaxAndReorderQuantity)),
        ] {
            let policy = Policy {
                reorder_point: quantity("10"),
                safety_stock: Quantity::ZERO,
                max_quantity: optional(max),
                reorder_quantity: optional(reorder_quantity),
            };
            assert_eq!(policy.check(), expected, "{max} {reorder_quantity}");
        }
    }

    #[test]
    fn cover_is_in_days_to_a_tenth() {
        let demand = |text| Demand { quantity: quantity(text), window_days: 30 };
        let cover = |sold, available| demand(sold).days_of_cover(quantity(available)).map(|d| d.to_string());
        assert_eq!(cover("60", "5"), Some("2.5".to_owned()));
        assert_eq!(cover("7", "5"), Some("21.4".to_owned()));
        assert_eq!(cover("0", "5"), None);
        assert_eq!(demand("1").over(14).to_string(), "0.466667", "rounded up");
    }

    fn units(most: i32) -> impl Strategy<Value = Quantity> {
        (0..=most).prop_map(Quantity::whole)
    }

    fn policies() -> impl Strategy<Value = Policy> {
        (units(100), units(50), units(100), 0..3).prop_map(|(reorder_point, safety_stock, more, size)| {
            Policy {
                reorder_point,
                safety_stock,
                max_quantity: (size == 0).then(|| [reorder_point, more].into_iter().sum()),
                reorder_quantity: (size == 1).then(|| more.max(Quantity::whole(1))),
            }
        })
    }

    fn positions() -> impl Strategy<Value = Position> {
        (units(60), units(30), units(30), units(30)).prop_map(
            |(available, incoming, in_transit, on_order)| Position {
                available,
                incoming,
                in_transit,
                on_order,
            },
        )
    }

    fn terms() -> impl Strategy<Value = Terms> {
        let some = || {
            proptest::option::of(
                (1..50_000_000_i128).prop_map(|n| Quantity::of_millionths(n).expect("in range")),
            )
        };
        (some(), some(), proptest::option::of(0..100_i32), any::<bool>()).prop_map(
            |(moq, order_multiple, lead_time_days, whole_numbers_only)| Terms {
                moq,
                order_multiple,
                lead_time_days,
                whole_numbers_only,
            },
        )
    }

    proptest! {
        #[test]
        fn an_order_is_what_the_supplier_sells_and_only_of_what_is_due(
            policy in policies(), position in positions(), sold in units(500), window_days in 1..=365, terms in terms(),
        ) {
            let demand = Demand { quantity: sold, window_days };
            let Suggestion { needed, quantity, .. } = suggest(&policy, &position, &demand, &terms);
            if position.total() > policy.reorder_point {
                prop_assert_eq!(quantity, Quantity::ZERO);
            }
            prop_assert_eq!(quantity.is_positive(), needed.is_positive());
            if quantity.is_positive() {
                prop_assert!(quantity >= needed);
                prop_assert!(terms.moq.is_none_or(|moq| quantity >= moq));
                prop_assert!(terms.order_multiple.is_none_or(|m| quantity.millionths() % m.millionths() == 0));
                prop_assert!(!terms.whole_numbers_only || quantity.is_whole());
            }
        }

        #[test]
        fn who_has_ordered_is_not_told_to_order_again(
            policy in policies(), position in positions(), sold in units(500), window_days in 1..=365, terms in terms(),
        ) {
            let demand = Demand { quantity: sold, window_days };
            let first = suggest(&policy, &position, &demand, &terms).quantity;
            let on_order = [position.on_order, first].into_iter().sum();
            let again = suggest(&policy, &Position { on_order, ..position }, &demand, &terms).quantity;
            prop_assert_eq!(again, Quantity::ZERO, "after {}", first);
        }
    }
}
