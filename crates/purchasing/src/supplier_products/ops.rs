//! Changing supplier products, inside the caller's transaction.

use platform::{Actor, Connection, IfMatch};
use stock::ledger::ProductRef;

use super::model::{NewSupplierProduct, SupplierProductChange, SupplierProductError, SupplierProductView};
use super::store;

/// Add a product to a supplier.
pub async fn create(
    db: &mut Connection,
    new: &NewSupplierProduct,
    actor: &Actor,
) -> Result<SupplierProductView, SupplierProductError> {
    let field = if matches!(new.product, ProductRef::Id(_)) { "product_id" } else { "sku" };
    let product = store::lock_product(db, &new.product).await?;
    let product_id = product.ok_or(SupplierProductError::UnknownProduct(field))?;
    let id = store::insert(db, new, product_id).await.map_err(|error| {
        match platform::error::constraint(&error) {
            Some("supplier_products_supplier_id_fkey") => {
                SupplierProductError::UnknownSupplier(new.supplier_id)
            }
            Some("supplier_products_product_once_key") => SupplierProductError::Duplicate,
            _ => error.into(),
        }
    })?;
    if new.preferred {
        store::prefer(db, id, product_id).await?;
    }
    store::set_costs(db, id, &new.costs, actor).await?;
    find(db, id).await
}

/// Change a supplier product whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &SupplierProductChange,
    actor: &Actor,
) -> Result<SupplierProductView, SupplierProductError> {
    let product_id = lock(db, id, seen).await?;
    store::update(db, id, change).await?;
    if change.preferred == Some(true) {
        store::prefer(db, id, product_id).await?;
    }
    if let Some(costs) = &change.costs {
        store::set_costs(db, id, costs, actor).await?;
    }
    find(db, id).await
}

/// Delete a supplier product with its costs; orders do not refer to it.
pub async fn delete(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), SupplierProductError> {
    lock(db, id, seen).await?;
    Ok(store::delete(db, id).await?)
}

async fn find(db: &mut Connection, id: i64) -> Result<SupplierProductView, SupplierProductError> {
    store::find(db, id).await?.ok_or(SupplierProductError::NotFound(id))
}

/// Hold the row of the product, then that of the supplier product; the key of the product, which never changes.
pub async fn lock(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<i64, SupplierProductError> {
    let product_id = store::product_of(db, id).await?.ok_or(SupplierProductError::NotFound(id))?;
    let version = store::lock(db, id, product_id).await?.ok_or(SupplierProductError::NotFound(id))?;
    seen.check(version).map_err(SupplierProductError::Precondition)?;
    Ok(product_id)
}
