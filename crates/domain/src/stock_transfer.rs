//! The life of a stock transfer: which action leads from which state to which, and which goods answer which line.
//!
//! draft → in_transit → partially_received → received; or cancelled. Cancelling a transfer of which something has arrived
//! brings the rest back, and leaves it received: what has arrived stays.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Quantity;

/// Where a stock transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockTransferStatus {
    /// Being written; the only state in which it can be edited. Nothing has moved.
    Draft,
    /// It has left; nothing has arrived.
    InTransit,
    /// Some of it has arrived, some is in transit.
    PartiallyReceived,
    /// Nothing is in transit any more; final.
    Received,
    /// Called off before anything arrived; final.
    Cancelled,
}

/// What people do to a stock transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockTransferAction {
    /// Let it leave.
    Ship,
    /// Something has arrived, or will not.
    Receive,
    /// Call it off, and bring back what is in transit.
    Cancel,
}

impl StockTransferStatus {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Draft, Self::InTransit, Self::PartiallyReceived, Self::Received, Self::Cancelled];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InTransit => "in_transit",
            Self::PartiallyReceived => "partially_received",
            Self::Received => "received",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// The state after `action`, after which something is still in transit or not; none if it cannot be done in this
    /// state.
    pub fn after(self, action: StockTransferAction, still_in_transit: bool) -> Option<Self> {
        use StockTransferAction as A;
        match (self, action) {
            (Self::Draft, A::Ship) => Some(Self::InTransit),
            (Self::Draft | Self::InTransit, A::Cancel) => Some(Self::Cancelled),
            (Self::InTransit | Self::PartiallyReceived, A::Receive) if still_in_transit => {
                Some(Self::PartiallyReceived)
            }
            (Self::InTransit | Self::PartiallyReceived, A::Receive) => Some(Self::Received),
            (Self::PartiallyReceived, A::Cancel) => Some(Self::Received),
            _ => None,
        }
    }

    /// What can be done in this state.
    pub fn actions(self) -> impl Iterator<Item = StockTransferAction> {
        StockTransferAction::ALL.into_iter().filter(move |action| self.after(*action, false).is_some())
    }
}

impl std::fmt::Display for StockTransferStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StockTransferAction {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Ship, Self::Receive, Self::Cancel];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ship => "ship",
            Self::Receive => "receive",
            Self::Cancel => "cancel",
        }
    }
}

/// Goods that are there: what is taken from a level, or what a line has in transit.
#[derive(Clone, Copy, Debug)]
pub struct Goods<'a> {
    /// What they can answer: a product, or a line.
    pub of: i64,
    /// Which lot; empty: not kept by lot.
    pub lot: &'a str,
    /// How much.
    pub quantity: Quantity,
}

/// Goods that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Want<'a> {
    /// Of what: a product, or a line.
    pub of: i64,
    /// Of which lot; none: of any.
    pub lot: Option<&'a str>,
    /// How much.
    pub quantity: Quantity,
}

/// How much of which goods answers which want, by their positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Position of the goods.
    pub goods: usize,
    /// Position of the want.
    pub want: usize,
    /// How much.
    pub quantity: Quantity,
}

/// More is asked for than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{requested} asked for, {open} are there")]
pub struct Shortage {
    /// Position of the first want that asks for it.
    pub want: usize,
    /// How much there is.
    pub open: Quantity,
    /// What all wants together ask for.
    pub requested: Quantity,
}

impl Want<'_> {
    fn takes(&self, goods: &Goods<'_>) -> bool {
        goods.of == self.of && self.lot.is_none_or(|lot| lot == goods.lot)
    }
}

/// Answer every want from goods in their order, those that name a lot first; in the order of wants. Wants of the same are
/// added before anything is refused.
pub fn share_out(goods: &[Goods<'_>], wants: &[Want<'_>]) -> Result<Vec<Share>, Shortage> {
    let mut left: Vec<Quantity> = goods.iter().map(|goods| goods.quantity).collect();
    let mut order: Vec<usize> = (0..wants.len()).collect();
    order.sort_by_key(|index| wants[*index].lot.is_none());
    let mut shares = Vec::with_capacity(wants.len());
    for index in order {
        let want = &wants[index];
        let mut open = want.quantity;
        for (position, left) in left.iter_mut().enumerate() {
            let taken = open.min(*left);
            if taken.is_positive() && want.takes(&goods[position]) {
                shares.push(Share { goods: position, want: index, quantity: taken });
                *left = left.saturating_sub(taken);
                open = open.saturating_sub(taken);
            }
        }
        if open.is_positive() {
            return Err(shortage(goods, wants, want));
        }
    }
    shares.sort_by_key(|share| (share.want, share.goods));
    Ok(shares)
}

fn shortage(goods: &[Goods<'_>], wants: &[Want<'_>], short: &Want<'_>) -> Shortage {
    let asks = |want: &Want<'_>| want.of == short.of && (short.lot.is_none() || want.lot == short.lot);
    Shortage {
        want: wants.iter().position(asks).unwrap_or_default(),
        open: goods.iter().filter(|goods| short.takes(goods)).map(|goods| goods.quantity).sum(),
        requested: wants.iter().filter(|want| asks(want)).map(|want| want.quantity).sum(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::StockTransferAction as A;
    use super::StockTransferStatus as S;
    use super::*;

    /// Every state × action × whether something is still in transit; what is not here is refused.
    const ALLOWED: [(S, A, bool, S); 12] = [
        (S::Draft, A::Ship, false, S::InTransit),
        (S::Draft, A::Ship, true, S::InTransit),
        (S::Draft, A::Cancel, false, S::Cancelled),
        (S::Draft, A::Cancel, true, S::Cancelled),
        (S::InTransit, A::Receive, true, S::PartiallyReceived),
        (S::InTransit, A::Receive, false, S::Received),
        (S::InTransit, A::Cancel, false, S::Cancelled),
        (S::InTransit, A::Cancel, true, S::Cancelled),
        (S::PartiallyReceived, A::Receive, true, S::PartiallyReceived),
        (S::PartiallyReceived, A::Receive, false, S::Received),
        (S::PartiallyReceived, A::Cancel, false, S::Received),
        (S::PartiallyReceived, A::Cancel, true, S::Received),
    ];

    #[test]
    fn every_state_and_action_lead_where_the_table_says() {
        for from in S::ALL {
            for action in A::ALL {
                for open in [false, true] {
                    let row = ALLOWED.iter().find(|(s, a, o, _)| (*s, *a, *o) == (from, action, open));
                    assert_eq!(from.after(action, open), row.map(|row| row.3), "{from} {action:?} {open}");
                }
            }
        }
        assert_eq!(S::Received.actions().chain(S::Cancelled.actions()).count(), 0, "final");
    }

    #[test]
    fn names_read_back() {
        for status in S::ALL {
            assert_eq!(S::from_name(status.as_str()), Some(status));
        }
    }

    fn goods(of: i64, lot: &str, quantity: i32) -> Goods<'_> {
        Goods { of, lot, quantity: Quantity::whole(quantity) }
    }

    fn want(of: i64, lot: Option<&str>, quantity: i32) -> Want<'_> {
        Want { of, lot, quantity: Quantity::whole(quantity) }
    }

    fn share(goods: usize, want: usize, quantity: i32) -> Share {
        Share { goods, want, quantity: Quantity::whole(quantity) }
    }

    #[test]
    fn what_names_its_lot_gets_it_whoever_came_first() {
        let there = [goods(1, "L1", 5), goods(1, "L2", 5), goods(2, "L1", 9)];
        let shares = share_out(&there, &[want(1, None, 5), want(1, Some("L1"), 3)]);
        assert_eq!(shares, Ok(vec![share(0, 0, 2), share(1, 0, 3), share(0, 1, 3)]));
    }

    #[test]
    fn wants_of_the_same_are_added_before_they_are_refused() {
        let there = [goods(1, "L1", 5), goods(1, "", 2), goods(2, "", 9)];
        let refused = |wants: &[Want<'_>]| share_out(&there, wants).expect_err("a shortage");
        let shortage = |want: usize, open: i32, requested: i32| Shortage {
            want,
            open: Quantity::whole(open),
            requested: Quantity::whole(requested),
        };
        assert_eq!(refused(&[want(2, None, 9), want(1, None, 4), want(1, None, 4)]), shortage(1, 7, 8));
        assert_eq!(refused(&[want(1, None, 1), want(1, Some("L1"), 6)]), shortage(1, 5, 6));
        assert_eq!(refused(&[want(1, Some("L1"), 5), want(1, None, 3)]), shortage(0, 7, 8));
        assert_eq!(refused(&[want(3, None, 1)]), shortage(0, 0, 1));
    }

    proptest! {
        /// Nothing is given twice, every want gets what it asks for, of its lot; or more was asked for than there is.
        #[test]
        fn shares_answer_every_want_and_give_nothing_twice(
            there in proptest::collection::vec((0_i64..3, 0_usize..3, 1_i32..9), 0..8),
            asked in proptest::collection::vec((0_i64..3, 0_usize..4, 1_i32..6), 1..6),
        ) {
            let lots = ["", "L1", "L2"];
            let there: Vec<_> = there.iter().map(|(of, lot, n)| goods(*of, lots[*lot], *n)).collect();
            let asked: Vec<_> = asked.iter().map(|(of, lot, n)| want(*of, lots.get(*lot).copied(), *n)).collect();
            let sum = |quantities: &mut dyn Iterator<Item = Quantity>| quantities.sum::<Quantity>();
            match share_out(&there, &asked) {
                Ok(shares) => {
                    for (index, want) in asked.iter().enumerate() {
                        let own = shares.iter().filter(|share| share.want == index);
                        prop_assert_eq!(sum(&mut own.map(|share| share.quantity)), want.quantity);
                    }
                    for (index, goods) in there.iter().enumerate() {
                        let given = shares.iter().filter(|share| share.goods == index);
                        prop_assert!(sum(&mut given.map(|share| share.quantity)) <= goods.quantity);
                    }
                    for share in shares {
                        let (goods, want) = (there[share.goods], asked[share.want]);
                        prop_assert!(goods.of == want.of && want.lot.is_none_or(|lot| lot == goods.lot));
                    }
                }
                Err(shortage) => prop_assert!(shortage.open < shortage.requested),
            }
        }
    }
}
