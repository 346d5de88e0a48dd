//! The hash chain of a stock level: each entry covers the one before it and its movement.
//!
//! The form is public, so that anybody can check a ledger without our code (docs/src/ledger-chain.md):
//! a *record* is its fields as netstrings (`5:hello,`), absent ones empty, numbers as plain decimals without
//! trailing zeros, times as microseconds since 1970; a movement's digest is the SHA-256 of its record; an entry's chain is the
//! SHA-256 of the chain before it (32 zero bytes for the first), its movement's digest and its own record.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{Amount, Event, LevelKey, Quantity};

/// A link of a chain, or a digest.
pub type Link = [u8; 32];

/// What stands before the first entry.
pub const START: Link = [0; 32];

/// The digest of a movement.
pub fn movement_digest(event: &Event, recorded_at: Timestamp) -> Link {
    let stamp = recorded_at.as_microsecond().to_string();
    let occurred_at = event.occurred_at.unwrap_or(recorded_at).as_microsecond().to_string();
    let reverses = event.reverses.map(|id| id.to_string()).unwrap_or_default();
    movement_digest_of([
        event.kind.as_str(),
        event.reason.as_deref().unwrap_or_default(),
        event.reference.as_deref().unwrap_or_default(),
        &event.note,
        &event.actor,
        &occurred_at,
        &stamp,
        &reverses,
    ])
}

/// The digest of a movement whose fields are written already, in the order of the form.
pub fn movement_digest_of(fields: [&str; 8]) -> Link {
    let mut hasher = Sha256::new();
    add_netstring(&mut hasher, "stockbook/movement/1");
    fields.into_iter().for_each(|field| add_netstring(&mut hasher, field));
    hasher.finalize().into()
}

/// An entry as the chain sees it.
pub(crate) struct Record<'a> {
    pub(crate) key: &'a LevelKey,
    pub(crate) seq: i64,
    pub(crate) on_hand: (Quantity, Quantity),
    pub(crate) reserved: (Quantity, Quantity),
    pub(crate) unit_cost: Option<Amount>,
    pub(crate) occurred_at: Timestamp,
    pub(crate) recorded_at: Timestamp,
}

/// The chain after an entry; deltas stand before after-values.
pub(crate) fn extend(previous: &Link, movement: &Link, entry: &Record<'_>) -> Link {
    let stamp = entry.recorded_at.as_microsecond().to_string();
    let occurred_at = entry.occurred_at.as_microsecond().to_string();
    let fields = [
        &*entry.key.product.to_string(),
        &entry.key.location.to_string(),
        &entry.key.lot,
        &entry.seq.to_string(),
        &entry.on_hand.0.to_string(),
        &entry.on_hand.1.to_string(),
        &entry.reserved.0.to_string(),
        &entry.reserved.1.to_string(),
        &entry.unit_cost.map(|cost| cost.to_string()).unwrap_or_default(),
        &occurred_at,
        &stamp,
    ];
    extend_by(previous, movement, fields)
}

/// The chain after an entry whose fields are written already, in the order of the form.
pub fn extend_by(previous: &Link, movement: &Link, fields: [&str; 11]) -> Link {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(movement);
    add_netstring(&mut hasher, "stockbook/entry/1");
    fields.into_iter().for_each(|field| add_netstring(&mut hasher, field));
    hasher.finalize().into()
}

/// The chain of the audit log after an entry whose fields are written already, in the order of the form
/// (docs/src/audit-log.md).
pub fn extend_audit_by(previous: &Link, fields: [&str; 12]) -> Link {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    add_netstring(&mut hasher, "stockbook/audit/1");
    fields.into_iter().for_each(|field| add_netstring(&mut hasher, field));
    hasher.finalize().into()
}

/// A link or a digest as people see it.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn add_netstring(hasher: &mut Sha256, field: &str) {
    hasher.update(field.len().to_string());
    hasher.update(":");
    hasher.update(field);
    hasher.update(",");
}
