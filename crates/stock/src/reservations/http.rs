//! Reservations over HTTP.

use axum::extract::State;
use domain::ReservationId;
use platform::{ApiError, Body, Document, Done, Id, IfMatch, Page, Post, Posted, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{
    NewFulfilment, NewRelease, NewReservation, NewReservationSchema, ReservationChange,
    ReservationChangeSchema,
};
use super::model::{ReservationFilter, ReservationView};
use super::store;
use crate::ledger::{Command, DryRun, Ledger, Outcome, ReservationAction, Work};
use crate::problems;
use crate::reach;

/// The name of the list, to which its cursors are bound.
const LIST: &str = "reservations";

/// The routes of reservations.
pub fn routes(ledger: Ledger) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_reservations, create_reservation))
        .routes(routes!(get_reservation, update_reservation))
        .routes(routes!(fulfil_reservation))
        .routes(routes!(release_reservation))
        .with_state(ledger)
}

/// List the reservations
///
/// Newest first. By product: those that hold it now. For whoever is limited to warehouses, those that hold nothing elsewhere, so that a page
/// may have fewer items than `limit`.
#[utoipa::path(get, path = "/reservations", tag = "stock", operation_id = "list_reservations",
    params(("status" = Option<domain::ReservationStatus>, Query, description = "what has become of them"),
           ("reference" = Option<domain::OneLine>, Query, description = "the document they are for, to the letter"),
           ("product_id" = Option<Vec<i64>>, Query, description = "key of a product that they hold; may be repeated"),
           ("sku" = Option<Vec<domain::Sku>>, Query, description = "SKU of a product that they hold, in any case; may be repeated")),
    responses((status = 200, body = Page<ReservationView>)))]
async fn list_reservations(
    State(ledger): State<Ledger>,
    Query(filter): Query<ReservationFilter>,
) -> Result<Page<ReservationView>, ApiError> {
    let db = ledger.app().db();
    let scope = filter.stock.resolve(db).await?;
    let before = filter.paging.after(LIST, 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let ids = store::list(db, &filter, &scope.products, before).await?;
    let page = filter.paging.page(LIST, ids, |id| vec![id.to_string()]);
    let mut found = store::find(db, &page.items).await?;
    let mut own = Vec::with_capacity(page.items.len());
    for id in &page.items {
        own.push(reach::demand_reservation(db, *id).await.is_ok());
    }
    let mut own = own.into_iter();
    Ok(page.filter_map(|id| found.remove(&id).filter(|_| own.next().unwrap_or(false))))
}

/// Reserve stock
///
/// All lines, or none. What is reserved is still on hand, but no longer available. Without a place it is taken from the
/// warehouses in the order of their priority. With `dry_run=true` it shows the outcome and writes nothing.
#[utoipa::path(post, path = "/reservations", tag = "stock", operation_id = "create_reservation",
    params(("dry_run" = Option<bool>, Query, description = "show the outcome and write nothing")),
    request_body = NewReservationSchema,
    responses((status = 201, body = ReservationView),
              (status = 200, body = ReservationView, description = "What a dry run would have done")),
    extensions(("x-problems" = json!(["insufficient_stock", "location_not_open", "product_archived"]))))]
async fn create_reservation(
    State(ledger): State<Ledger>,
    Query(dry_run): Query<DryRun>,
    post: Post<NewReservation>,
) -> Result<Posted<ReservationView>, ApiError> {
    let NewReservation { lines, reference, expires_in } = post.body;
    let work = Work::Reserve {
        lines,
        reference: reference.map(String::from),
        expires_in,
        actor: post.actor.name().to_owned(),
    };
    let command = Command { operation: "create_reservation", key: Some(post.key), work };
    let outcome = ledger.run(command, dry_run).await?;
    let replayed = outcome.replayed;
    let body = view(outcome)?;
    let location = body.id.map(|id| format!("/reservations/{id}"));
    Ok(Posted { dry_run: dry_run.0, replayed, location, body })
}

/// Get a reservation
///
/// With what it holds and where, and its version as ETag.
#[utoipa::path(get, path = "/reservations/{id}", tag = "stock", operation_id = "get_reservation",
    responses((status = 200, body = ReservationView)),
    extensions(("x-problems" = json!(["reservation_not_found"]))))]
async fn get_reservation(
    State(ledger): State<Ledger>,
    Id(id): Id,
) -> Result<Document<ReservationView>, ApiError> {
    let unknown =
        || ApiError::new(&problems::RESERVATION_NOT_FOUND, format!("no reservation has the id {id}"));
    let found = store::find(ledger.app().db(), &[id]).await?.remove(&id).ok_or_else(unknown)?;
    reach::demand_reservation(ledger.app().db(), id).await?;
    Ok(Document(found))
}

/// Change a reservation
///
/// What its lines hold and where, and when it runs out. Only what is more has to be available.
#[utoipa::path(patch, path = "/reservations/{id}", tag = "stock", operation_id = "update_reservation",
    request_body = ReservationChangeSchema, responses((status = 200, body = ReservationView)),
    extensions(("x-problems" = json!(["reservation_not_found", "reservation_not_active", "insufficient_stock",
        "less_than_fulfilled"]))))]
async fn update_reservation(
    State(ledger): State<Ledger>,
    Id(id): Id,
    seen: IfMatch,
    actor: platform::Actor,
    Body(change): Body<ReservationChange>,
) -> Result<Document<ReservationView>, ApiError> {
    let action = ReservationAction::Edit { lines: change.lines, expires_in: change.expires_in };
    let (id, seen, actor) = (ReservationId(id), Some(seen), actor.name().to_owned());
    let work = Work::Reservation { id, action, seen, actor };
    let command = Command { operation: "update_reservation", key: None, work };
    Ok(Document(view(ledger.run(command, DryRun(false)).await?)?))
}

/// Fulfil a reservation
///
/// What was promised goes out: everything that is open, or parts of it.
#[utoipa::path(post, path = "/reservations/{id}/fulfil", tag = "stock", operation_id = "fulfil_reservation",
    request_body = NewFulfilment, responses((status = 200, body = ReservationView)),
    extensions(("x-problems" = json!(["reservation_not_found", "reservation_not_active", "more_than_reserved"])), ("x-without" = json!(["required_body"]))))]
async fn fulfil_reservation(
    State(ledger): State<Ledger>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<NewFulfilment>,
) -> Result<Done, ApiError> {
    let Post { body, actor, key } = post;
    let action = ReservationAction::Fulfil(body.into_lines());
    let work = Work::Reservation { id: ReservationId(id), action, seen, actor: actor.name().to_owned() };
    done(&ledger, Command { operation: "fulfil_reservation", key: Some(key), work }).await
}

/// Release a reservation
///
/// What it holds is available again.
#[utoipa::path(post, path = "/reservations/{id}/release", tag = "stock", operation_id = "release_reservation",
    request_body = NewRelease, responses((status = 200, body = ReservationView)),
    extensions(("x-problems" = json!(["reservation_not_found", "reservation_not_active"])), ("x-without" = json!(["required_body"]))))]
async fn release_reservation(
    State(ledger): State<Ledger>,
    Id(id): Id,
    seen: Option<IfMatch>,
    post: Post<NewRelease>,
) -> Result<Done, ApiError> {
    let action = ReservationAction::Release { reason: post.body.reason.map(String::from) };
    let actor = post.actor.name().to_owned();
    let work = Work::Reservation { id: ReservationId(id), action, seen, actor };
    done(&ledger, Command { operation: "release_reservation", key: Some(post.key), work }).await
}

async fn done(ledger: &Ledger, command: Command) -> Result<Done, ApiError> {
    let outcome = ledger.submit(command).await?;
    let replayed = outcome.replayed;
    let body = serde_json::to_string(&view(outcome)?).map_err(ApiError::internal)?;
    Ok(Done { body, replayed })
}

fn view(outcome: Outcome) -> Result<ReservationView, ApiError> {
    let missing = || ApiError::internal("a command on a reservation has left none");
    outcome.reservation.map(ReservationView::from).ok_or_else(missing)
}
