//! Writing stock transfers and taking them from state to state, inside the caller's transaction.

use std::collections::HashSet;

use domain::stock_transfer::{Goods, Want, share_out};
use domain::{LocationId, MovementKind, OneLine, StockTransferAction, StockTransferStatus, Text};
use platform::{Actor, Connection, FieldError, IfMatch, auth};

use super::input::{
    NewStockTransfer, NewStockTransferReceipt, NewStockTransferReceiptLine, StockTransferChange,
};
use super::lookup::{self, Place};
use super::model::{StockTransferError, StockTransferView};
use super::posting::{self, Move, Step};
use super::resolve;
use super::store::{self, Event, Fate, Locked, Part};

/// Add a draft, or move its goods at once.
pub(super) async fn create(
    db: &mut Connection,
    new: &NewStockTransfer,
    actor: &Actor,
) -> Result<StockTransferView, StockTransferError> {
    let mut errors = Vec::new();
    let from = resolve::place(db, &new.from, "/from", &mut errors).await?;
    let to = resolve::place(db, &new.to, "/to", &mut errors).await?;
    let lines = resolve::lines(db, &new.lines, &mut errors).await?;
    let mut route = None;
    if let (Some(from), Some(to)) = (from, to) {
        let destination = resolve::check_route(db, &from, &to, &mut errors).await?;
        route = destination.map(|destination| (from, to, destination));
    }
    let Some((from, to, destination)) = route.filter(|_| errors.is_empty()) else {
        return Err(StockTransferError::Input(errors));
    };
    reach(&[from.warehouse_id, to.warehouse_id])?;
    if new.immediate {
        reach(&[from.warehouse_id]).and(reach(&[to.warehouse_id]))?;
    }
    let note = new.note.as_ref().map_or("", Text::as_str);
    let (status, to) = if new.immediate {
        (StockTransferStatus::Received, Place { location_id: Some(destination), ..to })
    } else {
        (StockTransferStatus::Draft, to)
    };
    let id = store::insert(db, status, (&from, &to), new.reference.as_ref(), note).await?;
    store::replace_lines(db, id, &lines).await?;
    let mut movement = None;
    if new.immediate {
        let transfer = lock(db, id, None).await?;
        let step = Step { operation: "create_stock_transfer", transfer: &transfer, note, actor };
        let parts = step.pick(db, &lines).await?;
        let to = LocationId(destination);
        let moves: Vec<_> =
            parts.iter().map(|part| Move { part, from: part.location, to: Some(to) }).collect();
        movement = step.post(db, MovementKind::Transfer, &moves).await?;
        store::insert_parts(db, id, &parts).await?;
        store::settle(db, id, Fate::Received, &parts).await?;
    }
    let event = Event { action: "create", from: None, to: status, note: "", movement };
    store::add_event(db, id, &event, actor).await?;
    find(db, id).await
}

/// Change a draft whose present version the caller has seen.
pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &StockTransferChange,
) -> Result<StockTransferView, StockTransferError> {
    let transfer = lock(db, id, Some(seen)).await?;
    if transfer.status != StockTransferStatus::Draft {
        return Err(StockTransferError::NotDraft(transfer.status));
    }
    reach(&[transfer.from.warehouse_id, transfer.to.warehouse_id])?;
    let mut errors = Vec::new();
    let from = match &change.from {
        Some(from) => resolve::place(db, from, "/from", &mut errors).await?,
        None => Some(transfer.from),
    };
    let to = match &change.to {
        Some(to) => resolve::place(db, to, "/to", &mut errors).await?,
        None => Some(transfer.to),
    };
    let lines = match &change.lines {
        Some(lines) => Some(resolve::lines(db, lines, &mut errors).await?),
        None => None,
    };
    if let (Some(from), Some(to)) = (&from, &to)
        && (change.from.is_some() || change.to.is_some())
    {
        resolve::check_route(db, from, to, &mut errors).await?;
    }
    let (Some(from), Some(to), true) = (from, to, errors.is_empty()) else {
        return Err(StockTransferError::Input(errors));
    };
    reach(&[from.warehouse_id, to.warehouse_id])?;
    if let Some(lines) = lines {
        store::replace_lines(db, id, &lines).await?;
    }
    store::update(db, id, change, (&from, &to)).await?;
    find(db, id).await
}

/// Let the goods of a draft leave.
pub(super) async fn ship(
    db: &mut Connection,
    id: i64,
    seen: Option<&IfMatch>,
    note: &str,
    actor: &Actor,
) -> Result<StockTransferView, StockTransferError> {
    let transfer = lock(db, id, seen).await?;
    reach(&[transfer.from.warehouse_id])?;
    let status = after(&transfer, StockTransferAction::Ship, true)?;
    let lines = store::lines(db, id).await?;
    let transit = lookup::transit_location(db, transfer.to.warehouse_id).await?; // before products are locked
    let step = Step { operation: "ship_stock_transfer", transfer: &transfer, note, actor };
    let parts = step.pick(db, &lines).await?;
    let to = LocationId(transit);
    let moves: Vec<_> = parts.iter().map(|part| Move { part, from: part.location, to: Some(to) }).collect();
    let movement = step.post(db, MovementKind::TransferOut, &moves).await?;
    store::insert_parts(db, id, &parts).await?;
    store::set_status(db, id, status, Some(transit)).await?;
    let event = Event { action: "ship", from: Some(transfer.status), to: status, note, movement };
    store::add_event(db, id, &event, actor).await?;
    find(db, id).await
}

/// Take in what has arrived, and write off what will not.
pub(super) async fn receive(
    db: &mut Connection,
    id: i64,
    seen: Option<&IfMatch>,
    receipt: &NewStockTransferReceipt,
    actor: &Actor,
) -> Result<StockTransferView, StockTransferError> {
    let transfer = lock(db, id, seen).await?;
    reach(&[transfer.to.warehouse_id])?;
    after(&transfer, StockTransferAction::Receive, true)?; // whether it can be received at all
    let transit = transit_of(&transfer)?;
    let parts = store::open_parts(db, id).await?;
    let arrived = arrivals(db, id, &transfer, &parts, receipt).await?;
    let rest = rest(&parts, &arrived);
    let lost = if receipt.close.is_some() { rest.as_slice() } else { &[] };
    let status = after(&transfer, StockTransferAction::Receive, rest.len() > lost.len())?;
    posting::lock(db, parts.iter().map(|part| part.product.0)).await?;
    let note = receipt.note.as_ref().map_or("", Text::as_str);
    let step = Step { operation: "receive_stock_transfer", transfer: &transfer, note, actor };
    let mut from = transfer.status;
    if !arrived.is_empty() {
        let moves: Vec<_> =
            arrived.iter().map(|(part, to)| Move { part, from: transit, to: Some(*to) }).collect();
        let movement = step.post(db, MovementKind::TransferIn, &moves).await?;
        let to = after(&transfer, StockTransferAction::Receive, !rest.is_empty())?;
        let event = Event { action: "receive", from: Some(from), to, note, movement };
        store::add_event(db, id, &event, actor).await?;
        let received: Vec<Part> = arrived.into_iter().map(|(part, _)| part).collect();
        store::settle(db, id, Fate::Received, &received).await?;
        from = to;
    }
    if !lost.is_empty() {
        let reason = receipt.close.as_ref().map_or("", OneLine::as_str);
        let moves: Vec<_> = lost.iter().map(|part| Move { part, from: transit, to: None }).collect();
        let movement = step.write_off(db, reason, &moves).await?;
        let event = Event { action: "close", from: Some(from), to: status, note: reason, movement };
        store::add_event(db, id, &event, actor).await?;
        store::settle(db, id, Fate::Lost, lost).await?;
    }
    store::set_status(db, id, status, Some(transit.0)).await?;
    find(db, id).await
}

/// Call a transfer off, and bring back what is in transit.
pub(super) async fn cancel(
    db: &mut Connection,
    id: i64,
    seen: Option<&IfMatch>,
    note: &str,
    actor: &Actor,
) -> Result<StockTransferView, StockTransferError> {
    let transfer = lock(db, id, seen).await?;
    reach(&[transfer.from.warehouse_id])?;
    let status = after(&transfer, StockTransferAction::Cancel, false)?;
    let mut movement = None;
    if transfer.status != StockTransferStatus::Draft {
        let transit = transit_of(&transfer)?;
        let back = rest(&store::open_parts(db, id).await?, &[]);
        let step = Step { operation: "cancel_stock_transfer", transfer: &transfer, note, actor };
        let moves: Vec<_> =
            back.iter().map(|part| Move { part, from: transit, to: Some(part.location) }).collect();
        movement = step.post(db, MovementKind::TransferIn, &moves).await?;
        store::settle(db, id, Fate::Returned, &back).await?;
    }
    store::set_status(db, id, status, transfer.transit_location_id).await?;
    let event = Event { action: "cancel", from: Some(transfer.status), to: status, note, movement };
    store::add_event(db, id, &event, actor).await?;
    find(db, id).await
}

/// Hold the row of a transfer. Whoever changes anything of it does this first.
async fn lock(db: &mut Connection, id: i64, seen: Option<&IfMatch>) -> Result<Locked, StockTransferError> {
    let transfer = store::lock(db, id).await?.ok_or(StockTransferError::NotFound(id))?;
    seen.map_or(Ok(()), |seen| seen.check(transfer.version)).map_err(StockTransferError::Precondition)?;
    Ok(transfer)
}

/// Refuse unless whoever does it may work in one of these warehouses.
fn reach(any_of: &[i64]) -> Result<(), StockTransferError> {
    auth::demand_warehouse(any_of).map_err(StockTransferError::Precondition)
}

async fn find(db: &mut Connection, id: i64) -> Result<StockTransferView, StockTransferError> {
    store::find(db, id).await?.ok_or(StockTransferError::NotFound(id))
}

fn after(
    transfer: &Locked,
    action: StockTransferAction,
    still_in_transit: bool,
) -> Result<StockTransferStatus, StockTransferError> {
    let refusal = StockTransferError::Status { status: transfer.status, action };
    transfer.status.after(action, still_in_transit).ok_or(refusal)
}

/// Where its goods are; the schema holds that there is one once it has left.
fn transit_of(transfer: &Locked) -> Result<LocationId, StockTransferError> {
    transfer.transit_location_id.map(LocationId).ok_or_else(|| sqlx::Error::RowNotFound.into())
}

/// What has arrived, part by part, and where it goes.
async fn arrivals(
    db: &mut Connection,
    id: i64,
    transfer: &Locked,
    parts: &[Part],
    receipt: &NewStockTransferReceipt,
) -> Result<Vec<(Part, LocationId)>, StockTransferError> {
    let everything;
    let lines = match (&receipt.lines, &receipt.close) {
        (Some(lines), _) => lines,
        (None, Some(_)) => return Ok(Vec::new()), // nothing more will arrive
        (None, None) => {
            everything = all_of(parts);
            &everything
        }
    };
    let known: HashSet<i32> = parts.iter().map(|part| part.line).collect();
    if let Some(index) = lines.iter().position(|line| !known.contains(&line.line)) {
        return Err(StockTransferError::UnknownLine { index, line: lines[index].line });
    }
    check_fractions(db, id, lines).await?;
    let goods: Vec<_> = parts
        .iter()
        .map(|part| Goods { of: i64::from(part.line), lot: &part.lot, quantity: part.quantity })
        .collect();
    let wants: Vec<_> = lines
        .iter()
        .map(|line| Want { of: i64::from(line.line), lot: line.lot.as_deref(), quantity: line.quantity })
        .collect();
    let shares = share_out(&goods, &wants).map_err(StockTransferError::MoreThanInTransit)?;
    let places = places(db, transfer, lines).await?;
    let arrived =
        |share: domain::stock_transfer::Share| (parts[share.goods].with(share.quantity), places[share.want]);
    Ok(shares.into_iter().map(arrived).collect())
}

/// Refuse fractions of what is counted in whole numbers.
async fn check_fractions(
    db: &mut Connection,
    id: i64,
    lines: &[NewStockTransferReceiptLine],
) -> Result<(), StockTransferError> {
    if lines.iter().all(|line| line.quantity.is_whole()) {
        return Ok(());
    }
    let whole = lookup::whole_number_lines(db, id).await?;
    let fraction =
        |line: &NewStockTransferReceiptLine| !line.quantity.is_whole() && whole.contains(&line.line);
    let fault = |(index, _): (usize, _)| {
        let message = "must be a whole number, because the product is counted by each";
        FieldError::new(format!("/lines/{index}/quantity"), "whole_numbers_only", message)
    };
    let errors: Vec<_> = lines.iter().enumerate().filter(|(_, line)| fraction(line)).map(fault).collect();
    if errors.is_empty() { Ok(()) } else { Err(StockTransferError::Input(errors)) }
}

/// As if everything that is in transit were named.
fn all_of(parts: &[Part]) -> Vec<NewStockTransferReceiptLine> {
    let line = |part: &Part| NewStockTransferReceiptLine {
        line: part.line,
        quantity: part.quantity,
        lot: Some(part.lot.clone()),
        location_id: None,
    };
    parts.iter().filter(|part| part.quantity.is_positive()).map(line).collect()
}

/// Where each line of a receipt is put.
async fn places(
    db: &mut Connection,
    transfer: &Locked,
    lines: &[NewStockTransferReceiptLine],
) -> Result<Vec<LocationId>, StockTransferError> {
    let named: Vec<i64> = lines.iter().filter_map(|line| line.location_id).map(|id| id.0).collect();
    let known = lookup::locations_in(db, transfer.to.warehouse_id, &named).await?;
    let usual = resolve::destination(db, &transfer.from, &transfer.to).await?;
    let place = |(index, line): (usize, &NewStockTransferReceiptLine)| match line.location_id {
        Some(location) if !known.contains(&location.0) => {
            Err(StockTransferError::UnknownLocation { index, location })
        }
        Some(location) => Ok(location),
        None => usual.map(LocationId).ok_or(StockTransferError::LocationRequired { index }),
    };
    lines.iter().enumerate().map(place).collect()
}

/// What is in transit of each part once this has arrived.
fn rest(parts: &[Part], arrived: &[(Part, LocationId)]) -> Vec<Part> {
    let left = |part: &Part| {
        let same = |(other, _): &&(Part, LocationId)| {
            (other.line, other.location, &other.lot) == (part.line, part.location, &part.lot)
        };
        let gone = arrived.iter().filter(same).map(|(other, _)| other.quantity).sum();
        part.with(part.quantity.saturating_sub(gone))
    };
    parts.iter().map(left).filter(|part| part.quantity.is_positive()).collect()
}
