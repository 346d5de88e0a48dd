//! The life of a purchase order: which action leads from which state to which, and what may be received.
//!
//! draft → pending_approval → approved → ordered → partially_received → received → closed. A rejected order is final,
//! like a cancelled one, so that what was judged stays as it was; who wants to try again duplicates it. Cancelling an
//! order of which something has come cancels the open rest; closing one does so too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Amount, Currency, Percent, Quantity};

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
    /// How much was ordered.
    pub quantity: Quantity,
    /// How much has come.
    pub received: Quantity,
    /// How much will not come any more.
    pub cancelled: Quantity,
    /// Whether its product is counted by `each`.
    pub whole_numbers_only: bool,
}

impl LineProgress {
    /// How much is still to come; never negative.
    pub fn open(&self) -> Quantity {
        self.rest(self.quantity).max(Quantity::ZERO)
    }

    /// How much more than is open may come, where that much of what was ordered is tolerated.
    pub fn tolerated(&self, tolerance: Percent) -> Quantity {
        let extra = tolerance.of(self.quantity, self.whole_numbers_only);
        let most = self.rest(self.quantity.saturating_add(extra));
        most.saturating_sub(self.open()).max(Quantity::ZERO)
    }

    fn rest(&self, of: Quantity) -> Quantity {
        of.saturating_sub(self.received).saturating_sub(self.cancelled)
    }
}

/// Whether an order needs somebody's approval, where those above `above` in the base currency do: every order if that
/// is none; one in another currency always, because there is no rate to compare by.
pub fn needs_approval(total: Amount, currency: Currency, above: Option<Amount>, base: Currency) -> bool {
    currency != base || above.is_none_or(|above| total > above)
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
    /// More came than is open and tolerated.
    #[error("line {line_id}: {requested} received, {open} still open, {tolerated} more tolerated")]
    OverReceipt {
        /// Position in the receipt of the first line that names it, from 0.
        index: usize,
        /// Which line of the order.
        line_id: i64,
        /// How much is open.
        open: Quantity,
        /// How much more than that is tolerated.
        tolerated: Quantity,
        /// What all lines of the receipt together bring.
        requested: Quantity,
    },
}

/// The lines after these quantities, each with the key of its line, have come; all of them, or why not. Quantities of
/// one line are added before anything is checked; of each line so much more than was ordered may come.
pub fn receive(
    lines: &[LineProgress],
    received: &[(i64, Quantity)],
    tolerance: Percent,
) -> Result<Vec<LineProgress>, ReceiptRefusal> {
    let known: BTreeSet<i64> = lines.iter().map(|line| line.id).collect();
    let mut sums: BTreeMap<i64, (usize, Quantity)> = BTreeMap::new();
    for (index, (line_id, quantity)) in received.iter().enumerate() {
        if !known.contains(line_id) {
            return Err(ReceiptRefusal::UnknownLine { index, line_id: *line_id });
        }
        let (_, sum) = sums.entry(*line_id).or_insert((index, Quantity::ZERO));
        *sum = sum.saturating_add(*quantity); // held to a range that no open quantity reaches
    }
    let after = |line: &LineProgress| {
        let Some((index, requested)) = sums.get(&line.id).copied() else { return Ok(*line) };
        let (open, tolerated) = (line.open(), line.tolerated(tolerance));
        match line.received.checked_add(requested) {
            Some(received) if requested <= open.saturating_add(tolerated) => {
                Ok(LineProgress { received, ..*line })
            }
            _ => Err(ReceiptRefusal::OverReceipt { index, line_id: line.id, open, tolerated, requested }),
        }
    };
    lines.iter().map(after).collect()
}

/// Where an order stands that the supplier has, by what has come and what is open.
pub fn status_of(lines: &[LineProgress]) -> PurchaseOrderStatus {
    if !lines.iter().any(|line| line.open().is_positive()) {
        PurchaseOrderStatus::Received
    } else if lines.iter().any(|line| line.received.is_positive()) {
        PurchaseOrderStatus::PartiallyReceived
    } else {
        PurchaseOrderStatus::Ordered
    }
}

#[cfg(test)]
mod tests;
