//! Scheduling costs and taking that back, inside the caller's transaction.

use platform::{Actor, Connection, IfMatch};

use super::model::{CostError, CostInTime, CostKey, ScheduledSupplierProductCost};
use super::store;
use crate::supplier_products;

/// Make it the cost from a moment in the future on.
pub async fn schedule(
    db: &mut Connection,
    supplier_product_id: i64,
    new: &ScheduledSupplierProductCost,
    actor: &Actor,
) -> Result<CostInTime, CostError> {
    supplier_products::lock(db, supplier_product_id, &IfMatch::Any).await?;
    supplier_products::touch(db, supplier_product_id).await?;
    let scheduled = store::schedule(db, supplier_product_id, new, actor).await;
    let conflict = |error| match platform::error::constraint(&error) {
        Some("supplier_product_costs_pkey") => CostError::DuplicateMoment(new.effective_from),
        _ => error.into(),
    };
    scheduled.map_err(conflict)?.ok_or(CostError::InThePast)
}

/// Remove a cost whose moment has not come.
pub async fn delete(
    db: &mut Connection,
    supplier_product_id: i64,
    seen: &IfMatch,
    key: CostKey,
) -> Result<(), CostError> {
    supplier_products::lock(db, supplier_product_id, seen).await?;
    if store::delete(db, supplier_product_id, key).await? {
        return Ok(supplier_products::touch(db, supplier_product_id).await?);
    }
    Err(if store::exists(db, supplier_product_id, key).await? {
        CostError::InEffect(key.effective_from)
    } else {
        CostError::Unknown(key.effective_from)
    })
}
