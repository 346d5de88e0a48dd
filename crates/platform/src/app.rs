//! What every handler shares.

use std::sync::Arc;

use domain::Currency;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The running service: its database and its settings. Every request clones it, some several times: so it is one pointer.
#[derive(Clone, Debug)]
pub struct App(pub(crate) Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) pool: PgPool,
    pub(crate) writes: TaskTracker,
    pub(crate) write_permits: Arc<Semaphore>,
    writers_max: usize,
    stopping: CancellationToken,
    base_currency: Currency,
}

impl App {
    /// A service on this database.
    pub fn new(pool: PgPool, base_currency: Currency) -> Self {
        let size = pool.options().get_max_connections() as usize;
        let writers_max = (size - size.div_ceil(4)).max(1);
        let write_permits = Arc::new(Semaphore::new(writers_max));
        Self(Arc::new(Shared {
            pool,
            writes: TaskTracker::new(),
            write_permits,
            writers_max,
            stopping: CancellationToken::new(),
            base_currency,
        }))
    }

    /// For reading. Whoever wants to write takes [`App::write`].
    pub fn db(&self) -> &PgPool {
        &self.0.pool
    }

    /// A transaction that only reads and sees one moment. End it soon: while it lasts, no version of a row that has been
    /// replaced since can be cleared away, which makes every stock write dearer.
    #[expect(clippy::disallowed_methods, reason = "read only: it may be dropped half-way")]
    pub async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.0.pool.begin_with("begin isolation level repeatable read read only").await
    }

    /// The currency of prices and costs that name none.
    pub fn base_currency(&self) -> Currency {
        self.0.base_currency
    }

    /// What is accepted is answered before the service stops: it waits until the token is dropped.
    pub fn accept(&self) -> TaskTrackerToken {
        self.0.writes.token()
    }

    /// How many of its connections may write at once.
    pub fn writers_max(&self) -> usize {
        self.0.writers_max
    }

    /// Say that the service is about to stop: what would go on for ever ends.
    pub fn stop(&self) {
        self.0.stopping.cancel();
    }

    /// Whether it is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.0.stopping.is_cancelled()
    }

    /// Wait until it is about to stop.
    pub async fn stopped(&self) {
        self.0.stopping.cancelled().await;
    }

    /// Wait until every write has ended, also those whose clients have gone.
    pub async fn drain(&self) {
        self.0.writes.close();
        self.0.writes.wait().await;
    }
}
