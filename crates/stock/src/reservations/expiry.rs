//! Reservations whose time has come.
//!
//! Any number of servers may do this at once: each entry is a command of the ledger, decided under the locks, so the second
//! who comes finds that it is done. Until it is entered, a reservation can be fulfilled.

use std::time::Duration;

use domain::ReservationId;
use futures_util::future::join_all;

use super::store;
use crate::ledger::{Command, Ledger, ReservationAction, Work};

/// How often it is looked whether any has come.
const EVERY: Duration = Duration::from_secs(1);

/// How many are entered at once.
const AT_ONCE: i64 = 200;

/// Who expires reservations, as movements name it.
const ACTOR: &str = "expiry";

/// Expire reservations until the service ends.
pub async fn expire_reservations(ledger: Ledger) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            match store::due(ledger.app().db(), AT_ONCE).await {
                Ok(due) if due.is_empty() => break,
                Ok(due) => join_all(due.into_iter().map(|id| expire(&ledger, id))).await,
                Err(error) => {
                    tracing::warn!(%error, "cannot look for reservations to expire");
                    break;
                }
            };
        }
    }
}

async fn expire(ledger: &Ledger, id: i64) {
    let work = Work::Reservation {
        id: ReservationId(id),
        action: ReservationAction::Expire,
        seen: None,
        actor: ACTOR.to_owned(),
    };
    let command = Command { operation: "expire_reservation", key: None, work };
    if let Err(error) = ledger.submit(command).await {
        // Another server was first, or it was fulfilled at the last moment.
        tracing::debug!(id, %error, "a reservation was not expired");
    }
}
