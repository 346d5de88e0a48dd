//! Sealing: the chain over the entries, written behind those who act.
//!
//! Any number of servers may do this at once: what one has taken out of the queue, the others do not find, and a place in
//! the chain is given once ([`PLACE_IS_TAKEN`]); who comes second there has changed nothing, and tries again.

use std::time::Duration;

use domain::chain::{self, Link};
use platform::{ApiError, App, Connection, error};

use crate::store::{self, Sealable};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);

/// Entries sealed by one transaction.
const SEALED_AT_ONCE: i64 = 500;

/// How long who comes second waits before the next try.
const PAUSE: Duration = Duration::from_millis(20);

/// The constraint by which no place in the chain is given twice.
const PLACE_IS_TAKEN: &str = "audit_log_seals_pkey";

/// Seal what is entered, until the service ends.
pub async fn seal_audit_log(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = seal(&app).await {
            tracing::warn!(%error, "cannot seal the audit log");
        }
    }
}

/// Seal everything that has been entered, unless somebody else does.
pub async fn seal(app: &App) -> Result<(), ApiError> {
    while store::has_unsealed(app.db()).await? {
        match app.write((), |db, ()| Box::pin(seal_some(db))).await {
            Ok(true) => {}
            Ok(false) => break, // others have taken it; or it has no entry, which a verification finds
            Err(error) if *error.problem() == error::BUSY => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether anything was sealed.
async fn seal_some(db: &mut Connection) -> Result<bool, ApiError> {
    let taken = store::take_unsealed(db, SEALED_AT_ONCE).await?;
    let entries = store::sealables(db, &taken).await?;
    // In a new statement: who held the queue before us has written their end of the chain.
    let (mut seq, mut chain) = store::head(db).await?.unwrap_or((0, chain::START));
    let (mut seqs, mut ids, mut chains) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &entries {
        seq += 1;
        chain = entry.extend(&chain, seq);
        seqs.push(seq);
        ids.push(entry.id);
        chains.push(chain);
    }
    store::insert_seals(db, &seqs, &ids, &chains).await.map_err(|failure| {
        if error::constraint(&failure) == Some(PLACE_IS_TAKEN) {
            ApiError::new(&error::BUSY, "somebody else has just sealed")
        } else {
            failure.into()
        }
    })?;
    Ok(!entries.is_empty())
}

impl Sealable {
    /// The chain after this entry.
    pub(crate) fn extend(&self, previous: &Link, seq: i64) -> Link {
        let fields = [
            &*seq.to_string(),
            &self.id.to_string(),
            &self.recorded_at,
            &self.actor,
            &self.actor_kind,
            &self.actor_id,
            &self.action,
            &self.target,
            &self.address,
            &self.user_agent,
            &self.request_id,
            &self.detail,
        ];
        chain::extend_audit_by(previous, fields)
    }
}
