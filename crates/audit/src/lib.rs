//! The audit log: who did what besides moving stock, from where, and when.
//!
//! Invariants: an entry is written by the transaction that did what it says, by triggers; nobody changes one; each is sealed
//! within seconds into one chain, so that whoever has noted a head of it can tell whether anything before was changed,
//! taken out or put in. Nobody waits for the chain: `seal` writes it behind those who act.
//!
//! - `model`: what an entry looks like, and what may be asked. `store`: the SQL. `http`: the routes.
//! - `reader`: what of it is told to whom.
//! - `export`: all of it, as CSV or NDJSON. `seal`: the chain. `verify`: whether it is unbroken.

mod export;
mod http;
mod model;
mod reader;
mod seal;
mod store;
mod verify;

pub use http::{enter_verification, routes};
pub use seal::{seal, seal_audit_log};
pub use verify::{AuditReport, AuditVerification, Head};
