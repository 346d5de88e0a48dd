//! Callers by what they bring, kept in memory for a second.
//!
//! Invariant: whoever is let in was let in by the database within the last second. So what is taken back (a session, a key, a
//! user, a role) is taken back within a second on every server, and what is used all the time costs no round trip: halfway
//! through its second it is asked for again, beside the requests.

mod store;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::{Permission, Permissions, Role};
use platform::auth::{Actor, Caller, CallerKind};
use platform::coalesce::Coalesced;
use platform::{ApiError, App};
use tokio::time::Instant;

use crate::token::Hash;
use store::Found;

/// How long an answer of the database counts.
const LIVES: Duration = Duration::from_secs(1);

/// When it is asked for again, if it is still needed.
const REFRESH_AFTER: Duration = Duration::from_millis(500);

/// Most callers that are kept; those that are asked for once more then cost a round trip.
const WARM_MAX: usize = 10_000;

/// Callers by what they bring.
#[derive(Debug)]
pub(crate) struct Callers {
    app: App,
    asked: Coalesced<Hash, Found>,
    warm: RwLock<HashMap<Hash, Warm>>,
}

#[derive(Debug)]
struct Warm {
    actor: Actor,
    found: Arc<Found>,
    /// When the database was asked, or before.
    asked_at: Instant,
    is_asked_again: AtomicBool,
}

impl Callers {
    pub(crate) fn new(app: App) -> Self {
        Self { asked: Coalesced::new(app.clone(), store::find), app, warm: RwLock::default() }
    }

    /// Whose this is that a request brings; nobody's, if the session has ended or the key is of no use any more.
    pub(crate) async fn find(self: &Arc<Self>, hash: Hash) -> Result<Option<Actor>, ApiError> {
        if let Some(actor) = self.remembered(hash) {
            return Ok(Some(actor));
        }
        let known = self.ask(hash).await?;
        Ok(known.map(|(actor, found)| {
            self.note_use(hash, &found);
            actor
        }))
    }

    /// Whose this is now, whatever is remembered, where an answer goes on that it was brought for. A page that is left open is no
    /// use of its session, which ends as if it were closed; a program that listens uses its key.
    pub(crate) async fn find_again(&self, hash: Hash) -> Result<Option<Actor>, ApiError> {
        let known = self.ask(hash).await?;
        Ok(known.map(|(actor, found)| {
            if matches!(actor.kind(), CallerKind::ApiKey { .. }) {
                self.note_use(hash, &found);
            }
            actor
        }))
    }

    /// Forget everybody: what has been taken back here counts here at once.
    pub(crate) fn forget(&self) {
        self.warm.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn remembered(self: &Arc<Self>, hash: Hash) -> Option<Actor> {
        let warm = self.warm.read().unwrap_or_else(PoisonError::into_inner);
        let known = warm.get(&hash)?;
        let age = known.asked_at.elapsed();
        if age >= LIVES {
            return None;
        }
        if age >= REFRESH_AFTER && !known.is_asked_again.swap(true, Ordering::Relaxed) {
            let callers = Arc::clone(self);
            tokio::spawn(async move { callers.ask(hash).await });
        }
        self.note_use(hash, &known.found);
        Some(known.actor.clone())
    }

    /// Ask the database, and remember what it says.
    async fn ask(&self, hash: Hash) -> Result<Option<(Actor, Arc<Found>)>, ApiError> {
        let asked_at = Instant::now();
        let found = self.asked.get(hash).await?;
        let known = found.and_then(|found| Some((actor(&found)?, found)));
        let mut warm = self.warm.write().unwrap_or_else(PoisonError::into_inner);
        match &known {
            None => {
                warm.remove(&hash);
            }
            Some((actor, found)) => {
                if warm.len() >= WARM_MAX {
                    warm.retain(|_, known| known.asked_at.elapsed() < LIVES);
                }
                if warm.len() < WARM_MAX {
                    let (actor, found) = (actor.clone(), Arc::clone(found));
                    warm.insert(
                        hash,
                        Warm { actor, found, asked_at, is_asked_again: AtomicBool::new(false) },
                    );
                }
            }
        }
        Ok(known)
    }

    /// Of all who use it by the same answer of the database, one has it noted.
    fn note_use(&self, hash: Hash, found: &Found) {
        if found.is_stale.load(Ordering::Relaxed) && found.is_stale.swap(false, Ordering::Relaxed) {
            self.mark_used(hash);
        }
    }

    /// Note that it was used. Nobody waits for that.
    fn mark_used(&self, hash: Hash) {
        let app = self.app.clone();
        tokio::spawn(async move {
            let marked =
                app.write(hash, |db, hash| Box::pin(async move { Ok(store::mark_used(db, *hash).await?) }));
            if let Err(error) = marked.await {
                tracing::warn!(%error, "cannot note that a session or key was used");
            }
        });
    }
}

/// What the database says of a caller. A role that this release does not know may do nothing.
fn actor(found: &Found) -> Option<Actor> {
    let user_id = found.user_id;
    let kind = match (found.session_id, found.api_key_id) {
        (Some(session_id), _) => CallerKind::Person { user_id, session_id },
        (None, Some(api_key_id)) => CallerKind::ApiKey { user_id, api_key_id },
        (None, None) => return None,
    };
    let of_role = Role::from_name(&found.role).map_or(Permissions::NONE, Role::permissions);
    let permissions = match &found.scopes {
        None => of_role,
        Some(scopes) => of_role & scopes.iter().filter_map(|name| Permission::from_name(name)).collect(),
    };
    let warehouses = found.warehouses.clone();
    Some(Actor::new(Caller { kind, name: found.name.clone(), permissions, warehouses }))
}
