//! A batch of commands: loaded, decided one by one in memory, written at once.

use std::collections::HashMap;

use domain::{Book, Change, Line, MovementId, Place, ProductId, Refusal};
use jiff::Timestamp;
use platform::idempotency::{self, Answer, Recorded, RequestKey};
use platform::{Connection, FieldError};
use serde_json::value::to_raw_value;

use super::command::{Command, Event, NewLine, Outcome, OutcomeLine, PlaceRef, ProductRef, Work};
use super::error::LedgerError;
use super::load::{self, Locking, Names, Original, Wanted};
use super::store::{self, Written};
use crate::warehouses::WarehouseRef;

/// Loaded commands and what they are about.
pub(super) struct Batch {
    book: Book,
    names: Names,
    originals: HashMap<MovementId, Original>,
    recorded: HashMap<[u8; 32], Recorded>,
    clock: Timestamp,
    ids: Vec<i64>,
    written: Vec<Written>,
    keys: Vec<(RequestKey, &'static str, Answer)>,
    writing: bool,
}

/// A command in terms of the book.
struct Resolved {
    event: domain::Event,
    lines: Vec<Line>,
    lines_at: &'static str,
}

impl Batch {
    pub(super) async fn load(
        db: &mut Connection,
        commands: &[Command],
        locking: Locking,
    ) -> Result<Self, sqlx::Error> {
        let (mut wanted, mut names, mut book) = (Wanted::by(commands), Names::default(), Book::default());
        let mut originals = wanted.originals(db).await?;
        wanted.resolve_skus(db, &mut names).await?;
        let products = wanted.product_ids();
        let writing = locking == Locking::Products;
        if writing {
            load::lock_products(db, &products).await?;
        }
        // New statements from here on: they see what those who held the locks have written.
        load::load_products(db, &products, &mut book, &mut names).await?;
        load::load_levels(db, &products, &mut book).await?;
        wanted.load_locations(db, &mut book, &mut names).await?;
        load::mark_reversed(db, &mut originals).await?;
        let hashes: Vec<_> =
            commands.iter().filter_map(|command| command.key.as_ref()).map(|key| key.hash).collect();
        let recorded =
            if writing && !hashes.is_empty() { idempotency::find(db, &hashes).await? } else { Vec::new() };
        let recorded = recorded.into_iter().map(|recorded| (recorded.key_hash, recorded)).collect();
        let (clock, mut ids) = load::clock_and_ids(db, if writing { commands.len() } else { 0 }).await?;
        ids.reverse(); // taken from the end
        Ok(Self {
            book,
            names,
            originals,
            recorded,
            clock,
            ids,
            written: Vec::new(),
            keys: Vec::new(),
            writing,
        })
    }

    /// With another clock than the database's.
    pub(super) fn with_clock(self, clock: Timestamp) -> Self {
        Self { clock, ..self }
    }

    /// Decide all commands and write what was decided.
    pub(super) async fn run(
        mut self,
        db: &mut Connection,
        commands: &[Command],
    ) -> Result<Vec<Result<Outcome, LedgerError>>, sqlx::Error> {
        let answers = commands.iter().map(|command| self.decide(command)).collect();
        self.write(db).await?;
        Ok(answers)
    }

    /// Decide a command on the book as the commands before it left it.
    pub(super) fn decide(&mut self, command: &Command) -> Result<Outcome, LedgerError> {
        if let Some(outcome) = self.replay(command)? {
            return Ok(outcome);
        }
        let Resolved { event, lines, lines_at } = self.resolve(&command.work)?;
        let posted = self.book.post(&event, &lines, self.clock).map_err(|refusal| {
            let pointer = pointer(lines_at, line_of(&refusal));
            LedgerError::Refused { refusal, pointer }
        })?;
        let movement_id = if self.writing { self.ids.pop().map(MovementId) } else { None };
        let outcome = self.outcome(&event, &posted, movement_id);
        if let Some(id) = movement_id {
            if let Some(original) = event.reverses.and_then(|reversed| self.originals.get_mut(&reversed)) {
                original.reversed_by = Some(id);
            }
            self.remember(command, &outcome)?;
            self.written.push(Written { id, event, posted });
        }
        Ok(outcome)
    }

    /// Write what was decided.
    async fn write(self, db: &mut Connection) -> Result<(), sqlx::Error> {
        if !self.written.is_empty() {
            store::write(db, &self.book, &self.written).await?;
        }
        if !self.keys.is_empty() {
            idempotency::record(db, &self.keys).await?;
        }
        Ok(())
    }

    fn replay(&self, command: &Command) -> Result<Option<Outcome>, LedgerError> {
        let recorded = command.key.as_ref().and_then(|key| Some((key, self.recorded.get(&key.hash)?)));
        let Some((key, recorded)) = recorded else { return Ok(None) };
        let answer = key.replay(command.operation, recorded).map_err(LedgerError::Key)?;
        let outcome: Outcome = serde_json::from_str(&answer).map_err(decode)?;
        Ok(Some(Outcome { replayed: true, ..outcome }))
    }

    /// Keep the outcome with the command's key, for later requests and for later commands of this batch.
    fn remember(&mut self, command: &Command, outcome: &Outcome) -> Result<(), LedgerError> {
        let Some(key) = &command.key else { return Ok(()) };
        let answer = to_raw_value(outcome).map_err(decode)?;
        let recorded = Recorded {
            key_hash: key.hash,
            operation: command.operation.to_owned(),
            request_hash: key.request_hash,
            answer: answer.get().to_owned(),
        };
        self.recorded.insert(key.hash, recorded);
        self.keys.push((key.clone(), command.operation, answer));
        Ok(())
    }

    fn resolve(&self, work: &Work) -> Result<Resolved, LedgerError> {
        match work {
            Work::Post { event, lines, lines_at } => {
                let Event { kind, reason, reference, note, actor } = event.clone();
                let event = domain::Event { kind, reason, reference, note, actor, reverses: None };
                let mut errors = Vec::new();
                let resolved = lines
                    .iter()
                    .enumerate()
                    .map(|(i, line)| self.line(line, &pointer(lines_at, i), &mut errors));
                let lines: Vec<Line> = resolved.collect::<Vec<_>>().into_iter().flatten().collect();
                if errors.is_empty() {
                    Ok(Resolved { event, lines, lines_at })
                } else {
                    Err(LedgerError::Unknown(errors))
                }
            }
            Work::Reverse { movement, reason, actor } => self.reversal(*movement, reason, actor),
        }
    }

    fn reversal(&self, movement: MovementId, reason: &str, actor: &str) -> Result<Resolved, LedgerError> {
        let original = self.originals.get(&movement).ok_or(LedgerError::MovementNotFound(movement))?;
        if let Some(by) = original.reversed_by {
            return Err(LedgerError::AlreadyReversed { movement, by });
        }
        if original.is_reversal {
            return Err(LedgerError::IsReversal(movement));
        }
        let event = domain::Event {
            kind: domain::MovementKind::Reversal,
            reason: Some(reason.to_owned()),
            reference: None,
            note: String::new(),
            actor: actor.to_owned(),
            reverses: Some(movement),
        };
        let opposite =
            |(key, delta, unit_cost): &(domain::LevelKey, domain::Quantity, Option<domain::Amount>)| Line {
                product: key.product,
                place: Place::Location(key.location),
                lot: Some(key.lot.clone()),
                change: Change::By(-*delta),
                expected_on_hand: None,
                unit_cost: *unit_cost,
            };
        Ok(Resolved { event, lines: original.lines.iter().map(opposite).collect(), lines_at: "" })
    }

    fn line(&self, line: &NewLine, pointer: &str, errors: &mut Vec<FieldError>) -> Option<Line> {
        let product = self.product(&line.product);
        let place = self.place(&line.place);
        if product.is_none() {
            let field = if matches!(line.product, ProductRef::Id(_)) { "product_id" } else { "sku" };
            errors.push(FieldError::new(
                format!("{pointer}/{field}"),
                "unknown_product",
                "no product has this id or SKU",
            ));
        }
        if place.is_none() {
            errors.push(match &line.place {
                PlaceRef::Location(_) => FieldError::new(
                    format!("{pointer}/location_id"),
                    "unknown_location",
                    "no location has this id",
                ),
                PlaceRef::Warehouse(warehouse) => warehouse.unknown_in_body(pointer),
                PlaceRef::DefaultWarehouse => FieldError::new(
                    format!("{pointer}/warehouse"),
                    "missing",
                    "is required: there is no open warehouse",
                ),
            });
        }
        Some(Line {
            product: product?,
            place: place?,
            lot: line.lot.clone(),
            change: line.change,
            expected_on_hand: line.expected_on_hand,
            unit_cost: line.unit_cost,
        })
    }

    fn product(&self, product: &ProductRef) -> Option<ProductId> {
        let id = match product {
            ProductRef::Id(id) => *id,
            ProductRef::Sku(sku) => *self.names.products.get(sku)?,
        };
        self.book.products.contains_key(&id).then_some(id)
    }

    fn place(&self, place: &PlaceRef) -> Option<Place> {
        match place {
            PlaceRef::Location(id) => self.book.locations.contains_key(id).then_some(Place::Location(*id)),
            PlaceRef::Warehouse(WarehouseRef::Id(id)) => {
                let known = |warehouse: &&domain::WarehouseId| warehouse.0 == *id;
                self.names.warehouses.values().find(known).copied().map(Place::Warehouse)
            }
            PlaceRef::Warehouse(WarehouseRef::Code(code)) => {
                self.names.warehouses.get(&code.as_str().to_lowercase()).copied().map(Place::Warehouse)
            }
            PlaceRef::DefaultWarehouse => self.names.default_warehouse.map(Place::Warehouse),
        }
    }

    fn outcome(
        &self,
        event: &domain::Event,
        posted: &domain::Posted,
        movement_id: Option<MovementId>,
    ) -> Outcome {
        let line = |entry: &domain::Entry| {
            let place = self.names.places.get(&entry.key.location).cloned();
            let (location, warehouse) =
                place.map(|place| (place.location, place.warehouse)).unwrap_or_default();
            let kind = self.book.locations.get(&entry.key.location).map(|facts| facts.kind);
            OutcomeLine {
                product_id: entry.key.product,
                sku: self.names.skus.get(&entry.key.product).cloned().unwrap_or_default(),
                location_id: entry.key.location,
                location,
                location_kind: kind.unwrap_or(domain::LocationKind::Storage),
                warehouse,
                lot: entry.key.lot.clone(),
                quantity: entry.on_hand_delta,
                on_hand_after: entry.on_hand_after,
                reserved_after: entry.reserved_after,
                unit_cost: entry.unit_cost,
            }
        };
        Outcome {
            movement_id,
            kind: event.kind,
            reason: event.reason.clone(),
            reference: event.reference.clone(),
            note: event.note.clone(),
            actor: event.actor.clone(),
            reverses: event.reverses,
            recorded_at: posted.recorded_at,
            lines: posted.entries.iter().map(line).collect(),
            replayed: false,
        }
    }
}

fn pointer(lines_at: &str, line: usize) -> String {
    if lines_at.is_empty() { String::new() } else { format!("{lines_at}/{line}") }
}

fn line_of(refusal: &Refusal) -> usize {
    use Refusal as R;
    match refusal {
        R::InsufficientStock { line, .. }
        | R::StaleQuantity { line, .. }
        | R::LocationRequired { line }
        | R::NoDefaultLocation { line }
        | R::LocationNotOpen { line }
        | R::ProductArchived { line, .. }
        | R::WholeNumbersOnly { line }
        | R::QuantityTooLarge { line } => *line,
    }
}

fn decode(error: serde_json::Error) -> LedgerError {
    LedgerError::Database(sqlx::Error::Decode(error.into()))
}
