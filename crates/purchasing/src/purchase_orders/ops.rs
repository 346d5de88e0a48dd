//! Writing purchase orders and taking them from state to state, inside the caller's transaction.

use domain::purchase_order::needs_approval;
use domain::{Currency, PurchaseOrderAction, PurchaseOrderStatus};
use platform::{Connection, FieldError, IfMatch, auth, settings};
use rust_decimal::Decimal;
use stock::WarehouseRef;
use stock::ledger::ProductRef;

use super::incoming;
use super::input::{NewLine, NewPurchaseOrder, PurchaseOrderChange};
use super::model::{self, PurchaseOrderError, PurchaseOrderView};
use super::store::{self, Event, Known, Line, Locked};
use crate::occasion::Occasion;

/// What the total of an order stays below, as every amount of money: 10^12.
const TOTAL_LIMIT: i64 = 1_000_000_000_000;

/// Add a draft.
pub async fn create(
    db: &mut Connection,
    new: &NewPurchaseOrder,
    by: &Occasion,
) -> Result<PurchaseOrderView, PurchaseOrderError> {
    let supplier_currency = hold_supplier(db, new.supplier_id).await?;
    let warehouse_id = resolve_warehouse(db, &new.warehouse).await?;
    let currency = new.currency.unwrap_or(supplier_currency);
    let lines = resolve_lines(db, &new.lines, new.supplier_id, currency).await?;
    let id = store::insert(db, new, warehouse_id, currency, by).await?;
    store::replace_lines(db, id, &lines).await?;
    begin_history(db, id, "", by).await
}

/// Change a draft whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &PurchaseOrderChange,
) -> Result<PurchaseOrderView, PurchaseOrderError> {
    let order = lock(db, id, Some(seen)).await?;
    if order.status != PurchaseOrderStatus::Draft {
        return Err(PurchaseOrderError::NotDraft(order.status));
    }
    let warehouse_id = match &change.warehouse {
        Some(named) => Some(resolve_warehouse(db, named).await?),
        None => None,
    };
    if let Some(new) = &change.lines {
        let currency = change.currency.unwrap_or(order.currency);
        let lines = resolve_lines(db, new, order.supplier_id, currency).await?;
        store::replace_lines(db, id, &lines).await?;
    }
    store::update(db, id, change, warehouse_id).await?;
    find(db, id).await
}

/// What to do to an order.
pub struct Step {
    pub id: i64,
    pub seen: Option<IfMatch>,
    pub action: PurchaseOrderAction,
    pub note: String,
    pub by: Occasion,
    pub base_currency: Currency,
}

/// Take an order from its state to the next.
pub async fn act(db: &mut Connection, step: &Step) -> Result<PurchaseOrderView, PurchaseOrderError> {
    let Step { id, action, .. } = *step;
    let order = lock(db, id, step.seen.as_ref()).await?;
    let after = |status: PurchaseOrderStatus, action| {
        status.after(action).ok_or(PurchaseOrderError::Status { status, action })
    };
    let (mut status, mut note) = (after(order.status, action)?, step.note.clone());
    if action == PurchaseOrderAction::Submit
        && let Some(reason) = approved_by_itself(db, &order, step.base_currency).await?
    {
        status = after(status, PurchaseOrderAction::Approve)?;
        note = format!("{reason}. {note}").trim_end().to_owned();
    }
    if action == PurchaseOrderAction::Order {
        hold_supplier(db, order.supplier_id).await?;
    }
    if action.cancels_the_rest() {
        store::cancel_rest(db, id).await?;
    }
    store::set_status(db, id, status, &step.by).await?;
    let event = Event { action: action.as_str(), from: Some(order.status), to: status, note: &note };
    store::add_event(db, id, &event, &step.by).await?;
    if order.status.is_incoming() || status.is_incoming() {
        incoming::follow(db, id).await?;
    }
    find(db, id).await
}

/// Why nobody has to approve an order, if nobody has to.
async fn approved_by_itself(
    db: &mut Connection,
    order: &Locked,
    base_currency: Currency,
) -> Result<Option<String>, PurchaseOrderError> {
    let above = settings::read(&mut *db).await?.purchase_approval_above;
    let total = store::total(db, order.id).await?;
    let free = above.filter(|_| !needs_approval(total, order.currency, above, base_currency));
    let text = |amount: domain::Amount| format!("{} {base_currency}", amount.display(base_currency));
    Ok(free.map(|above| format!("needs no approval: {} is not above {}", text(total), text(above))))
}

/// Write a new draft with the lines of an order, whatever its state.
pub async fn duplicate(
    db: &mut Connection,
    id: i64,
    note: &str,
    by: &Occasion,
) -> Result<PurchaseOrderView, PurchaseOrderError> {
    let original = lock(db, id, None).await?;
    hold_supplier(db, original.supplier_id).await?;
    let copy = store::duplicate(db, id).await?;
    let note = format!("a duplicate of {}. {note}", original.number);
    begin_history(db, copy, note.trim_end(), by).await
}

/// Hold the row of an order. Whoever changes anything of it does this first.
pub async fn lock(
    db: &mut Connection,
    id: i64,
    seen: Option<&IfMatch>,
) -> Result<Locked, PurchaseOrderError> {
    let order = store::lock(db, id).await?.ok_or(PurchaseOrderError::NotFound(id))?;
    auth::demand_warehouse(&[order.warehouse_id]).map_err(PurchaseOrderError::Precondition)?;
    seen.map_or(Ok(()), |seen| seen.check(order.version)).map_err(PurchaseOrderError::Precondition)?;
    Ok(order)
}

async fn find(db: &mut Connection, id: i64) -> Result<PurchaseOrderView, PurchaseOrderError> {
    store::find(db, id).await?.ok_or(PurchaseOrderError::NotFound(id))
}

async fn begin_history(
    db: &mut Connection,
    id: i64,
    note: &str,
    by: &Occasion,
) -> Result<PurchaseOrderView, PurchaseOrderError> {
    let event = Event { action: "create", from: None, to: PurchaseOrderStatus::Draft, note };
    store::add_event(db, id, &event, by).await?;
    find(db, id).await
}

/// Hold a supplier that something is ordered from; its currency.
async fn hold_supplier(db: &mut Connection, id: i64) -> Result<Currency, PurchaseOrderError> {
    let Some(supplier) = store::hold_supplier(db, id).await? else {
        let message = format!("no supplier has the id {id}");
        let unknown = FieldError::new("/supplier_id", "unknown_supplier", message);
        return Err(PurchaseOrderError::Input(vec![unknown]));
    };
    if supplier.archived {
        return Err(PurchaseOrderError::SupplierArchived(id));
    }
    Ok(model::currency(&supplier.currency)?)
}

async fn resolve_warehouse(db: &mut Connection, named: &WarehouseRef) -> Result<i64, PurchaseOrderError> {
    let ids = WarehouseRef::resolve(&mut *db, std::slice::from_ref(named)).await?;
    let unknown = || PurchaseOrderError::Input(vec![named.unknown_in_body("")]);
    let id = ids.get(named).copied().ok_or_else(unknown)?;
    auth::demand_warehouse(&[id]).map_err(PurchaseOrderError::Precondition)?;
    if !store::hold_warehouse(db, id).await? {
        let message = "the warehouse is archived";
        let archived = FieldError::new(format!("/{}", named.field()), "archived_warehouse", message);
        return Err(PurchaseOrderError::Input(vec![archived]));
    }
    Ok(id)
}

/// The lines with their products and costs; every fault of any of them is named.
async fn resolve_lines(
    db: &mut Connection,
    lines: &[NewLine],
    supplier_id: i64,
    currency: Currency,
) -> Result<Vec<Line>, PurchaseOrderError> {
    let known = store::know(db, lines, supplier_id, currency).await?;
    let mut errors = Vec::new();
    let resolved = lines.iter().zip(known).enumerate().map(|(i, (line, known))| {
        resolve_line(line, &known, currency).map_err(|(field, code, message)| {
            errors.push(FieldError::new(format!("/lines/{i}/{field}"), code, message));
        })
    });
    let resolved: Vec<Line> = resolved.collect::<Vec<_>>().into_iter().flatten().collect();
    if errors.is_empty() && !total_is_in_range(&resolved) {
        errors.push(FieldError::new("/lines", "out_of_range", "the total must be below 1e12"));
    }
    if errors.is_empty() { Ok(resolved) } else { Err(PurchaseOrderError::Input(errors)) }
}

/// A line with its product and cost, or the field at fault with code and message.
fn resolve_line(
    line: &NewLine,
    known: &Known,
    currency: Currency,
) -> Result<Line, (&'static str, &'static str, String)> {
    let field = if matches!(line.product, ProductRef::Id(_)) { "product_id" } else { "sku" };
    let Some(product_id) = known.product_id else {
        return Err((field, "unknown_product", "no product has this id or SKU".to_owned()));
    };
    if known.archived == Some(true) {
        return Err((field, "archived_product", "the product is archived".to_owned()));
    }
    if known.whole_numbers_only == Some(true) && !line.quantity.is_whole() {
        let message = "must be a whole number, because the product is counted by each";
        return Err(("quantity", "whole_numbers_only", message.to_owned()));
    }
    let unit_cost = line.unit_cost.map(Decimal::from).or(known.unit_cost).ok_or_else(|| {
        let message = format!("is required: the supplier has no cost for that quantity in {currency}");
        ("unit_cost", "missing", message)
    })?;
    let NewLine { quantity, expected_on, .. } = *line;
    Ok(Line { product_id, quantity, unit_cost, expected_on })
}

/// A cost has at most 16 digits and a quantity 15: their product may be too much for a decimal, and then for an amount.
fn total_is_in_range(lines: &[Line]) -> bool {
    let cost = |line: &Line| line.unit_cost.checked_mul(Decimal::from(line.quantity));
    let total = lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(cost(line)?));
    total.is_some_and(|total| total.round_dp(4) < Decimal::from(TOTAL_LIMIT))
}
