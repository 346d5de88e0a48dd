//! What a command did, as its caller is told.

use domain::{Entry, LocationKind, MovementId, Posted, ReservationId};
use jiff::Timestamp;

use super::batch::Batch;
use super::command::{Outcome, OutcomeLine, PartOutcome, ReservationOutcome};

impl Batch {
    pub(super) fn outcome(&self, posted: &Posted, movement_id: Option<MovementId>) -> Outcome {
        let event = &posted.event;
        Outcome {
            movement_id,
            kind: event.kind,
            reason: event.reason.clone(),
            reference: event.reference.clone(),
            note: event.note.clone(),
            actor: event.actor.clone(),
            reverses: event.reverses,
            occurred_at: posted.occurred_at,
            recorded_at: posted.recorded_at,
            lines: posted.entries.iter().map(|entry| self.outcome_line(entry)).collect(),
            reservation: None,
            replayed: false,
        }
    }

    fn outcome_line(&self, entry: &Entry) -> OutcomeLine {
        let place = self.names.places.get(&entry.key.location).cloned().unwrap_or_default();
        let kind = self.book.locations.get(&entry.key.location).map(|facts| facts.kind);
        OutcomeLine {
            product_id: entry.key.product,
            sku: self.names.skus.get(&entry.key.product).cloned().unwrap_or_default(),
            location_id: entry.key.location,
            location: place.location,
            location_kind: kind.unwrap_or(LocationKind::Storage),
            warehouse: place.warehouse,
            lot: entry.key.lot.clone(),
            quantity: entry.on_hand_delta,
            on_hand_after: entry.on_hand_after,
            reserved_after: entry.reserved_after,
            unit_cost: entry.unit_cost,
        }
    }

    /// Count the change of a reservation, and say what it is now.
    pub(super) fn change_card(&mut self, id: ReservationId, at: Timestamp) -> Option<ReservationOutcome> {
        let reservation = self.book.reservations.get(&id)?;
        let card = self.cards.get_mut(&id)?;
        card.change(at);
        let part = |part: &domain::ReservedPart| {
            let place = self.names.places.get(&part.key.location).cloned().unwrap_or_default();
            PartOutcome {
                line: part.line,
                product_id: part.key.product,
                sku: self.names.skus.get(&part.key.product).cloned().unwrap_or_default(),
                location_id: part.key.location,
                location: place.location,
                warehouse: place.warehouse,
                lot: part.key.lot.clone(),
                quantity: part.quantity,
                fulfilled: part.fulfilled,
                released: part.released,
            }
        };
        Some(ReservationOutcome {
            id,
            status: reservation.status,
            reference: card.reference.clone(),
            actor: card.actor.clone(),
            expires_at: reservation.expires_at,
            version: card.version,
            created_at: card.created_at,
            updated_at: card.updated_at,
            parts: reservation.parts.iter().map(part).collect(),
        })
    }
}
