//! Posting to a book.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use super::{Book, Change, Crossing, Entry, Event, Level, LevelKey, Line, LocationFacts, Posted, Refusal};
use crate::chain::{self, Link};
use crate::{LocationId, LocationKind, Place, ProductId, Quantity};

impl Book {
    /// Post all lines as one movement, or none of them. `clock` is the database's; the stamp of the movement is later
    /// than the last stamp of every level it touches even if the clock went back.
    pub fn post(&mut self, event: &Event, lines: &[Line], clock: Timestamp) -> Result<Posted, Refusal> {
        let mut draft = Draft::default();
        let mut losses = Losses::default();
        for (index, line) in lines.iter().enumerate() {
            let delta = self.check_line(index, line)?;
            if delta.is_negative() {
                losses.add(index, line, -delta)?;
            } else {
                let key = self.level_for_gain(index, line)?;
                draft.add(index, key, line.unit_cost, delta)?;
            }
        }
        for ((product, place, lot), loss) in losses.in_order() {
            self.take(product, place, lot, loss, &mut draft)?;
        }
        self.check_totals(&draft)?;
        Ok(self.write(event, &draft, clock))
    }

    /// The levels that changed since the book was loaded.
    pub fn changed_levels(&self) -> impl Iterator<Item = (&LevelKey, &Level)> {
        self.changed.iter().filter_map(|key| Some((key, self.levels.get(key)?)))
    }

    /// The changed products whose stock is low and not on record as such, or the other way round. It compares with the
    /// record and not with the totals before, so that a record that was wrong is put right.
    pub fn crossings(&self) -> Vec<Crossing> {
        let mut stamps: BTreeMap<ProductId, Timestamp> = BTreeMap::new();
        for (key, level) in self.changed_levels() {
            let stamp = stamps.entry(key.product).or_insert(level.recorded_at);
            *stamp = level.recorded_at.max(*stamp);
        }
        let crossing = |(product, at)| {
            let facts = self.products.get(&product)?;
            let is_low = facts.totals.available <= facts.reorder_point?;
            (is_low != facts.known_low).then_some(Crossing { product, is_low, at })
        };
        stamps.into_iter().filter_map(crossing).collect()
    }

    /// The level with this key; an empty one if it has no entry yet.
    pub fn level(&self, key: &LevelKey) -> Level {
        self.levels.get(key).cloned().unwrap_or(Level::EMPTY)
    }

    /// By how much the line changes what is on hand, if it may.
    fn check_line(&self, index: usize, line: &Line) -> Result<Quantity, Refusal> {
        if let Some(product) = self.products.get(&line.product) {
            if product.archived {
                return Err(Refusal::ProductArchived { line: index, product: line.product });
            }
            let (Change::By(amount) | Change::To(amount)) = line.change;
            if product.whole_numbers_only && !amount.is_whole() {
                return Err(Refusal::WholeNumbersOnly { line: index });
            }
        }
        if let Place::Location(id) = line.place
            && !self.locations.get(&id).is_some_and(is_open)
        {
            return Err(Refusal::LocationNotOpen { line: index });
        }
        if let Some(expected) = line.expected_on_hand {
            let actual = self.level(&self.only_level(index, line)?).on_hand;
            if actual != expected {
                return Err(Refusal::StaleQuantity { line: index, expected, actual });
            }
        }
        match line.change {
            Change::By(delta) => Ok(delta),
            Change::To(counted) => {
                let current = self.level(&self.only_level(index, line)?).on_hand;
                counted.checked_sub(current).ok_or(Refusal::QuantityTooLarge { line: index })
            }
        }
    }

    /// The one level the line is about: the only one that holds stock, or the one where stock would go.
    fn only_level(&self, index: usize, line: &Line) -> Result<LevelKey, Refusal> {
        let mut holding = self.levels_at(line.product, line.place, line.lot.as_deref());
        holding.retain(|key| self.level(key).on_hand.is_positive());
        match (holding.pop(), holding.is_empty()) {
            (Some(key), true) => Ok(key),
            (None, _) => self.default_level(index, line),
            (Some(_), false) => Err(Refusal::LocationRequired { line: index }),
        }
    }

    /// Where a gain goes: a count to the level that was counted, everything else to the default.
    fn level_for_gain(&self, index: usize, line: &Line) -> Result<LevelKey, Refusal> {
        match line.change {
            Change::By(_) => self.default_level(index, line),
            Change::To(_) => self.only_level(index, line),
        }
    }

    fn default_level(&self, index: usize, line: &Line) -> Result<LevelKey, Refusal> {
        let location = match line.place {
            Place::Location(id) => Some(id),
            Place::Warehouse(_) => {
                self.storage_of(line.place).next().filter(|id| self.locations[id].is_default)
            }
        };
        let location = location.ok_or(Refusal::NoDefaultLocation { line: index })?;
        Ok(LevelKey { product: line.product, location, lot: line.lot.clone().unwrap_or_default() })
    }

    /// The levels a loss is taken from, in this order: default location first, then by location, then by lot.
    fn levels_at(&self, product: ProductId, place: Place, lot: Option<&str>) -> Vec<LevelKey> {
        let locations: Vec<LocationId> = match place {
            Place::Location(id) => vec![id],
            Place::Warehouse(_) => self.storage_of(place).collect(),
        };
        let at = |location| {
            let first = LevelKey { product, location, lot: String::new() };
            let levels = self.levels.range(first..).map(|(key, _)| key);
            levels.take_while(move |key| key.product == product && key.location == location)
        };
        locations
            .into_iter()
            .flat_map(at)
            .filter(|key| lot.is_none_or(|lot| lot == key.lot))
            .cloned()
            .collect()
    }

    /// The open storage locations of a warehouse, default first.
    fn storage_of(&self, place: Place) -> impl Iterator<Item = LocationId> {
        let mut found: Vec<_> = self
            .locations
            .iter()
            .filter(|(_, facts)| Place::Warehouse(facts.warehouse) == place)
            .filter(|(_, facts)| facts.kind == LocationKind::Storage && !facts.archived)
            .map(|(id, facts)| (!facts.is_default, *id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id)
    }

    /// Take a loss from the levels of its place, after the gains of the same movement.
    fn take(
        &self,
        product: ProductId,
        place: Place,
        lot: Option<&str>,
        loss: &Loss,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let mut candidates = self.levels_at(product, place, lot);
        candidates.extend(draft.new_levels_at(self, product, place, lot));
        let free = |draft: &Draft, key: &LevelKey| {
            self.level(key).free().checked_add(draft.net(key)).unwrap_or(Quantity::ZERO)
        };
        let available = candidates.iter().map(|key| free(draft, key)).sum();
        let mut open = loss.quantity;
        for key in candidates {
            let part = open.min(free(draft, &key));
            if part.is_positive() {
                draft.add(loss.line, key, loss.unit_cost, -part)?;
                open = open.saturating_sub(part);
            }
        }
        if open.is_positive() {
            return Err(Refusal::InsufficientStock {
                line: loss.line,
                product,
                available,
                requested: loss.quantity,
            });
        }
        Ok(())
    }

    fn check_totals(&self, draft: &Draft) -> Result<(), Refusal> {
        let mut totals: BTreeMap<ProductId, Quantity> = BTreeMap::new();
        for (key, net, line) in draft.levels() {
            let too_large = || Refusal::QuantityTooLarge { line };
            self.level(key).on_hand.checked_add(net).ok_or_else(too_large)?;
            let before = self.products.get(&key.product).map_or(Quantity::ZERO, |facts| facts.totals.on_hand);
            let total = totals.entry(key.product).or_insert(before);
            *total = total.checked_add(net).ok_or_else(too_large)?;
        }
        Ok(())
    }

    /// Make the entries of a checked draft and bring the book up to date.
    fn write(&mut self, event: &Event, draft: &Draft, clock: Timestamp) -> Posted {
        let after_last = |key: &LevelKey| self.level(key).recorded_at + SignedDuration::from_micros(1);
        let recorded_at = draft.levels().map(|(key, ..)| after_last(key)).fold(clock, Timestamp::max);
        let movement = chain::movement_digest(event, recorded_at);
        let mut entries = Vec::with_capacity(draft.len());
        for (key, unit_cost, delta) in draft.changes() {
            let level = self.levels.entry(key.clone()).or_insert(Level::EMPTY);
            entries.push(append(level, key, unit_cost, delta, recorded_at, &movement));
            self.changed.insert(key.clone());
            self.add_to_totals(key, delta);
        }
        Posted { recorded_at, entries }
    }

    fn add_to_totals(&mut self, key: &LevelKey, delta: Quantity) {
        let kind = self.locations.get(&key.location).map_or(LocationKind::Hold, |facts| facts.kind);
        let totals = &mut self.products.entry(key.product).or_default().totals;
        let add = |total: &mut Quantity| *total = total.saturating_sub(-delta);
        match kind {
            LocationKind::Storage => {
                add(&mut totals.on_hand);
                add(&mut totals.available);
            }
            LocationKind::Receiving | LocationKind::Hold => add(&mut totals.on_hand),
            LocationKind::Transit => add(&mut totals.in_transit),
        }
        debug_assert!(!totals.available.is_negative()); // pairs with constraint product_stock_available_is_unreserved
    }
}

fn is_open(location: &LocationFacts) -> bool {
    !location.archived && location.kind != LocationKind::Transit
}

/// Append an entry to a level.
fn append(
    level: &mut Level,
    key: &LevelKey,
    unit_cost: Option<crate::Amount>,
    delta: Quantity,
    recorded_at: Timestamp,
    movement: &Link,
) -> Entry {
    let on_hand = level.on_hand.saturating_sub(-delta); // in range: check_totals
    let seq = level.seq + 1;
    let record = chain::Record {
        key,
        seq,
        on_hand: (delta, on_hand),
        reserved: (Quantity::ZERO, level.reserved),
        unit_cost,
        recorded_at,
    };
    let chain = chain::extend(&level.chain, movement, &record);
    *level = Level { on_hand, reserved: level.reserved, seq, chain, recorded_at };
    debug_assert!(level.on_hand >= level.reserved); // pairs with constraint stock_levels_reserved_within_on_hand
    Entry {
        key: key.clone(),
        seq,
        on_hand_delta: delta,
        on_hand_after: on_hand,
        reserved_delta: Quantity::ZERO,
        reserved_after: level.reserved,
        unit_cost,
        chain,
    }
}

/// What the lines of a command take away, summed by place before anything is checked.
#[derive(Default)]
struct Losses<'a>(BTreeMap<(ProductId, Place, Option<&'a str>), Loss>);

struct Loss {
    line: usize,
    quantity: Quantity,
    unit_cost: Option<crate::Amount>,
}

impl<'a> Losses<'a> {
    fn add(&mut self, index: usize, line: &'a Line, quantity: Quantity) -> Result<(), Refusal> {
        let loss = self.0.entry((line.product, line.place, line.lot.as_deref())).or_insert(Loss {
            line: index,
            quantity: Quantity::ZERO,
            unit_cost: line.unit_cost,
        });
        loss.quantity =
            loss.quantity.checked_add(quantity).ok_or(Refusal::QuantityTooLarge { line: index })?;
        Ok(())
    }

    /// What names its place most exactly comes first, so that a vague line does not take what an exact one needs.
    fn in_order(&self) -> impl Iterator<Item = ((ProductId, Place, Option<&'a str>), &Loss)> {
        let mut losses: Vec<_> = self.0.iter().map(|(key, loss)| (*key, loss)).collect();
        losses.sort_by_key(|((_, place, lot), _)| (matches!(place, Place::Warehouse(_)), lot.is_none()));
        losses.into_iter()
    }
}
