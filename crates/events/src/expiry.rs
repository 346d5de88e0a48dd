//! Forgetting what is older than `event_retention_days` of the settings.
//!
//! Any number of servers may do this at once: what one has locked, the others skip.

use std::time::Duration;

use platform::{ApiError, App};

use crate::store;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(60);

/// Expire events until the service ends.
pub async fn expire_events(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = expire(&app).await {
            tracing::warn!(%error, "cannot expire events");
        }
    }
}

async fn expire(app: &App) -> Result<(), ApiError> {
    app.write((), |db, ()| Box::pin(async move { Ok(store::mark(db).await?) })).await?;
    app.write((), |db, ()| Box::pin(async move { Ok(store::expire(db).await?) })).await?;
    // By many small transactions: the feed waits for the oldest.
    while app.write((), |db, ()| Box::pin(async move { Ok(store::delete_expired(db).await?) })).await? {}
    Ok(())
}
