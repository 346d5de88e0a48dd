//! The edge: what stands between the network and the router, and knows nothing of either's business.
//!
//! Invariants: no client holds a connection without using it, whatever it sends or does not read; a connection more than
//! there may be is told so, and health is answered there all the same; who is told to stop answers what it has accepted and
//! waits for nothing else.
//!
//! - `server`: accepts connections, so many at once. `connection`: one of them, from its first byte to its last.
//! - `activity`: what a connection is doing, and until when it may.
//! - `tls`: its certificate, which is read again when it changes.
//! - `proxies`: whose request it is. `buckets`: how often somebody may come.

mod activity;
mod buckets;
mod connection;
mod proxies;
mod server;
mod tls;

pub use buckets::{Buckets, Left};
pub use proxies::{NoNetwork, Proxies};
pub use server::{Crowded, Server};
pub use tls::{Tls, TlsError};
