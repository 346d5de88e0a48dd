//! A lane: what has queued while the last batch was on its way becomes the next one. No timer; a command alone is a batch
//! of one.
//!
//! A command that fails fails alone: what a row lock holds up is set aside and tried again while the rest goes on, and
//! a batch that the database refuses is run again command by command. A COMMIT that was not answered is resolved by
//! running the same commands again under their keys.

use std::collections::HashMap;
use std::time::Duration;

use domain::ProductId;
use platform::write::{outcome_unknown, pause_after};
use platform::writer::{Failure, Writer};
use platform::{ApiError, App, error};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::command::{Command, Outcome};
use super::error::LedgerError;
use super::job::{Answer, Job, Lookup};
use super::load::Locking;

/// How many commands may wait in a lane, and as many again for a lock; those that come then are sent away.
const WAITING_MAX: usize = 4096;

/// Most commands of a batch.
const COMMANDS_MAX: usize = 512;

/// Lines after which a batch takes no further command.
const LINES_MAX: usize = 4000;

/// How long commands about a locked product are set aside, first and at most.
const ASIDE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// A command on its way, and who waits for it.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) command: Command,
    pub(super) found: Lookup,
    /// The products that the command is about, each once; empty if that is not known before it is looked up.
    pub(super) products: Vec<ProductId>,
    pub(super) accepted_at: Instant,
    pub(super) deadline: Instant,
    /// A COMMIT with it was not answered.
    pub(super) may_have_happened: bool,
    pub(super) reply: oneshot::Sender<Result<Outcome, LedgerError>>,
    /// Keeps the service from stopping before it is answered.
    pub(super) accepted: TaskTrackerToken,
}

impl Ticket {
    fn lines(&self) -> usize {
        self.command.lines().len().max(1)
    }

    fn answer(self, answer: Result<Outcome, LedgerError>) {
        self.reply.send(answer).ok(); // who asked may have gone
        drop(self.accepted);
    }

    /// Answer that it failed by itself. If that is a refusal, an earlier COMMIT did not happen: it would have been found.
    fn fail(self, error: ApiError) {
        if error.problem().status < 500 {
            self.answer(Err(LedgerError::Failed(error)));
        } else {
            self.give_up(error);
        }
    }

    /// Answer that it took too long; `error` is what stood in its way.
    fn give_up(self, error: ApiError) {
        let error = if self.may_have_happened { outcome_unknown() } else { error };
        self.answer(Err(LedgerError::Failed(error)));
    }
}

/// The running lane.
pub(super) struct Lane {
    writer: Writer,
    queue: mpsc::Receiver<Ticket>,
    /// Held up by row locks, in order of arrival.
    aside: Vec<Ticket>,
    /// The products that others have locked.
    locked: HashMap<ProductId, Locked>,
}

struct Locked {
    until: Instant,
    pause: Duration,
}

impl Lane {
    /// Begin a lane on a thread of its own, which ends when nobody can enter it any more. Among the tasks that answer
    /// requests it would stand in line after each of its statements, behind all those whom its last batch has woken.
    pub(super) fn begin(app: App) -> mpsc::Sender<Ticket> {
        let (entrance, queue) = mpsc::channel(WAITING_MAX);
        let writer = Writer::new(app).for_batches();
        let lane = Self { writer, queue, aside: Vec::new(), locked: HashMap::new() };
        let begun = tokio::runtime::Builder::new_current_thread().enable_all().build().and_then(|runtime| {
            let thread = std::thread::Builder::new().name("ledger-lane".to_owned());
            thread.spawn(move || runtime.block_on(lane.run()))
        });
        if let Err(error) = begun {
            tracing::error!(%error, "a lane of the ledger cannot begin"); // whoever enters it is told that it has ended
        }
        entrance
    }

    async fn run(mut self) {
        let mut tickets = Vec::with_capacity(COMMANDS_MAX);
        while self.receive(&mut tickets).await {
            self.drop_late(&mut tickets);
            let (batch, locking) = self.choose(&mut tickets);
            if !batch.is_empty() {
                self.work_off(batch, locking).await;
            }
        }
    }

    /// Wait for work: new commands, or the time to try again what was set aside. False: there is none and will be none.
    async fn receive(&mut self, tickets: &mut Vec<Ticket>) -> bool {
        if let Some(retry) = self.aside.iter().map(|ticket| self.due(ticket)).min() {
            tokio::select! {
                received = self.queue.recv_many(tickets, COMMANDS_MAX) => if received == 0 { sleep_until(retry).await },
                () = sleep_until(retry) => {}
            }
            return true;
        }
        self.queue.recv_many(tickets, COMMANDS_MAX).await > 0
    }

    /// A command past its deadline is dropped before it starts.
    fn drop_late(&mut self, tickets: &mut Vec<Ticket>) {
        let now = Instant::now();
        let late = |ticket: &mut Ticket| ticket.deadline <= now;
        for ticket in tickets.extract_if(.., late).chain(self.aside.extract_if(.., late)) {
            ticket.give_up(ApiError::new(&error::BUSY, "it had to wait too long"));
        }
    }

    /// What to do now: what was set aside and is due, then new commands about products that are not set aside.
    fn choose(&mut self, tickets: &mut Vec<Ticket>) -> (Vec<Ticket>, Locking) {
        let now = Instant::now();
        if self.aside.is_empty() {
            self.locked.clear();
        }
        let locking = if self.locked.is_empty() { Locking::Wait } else { Locking::Skip };
        let aside = std::mem::take(&mut self.aside);
        let mut batch = Vec::with_capacity(tickets.len());
        for ticket in aside.into_iter().chain(tickets.drain(..)) {
            if self.due(&ticket) > now {
                self.set_aside(ticket);
            } else {
                batch.push(ticket);
            }
        }
        (batch, locking)
    }

    /// When it can be tried to do a command.
    fn due(&self, ticket: &Ticket) -> Instant {
        let until = |product| self.locked.get(product).map(|locked| locked.until);
        ticket.products.iter().filter_map(until).max().unwrap_or(ticket.accepted_at)
    }

    fn set_aside(&mut self, ticket: Ticket) {
        if self.aside.len() < WAITING_MAX {
            self.aside.push(ticket);
        } else {
            ticket.give_up(ApiError::new(&error::BUSY, "too many writes are waiting for a lock"));
        }
    }

    /// Run the commands until each is answered or set aside.
    async fn work_off(&mut self, tickets: Vec<Ticket>, locking: Locking) {
        let mut rest = tickets;
        while !rest.is_empty() {
            let mut lines = 0;
            let fits = |ticket: &&Ticket| {
                lines += ticket.lines();
                lines <= LINES_MAX
            };
            let count = rest.iter().take(COMMANDS_MAX).take_while(fits).count().max(1);
            let later = rest.split_off(count);
            self.run_batch(rest, locking).await;
            rest = later;
            self.drop_late(&mut rest); // the batch before it may have taken long
        }
    }

    async fn run_batch(&mut self, mut tickets: Vec<Ticket>, mut locking: Locking) {
        for attempt in 0_u32.. {
            let job = job(&tickets, locking);
            let result = self.writer.attempt(&job, |db, job| Box::pin(job.run(db))).await;
            let error = match result {
                Ok(answers) => return self.answer(tickets, answers),
                Err(Failure::Unknown) => {
                    tickets.iter_mut().for_each(|ticket| ticket.may_have_happened = true);
                    // What has no key cannot be run again: it could not tell whether it has happened.
                    let keyless = |ticket: &mut Ticket| ticket.command.key.is_none();
                    tickets.extract_if(.., keyless).for_each(|ticket| ticket.give_up(outcome_unknown()));
                    outcome_unknown()
                }
                // Somebody holds a row: leave that out, and do the rest.
                Err(Failure::Refused(error)) if is_busy(&error) && locking == Locking::Wait => {
                    locking = Locking::Skip;
                    continue;
                }
                Err(Failure::Refused(error)) if error.is_transient() => error,
                Err(Failure::Refused(error)) => return self.run_alone(tickets, error).await,
            };
            let pause = pause_after(attempt);
            let late = |ticket: &mut Ticket| ticket.deadline <= Instant::now() + pause;
            tickets.extract_if(.., late).for_each(|ticket| ticket.give_up(error.clone()));
            if tickets.is_empty() {
                return;
            }
            sleep(pause).await;
        }
    }

    /// One command of a batch has failed in a way that nobody foresaw: find which, and do the others.
    async fn run_alone(&mut self, tickets: Vec<Ticket>, error: ApiError) {
        if tickets.len() == 1 {
            return tickets.into_iter().for_each(|ticket| ticket.fail(error.clone()));
        }
        tracing::warn!(%error, commands = tickets.len(), "a batch failed: its commands are run one by one");
        for ticket in tickets {
            let mut alone = vec![ticket];
            self.drop_late(&mut alone);
            if !alone.is_empty() {
                Box::pin(self.run_batch(alone, Locking::Wait)).await;
            }
        }
    }

    fn answer(&mut self, tickets: Vec<Ticket>, answers: Vec<Answer>) {
        for (mut ticket, answer) in tickets.into_iter().zip(answers) {
            match answer {
                Answer::Done(done) => {
                    self.locked.retain(|product, _| !ticket.products.contains(product));
                    ticket.answer(*done);
                }
                Answer::Locked(products) => {
                    products.iter().for_each(|product| self.mark_locked(*product));
                    // Of a reversal they were not known before: without them it would be due again at once.
                    ticket.products = products;
                    self.set_aside(ticket);
                }
            }
        }
    }

    fn mark_locked(&mut self, product: ProductId) {
        let now = Instant::now();
        let locked = self.locked.entry(product).or_insert(Locked { until: now, pause: ASIDE.0 / 2 });
        if locked.until <= now {
            locked.pause = (locked.pause * 2).min(ASIDE.1);
            locked.until = now + locked.pause;
        }
    }
}

fn job(tickets: &[Ticket], locking: Locking) -> Job<'_> {
    let mut found = Lookup::default();
    tickets.iter().for_each(|ticket| found.extend(&ticket.found));
    Job { commands: tickets.iter().map(|ticket| &ticket.command).collect(), found, locking }
}

fn is_busy(error: &ApiError) -> bool {
    error.is_transient() && error.problem().code == error::BUSY.code
}
