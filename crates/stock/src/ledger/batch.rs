//! A batch of commands: loaded, decided one by one in memory, written at once.

use std::collections::{HashMap, HashSet};

use domain::{Book, Event, MovementId, MovementKind, Posted, ProductId, ReservationId};
use jiff::Timestamp;
use platform::Connection;
use platform::RequestKey;
use platform::idempotency::Recorded;

use super::command::{Command, NewLine, Outcome, ReservationAction, Work};
use super::error::{LedgerError, line_of, pointer};
use super::job::{Job, Lookup};
use super::load::{self, Locking, Wanted};
use super::names::Names;
use super::past;
use super::reservations::{self, Card};
use super::reversal::Original;
use super::store::{self, Written};

/// Loaded commands and what they are about.
pub(super) struct Batch {
    pub(super) book: Book,
    pub(super) names: Names,
    pub(super) originals: HashMap<MovementId, Original>,
    /// What is known of reservations besides what the book has.
    pub(super) cards: HashMap<ReservationId, Card>,
    pub(super) clock: Timestamp,
    recorded: HashMap<[u8; 32], Recorded>,
    locked_out: HashSet<ProductId>,
    movement_ids: Vec<i64>,
    reservation_ids: Vec<i64>,
    written: Vec<Written>,
    done: Vec<Done>,
    done_by_key: HashMap<[u8; 32], usize>,
    writing: bool,
}

/// What was done under a key.
pub(super) struct Done {
    pub(super) key: RequestKey,
    pub(super) operation: &'static str,
    /// The outcome in JSON.
    pub(super) answer: String,
}

impl Done {
    fn recorded(&self) -> Recorded {
        Recorded {
            key_hash: self.key.hash,
            operation: self.operation.to_owned(),
            request_hash: self.key.request_hash,
            answer: self.answer.clone(),
        }
    }
}

/// What was decided.
struct Decided {
    /// In the order in which it is recorded.
    posted: Vec<Posted>,
    reservation: Option<ReservationId>,
}

impl Batch {
    pub(super) async fn load(db: &mut Connection, job: &Job<'_>) -> Result<Self, LedgerError> {
        let writing = job.locking != Locking::None;
        let (mut wanted, mut book, mut names) = (Wanted::by(job), Book::default(), Names::of(&job.found));
        past::check(db, &job.commands, writing).await?;
        let mut originals = wanted.originals(db).await?;
        let mut products = wanted.product_ids();
        let mut locked_out = HashSet::new();
        let mut locked = load::lock(db, &products, job.locking, job.numbers()).await?;
        if job.locking == Locking::Skip {
            load::leave_out_held(db, &mut locked.products, &job.reservations()).await?;
            let held: HashSet<ProductId> = locked.products.iter().copied().collect();
            locked_out = products.iter().copied().filter(|product| !held.contains(product)).collect();
        }
        if writing {
            products = std::mem::take(&mut locked.products);
        }
        // New statements from here on: they see what those who held the locks have written.
        let recorded = load::read(db, &products, &job.keys(), &mut book, &mut names).await?;
        wanted.load_locations(db, &mut book, &mut names).await?;
        Original::mark_reversed(db, &mut originals).await?;
        load::retain_existing(db, &mut locked_out).await?;
        let cards = reservations::load(db, job, &products, &mut book).await?;
        past::load(db, &job.commands, &names, &originals, &mut book).await?;
        if writing && !book.past.is_empty() {
            // A movement that is dated back may need another for each count.
            let mut numbers = load::more_numbers(db, book.past.len()).await?;
            numbers.append(&mut locked.movement_ids);
            locked.movement_ids = numbers;
        }
        Ok(Self {
            book,
            names,
            originals,
            cards,
            clock: locked.clock,
            recorded,
            locked_out,
            movement_ids: locked.movement_ids,
            reservation_ids: locked.reservation_ids,
            written: Vec::new(),
            done: Vec::new(),
            done_by_key: HashMap::new(),
            writing,
        })
    }

    /// With another clock than the database's.
    pub(super) fn with_clock(self, clock: Timestamp) -> Self {
        Self { clock, ..self }
    }

    /// The products of a command that others have locked.
    pub(super) fn locked_products(&self, command: &Command, found: &Lookup) -> Vec<ProductId> {
        if self.locked_out.is_empty() {
            return Vec::new();
        }
        let mut products = found.products(command);
        if let Work::Reverse { movement, .. } = &command.work {
            let lines = self.originals.get(movement).into_iter().flat_map(|original| &original.lines);
            products.extend(lines.map(|line| line.product));
        }
        products.into_iter().filter(|product| self.locked_out.contains(product)).collect()
    }

    /// Decide a command on the book as the commands before it left it.
    pub(super) fn decide(&mut self, command: &Command) -> Result<Outcome, LedgerError> {
        if let Some(outcome) = self.replay(command)? {
            return Ok(outcome);
        }
        let decided = self.post(&command.work)?;
        let mut main = None;
        for posted in decided.posted {
            let id = self.number(&posted);
            if !posted.keeps_a_count {
                main = Some((self.outcome(&posted, id), posted.event.reverses.zip(id)));
            }
            for id in &posted.shortened {
                self.change_card(*id, posted.recorded_at);
            }
            self.written.extend(id.map(|id| Written { id, posted }));
        }
        let (mut outcome, reversed) = main.ok_or(LedgerError::Database(sqlx::Error::RowNotFound))?;
        if let Some((original, by)) = reversed
            && let Some(original) = self.originals.get_mut(&original)
        {
            original.reversed_by = Some(by);
        }
        if let Some(id) = decided.reservation {
            outcome.reservation = self.change_card(id, outcome.recorded_at);
        }
        if self.writing {
            self.remember(command, &outcome)?;
        }
        Ok(outcome)
    }

    /// The id of a movement that is to be written; what changes no level is none.
    fn number(&mut self, posted: &Posted) -> Option<MovementId> {
        if posted.entries.is_empty() { None } else { self.movement_ids.pop().map(MovementId) }
    }

    fn post(&mut self, work: &Work) -> Result<Decided, LedgerError> {
        match work {
            Work::Post { event, lines, lines_at, shorten_reservations } => {
                let lines = self.names.lines(&self.book, lines, lines_at)?;
                let posted = self.book.post(&event.clone().into(), &lines, *shorten_reservations, self.clock);
                Ok(Decided { posted: posted.map_err(refused(lines_at))?, reservation: None })
            }
            Work::Reverse { movement, dated_back, reason, actor } => {
                let (event, lines) = self.reversal(*movement, *dated_back, reason, actor)?;
                let posted = self.book.post(&event, &lines, false, self.clock).map_err(refused(""))?;
                Ok(Decided { posted, reservation: None })
            }
            Work::Reserve { lines, reference, expires_in, actor } => {
                self.reserve(lines, reference.as_deref(), expires_in.map(|span| self.clock + span), actor)
            }
            Work::Reservation { id, action, seen, actor } => {
                let card = self.cards.get(id).ok_or(LedgerError::ReservationNotFound(*id))?;
                if let Some(seen) = seen {
                    seen.check(card.version).map_err(LedgerError::Failed)?;
                }
                let posted = self.change_reservation(*id, action, actor)?;
                Ok(Decided { posted: vec![posted], reservation: Some(*id) })
            }
        }
    }

    fn reserve(
        &mut self,
        lines: &[NewLine],
        reference: Option<&str>,
        expires_at: Option<Timestamp>,
        actor: &str,
    ) -> Result<Decided, LedgerError> {
        let lines = self.names.lines(&self.book, lines, "/lines")?;
        let id = ReservationId(self.reservation_ids.last().copied().unwrap_or_default());
        let event = reservation_event(MovementKind::Reserve, id, actor);
        let posted =
            self.book.reserve(id, &event, &lines, expires_at, self.clock).map_err(refused("/lines"))?;
        self.reservation_ids.pop();
        self.cards.insert(id, Card::new(reference, actor, posted.recorded_at));
        Ok(Decided { posted: vec![posted], reservation: Some(id) })
    }

    fn change_reservation(
        &mut self,
        id: ReservationId,
        action: &ReservationAction,
        actor: &str,
    ) -> Result<Posted, LedgerError> {
        let (book, clock) = (&mut self.book, self.clock);
        let event = |kind| reservation_event(kind, id, actor);
        match action {
            ReservationAction::Release { reason } => {
                let event = Event { reason: reason.clone(), ..event(MovementKind::Release) };
                book.release(id, &event, clock)
            }
            ReservationAction::Expire => book.expire(id, &event(MovementKind::Expire), clock),
            ReservationAction::Fulfil(lines) => {
                book.fulfil(id, lines.as_deref(), &event(MovementKind::Fulfil), clock)
            }
            ReservationAction::Edit { lines, expires_in } => {
                let edits = self.names.edits(book, lines)?;
                let expires_at = expires_in.map(|span| span.map(|span| clock + span));
                book.edit_reservation(id, &edits, expires_at, &event(MovementKind::Reserve), clock)
            }
        }
        .map_err(refused("/lines"))
    }

    /// Write what was decided.
    pub(super) async fn write(self, db: &mut Connection) -> Result<(), LedgerError> {
        if !self.written.is_empty() || !self.done.is_empty() {
            store::write(db, &self.book, &self.written, self.done).await?;
        }
        Ok(reservations::write(db, &self.book, &self.cards).await?)
    }

    fn replay(&self, command: &Command) -> Result<Option<Outcome>, LedgerError> {
        let Some(key) = &command.key else { return Ok(None) };
        let by_this_batch = || self.done_by_key.get(&key.hash).map(|index| self.done[*index].recorded());
        let Some(recorded) = self.recorded.get(&key.hash).cloned().or_else(by_this_batch) else {
            return Ok(None);
        };
        let answer = key.replay(command.operation, recorded).map_err(LedgerError::Failed)?;
        let outcome: Outcome = serde_json::from_str(&answer).map_err(decode)?;
        Ok(Some(Outcome { replayed: true, ..outcome }))
    }

    /// Keep the outcome with the command's key, for later requests and for later commands of this batch.
    fn remember(&mut self, command: &Command, outcome: &Outcome) -> Result<(), LedgerError> {
        let Some(key) = &command.key else { return Ok(()) };
        let answer = serde_json::to_string(outcome).map_err(decode)?;
        self.done_by_key.insert(key.hash, self.done.len());
        self.done.push(Done { key: key.clone(), operation: command.operation, answer });
        Ok(())
    }
}

fn reservation_event(kind: MovementKind, id: ReservationId, actor: &str) -> Event {
    Event {
        kind,
        reason: None,
        reference: Some(reservations::number(id)),
        note: String::new(),
        actor: actor.to_owned(),
        reverses: None,
        occurred_at: None,
    }
}

/// A refusal with the place of its line in the request.
fn refused(lines_at: &'static str) -> impl Fn(domain::Refusal) -> LedgerError {
    move |refusal| {
        let pointer = pointer(lines_at, line_of(&refusal));
        LedgerError::Refused { refusal, pointer }
    }
}

fn decode(error: serde_json::Error) -> LedgerError {
    LedgerError::Database(sqlx::Error::Decode(error.into()))
}
