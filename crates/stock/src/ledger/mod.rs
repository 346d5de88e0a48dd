//! THE LEDGER: the one write path of stock.
//!
//! A batch of commands runs inside one transaction: resolve what they name → lock `product_stock` in
//! the order of products → in new statements read levels, keys and what else decides → decide each command in memory
//! (`domain::Book`) → write levels, totals, movements, entries and keys, and what crossed its reorder point, each
//! set-based. A command is accepted or refused by itself; a refusal changes nothing.
//!
//! A command that has no caller's transaction goes through a lane ([`lanes`]), which does the same with whatever has
//! queued while its last batch was on its way.
//!
//! Lock order: documents, then `product_stock` by product. Whoever calls [`apply_one`] has locked its documents before and
//! calls it once per transaction, or has locked all products of its commands before ([`lock_products`]).

mod batch;
mod command;
mod error;
mod holders;
mod input;
mod job;
mod lane;
mod lanes;
mod load;
mod low_stock;
mod names;
mod outcome;
mod past;
mod product;
mod reach;
mod reservations;
mod reversal;
mod skus;
mod store;

use std::sync::Arc;

use domain::{Change, Currency, MovementId, MovementKind, ProductId, Quantity};
use jiff::Timestamp;
use platform::{Actor, ApiError, App, Connection, Operation, Posted, RequestKey, auth};

pub use command::{
    Command, Event, NewEdit, NewLine, Outcome, OutcomeLine, PartOutcome, PlaceRef, ProductRef,
    ReservationAction, ReservationOutcome, Work,
};
pub use error::LedgerError;
pub use holders::with_holders;
pub use input::{DryRun, lot};
pub use product::{ProductHistory, forget_product, lock_product, lock_products, set_incoming};
pub(crate) use reservations::number as reservation_number;

use crate::warehouses::WarehouseRef;
use batch::Batch;
use job::Job;
use lanes::Lanes;
use load::Locking;

/// The ledger as handlers see it.
#[derive(Clone, Debug)]
pub struct Ledger {
    app: App,
    lanes: Arc<Lanes>,
}

impl Ledger {
    /// The ledger of this service.
    pub fn new(app: App) -> Self {
        Self { lanes: Arc::new(Lanes::new(app.clone())), app }
    }

    /// The service it belongs to.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Do the command, or only show what it would do; answered as `view` makes it, with costs in the base currency.
    pub async fn answer<T>(
        &self,
        command: Command,
        dry_run: DryRun,
        view: fn(Outcome, Currency) -> T,
    ) -> Result<Posted<T>, ApiError> {
        let outcome = self.run(command, dry_run).await?;
        let location = outcome.movement_id.map(|id| format!("/stock-movements/{id}"));
        let replayed = outcome.replayed;
        let body = view(outcome, self.app.base_currency());
        Ok(Posted { dry_run: dry_run.0, replayed, location, body })
    }

    /// Do the command, or only show what it would do. Where there is too little, the refusal says who holds it.
    pub(crate) async fn run(&self, command: Command, DryRun(dry_run): DryRun) -> Result<Outcome, ApiError> {
        // In boxes: what it needs only for a preview or a refusal would be moved about with every command.
        let outcome =
            if dry_run { Box::pin(self.preview(&command)).await } else { self.submit(command).await };
        if outcome.is_err() {
            return Box::pin(with_holders(self.app.db(), outcome)).await;
        }
        outcome
    }

    /// Do the command that puts a movement right, or only show what it would do. What was dated back before a count is undone
    /// at the moment it was dated to.
    pub(crate) async fn reverse<T>(
        &self,
        reversal: Reversal,
        dry_run: DryRun,
        view: fn(Outcome, Currency) -> T,
    ) -> Result<Posted<T>, ApiError> {
        let Reversal { key, movement, reason, actor } = reversal;
        let dated_back = reversal::dated_back(self.app.db(), movement).await?;
        let work = Work::Reverse { movement, dated_back, reason, actor };
        self.answer(Command { operation: "reverse_stock_movement", key: Some(key), work }, dry_run, view)
            .await
    }

    /// Do one command, once per key: it is on disk when this returns.
    pub(crate) async fn submit(&self, command: Command) -> Result<Outcome, ApiError> {
        if auth::warehouses_of_caller().is_some() {
            // What it touches is known when it is decided, and then it can still be refused.
            let write = write(&self.app, command, |db, command| Box::pin(apply_within_reach(db, command)));
            return Box::pin(write).await;
        }
        self.lanes.submit(command).await
    }

    /// What `command` would do now. Nothing is locked or written, so another command may come between.
    async fn preview(&self, command: &Command) -> Result<Outcome, ApiError> {
        let mut db = self.app.db().acquire().await?;
        reach::demand_named(&mut db, command).await?;
        let outcome = foresee(&mut db, command).await?;
        reach::demand_touched(&mut db, &outcome).await?;
        Ok(outcome)
    }
}

/// Run one command in a transaction of its own. One without a key could not tell whether it has happened: it is not run again
/// when COMMIT was lost.
async fn write(app: &App, command: Command, work: Operation<Command, Outcome>) -> Result<Outcome, ApiError> {
    match command.key {
        Some(_) => app.write_keyed(command, work).await,
        None => app.write(command, work).await,
    }
}

/// A movement that is to be put right.
#[derive(Debug)]
pub(crate) struct Reversal {
    pub(crate) key: RequestKey,
    pub(crate) movement: MovementId,
    pub(crate) reason: String,
    pub(crate) actor: String,
}

/// What a command would do now. It locks and writes nothing: it will do just that only for a caller who has locked its
/// products.
pub(crate) async fn foresee(db: &mut Connection, command: &Command) -> Result<Outcome, LedgerError> {
    let job = Job::of(db, command, Locking::None).await?;
    Batch::load(db, &job).await?.decide(command)
}

/// Like [`apply_one`], for an adjustment that takes from what is in transit: the caller's document accounts for it.
pub(crate) async fn write_off_transit(
    db: &mut Connection,
    command: &Command,
) -> Result<Outcome, LedgerError> {
    let job = Job::of(db, command, Locking::Wait).await?;
    let mut batch = Batch::load(db, &job).await?;
    batch.book.writes_off_transit = true;
    run_one(db, batch, command).await
}

/// Like [`apply_one`], for whoever is limited to warehouses: refused where it names or touches another one.
pub async fn apply_within_reach(db: &mut Connection, command: &Command) -> Result<Outcome, ApiError> {
    reach::demand_named(db, command).await?;
    let outcome = apply_one(db, command).await?;
    reach::demand_touched(db, &outcome).await?;
    Ok(outcome)
}

/// Run one command inside the caller's transaction.
pub async fn apply_one(db: &mut Connection, command: &Command) -> Result<Outcome, LedgerError> {
    let job = Job::of(db, command, Locking::Wait).await?;
    let batch = Batch::load(db, &job).await?;
    run_one(db, batch, command).await
}

/// Like [`apply_one`], with the clock at `at`: for playing a history into an empty database.
pub async fn apply_one_at(
    db: &mut Connection,
    at: Timestamp,
    command: &Command,
) -> Result<Outcome, LedgerError> {
    let job = Job::of(db, command, Locking::Wait).await?;
    let batch = Batch::load(db, &job).await?.with_clock(at);
    run_one(db, batch, command).await
}

async fn run_one(db: &mut Connection, mut batch: Batch, command: &Command) -> Result<Outcome, LedgerError> {
    let outcome = batch.decide(command)?;
    batch.write(db).await?;
    Ok(outcome)
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
        occurred_at: None,
    };
    let work = Work::Post { event, lines: vec![line], lines_at: "", shorten_reservations: false };
    apply_within_reach(db, &Command { operation: "create_product", key: None, work }).await?;
    Ok(())
}
