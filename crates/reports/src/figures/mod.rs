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

/// What one step of entering movements should take: as long as it works, it keeps a processor from them.
const STEP: Duration = Duration::from_millis(10);

/// Keep the figures of the reports up to date until the service ends.
pub async fn keep_figures(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut value_due = Instant::now();
    let mut at_once = 100;
    loop {
        ticks.tick().await;
        if let Err(error) = enter_movements(&app, &mut at_once).await {
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

/// All that are decided and not in the figures yet, with rests in between. As one movement may have a thousand lines, how many
/// are entered at once follows from what the last took.
async fn enter_movements(app: &App, at_once: &mut u32) -> Result<(), ApiError> {
    loop {
        let begun = Instant::now();
        if !movements::enter_some(app, *at_once).await? {
            return Ok(());
        }
        let taken = begun.elapsed();
        *at_once = next_at_once(*at_once, taken);
        tokio::time::sleep(taken * MOVEMENTS_SHARE).await;
    }
}

/// How many movements take [`STEP`], where so many took so long; no more than twice as many as that.
fn next_at_once(at_once: u32, taken: Duration) -> u32 {
    let fitting = u128::from(at_once) * STEP.as_micros() / taken.as_micros().max(1);
    let most = at_once.saturating_mul(2).min(movements::AT_ONCE_MAX);
    u32::try_from(fitting).unwrap_or(most).clamp(1, most)
}

/// Today's, and of days that are missing as many as there is time for.
async fn keep_value(app: &App, begun: Instant) -> Result<(), ApiError> {
    value::keep(app, VALUE_EVERY_S, IDLE_VALUE_EVERY_S).await?;
    while begun.elapsed() < MISSING_WITHIN && value::keep_missing_day(app).await? {}
    Ok(())
}

/// Bring all figures up to date at once.
pub async fn bring_up_to_date(app: &App) -> Result<(), ApiError> {
    while movements::enter_some(app, movements::AT_ONCE_MAX).await? {}
    value::keep(app, 0, 0).await?;
    while value::keep_missing_day(app).await? {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_follows_from_what_the_last_one_took() {
        for (at_once, taken_ms, next) in [
            (100, 10, 100),
            (100, 100, 10), // movements of many lines
            (100, 1, 200),  // twice as many at most
            (100, 0, 200),
            (1, 5_000, 1),     // one is entered however long it takes
            (1_500, 2, 2_000), // the most
        ] {
            assert_eq!(
                next_at_once(at_once, Duration::from_millis(taken_ms)),
                next,
                "{at_once} in {taken_ms} ms"
            );
        }
    }
}
