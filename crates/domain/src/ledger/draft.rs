//! The changes a movement would make, before it is known whether it may.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{LevelKey, Refusal};
use crate::{Amount, LocationId, ProductId, Quantity, ReservationId};

/// Changes by level and cost, each summed.
#[derive(Default)]
pub(super) struct Draft {
    levels: BTreeMap<LevelKey, LevelDraft>,
    /// What lines that reserve have got, in their order.
    pub(super) allocations: Vec<Allocation>,
    /// What is taken from reservations, by part.
    pub(super) cuts: BTreeMap<(ReservationId, usize), Quantity>,
}

/// What a line that reserves has got at one level.
pub(super) struct Allocation {
    pub(super) line: usize,
    pub(super) key: LevelKey,
    pub(super) quantity: Quantity,
}

struct LevelDraft {
    line: usize,
    on_hand: Quantity,
    reserved: Quantity,
    by_cost: BTreeMap<Option<Amount>, Quantity>,
}

/// The net change of a level.
#[derive(Clone, Copy, Default)]
pub(super) struct Net {
    pub(super) on_hand: Quantity,
    pub(super) reserved: Quantity,
}

/// An entry to be.
pub(super) struct EntryDraft<'a> {
    pub(super) key: &'a LevelKey,
    pub(super) unit_cost: Option<Amount>,
    pub(super) on_hand: Quantity,
    pub(super) reserved: Quantity,
}

impl Draft {
    /// Add a change of what is on hand, wanted by a line.
    pub(super) fn add(
        &mut self,
        line: usize,
        key: LevelKey,
        cost: Option<Amount>,
        delta: Quantity,
    ) -> Result<(), Refusal> {
        let too_large = Refusal::QuantityTooLarge { line };
        let level = self.level(line, key);
        let part = level.by_cost.entry(cost).or_insert(Quantity::ZERO);
        *part = part.checked_add(delta).ok_or_else(|| too_large.clone())?;
        level.on_hand = level.on_hand.checked_add(delta).ok_or(too_large)?;
        Ok(())
    }

    /// Add a change of what is reserved, wanted by a line.
    pub(super) fn reserve(&mut self, line: usize, key: LevelKey, delta: Quantity) -> Result<(), Refusal> {
        let level = self.level(line, key);
        let sum = level.reserved.checked_add(delta);
        level.reserved = sum.ok_or(Refusal::QuantityTooLarge { line })?;
        Ok(())
    }

    fn level(&mut self, line: usize, key: LevelKey) -> &mut LevelDraft {
        self.levels.entry(key).or_insert(LevelDraft {
            line,
            on_hand: Quantity::ZERO,
            reserved: Quantity::ZERO,
            by_cost: BTreeMap::new(),
        })
    }

    /// By how much a level changes in all.
    pub(super) fn net(&self, key: &LevelKey) -> Net {
        let net = |level: &LevelDraft| Net { on_hand: level.on_hand, reserved: level.reserved };
        self.levels.get(key).map(net).unwrap_or_default()
    }

    /// The levels of a product that change.
    pub(super) fn keys(&self, product: ProductId) -> impl Iterator<Item = &LevelKey> {
        let first = LevelKey { product, location: LocationId(i64::MIN), lot: String::new() };
        self.levels.range(first..).map(|(key, _)| key).take_while(move |key| key.product == product)
    }

    /// Each level with its net change and the first line that changes it.
    pub(super) fn levels(&self) -> impl Iterator<Item = (&LevelKey, Net, usize)> {
        self.levels
            .iter()
            .map(|(key, level)| (key, Net { on_hand: level.on_hand, reserved: level.reserved }, level.line))
    }

    /// The entries it makes: level by level, gains before losses, less reserved before and more reserved after them, so that
    /// no level is negative or below what is reserved in between.
    pub(super) fn entries(&self) -> impl Iterator<Item = EntryDraft<'_>> {
        self.levels.iter().flat_map(|(key, level)| {
            let mut parts: Vec<_> = level.by_cost.iter().map(|(cost, delta)| (*cost, *delta)).collect();
            if parts.is_empty() {
                parts.push((None, Quantity::ZERO));
            }
            parts.sort_by_key(|(_, delta)| Reverse(*delta));
            let reserving = if level.reserved.is_negative() { 0 } else { parts.len() - 1 };
            parts.into_iter().enumerate().map(move |(index, (unit_cost, on_hand))| EntryDraft {
                key,
                unit_cost,
                on_hand,
                reserved: if index == reserving { level.reserved } else { Quantity::ZERO },
            })
        })
    }
}
