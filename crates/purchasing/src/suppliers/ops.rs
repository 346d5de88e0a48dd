//! Changing suppliers, inside the caller's transaction.

use domain::{Code, Currency};
use platform::{Connection, IfMatch};

use super::model::{NewSupplier, SupplierChange, SupplierError, SupplierView};
use super::store;

/// Add a supplier.
pub async fn create(
    db: &mut Connection,
    new: &NewSupplier,
    base_currency: Currency,
) -> Result<SupplierView, SupplierError> {
    store::insert(db, new, base_currency).await.map_err(|error| code_conflict(error, &new.code))
}

/// Change a supplier whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &SupplierChange,
) -> Result<SupplierView, SupplierError> {
    lock(db, id, seen).await?;
    store::update(db, id, change).await.map_err(|error| match &change.code {
        Some(code) => code_conflict(error, code),
        None => error.into(),
    })
}

/// Delete a supplier that nothing refers to; archive one that has products or orders.
pub async fn delete(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), SupplierError> {
    if !lock(db, id, seen).await?.archived && !store::delete(db, id).await? {
        store::archive(db, id).await?;
    }
    Ok(())
}

async fn lock(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<SupplierView, SupplierError> {
    let present = store::lock(db, id).await?.ok_or(SupplierError::NotFound(id))?;
    seen.check(present.version).map_err(SupplierError::Precondition)?;
    Ok(present)
}

fn code_conflict(error: sqlx::Error, code: &Code) -> SupplierError {
    match platform::error::constraint(&error) {
        Some("suppliers_code_key") => SupplierError::DuplicateCode(code.clone()),
        _ => error.into(),
    }
}
