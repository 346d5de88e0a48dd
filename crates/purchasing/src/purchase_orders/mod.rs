//! Purchase orders: what is, or will be, ordered from a supplier.
//!
//! Invariants: an order goes from state to state only as `domain::purchase_order` says, and every step is kept with who,
//! when and why (`purchase_order_events`, append-only). It is edited only while it is a draft. `incoming` of a product is
//! the sum of what is open in orders that the supplier has, at every commit: whoever changes an order holds its row, then
//! the products' rows, and sums up after that ([`incoming`]).

mod http;
pub(crate) mod incoming;
mod input;
mod list;
mod model;
mod ops;
mod print;
mod store;
mod transitions;

use platform::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use input::{NewLine, NewPurchaseOrder};
pub(crate) use model::{PurchaseOrderError, PurchaseOrderView, currency, supplier};
pub(crate) use ops::{Step, act, create, lock};
pub(crate) use store::{Event, Locked, add_event, set_status};

/// The routes of purchase orders.
pub fn routes(app: App) -> OpenApiRouter {
    http::routes(app.clone()).merge(transitions::routes(app.clone())).merge(print::routes(app))
}
