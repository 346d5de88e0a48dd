//! One who listens: reads up to the end, then hears of what is new from the poller.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse;
use futures_util::Stream;
use futures_util::stream::unfold;
use platform::auth::{self, Standing};
use tokio::sync::{OwnedSemaphorePermit, broadcast};
use tokio::time::{Instant, sleep, sleep_until};

use crate::error::FeedError;
use crate::feed::{Feed, PAUSE_AFTER_FAILURE, Part, Sent};
use crate::model::{EventType, Position, Start};
use crate::page::{self, includes};

/// Something is sent at least this often, so that nobody in between takes the connection for dead.
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(15);

/// After how long one who lost the connection comes back.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Events read at once.
const READ_MAX: i64 = 200;

/// One who listens.
pub(crate) struct Listener {
    feed: Feed,
    types: Vec<EventType>,
    /// Who listens: what they may see is decided as it is for pages.
    standing: Standing,
    /// When it has to be asked whether they still may.
    ask_at: Instant,
    parts: broadcast::Receiver<Arc<Part>>,
    /// Up to here it has everything, or will have by what is waiting.
    position: Position,
    /// The last position that the other side knows.
    told: Position,
    waiting: VecDeque<Sent>,
    /// Whether to wait for what is new; else the feed is read.
    at_end: bool,
    has_begun: bool,
    keep_alive_at: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Listener {
    /// Begin to listen. Nothing that happens from here on is missed.
    pub(crate) async fn begin(
        feed: Feed,
        start: Start,
        types: Vec<EventType>,
        standing: Standing,
    ) -> Result<Self, FeedError> {
        let ask_at = feed.ask_at();
        let permit = feed.admit()?;
        let parts = feed.subscribe(); // before the first look, so that nothing falls in between
        let page = page::read(feed.app(), start, &types, false, READ_MAX).await?;
        let waiting = page.items.iter().map(Sent::of).collect::<Result<_, _>>()?;
        Ok(Self {
            feed,
            types,
            standing,
            ask_at,
            parts,
            position: page.next,
            told: Position::BEGINNING,
            waiting,
            at_end: page.at_end,
            has_begun: false,
            keep_alive_at: Instant::now() + KEEP_ALIVE_EVERY,
            _permit: permit,
        })
    }

    /// What is sent, until the server stops, the database fails, or they may not listen as they did. Who is let go comes back
    /// with the last id, and is judged anew.
    pub(crate) fn stream(self) -> impl Stream<Item = Result<sse::Event, Infallible>> {
        unfold(self, |mut listener| async move {
            let event = listener.next().await?;
            listener.keep_alive_at = Instant::now() + KEEP_ALIVE_EVERY;
            Some((Ok(event), listener))
        })
    }

    async fn next(&mut self) -> Option<sse::Event> {
        if !self.has_begun {
            self.has_begun = true;
            return Some(self.note().retry(RETRY_AFTER));
        }
        loop {
            if self.feed.app().is_stopping() {
                return None;
            }
            let now = Instant::now();
            if now >= self.keep_alive_at {
                return Some(self.note());
            }
            if now >= self.ask_at {
                self.ask().await?;
                continue;
            }
            if let Some(sent) = self.waiting.pop_front() {
                self.told = sent.position;
                return Some(sse::Event::default().id(sent.position.to_string()).data(&sent.text));
            }
            if !self.at_end {
                self.read_on().await?;
                continue;
            }
            tokio::select! {
                () = self.feed.app().stopped() => return None,
                part = self.parts.recv() => match part {
                    Ok(part) => self.take(&part),
                    Err(broadcast::error::RecvError::Lagged(_)) => self.at_end = false,
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                () = sleep_until(self.ask_at.min(self.keep_alive_at)) => {}
            }
        }
    }

    /// Whether who listens still may, as they did: nothing is sent before that is known.
    async fn ask(&mut self) -> Option<()> {
        match self.standing.holds().await {
            Ok(true) => {
                self.ask_at = self.feed.ask_at();
                Some(())
            }
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(%error, "it cannot be found out who listens to the change feed");
                tokio::select! {
                    () = self.feed.app().stopped() => None,
                    () = sleep(PAUSE_AFTER_FAILURE) => Some(()),
                }
            }
        }
    }

    /// No event, but where the feed is by now, if that is news: to go on from there after a break.
    fn note(&mut self) -> sse::Event {
        if self.waiting.is_empty() && self.position != self.told {
            self.told = self.position;
            sse::Event::default().id(self.position.to_string())
        } else {
            sse::Event::default().comment("")
        }
    }

    async fn read_on(&mut self) -> Option<()> {
        // Nobody in particular is being answered here: the answer has begun long ago.
        let read = page::read(self.feed.app(), Start::After(self.position), &self.types, false, READ_MAX);
        let written = auth::acting_for(Some(self.standing.actor().clone()), read).await.and_then(|page| {
            let sent = page.items.iter().map(Sent::of).collect::<Result<Vec<_>, _>>()?;
            Ok((page, sent))
        });
        match written {
            Ok((page, sent)) => {
                self.waiting.extend(sent);
                self.position = page.next;
                self.at_end = page.at_end;
                Some(())
            }
            Err(error) => {
                tracing::warn!(%error, "one who listens to the change feed is let go");
                None
            }
        }
    }

    fn take(&mut self, part: &Part) {
        match Fit::of(self.position, part.from, part.to) {
            Fit::Known => {}
            Fit::Gap => self.at_end = false,
            Fit::News => {
                let actor = self.standing.actor();
                let news = part.events.iter().filter(|event| event.position() > self.position);
                let wanted = news.filter(|event| includes(&self.types, &event.r#type));
                self.waiting.extend(wanted.filter_map(|event| event.seen(actor)).cloned());
                self.position = part.to;
            }
        }
    }
}

/// How a part goes on from where one who listens is.
#[derive(Debug, PartialEq, Eq)]
enum Fit {
    /// Everything in it is known.
    Known,
    /// Something comes before it that is not known.
    Gap,
    /// What is in it after the position is new.
    News,
}

impl Fit {
    fn of(position: Position, from: Position, to: Position) -> Self {
        if to <= position {
            Self::Known
        } else if from > position {
            Self::Gap
        } else {
            Self::News
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fit, Position};

    #[test]
    fn a_part_is_taken_only_where_nothing_is_missing_before_it() {
        let of = |position, from, to| {
            Fit::of(Position::before(position), Position::before(from), Position::before(to))
        };
        assert_eq!(of(5, 3, 5), Fit::Known);
        assert_eq!(of(5, 6, 6), Fit::Gap, "the first part of a poller that began later");
        assert_eq!(of(5, 6, 9), Fit::Gap);
        assert_eq!(of(5, 5, 9), Fit::News);
        assert_eq!(of(5, 3, 9), Fit::News, "a part of it is known");
    }
}
