//! Low stock by warehouse: what a batch of commands has made low there, or low no longer.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Book, LevelKey};
use crate::{LocationId, LocationKind, ProductId, Quantity, WarehouseId};

/// A warehouse in which the stock of a product is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Where.
    pub warehouse: WarehouseId,
    /// The stock is low when what is available there is at or below it.
    pub reorder_point: Quantity,
    /// Whether it is on record as low there.
    pub known_low: bool,
}

/// The stock of a product has become low in a warehouse, or is low there no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarehouseCrossing {
    /// Whose stock.
    pub product: ProductId,
    /// Where.
    pub warehouse: WarehouseId,
    /// Whether it is low now.
    pub is_low: bool,
    /// The stamp of the product's last entry.
    pub at: Timestamp,
}

impl Book {
    /// Like [`Book::crossings`], for each warehouse in which a changed product is watched.
    pub fn warehouse_crossings(&self) -> Vec<WarehouseCrossing> {
        let mut stamps: BTreeMap<ProductId, Timestamp> = BTreeMap::new();
        for (key, level) in self.changed_levels() {
            let stamp = stamps.entry(key.product).or_insert(level.recorded_at);
            *stamp = level.recorded_at.max(*stamp);
        }
        let crossings = |(product, at)| {
            let watched = self.products.get(&product).into_iter().flat_map(|facts| &facts.watched);
            watched.filter_map(move |watched| {
                let is_low = self.available_in(product, watched.warehouse) <= watched.reorder_point;
                let crossing = WarehouseCrossing { product, warehouse: watched.warehouse, is_low, at };
                (is_low != watched.known_low).then_some(crossing)
            })
        };
        stamps.into_iter().flat_map(crossings).collect()
    }

    /// What can be sold of a product in a warehouse: free in its storage locations.
    fn available_in(&self, product: ProductId, warehouse: WarehouseId) -> Quantity {
        let first = LevelKey { product, location: LocationId(i64::MIN), lot: String::new() };
        let levels = self.levels.range(first..).take_while(|(key, _)| key.product == product);
        let sellable = levels.filter(|(key, _)| {
            let facts = self.locations.get(&key.location);
            facts.is_some_and(|facts| facts.warehouse == warehouse && facts.kind == LocationKind::Storage)
        });
        sellable.map(|(_, level)| level.free()).sum()
    }
}
