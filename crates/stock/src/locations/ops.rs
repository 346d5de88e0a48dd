//! Changing locations, inside the caller's transaction.

use domain::{Code, LocationKind};
use platform::{Connection, IfMatch};

use super::model::{LocationChange, LocationError, LocationView, NewLocation};
use super::store;
use crate::stock_levels;
use crate::warehouses::WarehouseRef;

/// Add a location to an open warehouse.
pub async fn create(db: &mut Connection, new: &NewLocation) -> Result<LocationView, LocationError> {
    let unknown = || LocationError::UnknownWarehouse(new.warehouse.clone());
    let ids = WarehouseRef::resolve(&mut *db, std::slice::from_ref(&new.warehouse)).await?;
    let warehouse_id = *ids.get(&new.warehouse).ok_or_else(unknown)?;
    let archived = store::hold_warehouse(db, warehouse_id).await?.ok_or_else(unknown)?;
    if archived {
        return Err(LocationError::WarehouseArchived(new.warehouse.clone()));
    }
    let inserted = store::insert(db, warehouse_id, &new.code, new.kind).await;
    inserted.map_err(|error| conflict(error, Some(&new.code)))
}

/// Change a location whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &LocationChange,
) -> Result<LocationView, LocationError> {
    let present = lock(db, id, seen).await?;
    if present.is_default && change.kind.is_some_and(|kind| kind != LocationKind::Storage) {
        return Err(LocationError::IsDefault);
    }
    store::update(db, id, change).await.map_err(|error| conflict(error, change.code.as_ref()))
}

/// Delete a location that nothing refers to; archive one that has a history and holds no stock.
pub async fn delete(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), LocationError> {
    let present = lock(db, id, seen).await?;
    if present.archived {
        return Ok(());
    }
    if present.is_default {
        return Err(LocationError::IsDefault);
    }
    stock_levels::hold_still(db).await?;
    if store::holds_stock(db, id).await? {
        return Err(LocationError::HoldsStock);
    }
    if !store::delete(db, id).await? {
        store::archive(db, id).await?;
    }
    Ok(())
}

async fn lock(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<LocationView, LocationError> {
    let present = store::lock(db, id).await?.ok_or(LocationError::NotFound(id))?;
    seen.check(present.version).map_err(LocationError::Precondition)?;
    Ok(present)
}

fn conflict(error: sqlx::Error, code: Option<&Code>) -> LocationError {
    match (platform::error::constraint(&error), code) {
        (Some("locations_code_key"), Some(code)) => LocationError::DuplicateCode(code.clone()),
        (Some("stock_levels_location_fkey"), _) => LocationError::KindFixed,
        _ => error.into(),
    }
}
