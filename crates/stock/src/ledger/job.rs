//! Commands to be run together, and what came of each.

use std::collections::{BTreeSet, HashMap};

use domain::{ProductId, ReservationId};
use platform::{ApiError, Connection};

use super::batch::Batch;
use super::command::{Command, Outcome, ProductRef, Work};
use super::error::LedgerError;
use super::load::Locking;
use super::reservations;
use super::skus::{self, Found};

/// Commands to be run together.
pub(super) struct Job<'a> {
    pub(super) commands: Vec<&'a Command>,
    pub(super) found: Lookup,
    pub(super) locking: Locking,
}

/// The products of what commands name otherwise than by id. Those of a reservation never change.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookup {
    pub(super) skus: HashMap<String, Found>,
    pub(super) reservations: HashMap<ReservationId, Vec<ProductId>>,
    /// What reservations hold that may be shortened.
    pub(super) beside: Vec<ProductId>,
}

/// What came of a command of a job.
pub(super) enum Answer {
    Done(Box<Result<Outcome, LedgerError>>),
    /// Nothing: others have locked these products.
    Locked(Vec<ProductId>),
}

impl Lookup {
    /// The products that a command names, each once.
    pub(super) fn products(&self, command: &Command) -> BTreeSet<ProductId> {
        let named = command.lines().iter().filter_map(|line| match &line.product {
            ProductRef::Id(id) => Some(*id),
            ProductRef::Sku(sku) => self.skus.get(sku).map(|found| found.id),
        });
        let reserved = command.reservation().and_then(|id| self.reservations.get(&id));
        named.chain(reserved.into_iter().flatten().copied()).collect()
    }

    /// With what another has looked up.
    pub(super) fn extend(&mut self, other: &Self) {
        let skus = other.skus.iter().map(|(sku, found)| (sku.clone(), found.clone()));
        self.skus.extend(skus);
        self.reservations.extend(other.reservations.iter().map(|(id, products)| (*id, products.clone())));
    }
}

impl<'a> Job<'a> {
    /// One command, for which everything is looked up here.
    pub(super) async fn of(
        db: &mut Connection,
        command: &'a Command,
        locking: Locking,
    ) -> Result<Self, sqlx::Error> {
        let skus: Vec<String> = command.skus().collect();
        let skus = if skus.is_empty() { HashMap::new() } else { skus::find(db, &skus).await? };
        let mut found = Lookup { skus, ..Lookup::default() };
        if let Some(id) = command.reservation() {
            found.reservations.insert(id, reservations::products_of(db, id).await?);
        }
        if let Work::Post { shorten_reservations: true, .. } = &command.work {
            let products: Vec<ProductId> = found.products(command).into_iter().collect();
            found.beside = reservations::products_beside(db, &products).await?;
        }
        Ok(Self { commands: vec![command], found, locking })
    }

    /// How many movements and reservations they may make.
    pub(super) fn numbers(&self) -> (usize, usize) {
        if self.locking == Locking::None {
            return (0, 0);
        }
        let reserves = self.commands.iter().filter(|command| matches!(command.work, Work::Reserve { .. }));
        (self.commands.len(), reserves.count())
    }

    /// The reservations that they change.
    pub(super) fn reservations(&self) -> Vec<i64> {
        self.commands.iter().filter_map(|command| command.reservation()).map(|id| id.0).collect()
    }

    /// The keys under which they are done.
    pub(super) fn keys(&self) -> Vec<[u8; 32]> {
        let keys = self.commands.iter().filter_map(|command| command.key.as_ref());
        keys.filter(|_| self.locking != Locking::None).map(|key| key.hash).collect()
    }

    /// Do them in the caller's transaction.
    pub(super) async fn run(&self, db: &mut Connection) -> Result<Vec<Answer>, ApiError> {
        let run = async {
            let mut batch = Batch::load(&mut *db, self).await?;
            let decide = |command: &&Command| match batch.locked_products(command, &self.found) {
                locked if locked.is_empty() => Answer::Done(Box::new(batch.decide(command))),
                locked => Answer::Locked(locked),
            };
            let answers = self.commands.iter().map(decide).collect();
            batch.write(db).await?;
            Ok(answers)
        };
        run.await.map_err(|error: LedgerError| error.into())
    }
}
