//! Stock transfers: documents that move stock from place to place.
//!
//! Invariants: what left for a transfer is what has arrived, was lost, came back, or is in transit, by line and lot
//! (`stock_transfer_parts`); what is in transit is what transfers have open, at every commit. They hold because a transfer is
//! changed together with its stock movements, in one transaction, and a location of kind transit by nothing else.
//!
//! A step: lock the transfer → decide by `domain::stock_transfer` → lock its products, where more than one movement
//! follows → post the movements through the ledger → write parts, state and history.

mod http;
mod input;
mod list;
mod lookup;
mod model;
mod ops;
mod posting;
mod resolve;
mod store;
mod transitions;

use platform::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes of stock transfers.
pub fn routes(app: App) -> OpenApiRouter {
    http::routes(app.clone()).merge(transitions::routes(app))
}
