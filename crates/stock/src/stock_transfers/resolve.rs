//! What a transfer names: places and products. Every fault of any of them is noted.

use platform::{Connection, FieldError};

use super::input::{NewLine, TransferPlace};
use super::lookup::{self, Known, Place};
use super::store::Line;
use crate::ledger::{PlaceRef, ProductRef};
use crate::warehouses::WarehouseRef;

/// The place that stands at `pointer`.
pub(super) async fn place(
    db: &mut Connection,
    TransferPlace(named): &TransferPlace,
    pointer: &str,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Place>, sqlx::Error> {
    let (found, field) = match named {
        PlaceRef::Location(id) => (lookup::place_of_location(db, *id).await?, "location_id"),
        PlaceRef::Warehouse(warehouse) => {
            let ids = WarehouseRef::resolve(&mut *db, std::slice::from_ref(warehouse)).await?;
            let found = match ids.get(warehouse) {
                Some(id) => lookup::place_of_warehouse(db, *id).await?,
                None => None,
            };
            (found, warehouse.field())
        }
        // A transfer is read with a place of its own.
        PlaceRef::DefaultWarehouse | PlaceRef::Anywhere => (None, "warehouse"),
    };
    let at = format!("{pointer}/{field}");
    let fault = match (&found, named) {
        (None, PlaceRef::Warehouse(warehouse)) => warehouse.unknown_in_body(pointer),
        (None, _) => FieldError::new(at, "unknown_location", "no location has this id"),
        (Some(place), _) if place.warehouse_archived => {
            FieldError::new(at, "archived_warehouse", "the warehouse is archived")
        }
        (Some(place), _) if place.location_closed => {
            FieldError::new(at, "not_open", "the location is archived or for goods in transit")
        }
        (Some(_), _) => return Ok(found),
    };
    errors.push(fault);
    Ok(None)
}

/// Where goods arrive that go to this place from that one; none if the warehouse has no location for them.
pub(super) async fn destination(
    db: &mut Connection,
    from: &Place,
    to: &Place,
) -> Result<Option<i64>, sqlx::Error> {
    match to.location_id {
        Some(location) => Ok(Some(location)),
        None => lookup::usual_location(db, to.warehouse_id, from.warehouse_id == to.warehouse_id).await,
    }
}

/// Both places, if they are not the same.
pub(super) async fn check_route(
    db: &mut Connection,
    from: &Place,
    to: &Place,
    errors: &mut Vec<FieldError>,
) -> Result<Option<i64>, sqlx::Error> {
    let destination = destination(db, from, to).await?;
    if destination.is_none() {
        errors.push(FieldError::new(
            "/to/location_id",
            "missing",
            "is required: the warehouse has no location for it",
        ));
    }
    let inside = from.warehouse_id == to.warehouse_id;
    if inside && (from.location_id.is_none() || from.location_id == destination) {
        let message =
            "goods would arrive where they leave: inside a warehouse, name the location that they leave";
        errors.push(FieldError::new("/to", "same_place", message));
    }
    Ok(destination)
}

/// The lines with their products.
pub(super) async fn lines(
    db: &mut Connection,
    lines: &[NewLine],
    errors: &mut Vec<FieldError>,
) -> Result<Vec<Line>, sqlx::Error> {
    let known = lookup::know(db, lines).await?;
    let mut resolved = Vec::with_capacity(lines.len());
    for (number, (line, known)) in (1..).zip(lines.iter().zip(known)) {
        match product(line, &known) {
            Ok(product_id) => resolved.push(Line {
                line: number,
                product_id,
                lot: line.lot.clone(),
                quantity: line.quantity,
            }),
            Err((field, code, message)) => {
                errors.push(FieldError::new(format!("/lines/{}/{field}", number - 1), code, message));
            }
        }
    }
    Ok(resolved)
}

/// The product of a line, or the field at fault with code and message.
fn product(line: &NewLine, known: &Known) -> Result<i64, (&'static str, &'static str, &'static str)> {
    let field = if matches!(line.product, ProductRef::Id(_)) { "product_id" } else { "sku" };
    let id = known.product_id.ok_or((field, "unknown_product", "no product has this id or SKU"))?;
    if known.archived == Some(true) {
        return Err((field, "archived_product", "the product is archived"));
    }
    if known.whole_numbers_only == Some(true) && !line.quantity.is_whole() {
        let message = "must be a whole number, because the product is counted by each";
        return Err(("quantity", "whole_numbers_only", message));
    }
    Ok(id)
}
