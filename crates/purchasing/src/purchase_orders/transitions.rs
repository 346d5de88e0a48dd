//! Purchase orders over HTTP: taking them from state to state.

use axum::extract::State;
use domain::PurchaseOrderAction;
use platform::{ApiError, App, Done, Id, IfMatch, Post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::Note;
use super::model::PurchaseOrderView;
use super::ops::{self, Step};
use crate::occasion::Occasion;

/// An operation for each action: they differ in what is done, in their documentation, and in what else may refuse.
macro_rules! transitions {
    ($($(#[$documentation:meta])* $name:ident $path:literal $action:ident $(refused by $problem:literal)?;)*) => {
        /// The routes of transitions.
        pub(super) fn routes(app: App) -> OpenApiRouter {
            OpenApiRouter::new()$(.routes(routes!($name)))*.with_state(app)
        }

        $($(#[$documentation])*
        #[utoipa::path(post, path = $path, tag = "purchasing", operation_id = stringify!($name),
            request_body = Note, responses((status = 200, body = PurchaseOrderView)),
            extensions(("x-problems" = json!(["purchase_order_not_found", "purchase_order_status", "invalid_if_match",
                "stale_version" $(, $problem)?])), ("x-without" = json!(["required_body"]))))]
        async fn $name(
            State(app): State<App>,
            Id(id): Id,
            seen: Option<IfMatch>,
            post: Post<Note>,
        ) -> Result<Done, ApiError> {
            act(app, id, seen, post, PurchaseOrderAction::$action, stringify!($name)).await
        })*
    };
}

transitions! {
    /// Ask for approval of a purchase order
    ///
    /// From draft to pending_approval; straight to approved where the total is not above `purchase_approval_above` of the
    /// settings. The body may be left out.
    submit_purchase_order "/purchase-orders/{id}/submit" Submit;

    /// Approve a purchase order
    ///
    /// From pending_approval to approved. The body may be left out.
    approve_purchase_order "/purchase-orders/{id}/approve" Approve;

    /// Reject a purchase order
    ///
    /// From pending_approval to rejected, which is final: who wants to try again duplicates it. The body may be left out.
    reject_purchase_order "/purchase-orders/{id}/reject" Reject;

    /// Order what a purchase order says
    ///
    /// From approved to ordered: the supplier has it, and all of it is incoming. The body may be left out.
    order_purchase_order "/purchase-orders/{id}/order" Order refused by "supplier_archived";

    /// Cancel a purchase order
    ///
    /// Before anything has come: to cancelled. Of an order of which something has come the open rest is cancelled: to
    /// received. The body may be left out.
    cancel_purchase_order "/purchase-orders/{id}/cancel" Cancel;

    /// Close a purchase order
    ///
    /// From received, or from partially_received, where the open rest is cancelled. The body may be left out.
    close_purchase_order "/purchase-orders/{id}/close" Close;
}

/// Take an order on, once per key.
async fn act(
    app: App,
    id: i64,
    seen: Option<IfMatch>,
    post: Post<Note>,
    action: PurchaseOrderAction,
    operation: &'static str,
) -> Result<Done, ApiError> {
    let (note, by) = (post.body.text().to_owned(), Occasion::now(post.actor));
    let step = Step { id, seen, action, note, by, base_currency: app.base_currency() };
    let done = app.write_once(operation, post.key, step, |db, step| {
        Box::pin(async move { Ok(ops::act(db, step).await?) })
    });
    Ok(done.await?.done())
}
