//! The changes a movement would make, before it is known whether it may.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Book, LevelKey, Refusal};
use crate::{Amount, LocationKind, Place, ProductId, Quantity};

/// Changes by level and cost, each summed.
#[derive(Default)]
pub(super) struct Draft(BTreeMap<LevelKey, LevelDraft>);

struct LevelDraft {
    line: usize,
    net: Quantity,
    by_cost: BTreeMap<Option<Amount>, Quantity>,
}

impl Draft {
    /// Add a change of a level, wanted by a line.
    pub(super) fn add(
        &mut self,
        line: usize,
        key: LevelKey,
        cost: Option<Amount>,
        delta: Quantity,
    ) -> Result<(), Refusal> {
        let too_large = Refusal::QuantityTooLarge { line };
        let new = LevelDraft { line, net: Quantity::ZERO, by_cost: BTreeMap::new() };
        let level = self.0.entry(key).or_insert(new);
        let part = level.by_cost.entry(cost).or_insert(Quantity::ZERO);
        *part = part.checked_add(delta).ok_or_else(|| too_large.clone())?;
        level.net = level.net.checked_add(delta).ok_or(too_large)?;
        Ok(())
    }

    /// By how much a level changes in all.
    pub(super) fn net(&self, key: &LevelKey) -> Quantity {
        self.0.get(key).map_or(Quantity::ZERO, |level| level.net)
    }

    /// Each level with its net change and the first line that changes it.
    pub(super) fn levels(&self) -> impl Iterator<Item = (&LevelKey, Quantity, usize)> {
        self.0.iter().map(|(key, level)| (key, level.net, level.line))
    }

    /// How many entries it makes.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(|level| level.by_cost.len()).sum()
    }

    /// The entries it makes: level by level, gains before losses, so that no level is negative in between.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&LevelKey, Option<Amount>, Quantity)> {
        self.0.iter().flat_map(|(key, level)| {
            let mut parts: Vec<_> = level.by_cost.iter().map(|(cost, delta)| (key, *cost, *delta)).collect();
            parts.sort_by_key(|(_, _, delta)| Reverse(*delta));
            parts
        })
    }

    /// Levels that this very movement makes, at a place a loss is taken from.
    pub(super) fn new_levels_at(
        &self,
        book: &Book,
        product: ProductId,
        place: Place,
        lot: Option<&str>,
    ) -> Vec<LevelKey> {
        let at_place = |key: &LevelKey| match place {
            Place::Location(id) => key.location == id,
            Place::Warehouse(id) => book.locations.get(&key.location).is_some_and(|facts| {
                facts.warehouse == id && facts.kind == LocationKind::Storage && !facts.archived
            }),
        };
        let keys = self.0.keys().filter(|key| !book.levels.contains_key(*key) && key.product == product);
        keys.filter(|key| at_place(key) && lot.is_none_or(|lot| lot == key.lot)).cloned().collect()
    }
}
