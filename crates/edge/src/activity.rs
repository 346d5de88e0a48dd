//! What a connection is doing, and until when it may.
//!
//! All of a connection runs in one task. What it does is noted where it happens: by its stream, which sees bytes, and by
//! the answers, which see requests begin and end. The task looks at the notes whenever it is woken, so that the ordinary
//! request sets no timer.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// How long the parts of a connection may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// From the first byte of a request to the end of its head; also from the connection to the first byte.
    pub(crate) head: Duration,
    /// Between an answer and the next request.
    pub(crate) idle: Duration,
    /// While a client takes nothing of what is sent to it.
    pub(crate) stalled: Duration,
    /// For the head of a request, once the server is to stop.
    pub(crate) head_at_stop: Duration,
}

/// What it is doing. The last two bits of a note; before them stand the milliseconds since the connection began.
const READING_HEAD: u64 = 0;
const ANSWERING: u64 = 1;
const IDLE: u64 = 2;

/// What a connection is doing, and since when.
#[derive(Debug)]
pub(crate) struct Activity {
    began: Instant,
    phase: AtomicU64,
    /// Since when the client takes nothing, in milliseconds since the connection began; `MAX`: it does.
    stalled: AtomicU64,
}

impl Activity {
    pub(crate) fn begin() -> Self {
        Self { began: Instant::now(), phase: AtomicU64::new(READING_HEAD), stalled: AtomicU64::new(u64::MAX) }
    }

    /// A request has come whole, but for its body.
    pub(crate) fn answering(&self) {
        self.enter(ANSWERING);
    }

    /// Until when it may go on as it is; `None`: as long as it likes, which is for the handler to limit.
    pub(crate) fn deadline(&self, limits: &Limits, stopping_since: Option<Instant>) -> Option<Instant> {
        let note = self.phase.load(Relaxed);
        let since = self.began + Duration::from_millis(note >> 2);
        let by_phase = match note & 3 {
            ANSWERING => None,
            phase => {
                let usual = since + if phase == IDLE { limits.idle } else { limits.head };
                Some(stopping_since.map_or(usual, |stop| usual.min(stop + limits.head_at_stop)))
            }
        };
        let by_stall = match self.stalled.load(Relaxed) {
            u64::MAX => None,
            since => Some(self.began + Duration::from_millis(since) + limits.stalled),
        };
        // What has been answered is still being sent: that is no head that does not come.
        by_stall.or(by_phase)
    }

    fn enter(&self, phase: u64) {
        self.phase.store(self.now() << 2 | phase, Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX >> 2)
    }

    fn has_read(&self) {
        if self.phase.load(Relaxed) & 3 == IDLE {
            self.enter(READING_HEAD);
        }
    }

    fn has_written<T>(&self, written: Poll<T>) -> Poll<T> {
        let is_stalled = self.stalled.load(Relaxed) != u64::MAX;
        match &written {
            Poll::Pending if !is_stalled => self.stalled.store(self.now(), Relaxed),
            Poll::Ready(_) if is_stalled => self.stalled.store(u64::MAX, Relaxed),
            _ => {}
        }
        written
    }
}

/// A stream that notes what goes through it.
pub(crate) struct Noted<S> {
    pub(crate) stream: S,
    pub(crate) activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Noted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.has_read();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Noted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.activity.has_written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.activity.has_written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.activity.has_written(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The body of an answer, whose end is noted: then the connection waits for the next request.
pub(crate) struct Answer {
    pub(crate) body: Body,
    pub(crate) activity: Arc<Activity>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.activity.enter(IDLE);
    }
}
