//! Changing warehouses, inside the caller's transaction.

use platform::{Connection, IfMatch};

use super::model::{NewWarehouse, WarehouseChange, WarehouseError, WarehouseView};
use super::store;
use crate::stock_levels;

/// Code of the location that every warehouse begins with.
const FIRST_LOCATION: &str = "STOCK";

/// Add a warehouse with its default location.
pub async fn create(db: &mut Connection, new: &NewWarehouse) -> Result<WarehouseView, WarehouseError> {
    let warehouse = store::insert(db, new).await.map_err(|error| name_conflict(error, &new.code))?;
    let location_id = store::insert_default_location(db, warehouse.id, FIRST_LOCATION).await?;
    Ok(WarehouseView { default_location_id: Some(location_id), ..warehouse })
}

/// Change a warehouse whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &WarehouseChange,
) -> Result<WarehouseView, WarehouseError> {
    let present = lock(db, id, seen).await?;
    if let Some(location_id) = change.default_location_id {
        change_default_location(db, &present, location_id).await?;
    }
    let conflict = |error| match &change.code {
        Some(code) => name_conflict(error, code),
        None => error.into(),
    };
    store::update(db, id, change).await.map_err(conflict)
}

/// Delete a warehouse that nothing refers to; archive one that has a history and holds no stock.
pub async fn delete(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), WarehouseError> {
    if lock(db, id, seen).await?.archived {
        return Ok(());
    }
    // From here on no stock write is under way, nor another closing: two that look at each other would both see an open one.
    stock_levels::hold_still(db).await?;
    if !store::other_is_open(db, id).await? {
        return Err(WarehouseError::Last);
    }
    if store::holds_stock(db, id).await? {
        return Err(WarehouseError::HoldsStock);
    }
    if !store::delete(db, id).await? {
        store::archive(db, id).await?;
    }
    Ok(())
}

async fn change_default_location(
    db: &mut Connection,
    present: &WarehouseView,
    location_id: i64,
) -> Result<(), WarehouseError> {
    if present.default_location_id == Some(location_id) {
        return Ok(());
    }
    match store::lock_location(db, present.id, location_id).await? {
        None => Err(WarehouseError::UnknownLocation(location_id)),
        Some(false) => Err(WarehouseError::LocationNotOpenStorage),
        Some(true) => Ok(store::set_default_location(db, present.id, location_id).await?),
    }
}

async fn lock(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<WarehouseView, WarehouseError> {
    let present = store::lock(db, id).await?.ok_or(WarehouseError::NotFound(id))?;
    seen.check(present.version).map_err(WarehouseError::Precondition)?;
    Ok(present)
}

fn name_conflict(error: sqlx::Error, code: &domain::Code) -> WarehouseError {
    match platform::error::constraint(&error) {
        Some("warehouses_code_key") => WarehouseError::DuplicateCode(code.clone()),
        _ => error.into(),
    }
}
