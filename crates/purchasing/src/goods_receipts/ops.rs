//! Receiving goods and putting receipts right, inside the caller's transaction.

use std::collections::HashMap;

use domain::purchase_order::{self, LineProgress};
use domain::{Amount, Change, Currency, LocationId, MovementId, MovementKind, PurchaseOrderStatus, Text};
use platform::{Connection, settings};
use stock::ledger::{self, Command, LedgerError, NewLine, PlaceRef, ProductRef, Work};

use super::model::{GoodsReceiptError, GoodsReceiptView, NewGoodsReceipt, NewGoodsReceiptReversal};
use super::store::{self, OrderLine, ReceiptLine};
use crate::occasion::Occasion;
use crate::purchase_orders::{self, Event, Locked, add_event, incoming, set_status};
use crate::supplier_returns::more_went_back_than_came;

/// Receive goods for an order.
pub async fn receive(
    db: &mut Connection,
    purchase_order_id: i64,
    new: &NewGoodsReceipt,
    base_currency: Currency,
    by: &Occasion,
) -> Result<GoodsReceiptView, GoodsReceiptError> {
    let order = purchase_orders::lock(db, purchase_order_id, None).await?;
    if !order.status.is_incoming() {
        return Err(GoodsReceiptError::OrderNotOpen(order.status));
    }
    let lines = store::order_lines(db, order.id).await?;
    let received: Vec<_> = new.lines.iter().map(|line| (line.line_id, line.quantity)).collect();
    let progress: Vec<LineProgress> = lines.iter().map(|line| line.progress).collect();
    let tolerance = settings::read(&mut *db).await?.over_receipt_percent;
    let after = purchase_order::receive(&progress, &received, tolerance)?;
    let receipt = resolve(db, &order, &lines, new).await?;
    let note = new.note.as_ref().map_or("", Text::as_str);
    let movement = post(db, &order, new, &receipt, base_currency, note, by).await?;
    store::set_received(db, &after).await?;
    let id = store::insert(db, order.id, movement, &receipt, note, by).await?;
    let view = find(db, id).await?;
    take_on(db, &order, "receive", purchase_order::status_of(&after), &view.number, by).await?;
    Ok(view)
}

/// Put a receipt right: take its stock out again and open its quantities.
pub async fn reverse(
    db: &mut Connection,
    id: i64,
    body: &NewGoodsReceiptReversal,
    by: &Occasion,
) -> Result<GoodsReceiptView, GoodsReceiptError> {
    let order_id = store::order_of(db, id).await?.ok_or(GoodsReceiptError::NotFound(id))?;
    let order = purchase_orders::lock(db, order_id, None).await?;
    let receipt = find(db, id).await?; // under the lock of the order, so it stays as it is
    let movement = MovementId(receipt.movement_id);
    if let Some(by) = receipt.reversed_by_movement_id {
        return Err(LedgerError::AlreadyReversed { movement, by: MovementId(by) }.into());
    }
    if !order.status.can_reopen() {
        return Err(GoodsReceiptError::OrderNotOpen(order.status));
    }
    store::mark_reversed(db, id, by).await?; // before its movement, whose trigger looks for it
    if more_went_back_than_came(db, order.id, id).await? {
        return Err(GoodsReceiptError::Returned);
    }
    let reason = body.reason.as_str();
    let work = Work::Reverse {
        movement,
        dated_back: None,
        reason: reason.to_owned(),
        actor: by.actor().name().to_owned(),
    };
    let outcome = by.apply(db, &Command { operation: "reverse_goods_receipt", key: None, work }).await?;
    store::set_reversal(db, id, outcome.movement_id).await?;
    store::take_back(db, id).await?;
    let lines = store::order_lines(db, order.id).await?;
    let progress: Vec<LineProgress> = lines.iter().map(|line| line.progress).collect();
    let note = format!("{}: {reason}", receipt.number);
    take_on(db, &order, "reverse_receipt", purchase_order::status_of(&progress), &note, by).await?;
    find(db, id).await
}

/// Give the order its new state, keep that in its history, and bring what is incoming up to date.
async fn take_on(
    db: &mut Connection,
    order: &Locked,
    action: &'static str,
    status: PurchaseOrderStatus,
    note: &str,
    by: &Occasion,
) -> Result<(), GoodsReceiptError> {
    set_status(db, order.id, status, by).await?;
    let event = Event { action, from: Some(order.status), to: status, note };
    add_event(db, order.id, &event, by).await?;
    Ok(incoming::follow(db, order.id).await?)
}

async fn find(db: &mut Connection, id: i64) -> Result<GoodsReceiptView, GoodsReceiptError> {
    store::find(db, id).await?.ok_or(GoodsReceiptError::NotFound(id))
}

/// Each line with its place and its cost.
async fn resolve(
    db: &mut Connection,
    order: &Locked,
    lines: &[OrderLine],
    new: &NewGoodsReceipt,
) -> Result<Vec<ReceiptLine>, GoodsReceiptError> {
    let named: Vec<LocationId> = new.lines.iter().filter_map(|line| line.location_id).collect();
    let places = store::places(db, order.warehouse_id, &named).await?;
    let ordered: HashMap<i64, &OrderLine> = lines.iter().map(|line| (line.progress.id, line)).collect();
    let mut receipt = Vec::with_capacity(new.lines.len());
    for (index, line) in new.lines.iter().enumerate() {
        let location = match line.location_id {
            Some(location) if !places.named.contains(&location) => {
                return Err(GoodsReceiptError::UnknownLocation { index, location });
            }
            Some(location) => location,
            None => places.usual.ok_or(GoodsReceiptError::LocationRequired { index })?,
        };
        // The order has the line: what was decided before has looked for it.
        let Some(OrderLine { product, unit_cost, .. }) = ordered.get(&line.line_id) else { continue };
        receipt.push(ReceiptLine {
            line_id: line.line_id,
            product: *product,
            location,
            quantity: line.quantity,
            unit_cost: line.unit_cost.unwrap_or(*unit_cost),
        });
    }
    Ok(receipt)
}

/// Post the movement of a receipt. Its costs are those of the receipt where that is in the base currency; there are no
/// rates to convert others by.
async fn post(
    db: &mut Connection,
    order: &Locked,
    new: &NewGoodsReceipt,
    receipt: &[ReceiptLine],
    base_currency: Currency,
    note: &str,
    by: &Occasion,
) -> Result<MovementId, GoodsReceiptError> {
    let in_base = |cost: Amount| Some(cost).filter(|_| order.currency == base_currency);
    let line = |(line, lot): (&ReceiptLine, Option<String>)| NewLine {
        product: ProductRef::Id(line.product),
        place: PlaceRef::Location(line.location),
        lot,
        change: Change::By(line.quantity),
        expected_on_hand: None,
        unit_cost: in_base(line.unit_cost),
    };
    let lots = new.lines.iter().map(|line| line.lot.clone());
    let event = ledger::Event {
        kind: MovementKind::Receipt,
        reason: None,
        reference: Some(order.number.clone()),
        note: note.to_owned(),
        actor: by.actor().name().to_owned(),
        occurred_at: None,
    };
    let work = Work::Post {
        event,
        lines: receipt.iter().zip(lots).map(line).collect(),
        lines_at: "/lines",
        shorten_reservations: false,
    };
    let outcome = by.apply(db, &Command { operation: "receive_purchase_order", key: None, work }).await?;
    outcome.movement_id.ok_or_else(|| sqlx::Error::RowNotFound.into())
}
