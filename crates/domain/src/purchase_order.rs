//! The life of a purchase order: which action leads from which state to which, and what may be received.
//!
//! draft → pending_approval → approved → ordered → partially_received → received → closed. A rejected order is final,
//! like a cancelled one, so that what was judged stays as it was; who wants to try again duplicates it. Cancelling an
//! order of which something has come cancels the open rest; closing one does so too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Quantity;

/// Where a purchase order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseOrderStatus {
    /// Being written; the only state in which it can be edited.
    Draft,
    /// Waits for somebody to approve it.
    PendingApproval,
    /// May be ordered.
    Approved,
    /// Was not approved; final.
    Rejected,
    /// The supplier has it; all of it is incoming.
    Ordered,
    /// Some of it has come, some is still open.
    PartiallyReceived,
    /// Nothing is open any more.
    Received,
    /// Done with; final.
    Closed,
    /// Called off before anything came; final.
    Cancelled,
}

/// What people do to a purchase order. Receipts follow from quantities: [`status_of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurchaseOrderAction {
    /// Ask for approval.
    Submit,
    /// Let it be ordered.
    Approve,
    /// Do not let it be ordered.
    Reject,
    /// It went to the supplier.
    Order,
    /// Call off what is open.
    Cancel,
    /// Done with it; what is open will not come.
    Close,
}

impl PurchaseOrderStatus {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::PendingApproval,
        Self::Approved,
        Self::Rejected,
        Self::Ordered,
        Self::PartiallyReceived,
        Self::Received,
        Self::Closed,
        Self::Cancelled,
    ];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::PendingApproval => "pending_approval",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Ordered => "ordered",
            Self::PartiallyReceived => "partially_received",
            Self::Received => "received",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// The state after `action`; none if it cannot be done in this state.
    pub fn after(self, action: PurchaseOrderAction) -> Option<Self> {
        use PurchaseOrderAction as A;
        match (self, action) {
            (Self::Draft, A::Submit) => Some(Self::PendingApproval),
            (Self::PendingApproval, A::Approve) => Some(Self::Approved),
            (Self::PendingApproval, A::Reject) => Some(Self::Rejected),
            (Self::Approved, A::Order) => Some(Self::Ordered),
            (Self::Draft | Self::PendingApproval | Self::Approved | Self::Ordered, A::Cancel) => {
                Some(Self::Cancelled)
            }
            (Self::PartiallyReceived, A::Cancel) => Some(Self::Received),
            (Self::PartiallyReceived | Self::Received, A::Close) => Some(Self::Closed),
            _ => None,
        }
    }

    /// What can be done in this state.
    pub fn actions(self) -> impl Iterator<Item = PurchaseOrderAction> {
        PurchaseOrderAction::ALL.into_iter().filter(move |action| self.after(*action).is_some())
    }

    /// Whether what is open in it is on its way: it counts as `incoming` and can be received.
    pub fn is_incoming(self) -> bool {
        matches!(self, Self::Ordered | Self::PartiallyReceived)
    }

    /// Whether a receipt of it can be reversed, which opens it again.
    pub fn can_reopen(self) -> bool {
        matches!(self, Self::PartiallyReceived | Self::Received)
    }
}

impl std::fmt::Display for PurchaseOrderStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PurchaseOrderAction {
    /// Every action.
    pub const ALL: [Self; 6] =
        [Self::Submit, Self::Approve, Self::Reject, Self::Order, Self::Cancel, Self::Close];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Order => "order",
            Self::Cancel => "cancel",
            Self::Close => "close",
        }
    }

    /// Whether what is open is called off by it.
    pub fn cancels_the_rest(self) -> bool {
        matches!(self, Self::Cancel | Self::Close)
    }
}

/// A line of an order, as far as receipts are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineProgress {
    /// Key of the line.
    pub id: i64,
    /// How much has come.
    pub received: Quantity,
    /// How much is still to come.
    pub open: Quantity,
}

/// Why a receipt is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefusal {
    /// The order has no such line.
    #[error("the order has no line with the id {line_id}")]
    UnknownLine {
        /// Position in the receipt, from 0.
        index: usize,
        /// What it names.
        line_id: i64,
    },
    /// More came than is open.
    #[error("line {line_id}: {requested} received, {open} still open")]
    OverReceipt {
        /// Position in the receipt of the first line that names it, from 0.
        index: usize,
        /// Which line of the order.
        line_id: i64,
        /// How much is open.
        open: Quantity,
        /// What all lines of the receipt together bring.
        requested: Quantity,
    },
}

/// The lines after these quantities, each with the key of its line, have come; all of them, or why not. Quantities of
/// one line are added before anything is checked.
pub fn receive(
    lines: &[LineProgress],
    received: &[(i64, Quantity)],
) -> Result<Vec<LineProgress>, ReceiptRefusal> {
    let known: BTreeSet<i64> = lines.iter().map(|line| line.id).collect();
    let mut sums: BTreeMap<i64, (usize, Quantity)> = BTreeMap::new();
    for (index, (line_id, quantity)) in received.iter().enumerate() {
        if !known.contains(line_id) {
            return Err(ReceiptRefusal::UnknownLine { index, line_id: *line_id });
        }
        let (_, sum) = sums.entry(*line_id).or_insert((index, Quantity::ZERO));
        *sum = sum.saturating_sub(-*quantity); // held to a range that no open quantity reaches
    }
    let after = |line: &LineProgress| {
        let Some((index, requested)) = sums.get(&line.id).copied() else { return Ok(*line) };
        let refusal = ReceiptRefusal::OverReceipt { index, line_id: line.id, open: line.open, requested };
        let open = line.open.checked_sub(requested).filter(|open| !open.is_negative());
        let received = line.received.checked_add(requested);
        match (open, received) {
            (Some(open), Some(received)) => Ok(LineProgress { id: line.id, received, open }),
            _ => Err(refusal),
        }
    };
    lines.iter().map(after).collect()
}

/// Where an order stands that the supplier has, by what has come and what is open.
pub fn status_of(lines: &[LineProgress]) -> PurchaseOrderStatus {
    if !lines.iter().any(|line| line.open.is_positive()) {
        PurchaseOrderStatus::Received
    } else if lines.iter().any(|line| line.received.is_positive()) {
        PurchaseOrderStatus::PartiallyReceived
    } else {
        PurchaseOrderStatus::Ordered
    }
}

#[cfg(test)]
mod tests {
    use super::PurchaseOrderAction as A;
    use super::PurchaseOrderStatus as S;
    use super::*;

    /// Every state × action; what is not here is refused.
    const ALLOWED: [(S, A, S); 11] = [
        (S::Draft, A::Submit, S::PendingApproval),
        (S::Draft, A::Cancel, S::Cancelled),
        (S::PendingApproval, A::Approve, S::Approved),
        (S::PendingApproval, A::Reject, S::Rejected),
        (S::PendingApproval, A::Cancel, S::Cancelled),
        (S::Approved, A::Order, S::Ordered),
        (S::Approved, A::Cancel, S::Cancelled),
        (S::Ordered, A::Cancel, S::Cancelled),
        (S::PartiallyReceived, A::Cancel, S::Received),
        (S::PartiallyReceived, A::Close, S::Closed),
        (S::Received, A::Close, S::Closed),
    ];

    fn line(id: i64, received: i32, open: i32) -> LineProgress {
        LineProgress { id, received: Quantity::whole(received), open: Quantity::whole(open) }
    }

    #[test]
    fn every_state_and_action_lead_where_the_table_says() {
        for from in S::ALL {
            for action in A::ALL {
                let expected = ALLOWED.iter().find(|(s, a, _)| (*s, *a) == (from, action)).map(|row| row.2);
                assert_eq!(from.after(action), expected, "{from} {action:?}");
            }
        }
    }

    #[test]
    fn final_states_have_no_way_out() {
        for status in [S::Rejected, S::Closed, S::Cancelled] {
            assert_eq!(status.actions().count(), 0, "{status}");
            assert!(!status.is_incoming() && !status.can_reopen(), "{status}");
        }
    }

    #[test]
    fn names_read_back() {
        for status in S::ALL {
            assert_eq!(S::from_name(status.as_str()), Some(status));
        }
    }

    #[test]
    fn quantities_of_one_line_are_added_before_the_check() {
        let lines = [line(1, 2, 3), line(2, 0, 5)];
        let three = Quantity::whole(3);
        assert_eq!(receive(&lines, &[(1, three)]), Ok(vec![line(1, 5, 0), line(2, 0, 5)]));
        let refusal =
            ReceiptRefusal::OverReceipt { index: 1, line_id: 1, open: three, requested: Quantity::whole(4) };
        let one = Quantity::whole(1);
        assert_eq!(receive(&lines, &[(2, one), (1, three), (1, one)]), Err(refusal));
        let unknown = ReceiptRefusal::UnknownLine { index: 1, line_id: 9 };
        assert_eq!(receive(&lines, &[(1, one), (9, one)]), Err(unknown));
    }

    #[test]
    fn the_state_follows_from_the_quantities() {
        assert_eq!(status_of(&[line(1, 0, 5), line(2, 0, 1)]), S::Ordered);
        assert_eq!(status_of(&[line(1, 5, 0), line(2, 0, 1)]), S::PartiallyReceived);
        assert_eq!(status_of(&[line(1, 5, 0), line(2, 1, 0)]), S::Received);
    }
}
