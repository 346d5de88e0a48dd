//! The change feed: everything that happened, in an order in which a reader misses nothing and sees nothing that was
//! rolled back.
//!
//! Invariant: what is given is below the oldest transaction that is still under way. Everything there is decided, so that
//! nothing can appear behind a reader who goes on from where it was. Positions order by transaction, step and id.
//!
//! - `store`: the one statement that reads it. Movements are where the ledger has them; all else is in `events`, written by
//!   triggers in the transaction that did it.
//! - `page`: a part of the feed. `feed`: those who listen, and the one poller that they share. `http`: both over HTTP.
//! - `expiry`: forgets what is older than the settings say.

mod error;
mod expiry;
mod feed;
mod http;
mod listener;
mod model;
mod page;
mod problems;
mod store;

pub use expiry::expire_events;
pub use http::routes;
pub use problems::PROBLEMS;
