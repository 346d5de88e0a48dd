//! The lanes of a server: every command about one product goes through the lane of that product, one about several
//! through a lane for those. A row that many change is then changed by one, batch by batch, instead of being waited for.
//!
//! Lanes decide nothing. The lock on `product_stock` does, so any number of servers may have lanes of their own.

use std::sync::OnceLock;

use domain::ProductId;
use platform::{ApiError, App, error};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::apply_one;
use super::command::{Command, Outcome};
use super::error::LedgerError;
use super::job::Lookup;
use super::lane::{Lane, Ticket};
use super::reservations;
use super::skus::Skus;

/// Most lanes for commands about one product: more of them share a database that one alone already keeps busy. There are no
/// more than processors either: their batches would only be smaller.
const LANES_MAX: usize = 4;

/// The way to the ledger for commands that have a transaction of their own.
#[derive(Debug)]
pub(super) struct Lanes {
    app: App,
    by_product: Vec<Entrance>,
    several: Entrance,
    skus: Skus,
}

/// Where a lane is entered; the lane begins with the first who does.
type Entrance = OnceLock<mpsc::Sender<Ticket>>;

impl Lanes {
    pub(super) fn new(app: App) -> Self {
        // One of the writing connections is for commands about several products, others are for documents.
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let lanes = (app.writers_max() / 2).min(processors).clamp(1, LANES_MAX);
        Self {
            app,
            by_product: vec![Entrance::new(); lanes],
            several: Entrance::new(),
            skus: Skus::default(),
        }
    }

    /// Do one command, once per key: it is on disk when this returns.
    pub(super) async fn submit(&self, command: Command) -> Result<Outcome, ApiError> {
        // What has to read more than levels would hold the others up; a reversal, and when a reservation expires, are
        // entered into the audit log, with from where.
        if command.occurred_at().is_some()
            || command.shortens()
            || command.reverses()
            || command.sets_expiry()
        {
            let alone = super::write(&self.app, command, |db, command| {
                Box::pin(async move { Ok(apply_one(db, command).await?) })
            });
            return Box::pin(alone).await; // it is large, and seldom needed
        }
        let mut skus: Vec<String> = command.skus().collect();
        if skus.is_empty() {
            return Ok(self.enqueue(command, &skus).await?);
        }
        skus.sort_unstable();
        skus.dedup();
        match self.enqueue(command.clone(), &skus).await {
            // What was remembered of a SKU may be wrong.
            Err(LedgerError::Unknown(_)) => {
                self.skus.forget(&skus);
                Ok(self.enqueue(command, &skus).await?)
            }
            result => Ok(result?),
        }
    }

    async fn enqueue(&self, command: Command, skus: &[String]) -> Result<Outcome, LedgerError> {
        let found = self.look_up(&command, skus).await?;
        let (reply, answer) = oneshot::channel();
        let accepted_at = Instant::now();
        let ticket = Ticket {
            products: found.products(&command).into_iter().collect(),
            command,
            found,
            accepted_at,
            deadline: accepted_at + platform::write::DEADLINE,
            may_have_happened: false,
            reply,
            accepted: self.app.accept(),
        };
        let entrance = match ticket.products.as_slice() {
            [product] => self.lane_of(*product),
            _ => &self.several,
        };
        let lane = entrance.get_or_init(|| Lane::begin(self.app.clone()));
        let ended = || LedgerError::Failed(ApiError::internal("a lane of the ledger has ended"));
        lane.try_send(ticket).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                LedgerError::Failed(ApiError::new(&error::BUSY, "too many writes are waiting"))
            }
            TrySendError::Closed(_) => ended(),
        })?;
        answer.await.map_err(|_| ended())?
    }

    async fn look_up(&self, command: &Command, skus: &[String]) -> Result<Lookup, sqlx::Error> {
        let mut found = Lookup { skus: self.skus.find(self.app.db(), skus).await?, ..Lookup::default() };
        if let Some(id) = command.reservation() {
            let products = reservations::products_of(&mut *self.app.db().acquire().await?, id).await?;
            found.reservations.insert(id, products);
        }
        Ok(found)
    }

    fn lane_of(&self, product: ProductId) -> &Entrance {
        let count = i64::try_from(self.by_product.len()).unwrap_or(1);
        let index = usize::try_from(product.0.rem_euclid(count)).unwrap_or_default();
        self.by_product.get(index).unwrap_or(&self.several)
    }
}
