//! Those who listen, and what they share: one poller per server, however many they are.
//!
//! The poller runs while somebody listens, and hands on what is new. Nothing rests on its being heard: each part says from
//! where to where it goes, and who finds a gap reads the feed for itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Permission;
use platform::{Actor, App, auth};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio::time::Instant;

use crate::error::FeedError;
use crate::model::{EventPage, EventView, MOVEMENT, Position, Start, is_in_reach, is_purchasing};
use crate::page;

/// Most who may listen to one server.
const LISTENERS_MAX: usize = 500;

/// How often the poller looks.
const POLL_EVERY: Duration = Duration::from_millis(250);

/// How often it is asked whether those who listen still may. All are asked for at the same moments, in few statements.
const ASK_EVERY: Duration = Duration::from_millis(750);

/// How long it waits after the database has failed.
pub(crate) const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Events of a part.
const PART_MAX: i64 = 200;

/// Parts kept for those who are slow; who is slower reads for itself.
const PARTS_KEPT: usize = 16;

/// The change feed of a server.
#[derive(Clone)]
pub(crate) struct Feed(Arc<Shared>);

struct Shared {
    app: App,
    began: Instant,
    permits: Arc<Semaphore>,
    /// There while the poller runs.
    parts: Mutex<Option<broadcast::Sender<Arc<Part>>>>,
}

/// What is new: everything after `from`, up to `to`.
pub(crate) struct Part {
    pub(crate) from: Position,
    pub(crate) to: Position,
    pub(crate) events: Vec<ForAll>,
}

/// An event as it is sent.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) position: Position,
    pub(crate) text: Arc<str>,
}

/// An event, written once for all who listen.
pub(crate) struct ForAll {
    pub(crate) r#type: String,
    warehouses: Option<Vec<i64>>,
    whole: Sent,
    /// The same for whoever may not know what things cost; none: it says nothing of it.
    without_costs: Option<Sent>,
}

impl Feed {
    pub(crate) fn new(app: App) -> Self {
        let permits = Arc::new(Semaphore::new(LISTENERS_MAX));
        Self(Arc::new(Shared { app, began: Instant::now(), permits, parts: Mutex::default() }))
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    /// When those who listen are asked for next.
    pub(crate) fn ask_at(&self) -> Instant {
        let asked = self.0.began.elapsed().as_millis() / ASK_EVERY.as_millis();
        self.0.began + ASK_EVERY.saturating_mul(u32::try_from(asked + 1).unwrap_or(u32::MAX))
    }

    /// May somebody more listen?
    pub(crate) fn admit(&self) -> Result<OwnedSemaphorePermit, FeedError> {
        self.0.permits.clone().try_acquire_owned().map_err(|_| FeedError::TooManyListeners)
    }

    /// Hear of everything that is new from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Part>> {
        let mut parts = self.0.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*parts {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(PARTS_KEPT);
        *parts = Some(sender.clone());
        tokio::spawn(self.clone().poll(sender));
        receiver
    }

    async fn poll(self, sender: broadcast::Sender<Arc<Part>>) {
        let mut position = None;
        while !self.has_ended(&sender) {
            let start = position.map_or(Start::Latest, Start::After);
            // It sees everything; what each who listens may see is decided where it is taken.
            let read = page::read(self.app(), start, &[], true, PART_MAX);
            let pause = match auth::acting_for(Some(Actor::named("change feed")), read).await {
                Ok(page) => {
                    let at_end = page.at_end;
                    // The first part is empty: it only says where the poller begins.
                    let from = position.unwrap_or(page.next);
                    if position != Some(page.next) {
                        position = Some(page.next);
                        self.hand_on(&sender, from, &page);
                    }
                    if at_end { POLL_EVERY } else { Duration::ZERO }
                }
                Err(error) => {
                    tracing::warn!(%error, "the change feed cannot be read");
                    if matches!(error, FeedError::Expired) {
                        position = None;
                    }
                    PAUSE_AFTER_FAILURE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.app().stopped() => {}
            }
        }
    }

    fn hand_on(&self, sender: &broadcast::Sender<Arc<Part>>, from: Position, page: &EventPage) {
        match page.items.iter().map(ForAll::of).collect() {
            // Nobody may be there to receive it.
            Ok(events) => drop(sender.send(Arc::new(Part { from, to: page.next, events }))),
            // Who listens finds a gap, and the defect, for itself.
            Err(error) => tracing::error!(%error, "an event cannot be written"),
        }
    }

    /// Whether nobody listens any more. Whoever comes next starts another poller.
    fn has_ended(&self, sender: &broadcast::Sender<Arc<Part>>) -> bool {
        let mut parts = self.0.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = sender.receiver_count() == 0 || self.app().is_stopping();
        if ends {
            *parts = None;
        }
        ends
    }
}

impl Sent {
    /// As it was read: for whom it was read for.
    pub(crate) fn of(event: &EventView) -> Result<Self, serde_json::Error> {
        Ok(Self { position: event.position, text: serde_json::to_string(event)?.into() })
    }
}

impl ForAll {
    fn of(event: &EventView) -> Result<Self, serde_json::Error> {
        let whole = Sent::of(event)?;
        let without_costs = match event.r#type.as_str() {
            MOVEMENT => Some(Sent { position: whole.position, text: without_costs(&whole.text)?.into() }),
            _ => None,
        };
        let (r#type, warehouses) = (event.r#type.clone(), event.warehouses.clone());
        Ok(Self { r#type, warehouses, whole, without_costs })
    }

    pub(crate) fn position(&self) -> Position {
        self.whole.position
    }

    /// As this one sees it, who may read purchasing or not, and may be limited to warehouses; none: they do not see it at all.
    pub(crate) fn seen(&self, actor: &Actor) -> Option<&Sent> {
        let sees_purchasing = actor.may(Permission::ReadPurchasing);
        let is_in_reach = |own| is_in_reach(&self.r#type, self.warehouses.as_deref(), own);
        if !actor.warehouses().is_none_or(is_in_reach) {
            return None;
        }
        match &self.without_costs {
            Some(without_costs) if !sees_purchasing => Some(without_costs),
            None if !sees_purchasing && is_purchasing(&self.r#type) => None,
            _ => Some(&self.whole),
        }
    }
}

/// An event of a movement without the costs of its lines.
fn without_costs(event: &str) -> Result<String, serde_json::Error> {
    let mut event: Value = serde_json::from_str(event)?;
    for line in event["data"]["lines"].as_array_mut().into_iter().flatten() {
        line["unit_cost"] = Value::Null;
    }
    serde_json::to_string(&event)
}
