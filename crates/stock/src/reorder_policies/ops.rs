//! Changing reorder policies, inside the caller's transaction.

use domain::Quantity;
use platform::{Connection, FieldError, IfMatch};

use super::model::{
    Fault, NewReorderPolicy, ReorderPolicyChange, ReorderPolicyError, ReorderPolicyView, contradictions,
    point_of_the_product,
};
use super::store::{self, Product};
use crate::ledger::ProductRef;
use crate::warehouses::WarehouseRef;

/// Add a policy.
pub async fn create(
    db: &mut Connection,
    new: &NewReorderPolicy,
) -> Result<ReorderPolicyView, ReorderPolicyError> {
    let product =
        store::lock_product(db, &new.product).await?.ok_or_else(|| unknown_product(&new.product))?;
    let warehouse_id = match &new.warehouse {
        Some(named) => Some(resolve_warehouse(db, named).await?),
        None => None,
    };
    let point = if warehouse_id.is_some() { new.reorder_point } else { product.reorder_point()? };
    let quantities = [
        ("/reorder_point", new.reorder_point),
        ("/safety_stock", new.safety_stock),
        ("/max_quantity", new.max_quantity),
        ("/reorder_quantity", new.reorder_quantity),
    ];
    check(&product, &quantities, contradictions(point, new.max_quantity, new.reorder_quantity))?;
    let inserted = store::insert(db, new, product.id, warehouse_id).await;
    let id = inserted.map_err(|error| match platform::error::constraint(&error) {
        Some("reorder_policies_once_key") => ReorderPolicyError::Duplicate,
        _ => error.into(),
    })?;
    find(db, id).await
}

/// Change a policy whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &ReorderPolicyChange,
) -> Result<ReorderPolicyView, ReorderPolicyError> {
    let (product, present) = lock(db, id, seen).await?;
    if present.warehouse_id.is_none() && change.reorder_point.is_some() {
        return Err(ReorderPolicyError::Input(vec![field_error(point_of_the_product())]));
    }
    let point = change.reorder_point.or(present.reorder_point);
    let max = change.max_quantity.unwrap_or(present.max_quantity);
    let reorder_quantity = change.reorder_quantity.unwrap_or(present.reorder_quantity);
    let quantities = [
        ("/reorder_point", change.reorder_point),
        ("/safety_stock", change.safety_stock),
        ("/max_quantity", change.max_quantity.flatten()),
        ("/reorder_quantity", change.reorder_quantity.flatten()),
    ];
    check(&product, &quantities, contradictions(point, max, reorder_quantity))?;
    store::update(db, id, change).await?;
    find(db, id).await
}

/// Delete a policy.
pub async fn delete(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), ReorderPolicyError> {
    lock(db, id, seen).await?;
    Ok(store::delete(db, id).await?)
}

async fn find(db: &mut Connection, id: i64) -> Result<ReorderPolicyView, ReorderPolicyError> {
    store::find(db, id).await?.ok_or(ReorderPolicyError::NotFound(id))
}

/// Hold the row of the product, then that of the policy.
async fn lock(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
) -> Result<(Product, ReorderPolicyView), ReorderPolicyError> {
    let not_found = || ReorderPolicyError::NotFound(id);
    let product_id = store::product_of(db, id).await?.ok_or_else(not_found)?;
    let named = ProductRef::Id(domain::ProductId(product_id));
    let product = store::lock_product(db, &named).await?.ok_or_else(not_found)?;
    if !store::lock(db, id).await? {
        return Err(not_found());
    }
    let present = find(db, id).await?;
    seen.check(present.version).map_err(ReorderPolicyError::Precondition)?;
    Ok((product, present))
}

async fn resolve_warehouse(db: &mut Connection, named: &WarehouseRef) -> Result<i64, ReorderPolicyError> {
    let ids = WarehouseRef::resolve(&mut *db, std::slice::from_ref(named)).await?;
    let unknown = || ReorderPolicyError::Input(vec![named.unknown_in_body("")]);
    let id = ids.get(named).copied().ok_or_else(unknown)?;
    if store::hold_warehouse(db, id).await? {
        return Ok(id);
    }
    let pointer = format!("/{}", named.field());
    let archived = FieldError::new(pointer, "archived_warehouse", "the warehouse is archived");
    Err(ReorderPolicyError::Input(vec![archived]))
}

fn field_error((field, code, message): Fault) -> FieldError {
    FieldError::new(format!("/{field}"), code, message)
}

fn unknown_product(named: &ProductRef) -> ReorderPolicyError {
    let pointer = if matches!(named, ProductRef::Id(_)) { "/product_id" } else { "/sku" };
    let unknown = FieldError::new(pointer, "unknown_product", "no product has this id or SKU");
    ReorderPolicyError::Input(vec![unknown])
}

/// Refuse fractions of what is counted by each, and numbers that contradict each other; all faults at once.
fn check(
    product: &Product,
    quantities: &[(&'static str, Option<Quantity>)],
    contradiction: Option<Fault>,
) -> Result<(), ReorderPolicyError> {
    let fractions = quantities.iter().filter(|(_, given)| given.is_some_and(|given| !given.is_whole()));
    let message = "must be a whole number, because the product is counted by each";
    let fault = |(pointer, _): &(&'static str, _)| FieldError::new(*pointer, "whole_numbers_only", message);
    let mut errors: Vec<FieldError> =
        if product.whole_numbers_only { fractions.map(fault).collect() } else { Vec::new() };
    errors.extend(contradiction.map(field_error));
    if errors.is_empty() { Ok(()) } else { Err(ReorderPolicyError::Input(errors)) }
}
