//! Posting to a book.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::draft::{Draft, EntryDraft};
use super::take::{Demands, Taking};
use super::{Book, Change, Crossing, Entry, Event, Level, LevelKey, Line, MovementKind, Posted, Refusal};
use crate::chain::{self, Link};
use crate::{LocationId, LocationKind, Place, ProductId, Quantity};

impl Book {
    /// Post all lines as one movement, or none of them. `clock` is the database's; the stamp of the movement is later
    /// than the last stamp of every level it touches even if the clock went back. With `shorten`, a loss may take what is
    /// reserved.
    pub fn post(
        &mut self,
        event: &Event,
        lines: &[Line],
        shorten: bool,
        clock: Timestamp,
    ) -> Result<Vec<Posted>, Refusal> {
        let draft = self.draft(event.kind, lines, shorten)?;
        let (losses, gains) = self.compensations(&draft);
        let mut posted = Vec::with_capacity(1);
        // What raises a level comes first, so that none is negative in between.
        posted.extend(losses.into_iter().map(|(at, draft)| self.compensate(event, at, &draft, clock)));
        posted.push(self.commit(event, &draft, clock));
        posted.extend(gains.into_iter().map(|(at, draft)| self.compensate(event, at, &draft, clock)));
        self.cut_reservations(&draft.cuts);
        self.past.clear();
        Ok(posted)
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

    /// What the lines would change, if they may.
    pub(super) fn draft(&self, kind: MovementKind, lines: &[Line], shorten: bool) -> Result<Draft, Refusal> {
        let mut draft = Draft::default();
        let mut demands = Demands::default();
        for (index, line) in lines.iter().enumerate() {
            self.check_line(index, kind, line)?;
            let delta = match line.change {
                Change::Reserve(quantity) => {
                    demands.add(index, line, Taking::Reservation, quantity)?;
                    continue;
                }
                Change::By(delta) => delta,
                Change::To(counted) => {
                    let current = self.on_hand_then(&self.only_level(index, line)?);
                    counted.checked_sub(current).ok_or(Refusal::QuantityTooLarge { line: index })?
                }
            };
            if delta.is_negative() {
                demands.add(index, line, Taking::Loss, -delta)?;
            } else {
                draft.add(index, self.level_for_gain(index, line)?, line.unit_cost, delta)?;
            }
        }
        demands.take(self, &mut draft, shorten)?;
        self.check_totals(&draft)?;
        Ok(draft)
    }

    fn check_line(&self, index: usize, kind: MovementKind, line: &Line) -> Result<(), Refusal> {
        if self.products.get(&line.product).is_some_and(|product| product.archived) {
            return Err(Refusal::ProductArchived { line: index, product: line.product });
        }
        let (Change::By(amount) | Change::To(amount) | Change::Reserve(amount)) = line.change;
        self.check_amount(index, line.product, amount)?;
        let transits =
            self.writes_off_transit || matches!(kind, MovementKind::TransferOut | MovementKind::TransferIn);
        if let Place::Location(id) = line.place
            && !self.locations.get(&id).is_some_and(|location| {
                !location.archived && (transits || location.kind != LocationKind::Transit)
            })
        {
            return Err(Refusal::LocationNotOpen { line: index });
        }
        if let Some(expected) = line.expected_on_hand {
            let actual = self.level(&self.only_level(index, line)?).on_hand;
            if actual != expected {
                return Err(Refusal::StaleQuantity { line: index, expected, actual });
            }
        }
        Ok(())
    }

    /// Refuse a fraction of what is counted in whole numbers.
    pub(super) fn check_amount(
        &self,
        index: usize,
        product: ProductId,
        amount: Quantity,
    ) -> Result<(), Refusal> {
        let whole = self.products.get(&product).is_some_and(|product| product.whole_numbers_only);
        if whole && !amount.is_whole() {
            return Err(Refusal::WholeNumbersOnly { line: index });
        }
        Ok(())
    }

    /// What was on hand at the moment the command is dated to.
    fn on_hand_then(&self, key: &LevelKey) -> Quantity {
        self.past.get(key).map_or_else(|| self.level(key).on_hand, |past| past.on_hand)
    }

    /// The one level the line is about: the only one that holds stock, or the one where stock would go.
    fn only_level(&self, index: usize, line: &Line) -> Result<LevelKey, Refusal> {
        let mut holding = self.levels_at(line.product, line.place, line.lot.as_deref());
        holding.retain(|key| self.level(key).on_hand.is_positive() || self.on_hand_then(key).is_positive());
        match (holding.pop(), holding.is_empty()) {
            (Some(key), true) => Ok(key),
            (None, _) => self.default_level(index, line),
            (Some(_), false) => Err(Refusal::LocationRequired { line: index }),
        }
    }

    /// Where a gain goes: a count to the level that was counted, everything else to the default.
    fn level_for_gain(&self, index: usize, line: &Line) -> Result<LevelKey, Refusal> {
        match line.change {
            Change::To(_) => self.only_level(index, line),
            Change::By(_) | Change::Reserve(_) => self.default_level(index, line),
        }
    }

    fn default_level(&self, index: usize, line: &Line) -> Result<LevelKey, Refusal> {
        let location = match line.place {
            Place::Location(id) => Some(id),
            Place::Warehouse(_) | Place::Anywhere => {
                let first: Option<LocationId> = self.locations_of(line.place).first().copied();
                first.filter(|id| self.locations[id].is_default)
            }
        };
        let location = location.ok_or(Refusal::NoDefaultLocation { line: index })?;
        Ok(LevelKey { product: line.product, location, lot: line.lot.clone().unwrap_or_default() })
    }

    fn check_totals(&self, draft: &Draft) -> Result<(), Refusal> {
        let mut totals: BTreeMap<ProductId, Quantity> = BTreeMap::new();
        for (key, net, line) in draft.levels() {
            let too_large = || Refusal::QuantityTooLarge { line };
            self.level(key).on_hand.checked_add(net.on_hand).ok_or_else(too_large)?;
            let before = self.products.get(&key.product).map_or(Quantity::ZERO, |facts| {
                facts.totals.on_hand.checked_add(facts.totals.in_transit).unwrap_or(Quantity::ZERO)
            });
            let total = totals.entry(key.product).or_insert(before);
            *total = total.checked_add(net.on_hand).ok_or_else(too_large)?;
        }
        Ok(())
    }

    /// What undoes the draft where a level was counted since, by time of the count: first of levels that lose, then of
    /// those that gain.
    fn compensations(&self, draft: &Draft) -> (BTreeMap<Timestamp, Draft>, BTreeMap<Timestamp, Draft>) {
        let (mut losses, mut gains) = (BTreeMap::new(), BTreeMap::new());
        for entry in draft.entries() {
            let Some(at) = self.past.get(entry.key).and_then(|past| past.counted_at) else { continue };
            let side: &mut BTreeMap<Timestamp, Draft> =
                if entry.on_hand.is_negative() { &mut losses } else { &mut gains };
            let opposite = side.entry(at).or_default();
            // It cannot be out of range: the draft was not.
            opposite.add(0, entry.key.clone(), entry.unit_cost, -entry.on_hand).ok();
        }
        (losses, gains)
    }

    fn compensate(&mut self, event: &Event, at: Timestamp, draft: &Draft, clock: Timestamp) -> Posted {
        let keeping = Event {
            kind: MovementKind::Count,
            reason: Some("keeps what was counted".to_owned()),
            reference: event.reference.clone(),
            note: String::new(),
            actor: event.actor.clone(),
            reverses: None,
            occurred_at: Some(at),
        };
        Posted { keeps_a_count: true, ..self.commit(&keeping, draft, clock) }
    }

    /// Make the entries of a checked draft and bring the book up to date.
    pub(super) fn commit(&mut self, event: &Event, draft: &Draft, clock: Timestamp) -> Posted {
        let after_last = |key: &LevelKey| self.level(key).recorded_at + SignedDuration::from_micros(1);
        let recorded_at = draft.levels().map(|(key, ..)| after_last(key)).fold(clock, Timestamp::max);
        // Nothing happens after it is recorded.
        let event = Event { occurred_at: event.occurred_at.map(|at| at.min(recorded_at)), ..event.clone() };
        let occurred_at = event.occurred_at.unwrap_or(recorded_at);
        let movement = chain::movement_digest(&event, recorded_at);
        let mut entries = Vec::new();
        for entry in draft.entries() {
            let level = self.levels.entry(entry.key.clone()).or_insert(Level::EMPTY);
            entries.push(append(level, &entry, (occurred_at, recorded_at), &movement));
            self.changed.insert(entry.key.clone());
            self.add_to_totals(&entry);
        }
        let shortened = draft.cuts.keys().map(|(id, _)| *id).collect();
        Posted { event, occurred_at, recorded_at, entries, keeps_a_count: false, shortened }
    }

    fn add_to_totals(&mut self, entry: &EntryDraft<'_>) {
        let kind = self.locations.get(&entry.key.location).map_or(LocationKind::Hold, |facts| facts.kind);
        let totals = &mut self.products.entry(entry.key.product).or_default().totals;
        let add = |total: &mut Quantity, delta: Quantity| *total = total.saturating_add(delta);
        add(&mut totals.reserved, entry.reserved);
        match kind {
            LocationKind::Storage => {
                add(&mut totals.on_hand, entry.on_hand);
                add(&mut totals.available, entry.on_hand);
                add(&mut totals.available, -entry.reserved);
            }
            LocationKind::Receiving | LocationKind::Hold => add(&mut totals.on_hand, entry.on_hand),
            LocationKind::Transit => add(&mut totals.in_transit, entry.on_hand),
        }
    }

    /// The levels that posting these lines may touch, and whose past decides if they are dated back.
    pub fn levels_of(&self, lines: &[Line]) -> BTreeSet<LevelKey> {
        let held =
            lines.iter().flat_map(|line| self.levels_at(line.product, line.place, line.lot.as_deref()));
        held.chain(lines.iter().enumerate().filter_map(|(i, line)| self.default_level(i, line).ok()))
            .collect()
    }
}

/// Append an entry to a level.
fn append(
    level: &mut Level,
    entry: &EntryDraft<'_>,
    (occurred_at, recorded_at): (Timestamp, Timestamp),
    movement: &Link,
) -> Entry {
    let on_hand = level.on_hand.saturating_add(entry.on_hand); // in range: check_totals
    let reserved = level.reserved.saturating_add(entry.reserved);
    let seq = level.seq + 1;
    let record = chain::Record {
        key: entry.key,
        seq,
        on_hand: (entry.on_hand, on_hand),
        reserved: (entry.reserved, reserved),
        unit_cost: entry.unit_cost,
        occurred_at,
        recorded_at,
    };
    let chain = chain::extend(&level.chain, movement, &record);
    *level = Level { on_hand, reserved, seq, chain, recorded_at };
    debug_assert!(level.on_hand >= level.reserved); // pairs with constraint stock_levels_reserved_within_on_hand
    Entry {
        key: entry.key.clone(),
        seq,
        on_hand_delta: entry.on_hand,
        on_hand_after: on_hand,
        reserved_delta: entry.reserved,
        reserved_after: reserved,
        unit_cost: entry.unit_cost,
        chain,
    }
}
