//! Figures by day: written by a worker of each server, read by the reports.
//!
//! Invariants: each movement is in `movement_days` and `product_days` exactly once ([`movements`]), because how far they are
//! is written in the same transaction (`report_progress`), and the order is that of the change feed, which skips nothing. What
//! the stock is worth is computed anew each time ([`value`]), so that nothing in it can drift.

mod movements;
mod value;

use std::time::{Duration, Instant};

use platform::{ApiError, App};

pub(crate) use value::{StockValue, compute};

/// How often it is looked whether stock has moved.
const EVERY: Duration = Duration::from_secs(2);

/// How often the value of the stock is computed at most.
const VALUE_EVERY_S: i64 = 60;

/// How often it is computed where nothing happens: a price or a cost may take effect by itself.
const IDLE_VALUE_EVERY_S: i64 = 900;

/// No further day that is missing is begun after that.
const MISSING_WITHIN: Duration = Duration::from_millis(500);

/// The value is computed for no more than such a share of the time.
const VALUE_SHARE: u32 = 20;

/// Movements are entered for no more than such a share of the time: who moves stock goes before who looks at figures of it.
const MOVEMENTS_SHARE: u32 = 10;

/// Keep the figures of the reports up to date until the service ends.
pub async fn keep_figures(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut value_due = Instant::now();
    loop {
        ticks.tick().await;
        if let Err(error) = enter_movements(&app).await {
            tracing::warn!(%error, "cannot bring the figures of reports up to date");
        }
        if Instant::now() >= value_due {
            let begun = Instant::now();
            if let Err(error) = keep_value(&app, begun).await {
                tracing::warn!(%error, "cannot compute the value of the stock");
            }
            value_due = Instant::now() + begun.elapsed() * VALUE_SHARE;
        }
    }
}

/// All that are decided and not in the figures yet, with rests in between.
async fn enter_movements(app: &App) -> Result<(), ApiError> {
    loop {
        let begun = Instant::now();
        if !movements::enter_some(app).await? {
            return Ok(());
        }
        tokio::time::sleep(begun.elapsed() * MOVEMENTS_SHARE).await;
    }
}

/// Today's, and of days that are missing as many as there is time for.
async fn keep_value(app: &App, begun: Instant) -> Result<(), ApiError> {
    value::keep(app, VALUE_EVERY_S, IDLE_VALUE_EVERY_S).await?;
    while begun.elapsed() < MISSING_WITHIN && value::keep_missing_day(app).await? {}
    Ok(())
}

/// Bring all figures up to date at once.
pub async fn bring_up_to_date(app: &App) -> Result<(), ApiError> {
    while movements::enter_some(app).await? {}
    value::keep(app, 0, 0).await?;
    while value::keep_missing_day(app).await? {}
    Ok(())
}
