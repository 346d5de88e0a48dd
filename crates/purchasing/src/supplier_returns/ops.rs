//! Returning goods and putting returns right, inside the caller's transaction.

use std::collections::{BTreeMap, HashMap};

use domain::{Amount, Change, Currency, MovementId, MovementKind, ProductId, Quantity};
use platform::{Actor, Connection, FieldError, auth};
use sqlx::PgExecutor;
use stock::WarehouseRef;
use stock::ledger::{self, Command, LedgerError, PlaceRef, ProductRef, Work};

use super::input::{NewLine, NewSupplierReturn, NewSupplierReturnReversal};
use super::model::{SupplierReturnError, SupplierReturnView};
use super::returnable::{Returnable, returnable};
use super::store::{self, Head, ReturnLine};
use crate::purchase_orders::{self, Locked};

/// Send goods back.
pub async fn create(
    db: &mut Connection,
    new: &NewSupplierReturn,
    base_currency: Currency,
    actor: &Actor,
) -> Result<SupplierReturnView, SupplierReturnError> {
    let supplier_currency = store::currency_of_supplier(db, new.supplier_id).await?.ok_or_else(|| {
        unknown("/supplier_id", "unknown_supplier", format!("no supplier has the id {}", new.supplier_id))
    })?;
    let order = lock_order(db, new).await?;
    let products = resolve(db, &new.lines).await?;
    let known = match &order {
        Some(order) => Some(returnable(db, order.id, new.goods_receipt_id).await?),
        None => None,
    };
    if let Some(known) = &known {
        no_more_than_came(&new.lines, &products, known)?;
    }
    let currency = order.as_ref().map_or(supplier_currency, |order| order.currency);
    let cost_of = |product: &ProductId| Some(known.as_ref()?.get(product)?.unit_cost);
    let lines: Vec<ReturnLine> = new
        .lines
        .iter()
        .zip(&products)
        .map(|(line, product)| ReturnLine {
            product: *product,
            location: if let PlaceRef::Location(id) = line.place { Some(id) } else { None },
            quantity: line.quantity,
            unit_cost: line.unit_cost.or_else(|| cost_of(product)),
        })
        .collect();
    let in_base = currency == base_currency;
    let movement = post(db, new, order.as_ref(), &lines, in_base, actor).await?;
    let head = Head {
        supplier_id: new.supplier_id,
        purchase_order_id: order.map(|order| order.id),
        goods_receipt_id: new.goods_receipt_id,
        movement,
        reason: &new.reason,
        currency,
    };
    let id = store::insert(db, &head, &lines, actor).await?;
    find(db, id).await
}

/// Put a return right: take its stock in again.
pub async fn reverse(
    db: &mut Connection,
    id: i64,
    body: &NewSupplierReturnReversal,
    actor: &Actor,
) -> Result<SupplierReturnView, SupplierReturnError> {
    let order = store::order_of(db, id).await?.ok_or(SupplierReturnError::NotFound(id))?;
    demand_own(&mut *db, id).await?;
    if let Some(order) = order {
        purchase_orders::lock(db, order, None).await?;
    }
    let (movement, reversed_by) = store::lock(db, id).await?.ok_or(SupplierReturnError::NotFound(id))?;
    if let Some(by) = reversed_by {
        return Err(LedgerError::AlreadyReversed { movement, by }.into());
    }
    store::mark_reversed(db, id).await?; // before its movement, whose trigger looks for it
    let reason = body.reason.as_str().to_owned();
    let work = Work::Reverse { movement, dated_back: None, reason, actor: actor.name().to_owned() };
    let command = Command { operation: "reverse_supplier_return", key: None, work };
    let outcome = ledger::apply_within_reach(db, &command).await.map_err(LedgerError::Failed)?;
    store::set_reversal(db, id, outcome.movement_id).await?;
    find(db, id).await
}

/// Refuse a return that is not, as a whole, of the caller's warehouses.
pub(super) async fn demand_own(db: impl PgExecutor<'_>, id: i64) -> Result<(), SupplierReturnError> {
    let Some(own) = auth::warehouses_of_caller() else { return Ok(()) };
    let is_own = store::is_of(db, id, &own).await?;
    if is_own { Ok(()) } else { Err(SupplierReturnError::NotOwn(auth::warehouse_denied())) }
}

async fn find(db: &mut Connection, id: i64) -> Result<SupplierReturnView, SupplierReturnError> {
    store::find(db, id).await?.ok_or(SupplierReturnError::NotFound(id))
}

/// Hold the order that is named, or whose receipt is, if any is.
async fn lock_order(
    db: &mut Connection,
    new: &NewSupplierReturn,
) -> Result<Option<Locked>, SupplierReturnError> {
    let unknown_receipt = || {
        let message = "no receipt of this order has this id".to_owned();
        unknown("/goods_receipt_id", "unknown_goods_receipt", message)
    };
    let of_receipt = match new.goods_receipt_id {
        Some(receipt) => Some(store::order_of_receipt(db, receipt).await?.ok_or_else(unknown_receipt)?),
        None => None,
    };
    let Some(id) = new.purchase_order_id.or(of_receipt) else { return Ok(None) };
    if of_receipt.is_some_and(|of_receipt| of_receipt != id) {
        return Err(unknown_receipt());
    }
    let field = if new.purchase_order_id.is_some() { "/purchase_order_id" } else { "/goods_receipt_id" };
    let of_another = || {
        let message = "no order to this supplier has this id, or this receipt".to_owned();
        unknown(field, "unknown_purchase_order", message)
    };
    let order = match purchase_orders::lock(db, id, None).await {
        Err(purchase_orders::PurchaseOrderError::NotFound(_)) => return Err(of_another()),
        order => order?,
    };
    if order.supplier_id == new.supplier_id { Ok(Some(order)) } else { Err(of_another()) }
}

/// The products that the lines name; every one that is not known is a fault.
async fn resolve(db: &mut Connection, lines: &[NewLine]) -> Result<Vec<ProductId>, SupplierReturnError> {
    let found = store::products(db, lines).await?;
    let mut errors = Vec::new();
    let mut products = Vec::with_capacity(lines.len());
    for (i, (line, product)) in lines.iter().zip(found).enumerate() {
        let field = if matches!(line.product, ProductRef::Id(_)) { "product_id" } else { "sku" };
        match product {
            Some(id) => products.push(ProductId(id)),
            None => errors.push(FieldError::new(
                format!("/lines/{i}/{field}"),
                "unknown_product",
                "no product has this id or SKU",
            )),
        }
    }
    if errors.is_empty() { Ok(products) } else { Err(SupplierReturnError::Input(errors)) }
}

/// Lines of one product are added before they are compared with what may go back.
fn no_more_than_came(
    lines: &[NewLine],
    products: &[ProductId],
    known: &HashMap<ProductId, Returnable>,
) -> Result<(), SupplierReturnError> {
    let mut sums: BTreeMap<ProductId, (usize, Quantity)> = BTreeMap::new();
    for (index, (line, product)) in lines.iter().zip(products).enumerate() {
        let (_, sum) = sums.entry(*product).or_insert((index, Quantity::ZERO));
        *sum = sum.saturating_add(line.quantity); // held to a range that nothing that came reaches
    }
    for (product, (index, requested)) in sums {
        let returnable = known.get(&product).map_or(Quantity::ZERO, |known| known.quantity);
        if requested > returnable {
            return Err(SupplierReturnError::OverReturn { index, product, returnable, requested });
        }
    }
    Ok(())
}

/// Post the movement of a return. Its costs are those of the return where that is in the base currency.
async fn post(
    db: &mut Connection,
    new: &NewSupplierReturn,
    order: Option<&Locked>,
    lines: &[ReturnLine],
    in_base: bool,
    actor: &Actor,
) -> Result<MovementId, SupplierReturnError> {
    let usual = order.map_or(PlaceRef::DefaultWarehouse, |order| {
        PlaceRef::Warehouse(WarehouseRef::Id(order.warehouse_id))
    });
    let cost = |cost: Option<Amount>| cost.filter(|_| in_base);
    let line = |(asked, line): (&NewLine, &ReturnLine)| ledger::NewLine {
        product: ProductRef::Id(line.product),
        place: match &asked.place {
            PlaceRef::DefaultWarehouse => usual.clone(),
            place => place.clone(),
        },
        lot: asked.lot.clone(),
        change: Change::By(-line.quantity),
        expected_on_hand: None,
        unit_cost: cost(line.unit_cost),
    };
    let event = ledger::Event {
        kind: MovementKind::ReturnOut,
        reason: Some(new.reason.as_str().to_owned()),
        reference: order.map(|order| order.number.clone()),
        note: String::new(),
        actor: actor.name().to_owned(),
        occurred_at: None,
    };
    let work = Work::Post {
        event,
        lines: new.lines.iter().zip(lines).map(line).collect(),
        lines_at: "/lines",
        shorten_reservations: false,
    };
    let command = Command { operation: "create_supplier_return", key: None, work };
    let outcome = ledger::apply_within_reach(db, &command).await.map_err(LedgerError::Failed)?;
    outcome.movement_id.ok_or_else(|| sqlx::Error::RowNotFound.into())
}

fn unknown(pointer: &str, code: &'static str, message: String) -> SupplierReturnError {
    SupplierReturnError::Input(vec![FieldError::new(pointer, code, message)])
}
