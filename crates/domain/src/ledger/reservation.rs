//! Reservations: stock that is promised and still there.
//!
//! `reserved` of a level is the sum of what active reservations have open there. Whoever changes a reservation holds the
//! locks of its products, so a reservation is decided on as levels are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::draft::Draft;
use super::take::{Demands, Taking};
use super::{Book, Change, Event, LevelKey, Line, Posted, Refusal};
use crate::{Place, ProductId, Quantity, ReservationId};

/// What has become of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReservationStatus {
    /// It holds stock.
    Active,
    /// All of what it held last went out.
    Fulfilled,
    /// It was taken back.
    Released,
    /// It ran out.
    Expired,
}

impl ReservationStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Active, Self::Fulfilled, Self::Released, Self::Expired];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Fulfilled => "fulfilled",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A promise of stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// What has become of it.
    pub status: ReservationStatus,
    /// When it runs out.
    pub expires_at: Option<Timestamp>,
    /// What it holds, by line and level. Parts are added and changed, never removed.
    pub parts: Vec<ReservedPart>,
}

/// What a line of a reservation holds at one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedPart {
    /// Number of the line, from 1.
    pub line: i32,
    /// Which level.
    #[serde(flatten)]
    pub key: LevelKey,
    /// What it was promised there.
    pub quantity: Quantity,
    /// What of it went out.
    pub fulfilled: Quantity,
    /// What of it was taken back.
    pub released: Quantity,
}

impl ReservedPart {
    /// What it still holds.
    pub fn open(&self) -> Quantity {
        self.quantity.saturating_sub(self.fulfilled).saturating_sub(self.released)
    }
}

/// What goes out of a line of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fulfilment {
    /// Number of the line.
    pub line: i32,
    /// How much.
    pub quantity: Quantity,
}

/// A line of a reservation as it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Number of the line.
    pub line: i32,
    /// What it shall hold in all, with what already went out; none: what it held.
    pub quantity: Option<Quantity>,
    /// Where what is still open shall be held; none: where it is, and what is added anywhere.
    pub place: Option<Place>,
}

impl Book {
    /// Promise stock: all lines or none. The lines are numbered from 1 in their order.
    pub fn reserve(
        &mut self,
        id: ReservationId,
        event: &Event,
        lines: &[Line],
        expires_at: Option<Timestamp>,
        clock: Timestamp,
    ) -> Result<Posted, Refusal> {
        let draft = self.draft(event.kind, lines, false)?;
        let number = |line: usize| i32::try_from(line + 1).unwrap_or(i32::MAX);
        let part = |allocation: &super::draft::Allocation| {
            ReservedPart::new(number(allocation.line), allocation.key.clone(), allocation.quantity)
        };
        let parts = draft.allocations.iter().map(part).collect();
        let posted = self.commit(event, &draft, clock);
        let status = ReservationStatus::Active;
        self.reservations.insert(id, Reservation { status, expires_at, parts });
        self.changed_reservations.insert(id);
        Ok(posted)
    }

    /// Take a promise back: everything that is open.
    pub fn release(&mut self, id: ReservationId, event: &Event, clock: Timestamp) -> Result<Posted, Refusal> {
        self.end(id, ReservationStatus::Released, event, clock)
    }

    /// End a promise that has run out. Until this is entered it can be fulfilled.
    pub fn expire(&mut self, id: ReservationId, event: &Event, clock: Timestamp) -> Result<Posted, Refusal> {
        let due = self.active(id)?.expires_at.is_some_and(|at| at <= clock);
        if due {
            self.end(id, ReservationStatus::Expired, event, clock)
        } else {
            Err(Refusal::ReservationNotDue)
        }
    }

    fn end(
        &mut self,
        id: ReservationId,
        status: ReservationStatus,
        event: &Event,
        clock: Timestamp,
    ) -> Result<Posted, Refusal> {
        let mut reservation = self.active(id)?.clone();
        let mut draft = Draft::default();
        for part in &mut reservation.parts {
            part.release(part.open(), &mut draft)?;
        }
        reservation.status = status;
        Ok(self.commit_reservation(id, reservation, event, &draft, clock))
    }

    /// Let go out what was promised: `lines`, or everything that is open.
    pub fn fulfil(
        &mut self,
        id: ReservationId,
        lines: Option<&[Fulfilment]>,
        event: &Event,
        clock: Timestamp,
    ) -> Result<Posted, Refusal> {
        let mut reservation = self.active(id)?.clone();
        let mut draft = Draft::default();
        match lines {
            None => {
                for part in &mut reservation.parts {
                    part.fulfil(0, part.open(), &mut draft)?;
                }
            }
            Some(lines) => {
                for (index, wanted) in lines.iter().enumerate() {
                    let product = reservation.product_of(index, wanted.line)?;
                    self.check_amount(index, product, wanted.quantity)?;
                    reservation.fulfil(index, wanted, &mut draft)?;
                }
            }
        }
        if !reservation.parts.iter().any(|part| part.open().is_positive()) {
            reservation.status = ReservationStatus::Fulfilled;
        }
        Ok(self.commit_reservation(id, reservation, event, &draft, clock))
    }

    /// Change what lines hold and where; only the difference has to be free.
    pub fn edit_reservation(
        &mut self,
        id: ReservationId,
        edits: &[Edit],
        expires_at: Option<Option<Timestamp>>,
        event: &Event,
        clock: Timestamp,
    ) -> Result<Posted, Refusal> {
        let mut reservation = self.active(id)?.clone();
        let mut draft = Draft::default();
        let mut wanted = Vec::new();
        for (index, edit) in edits.iter().enumerate() {
            let product = reservation.product_of(index, edit.line)?;
            self.check_amount(index, product, edit.quantity.unwrap_or_default())?;
            wanted.extend(reservation.give_way(index, edit, &mut draft)?);
        }
        let mut demands = Demands::default();
        for (index, line, quantity) in &wanted {
            demands.add(*index, line, Taking::Reservation, *quantity)?;
        }
        demands.take(self, &mut draft, false)?;
        for allocation in &draft.allocations {
            let number = edits.get(allocation.line).map_or(0, |edit| edit.line);
            reservation.hold(number, allocation.key.clone(), allocation.quantity);
        }
        if let Some(expires_at) = expires_at {
            reservation.expires_at = expires_at;
        }
        if !reservation.parts.iter().any(|part| part.open().is_positive()) {
            reservation.status = ReservationStatus::Released;
        }
        Ok(self.commit_reservation(id, reservation, event, &draft, clock))
    }

    /// The reservations that changed since the book was loaded.
    pub fn changed_reservations(&self) -> impl Iterator<Item = (ReservationId, &Reservation)> {
        self.changed_reservations.iter().filter_map(|id| Some((*id, self.reservations.get(id)?)))
    }

    fn active(&self, id: ReservationId) -> Result<&Reservation, Refusal> {
        let unknown = Refusal::ReservationNotActive(ReservationStatus::Released);
        let reservation = self.reservations.get(&id).ok_or(unknown)?;
        match reservation.status {
            ReservationStatus::Active => Ok(reservation),
            status => Err(Refusal::ReservationNotActive(status)),
        }
    }

    fn commit_reservation(
        &mut self,
        id: ReservationId,
        reservation: Reservation,
        event: &Event,
        draft: &Draft,
        clock: Timestamp,
    ) -> Posted {
        self.reservations.insert(id, reservation);
        self.changed_reservations.insert(id);
        self.commit(event, draft, clock)
    }

    /// Shorten reservations by what a loss has taken from them.
    pub(super) fn cut_reservations(&mut self, cuts: &BTreeMap<(ReservationId, usize), Quantity>) {
        for ((id, index), cut) in cuts {
            let Some(reservation) = self.reservations.get_mut(id) else { continue };
            if let Some(part) = reservation.parts.get_mut(*index) {
                part.released = part.released.saturating_add(*cut);
            }
            if !reservation.parts.iter().any(|part| part.open().is_positive()) {
                reservation.status = ReservationStatus::Released;
            }
            self.changed_reservations.insert(*id);
        }
    }
}

impl Reservation {
    fn parts_of(&mut self, number: i32) -> impl Iterator<Item = &mut ReservedPart> {
        self.parts.iter_mut().filter(move |part| part.line == number)
    }

    /// Of what the line with this number is.
    fn product_of(&self, index: usize, number: i32) -> Result<ProductId, Refusal> {
        let part = self.parts.iter().find(|part| part.line == number);
        part.map(|part| part.key.product).ok_or(Refusal::NoSuchLine { line: index, number })
    }

    fn fulfil(&mut self, index: usize, wanted: &Fulfilment, draft: &mut Draft) -> Result<(), Refusal> {
        let number = wanted.line;
        let open: Quantity = self.parts_of(number).map(|part| part.open()).sum();
        if open < wanted.quantity {
            return Err(Refusal::MoreThanReserved { line: index, open, requested: wanted.quantity });
        }
        let mut rest = wanted.quantity;
        for part in self.parts_of(number) {
            let taken = rest.min(part.open());
            part.fulfil(index, taken, draft)?;
            rest = rest.saturating_sub(taken);
        }
        Ok(())
    }

    /// Let go what an edited line shall hold no longer, or no longer there; the answer is what it has to get instead.
    fn give_way(
        &mut self,
        index: usize,
        edit: &Edit,
        draft: &mut Draft,
    ) -> Result<Option<(usize, Line, Quantity)>, Refusal> {
        let number = edit.line;
        let product = self.product_of(index, number)?;
        let fulfilled: Quantity = self.parts_of(number).map(|part| part.fulfilled).sum();
        let open: Quantity = self.parts_of(number).map(|part| part.open()).sum();
        let target = match edit.quantity {
            None => open,
            Some(quantity) if quantity < fulfilled => {
                return Err(Refusal::LessThanFulfilled { line: index, fulfilled });
            }
            Some(quantity) => quantity.saturating_sub(fulfilled),
        };
        // Moved, everything has to be got anew; otherwise only what is more.
        let mut too_much = if edit.place.is_some() { open } else { open.saturating_sub(target) };
        for part in self.parts_of(number).collect::<Vec<_>>().into_iter().rev() {
            let released = too_much.max(Quantity::ZERO).min(part.open());
            part.release(released, draft)?;
            too_much = too_much.saturating_sub(released);
        }
        let wanted = if edit.place.is_some() { target } else { target.saturating_sub(open) };
        let line = Line {
            product,
            place: edit.place.unwrap_or(Place::Anywhere),
            lot: None,
            change: Change::Reserve(wanted),
            expected_on_hand: None,
            unit_cost: None,
        };
        Ok(wanted.is_positive().then_some((index, line, wanted)))
    }

    /// Hold so much more for a line at a level.
    fn hold(&mut self, number: i32, key: LevelKey, quantity: Quantity) {
        if let Some(part) = self.parts_of(number).find(|part| part.key == key) {
            part.quantity = part.quantity.saturating_add(quantity);
        } else {
            self.parts.push(ReservedPart::new(number, key, quantity));
        }
    }
}

impl ReservedPart {
    fn new(line: i32, key: LevelKey, quantity: Quantity) -> Self {
        Self { line, key, quantity, fulfilled: Quantity::ZERO, released: Quantity::ZERO }
    }

    fn release(&mut self, quantity: Quantity, draft: &mut Draft) -> Result<(), Refusal> {
        if quantity.is_positive() {
            self.released = self.released.saturating_add(quantity);
            draft.reserve(0, self.key.clone(), -quantity)?;
        }
        Ok(())
    }

    fn fulfil(&mut self, index: usize, quantity: Quantity, draft: &mut Draft) -> Result<(), Refusal> {
        if quantity.is_positive() {
            self.fulfilled = self.fulfilled.saturating_add(quantity);
            draft.reserve(index, self.key.clone(), -quantity)?;
            draft.add(index, self.key.clone(), None, -quantity)?;
        }
        Ok(())
    }
}
