//! THE LEDGER: the one write path of stock.
//!
//! [`apply`] runs a batch of commands inside the caller's transaction: resolve what they name → lock `product_stock` in
//! the order of products → in new statements read levels, keys and what else decides → decide each command in memory
//! (`domain::Book`) → write levels, totals, movements, entries and keys, and what crossed its reorder point, each
//! set-based. A command is accepted or refused by itself; a refusal changes nothing. [`Ledger::submit`] runs one command
//! in a transaction of its own.
//!
//! Lock order: documents, then `product_stock` by product. Whoever calls [`apply`] has locked its documents before and
//! calls it once per transaction.

mod batch;
mod command;
mod error;
mod input;
mod load;
mod product;
mod store;

use domain::{Change, Currency, MovementKind, ProductId, Quantity};
use jiff::Timestamp;
use platform::{Actor, ApiError, App, Connection, Posted};

pub use command::{Command, Event, NewLine, Outcome, OutcomeLine, PlaceRef, ProductRef, Work};
pub use error::LedgerError;
pub use input::{DryRun, lot};
pub use product::{ProductHistory, forget_product, lock_product, lock_products, set_incoming};

use crate::warehouses::WarehouseRef;
use batch::Batch;

/// The ledger as handlers see it.
#[derive(Clone, Debug)]
pub struct Ledger {
    app: App,
}

impl Ledger {
    /// The ledger of this service.
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// The service it belongs to.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Do one command, once per key: it is on disk when this returns.
    async fn submit(&self, command: Command) -> Result<Outcome, ApiError> {
        self.app
            .write_keyed(command, |db, command| Box::pin(async move { Ok(apply_one(db, command).await?) }))
            .await
    }

    /// Do the command, or only show what it would do; answered as `view` makes it, with costs in the base currency.
    pub async fn answer<T>(
        &self,
        command: Command,
        DryRun(dry_run): DryRun,
        view: fn(Outcome, Currency) -> T,
    ) -> Result<Posted<T>, ApiError> {
        let outcome = if dry_run { self.preview(&command).await? } else { self.submit(command).await? };
        let location = outcome.movement_id.map(|id| format!("/stock-movements/{id}"));
        let replayed = outcome.replayed;
        Ok(Posted { dry_run, replayed, location, body: view(outcome, self.app.base_currency()) })
    }

    /// What `command` would do now. Nothing is locked or written, so another command may come between.
    async fn preview(&self, command: &Command) -> Result<Outcome, ApiError> {
        let mut db = self.app.db().acquire().await?;
        let mut batch = Batch::load(&mut db, std::slice::from_ref(command), load::Locking::None).await?;
        Ok(batch.decide(command)?)
    }
}

/// Run `commands` inside the caller's transaction; the answers are in their order.
pub async fn apply(
    db: &mut Connection,
    commands: &[Command],
) -> Result<Vec<Result<Outcome, LedgerError>>, sqlx::Error> {
    Batch::load(db, commands, load::Locking::Products).await?.run(db, commands).await
}

/// Like [`apply`], with the clock at `at`: for playing a history into an empty database.
pub async fn apply_at(
    db: &mut Connection,
    at: Timestamp,
    commands: &[Command],
) -> Result<Vec<Result<Outcome, LedgerError>>, sqlx::Error> {
    let batch = Batch::load(db, commands, load::Locking::Products).await?;
    batch.with_clock(at).run(db, commands).await
}

/// Run one command inside the caller's transaction.
pub async fn apply_one(db: &mut Connection, command: &Command) -> Result<Outcome, LedgerError> {
    let answers = apply(db, std::slice::from_ref(command)).await?;
    answers.into_iter().next().unwrap_or_else(|| Err(sqlx::Error::RowNotFound.into()))
}

/// Post the opening stock of a product that its caller has just added, in the same transaction and under its key.
pub async fn post_opening_stock(
    db: &mut Connection,
    product: ProductId,
    warehouse: Option<&WarehouseRef>,
    quantity: Quantity,
    actor: &Actor,
) -> Result<(), ApiError> {
    let place = warehouse.cloned().map_or(PlaceRef::DefaultWarehouse, PlaceRef::Warehouse);
    let line = NewLine {
        product: ProductRef::Id(product),
        place,
        lot: None,
        change: Change::By(quantity),
        expected_on_hand: None,
        unit_cost: None,
    };
    let event = Event {
        kind: MovementKind::Adjustment,
        reason: Some("opening stock".to_owned()),
        reference: None,
        note: String::new(),
        actor: actor.name().to_owned(),
    };
    let work = Work::Post { event, lines: vec![line], lines_at: "" };
    apply_one(db, &Command { operation: "create_product", key: None, work }).await?;
    Ok(())
}
