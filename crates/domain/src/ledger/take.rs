//! Taking from levels: losses, and what is reserved, summed by place before anything is checked.

use std::collections::BTreeMap;

use super::draft::{Allocation, Draft};
use super::{Book, Level, LevelKey, Line, Refusal};
use crate::{Amount, LocationId, LocationKind, Place, ProductId, Quantity};

/// What the lines of a command take.
#[derive(Default)]
pub(super) struct Demands<'a>(BTreeMap<(ProductId, Place, Option<&'a str>, Taking), Demand>);

/// How it is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Taking {
    /// It goes out.
    Loss,
    /// It stays, and is promised.
    Reservation,
}

#[derive(Default)]
struct Demand {
    quantity: Quantity,
    parts: Vec<Part>,
}

struct Part {
    line: usize,
    quantity: Quantity,
    unit_cost: Option<Amount>,
}

impl<'a> Demands<'a> {
    pub(super) fn add(
        &mut self,
        index: usize,
        line: &'a Line,
        taking: Taking,
        quantity: Quantity,
    ) -> Result<(), Refusal> {
        let demand = self.0.entry((line.product, line.place, line.lot.as_deref(), taking)).or_default();
        let sum = demand.quantity.checked_add(quantity);
        demand.quantity = sum.ok_or(Refusal::QuantityTooLarge { line: index })?;
        demand.parts.push(Part { line: index, quantity, unit_cost: line.unit_cost });
        Ok(())
    }

    /// Take everything. What names its place most exactly comes first, so that a vague line does not take what an exact one
    /// needs.
    pub(super) fn take(&self, book: &Book, draft: &mut Draft, shorten: bool) -> Result<(), Refusal> {
        let mut demands: Vec<_> = self.0.iter().collect();
        demands.sort_by_key(|((_, place, lot, _), _)| {
            let vague = match place {
                Place::Location(_) => 0,
                Place::Warehouse(_) => 1,
                Place::Anywhere => 2,
            };
            (vague, lot.is_none())
        });
        for ((product, place, lot, taking), demand) in demands {
            let shortens = shorten && *taking == Taking::Loss;
            let mut taker = Taker { book, draft, product: *product, taking: *taking, shortens };
            let candidates = taker.candidates(*place, *lot);
            if shortens {
                taker.shorten(&candidates, demand)?;
            }
            taker.take(candidates, demand)?;
        }
        Ok(())
    }
}

struct Taker<'b, 'd> {
    book: &'b Book,
    draft: &'d mut Draft,
    product: ProductId,
    taking: Taking,
    /// Whether it may take what is reserved.
    shortens: bool,
}

impl Taker<'_, '_> {
    /// The levels to take from, in this order, and then those that this very movement makes.
    fn candidates(&self, place: Place, lot: Option<&str>) -> Vec<LevelKey> {
        let mut found = self.book.levels_at(self.product, place, lot);
        let places = self.book.locations_of(place);
        let is_new = |key: &&LevelKey| !self.book.levels.contains_key(*key);
        let fits = |key: &&LevelKey| places.contains(&key.location) && lot.is_none_or(|lot| lot == key.lot);
        found.extend(self.draft.keys(self.product).filter(is_new).filter(fits).cloned());
        if self.taking == Taking::Reservation {
            found.retain(|key| self.book.is_sellable(key.location));
        }
        found
    }

    /// What could still leave a level, at the moment the command is dated to.
    fn free(&self, key: &LevelKey) -> Quantity {
        self.free_without(key, Quantity::ZERO)
    }

    /// The same, if so much of what is reserved there were not.
    fn free_without(&self, key: &LevelKey, reserved: Quantity) -> Quantity {
        let net = self.draft.net(key);
        let reserved = net.reserved.saturating_sub(reserved);
        let now = self.book.level(key).free().saturating_sub(reserved).saturating_add(net.on_hand);
        let free = self.book.past.get(key).map_or(now, |past| past.free(now, net.on_hand));
        free.max(Quantity::ZERO)
    }

    fn take(&mut self, candidates: Vec<LevelKey>, demand: &Demand) -> Result<(), Refusal> {
        let available: Quantity = candidates.iter().map(|key| self.free(key)).sum();
        if available < demand.quantity {
            return Err(self.refusal(&candidates, demand, available));
        }
        let mut candidates = candidates.into_iter().peekable();
        for part in &demand.parts {
            let mut open = part.quantity;
            while let Some(key) = candidates.peek().filter(|_| open.is_positive()) {
                let taken = open.min(self.free(key));
                if taken.is_positive() {
                    self.take_from(key.clone(), part, taken)?;
                    open = open.saturating_sub(taken);
                }
                if open.is_positive() {
                    candidates.next();
                }
            }
        }
        Ok(())
    }

    fn take_from(&mut self, key: LevelKey, part: &Part, quantity: Quantity) -> Result<(), Refusal> {
        match self.taking {
            Taking::Loss => self.draft.add(part.line, key, part.unit_cost, -quantity),
            Taking::Reservation => {
                self.draft.allocations.push(Allocation { line: part.line, key: key.clone(), quantity });
                self.draft.reserve(part.line, key, quantity)
            }
        }
    }

    fn refusal(&self, candidates: &[LevelKey], demand: &Demand, available: Quantity) -> Refusal {
        let line = demand.parts.first().map_or(0, |part| part.line);
        let (product, requested) = (self.product, demand.quantity);
        let level = |key| self.book.level(key);
        let in_reach = |level: Level| if self.shortens { level.on_hand } else { level.free() };
        let now: Quantity = candidates.iter().map(level).map(in_reach).sum();
        if !self.book.past.is_empty() && now >= requested {
            Refusal::NegativeSince { line, product, available, requested }
        } else {
            Refusal::InsufficientStock { line, product, available, requested }
        }
    }

    /// Reality wins: take from reservations, the newest first, what is missing to the loss, and no more than that helps.
    fn shorten(&mut self, candidates: &[LevelKey], demand: &Demand) -> Result<(), Refusal> {
        let line = demand.parts.first().map_or(0, |part| part.line);
        let free: Quantity = candidates.iter().map(|key| self.free(key)).sum();
        let mut missing = demand.quantity.saturating_sub(free);
        for (id, reservation) in self.book.reservations.iter().rev() {
            for (index, part) in reservation.parts.iter().enumerate() {
                if !missing.is_positive() {
                    return Ok(());
                }
                if !candidates.contains(&part.key) {
                    continue;
                }
                // Another line may have taken from it.
                let cut_before = self.draft.cuts.get(&(*id, index)).copied().unwrap_or_default();
                let most = missing.min(part.open().saturating_sub(cut_before));
                let cut = self.free_without(&part.key, most).saturating_sub(self.free(&part.key));
                if cut.is_positive() {
                    self.draft.reserve(line, part.key.clone(), -cut)?;
                    self.draft.cuts.insert((*id, index), cut_before.saturating_add(cut));
                    missing = missing.saturating_sub(cut);
                }
            }
        }
        Ok(())
    }
}

impl Book {
    /// The levels a loss is taken from, in this order: by priority of the warehouse, default location first, then by
    /// location, then by lot.
    pub(super) fn levels_at(&self, product: ProductId, place: Place, lot: Option<&str>) -> Vec<LevelKey> {
        let at = |location| {
            let first = LevelKey { product, location, lot: String::new() };
            let levels = self.levels.range(first..).map(|(key, _)| key);
            levels.take_while(move |key| key.product == product && key.location == location)
        };
        let levels = self.locations_of(place).into_iter().flat_map(at);
        levels.filter(|key| lot.is_none_or(|lot| lot == key.lot)).cloned().collect()
    }

    /// The locations of a place: that one, or the open storage locations of a warehouse or of all, default first.
    pub(super) fn locations_of(&self, place: Place) -> Vec<LocationId> {
        if let Place::Location(id) = place {
            return vec![id];
        }
        let mut found: Vec<_> = self
            .locations
            .iter()
            .filter(|(_, facts)| place == Place::Anywhere || Place::Warehouse(facts.warehouse) == place)
            .filter(|(_, facts)| facts.kind == LocationKind::Storage && !facts.archived)
            .map(|(id, facts)| (facts.priority, facts.warehouse, !facts.is_default, *id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(.., id)| id).collect()
    }

    fn is_sellable(&self, location: LocationId) -> bool {
        self.locations.get(&location).is_some_and(|facts| facts.kind == LocationKind::Storage)
    }
}
