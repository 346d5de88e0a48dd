//! What of the log is told to whom: nobody finds in it what the rest of the API would not tell them.
//!
//! Who did what, and when, is told to whoever reads the log. What it was in detail is told to those who may read what it is about.
//! The chain goes over the details: with it, who knows all the rest could find one by trying costs until it fits. So it is for
//! those only who are told all of them.

use domain::Permission;
use platform::{Actor, ApiError};

use crate::model::EntryView;
use crate::verify::AuditReport;

/// What may be done something to, as actions begin, and who may read it. None: it is what the log itself is for.
const SUBJECTS: &[(&str, Option<Permission>)] = &[
    ("product", Some(Permission::ReadProducts)),
    ("category", Some(Permission::ReadProducts)),
    ("price", Some(Permission::ReadProducts)),
    ("warehouse", Some(Permission::ReadStock)),
    ("location", Some(Permission::ReadStock)),
    ("reorder_policy", Some(Permission::ReadStock)),
    ("stock_transfer", Some(Permission::ReadStock)),
    ("stock_movement", Some(Permission::ReadStock)),
    ("reservation", Some(Permission::ReadStock)),
    ("supplier", Some(Permission::ReadPurchasing)),
    ("supplier_product", Some(Permission::ReadPurchasing)),
    ("supplier_cost", Some(Permission::ReadPurchasing)),
    ("purchase_order", Some(Permission::ReadPurchasing)),
    ("goods_receipt", Some(Permission::ReadPurchasing)),
    ("supplier_return", Some(Permission::ReadPurchasing)),
    ("settings", Some(Permission::ReadSettings)),
    ("user", None),
    ("api_key", None),
    ("session", None),
    ("setup_token", None),
    ("password_reset_token", None),
    ("ledger", None),
    ("audit_log", None),
];

/// Who reads the log.
#[derive(Clone, Debug)]
pub(crate) struct Reader(Actor);

impl Reader {
    pub(crate) fn new(actor: Actor) -> Self {
        Self(actor)
    }

    /// The entries as they are told.
    pub(crate) fn told(&self, entries: Vec<EntryView>) -> Vec<EntryView> {
        let has_chain = self.demand_chain().is_ok();
        let told = |mut entry: EntryView| {
            entry.detail_needs = needed(&entry.action).filter(|permission| !self.0.may(*permission));
            if entry.detail_needs.is_some() {
                entry.detail = serde_json::json!({});
            }
            entry.chain = entry.chain.filter(|_| has_chain);
            entry
        };
        entries.into_iter().map(told).collect()
    }

    /// What a verification has found, as it is told.
    pub(crate) fn told_report(&self, report: AuditReport) -> AuditReport {
        AuditReport { head: report.head.filter(|_| self.demand_chain().is_ok()), ..report }
    }

    /// Refuse unless they are told every detail, and so may know the chain over all of them.
    pub(crate) fn demand_chain(&self) -> Result<(), ApiError> {
        SUBJECTS.iter().filter_map(|(_, needed)| *needed).try_for_each(|needed| self.0.demand(needed))
    }
}

/// What reading the detail of such an entry needs. What this release does not know, as after a step back, could be what is hidden most.
fn needed(action: &str) -> Option<Permission> {
    let subject = action.split_once('.').map_or(action, |(subject, _)| subject);
    let known = SUBJECTS.iter().find(|(name, _)| *name == subject);
    known.map_or(Some(Permission::ReadPurchasing), |(_, needed)| *needed)
}
