//! What every handler shares.

use std::sync::Arc;

use domain::Currency;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The running service: its database and its settings.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) pool: PgPool,
    pub(crate) writes: TaskTracker,
    pub(crate) write_permits: Arc<Semaphore>,
    writers_max: usize,
    base_currency: Currency,
}

impl App {
    /// A service on this database.
    pub fn new(pool: PgPool, base_currency: Currency) -> Self {
        let size = pool.options().get_max_connections() as usize;
        let writers_max = (size - size.div_ceil(4)).max(1);
        let write_permits = Arc::new(Semaphore::new(writers_max));
        Self { pool, writes: TaskTracker::new(), write_permits, writers_max, base_currency }
    }

    /// For reading. Whoever wants to write takes [`App::write`].
    pub fn db(&self) -> &PgPool {
        &self.pool
    }

    /// The currency of prices and costs that name none.
    pub fn base_currency(&self) -> Currency {
        self.base_currency
    }

    /// What is accepted is answered before the service stops: it waits until the token is dropped.
    pub fn accept(&self) -> TaskTrackerToken {
        self.writes.token()
    }

    /// How many of its connections may write at once.
    pub fn writers_max(&self) -> usize {
        self.writers_max
    }

    /// Wait until every write has ended, also those whose clients have gone.
    pub async fn drain(&self) {
        self.writes.close();
        self.writes.wait().await;
    }
}
