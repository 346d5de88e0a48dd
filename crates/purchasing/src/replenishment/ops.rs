//! Making orders of suggestions, inside the caller's transaction.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Currency, ProductId, Text};
use jiff::civil::Date;
use platform::{Actor, Connection, FieldError, auth};
use stock::WarehouseRef;
use stock::ledger::{self, ProductRef};

use super::facts::{self, Facts, Suggested};
use super::input::{Item, NewOrders};
use super::model::{OrdersView, SkippedView, SuggestionView};
use super::store::{self, Scope, Window};
use crate::occasion::Occasion;
use crate::purchase_orders::{self, NewLine, NewPurchaseOrder, PurchaseOrderError};
use crate::row;

/// Most suggestions that one request makes orders of, but for those of the last product.
const SUGGESTIONS_MAX: i64 = 500;

/// Most products that run low of which it looks whether anything is due.
const EXAMINED_MAX: i64 = 5000;

/// What an order says of itself.
const NOTE: &str = "replenishment";

/// What the lines of an order have in common: supplier, warehouse, currency.
type Common = (i64, i64, String);

/// The lines of an order to be, and the day by which all of them should have arrived.
#[derive(Default)]
struct Draft {
    lines: Vec<NewLine>,
    expected_on: Option<Date>,
}

/// The first look, under no lock.
struct Look {
    due: Vec<Facts>,
    /// After which product the next request goes on; none if this one looks at all there is.
    next_after: Option<i64>,
}

/// What was asked for, by key.
struct Wanted {
    scope: Scope,
    /// Product and warehouse of each, if they were named.
    items: Option<BTreeSet<(i64, Option<i64>)>>,
}

/// Write drafts for what is to be ordered. Documents first: suppliers and warehouses are held, then the products are
/// locked, and only what is read after that decides. Who comes second sees the drafts of who came first.
pub(super) async fn order(
    db: &mut Connection,
    new: &NewOrders,
    actor: &Actor,
) -> Result<OrdersView, PurchaseOrderError> {
    let wanted = resolve(db, new).await?;
    let window = store::window(&mut *db, new.window_days).await?;
    let Look { due, next_after } = look(db, &wanted, new.after.unwrap_or(0), &window).await?;
    let before = facts::suggestions(due)?;
    let suppliers: BTreeSet<i64> = before.iter().filter_map(Suggested::supplier_id).collect();
    let destinations: BTreeSet<i64> =
        before.iter().filter_map(|suggested| suggested.destination_id).collect();
    let open_suppliers = store::hold_suppliers(db, &Vec::from_iter(suppliers)).await?;
    let open_warehouses = store::hold_warehouses(db, &Vec::from_iter(destinations)).await?;
    let due: BTreeSet<i64> = before.iter().map(|suggested| suggested.view.product_id).collect();
    ledger::lock_products(db, &due.iter().copied().map(ProductId).collect::<Vec<_>>()).await?;
    // A new statement: it sees what those who held the locks have written.
    let facts = store::due_of(&mut *db, &wanted.scope, &Vec::from_iter(due), &window).await?;
    let complete = next_after.is_none();
    let mut made = OrdersView { purchase_orders: Vec::new(), skipped: Vec::new(), complete, next_after };
    let mut drafts: BTreeMap<Common, Draft> = BTreeMap::new();
    for suggested in facts::suggestions(facts)?.into_iter().filter(|suggested| wanted.has(suggested)) {
        let held = suggested.supplier_id().is_none_or(|id| open_suppliers.contains(&id))
            && suggested.destination_id.is_none_or(|id| open_warehouses.contains(&id));
        let expected_on = suggested.expected_on;
        match suggested.into_line() {
            // Another supplier since the first look: he is not held, so this is for the next request.
            _ if !held => made.complete = false,
            Ok((common, line)) => {
                let draft = drafts.entry(common).or_default();
                draft.expected_on = draft.expected_on.max(expected_on);
                draft.lines.push(line);
            }
            Err(skipped) => made.skipped.push(skipped),
        }
    }
    for ((supplier_id, warehouse_id, currency), Draft { lines, expected_on }) in drafts {
        let order = NewPurchaseOrder {
            supplier_id,
            warehouse: WarehouseRef::Id(warehouse_id),
            currency: Some(Currency::parse(&currency).map_err(row::decode)?),
            expected_on,
            note: Some(Text::parse(NOTE).map_err(row::decode)?),
            lines,
        };
        made.purchase_orders.push(purchase_orders::create(db, &order, &Occasion::now(actor.clone())).await?);
    }
    Ok(made)
}

/// What is due of what is wanted.
async fn look(
    db: &mut Connection,
    wanted: &Wanted,
    after: i64,
    window: &Window,
) -> Result<Look, sqlx::Error> {
    if let Some(items) = &wanted.items {
        let products: BTreeSet<i64> = items.iter().map(|(product, _)| *product).collect();
        let due = store::due_of(&mut *db, &wanted.scope, &Vec::from_iter(products), window).await?;
        return Ok(Look { due, next_after: None });
    }
    let examined = (after.saturating_add(1), EXAMINED_MAX);
    let due = store::due(&mut *db, &wanted.scope, examined, SUGGESTIONS_MAX, window).await?;
    let next_after = match due.last() {
        Some(last) if i64::try_from(due.len()).is_ok_and(|count| count >= SUGGESTIONS_MAX) => {
            Some(last.position().0)
        }
        _ => store::last_examined(&mut *db, &wanted.scope, examined).await?,
    };
    Ok(Look { due, next_after })
}

impl Wanted {
    fn has(&self, suggested: &Suggested) -> bool {
        let place = (suggested.view.product_id, suggested.view.warehouse_id);
        self.items.as_ref().is_none_or(|items| items.contains(&place)) && suggested.is_in(&self.scope)
    }
}

impl Suggested {
    fn supplier_id(&self) -> Option<i64> {
        self.view.supplier.as_ref().map(|supplier| supplier.id)
    }

    /// The line of an order, and which order; or why there can be none.
    fn into_line(self) -> Result<(Common, NewLine), SkippedView> {
        let (supplier, destination, cost) = (self.supplier_id(), self.destination_id, self.unit_cost);
        let SuggestionView { product_id, sku, warehouse, quantity, currency, .. } = self.view;
        match (supplier, destination, cost.zip(currency)) {
            (Some(supplier), Some(destination), Some((cost, currency))) => {
                let product = ProductRef::Id(ProductId(product_id));
                let line = NewLine { product, quantity, unit_cost: Some(cost), expected_on: None };
                Ok(((supplier, destination, currency), line))
            }
            (supplier, ..) => {
                let code = if supplier.is_none() { "no_supplier" } else { "no_unit_cost" };
                Err(SkippedView { product_id, sku, warehouse, code })
            }
        }
    }
}

/// What the body names, by key. Whatever does not exist is a fault of the body.
async fn resolve(db: &mut Connection, new: &NewOrders) -> Result<Wanted, PurchaseOrderError> {
    let mut errors = Vec::new();
    let mut scope = Scope::default();
    if let Some(named) = &new.warehouse {
        let known = WarehouseRef::resolve(&mut *db, std::slice::from_ref(named)).await?;
        match known.get(named) {
            Some(id) => scope.warehouses.push(*id),
            None => errors.push(named.unknown_in_body("")),
        }
    }
    if let Some(id) = new.supplier_id {
        if store::known_suppliers(&mut *db, &[id]).await?.is_empty() {
            let message = format!("no supplier has the id {id}");
            errors.push(FieldError::new("/supplier_id", "unknown_supplier", message));
        }
        scope.suppliers.push(id);
    }
    let items = match &new.items {
        Some(items) => Some(resolve_items(db, items, &mut errors).await?),
        None => None,
    };
    if !errors.is_empty() {
        return Err(PurchaseOrderError::Input(errors));
    }
    let denied = PurchaseOrderError::Precondition;
    for (_, warehouse) in items.iter().flatten() {
        auth::demand_warehouse(&warehouse.iter().copied().collect::<Vec<_>>()).map_err(denied)?;
    }
    scope.warehouses = auth::narrow_to_warehouses(scope.warehouses).map_err(denied)?;
    scope.is_limited = auth::warehouses_of_caller().is_some();
    Ok(Wanted { scope, items })
}

async fn resolve_items(
    db: &mut Connection,
    items: &[Item],
    errors: &mut Vec<FieldError>,
) -> Result<BTreeSet<(i64, Option<i64>)>, sqlx::Error> {
    let named = |item: &Item| match &item.product {
        ProductRef::Id(id) => (Some(id.0), None),
        ProductRef::Sku(sku) => (None, Some(sku.clone())),
    };
    let (ids, skus): (Vec<_>, Vec<_>) = items.iter().map(named).unzip();
    let products = store::find_products(db, &ids, &skus).await?;
    let warehouses: Vec<WarehouseRef> = items.iter().filter_map(|item| item.warehouse.clone()).collect();
    let warehouses = WarehouseRef::resolve(&mut *db, &warehouses).await?;
    let mut found = BTreeSet::new();
    for (i, (item, product)) in items.iter().zip(products).enumerate() {
        let warehouse = item.warehouse.as_ref().map(|named| (named, warehouses.get(named).copied()));
        if product.is_none() {
            let field = if matches!(item.product, ProductRef::Id(_)) { "product_id" } else { "sku" };
            let pointer = format!("/items/{i}/{field}");
            errors.push(FieldError::new(pointer, "unknown_product", "no product has this id or SKU"));
        }
        if warehouse.is_none() && auth::warehouses_of_caller().is_some() {
            let message = "is required of whoever is limited to warehouses";
            errors.push(FieldError::new(format!("/items/{i}/warehouse"), "missing", message));
        }
        if let Some((named, None)) = warehouse {
            errors.push(named.unknown_in_body(&format!("/items/{i}")));
        }
        found.extend(product.map(|product| (product, warehouse.and_then(|(_, id)| id))));
    }
    Ok(found)
}
