//! What people call products and places, and what that means.

use std::collections::HashMap;

use domain::{Book, Edit, Line, LocationId, Place, ProductId, WarehouseId};
use platform::FieldError;

use super::command::{Event, NewEdit, NewLine, PlaceRef, ProductRef};
use super::error::{LedgerError, pointer};
use super::job::Lookup;
use super::skus::Found;
use crate::warehouses::WarehouseRef;

/// The codes by which people know a location.
#[derive(Clone, Default)]
pub(super) struct PlaceNames {
    pub(super) location: String,
    pub(super) warehouse: String,
}

/// What the commands name, as far as it exists.
#[derive(Default)]
pub(super) struct Names {
    pub(super) found: HashMap<String, Found>,
    pub(super) warehouses: HashMap<String, WarehouseId>,
    pub(super) default_warehouse: Option<WarehouseId>,
    pub(super) skus: HashMap<ProductId, String>,
    pub(super) places: HashMap<LocationId, PlaceNames>,
}

impl Names {
    pub(super) fn of(found: &Lookup) -> Self {
        Self { found: found.skus.clone(), ..Self::default() }
    }

    /// Lines in terms of the book. Everything that is unknown is named at once.
    pub(super) fn lines(
        &self,
        book: &Book,
        lines: &[NewLine],
        lines_at: &str,
    ) -> Result<Vec<Line>, LedgerError> {
        let mut errors = Vec::new();
        let mut resolved = Vec::with_capacity(lines.len());
        for (index, line) in lines.iter().enumerate() {
            resolved.extend(self.line(book, line, &pointer(lines_at, index), &mut errors));
        }
        if errors.is_empty() { Ok(resolved) } else { Err(LedgerError::Unknown(errors)) }
    }

    /// Edits of a reservation in terms of the book.
    pub(super) fn edits(&self, book: &Book, edits: &[NewEdit]) -> Result<Vec<Edit>, LedgerError> {
        let mut errors = Vec::new();
        let mut resolved = Vec::with_capacity(edits.len());
        for (index, edit) in edits.iter().enumerate() {
            let at = pointer("/lines", index);
            let place = edit.place.as_ref().and_then(|place| self.place(book, place, &at, &mut errors));
            resolved.push(Edit { line: edit.line, quantity: edit.quantity, place });
        }
        if errors.is_empty() { Ok(resolved) } else { Err(LedgerError::Unknown(errors)) }
    }

    fn line(&self, book: &Book, line: &NewLine, pointer: &str, errors: &mut Vec<FieldError>) -> Option<Line> {
        let product = self.product(book, &line.product);
        if product.is_none() {
            let field = if matches!(line.product, ProductRef::Id(_)) { "product_id" } else { "sku" };
            errors.push(FieldError::new(
                format!("{pointer}/{field}"),
                "unknown_product",
                "no product has this id or SKU",
            ));
        }
        let place = self.place(book, &line.place, pointer, errors);
        Some(Line {
            product: product?,
            place: place?,
            lot: line.lot.clone(),
            change: line.change,
            expected_on_hand: line.expected_on_hand,
            unit_cost: line.unit_cost,
        })
    }

    fn product(&self, book: &Book, product: &ProductRef) -> Option<ProductId> {
        let id = match product {
            ProductRef::Id(id) => *id,
            ProductRef::Sku(sku) => {
                let found = self.found.get(sku)?;
                // It may have got another SKU since it was found.
                (self.skus.get(&found.id) == Some(&found.sku)).then_some(found.id)?
            }
        };
        book.products.contains_key(&id).then_some(id)
    }

    fn place(
        &self,
        book: &Book,
        place: &PlaceRef,
        pointer: &str,
        errors: &mut Vec<FieldError>,
    ) -> Option<Place> {
        let found = match place {
            PlaceRef::Location(id) => book.locations.contains_key(id).then_some(Place::Location(*id)),
            PlaceRef::Warehouse(WarehouseRef::Id(id)) => {
                let known = |warehouse: &&WarehouseId| warehouse.0 == *id;
                self.warehouses.values().find(known).copied().map(Place::Warehouse)
            }
            PlaceRef::Warehouse(WarehouseRef::Code(code)) => {
                self.warehouses.get(&code.as_str().to_lowercase()).copied().map(Place::Warehouse)
            }
            PlaceRef::DefaultWarehouse => self.default_warehouse.map(Place::Warehouse),
            PlaceRef::Anywhere => Some(Place::Anywhere),
        };
        if found.is_none() {
            errors.push(match place {
                PlaceRef::Location(_) => FieldError::new(
                    format!("{pointer}/location_id"),
                    "unknown_location",
                    "no location has this id",
                ),
                PlaceRef::Warehouse(warehouse) => warehouse.unknown_in_body(pointer),
                PlaceRef::DefaultWarehouse | PlaceRef::Anywhere => FieldError::new(
                    format!("{pointer}/warehouse"),
                    "missing",
                    "is required: there is no open warehouse",
                ),
            });
        }
        found
    }
}

impl From<Event> for domain::Event {
    fn from(event: Event) -> Self {
        let Event { kind, reason, reference, note, actor, occurred_at } = event;
        Self { kind, reason, reference, note, actor, reverses: None, occurred_at }
    }
}
