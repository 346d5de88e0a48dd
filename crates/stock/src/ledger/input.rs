//! How requests name products and places.

use domain::{LocationId, Lot, ProductId, Sku};
use platform::{Fields, FromParams, Params};

use super::command::{PlaceRef, ProductRef};
use crate::warehouses::WarehouseRef;

impl ProductRef {
    /// Read `product_id` or `sku`. `None` only after a fault was noted.
    pub fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let given = (fields.has("product_id"), fields.has("sku"));
        let (id, sku) = (fields.optional::<i64>("product_id"), fields.optional::<Sku>("sku"));
        match given {
            (true, true) => fields.fault("sku", "mutually_exclusive", "give product_id or sku, not both"),
            (false, false) => fields.fault("product_id", "missing", "is required, or sku"),
            _ => id.map(|id| Self::Id(ProductId(id))).or(sku.map(|sku| Self::Sku(sku.into()))),
        }
    }
}

impl PlaceRef {
    /// Read `location_id`, `warehouse` or `warehouse_id`; none of them means the default warehouse.
    pub fn from_fields(fields: &mut Fields<'_>) -> Self {
        let (location, warehouse) =
            (fields.optional::<i64>("location_id"), WarehouseRef::from_fields(fields));
        match (location, warehouse) {
            (Some(_), Some(warehouse)) => {
                fields.fault::<()>(
                    warehouse.field(),
                    "mutually_exclusive",
                    "give the location or the warehouse, not both",
                );
                Self::DefaultWarehouse
            }
            (Some(id), None) => Self::Location(LocationId(id)),
            (None, Some(warehouse)) => Self::Warehouse(warehouse),
            (None, None) => Self::DefaultWarehouse,
        }
    }
}

/// Read `lot`.
pub fn lot(fields: &mut Fields<'_>) -> Option<String> {
    fields.optional::<Lot>("lot").map(String::from)
}

/// Whether only to show what would happen: `?dry_run=true`.
#[derive(Clone, Copy, Debug)]
pub struct DryRun(pub bool);

impl FromParams for DryRun {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        Some(Self(params.optional("dry_run").unwrap_or(false)))
    }
}
