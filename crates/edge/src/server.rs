//! The loop that accepts connections.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use platform::Peer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::activity::Limits;
use crate::connection::{self, Service};
use crate::proxies::Proxies;
use crate::tls::Tls;

/// What the parts of a connection may take. A load balancer keeps idle connections for a minute, as nginx and AWS do: ours
/// last longer, so that none is closed while a request is on its way.
const LIMITS: Limits = Limits {
    head: Duration::from_secs(10),
    idle: Duration::from_secs(75),
    stalled: Duration::from_secs(60),
    head_at_stop: Duration::from_secs(1),
};

/// Connections above the most there may be that are heard for one request, and how long its head may take.
const CROWD_MAX: usize = 64;
const CROWD_HEAD_WITHIN: Duration = Duration::from_secs(2);

/// How long nothing is accepted after that failed, as it does for want of file descriptors.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// In the extensions of a request that came over a connection more than there may be. Only who asks after the server's
/// health should be answered.
#[derive(Clone, Copy, Debug)]
pub struct Crowded;

/// A server of HTTP/1.1.
#[derive(Clone, Debug)]
pub struct Server {
    router: Router,
    proxies: Arc<Proxies>,
    tls: Option<Tls>,
    connections_max: usize,
    limits: Limits,
}

/// Whether the server is to stop.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    is_told: AtomicBool,
    token: CancellationToken,
}

impl Stop {
    fn tell(&self) {
        self.is_told.store(true, Ordering::Release); // first: whom the token wakes looks here
        self.token.cancel();
    }

    pub(crate) fn is_told(&self) -> bool {
        self.is_told.load(Ordering::Acquire)
    }

    pub(crate) async fn told(&self) {
        self.token.cancelled().await;
    }
}

impl Server {
    /// Connections at once, unless told otherwise.
    pub const CONNECTIONS_MAX: usize = 1024;

    /// A server of this router that trusts no proxy.
    pub fn new(router: Router) -> Self {
        let connections_max = Self::CONNECTIONS_MAX;
        // Its routes are put together here; otherwise each request would do that, which costs more than all of this crate.
        let router = router.with_state(());
        Self { router, proxies: Arc::default(), tls: None, connections_max, limits: LIMITS }
    }

    /// With proxies that are believed.
    #[must_use]
    pub fn behind(self, proxies: Proxies) -> Self {
        Self { proxies: Arc::new(proxies), ..self }
    }

    /// By TLS, and not otherwise.
    #[must_use]
    pub fn by_tls(self, tls: Option<Tls>) -> Self {
        Self { tls, ..self }
    }

    /// With at most so many connections at once.
    #[must_use]
    pub fn with_connections_max(self, connections_max: usize) -> Self {
        Self { connections_max, ..self }
    }

    /// Serve until `stop` is ready and what was accepted until then has been answered.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let Self { router, proxies, tls, connections_max, limits } = self;
        let following = tls.clone().map(|tls| tokio::spawn(tls.follow()));
        let (places, crowd) =
            (Arc::new(Semaphore::new(connections_max)), Arc::new(Semaphore::new(CROWD_MAX)));
        let (connections, stopping) = (TaskTracker::new(), Arc::new(Stop::default()));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut stop => break,
            };
            let (stream, address) = match accepted {
                Ok((stream, address)) => (stream, address.ip().to_canonical()),
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            };
            let Some((place, is_crowded)) = find_place(&places, &crowd) else {
                tracing::debug!(%address, "a connection more than can be told so");
                continue;
            };
            let service = Service {
                router: router.clone(),
                proxies: proxies.clone(),
                peer: Peer { address, is_secure: tls.is_some() },
                is_crowded,
                limits: if is_crowded { Limits { head: CROWD_HEAD_WITHIN, ..limits } } else { limits },
                stop: stopping.clone(),
            };
            let acceptor = tls.as_ref().map(Tls::acceptor);
            connections.spawn(async move {
                let _place = place;
                undelayed(&stream);
                match acceptor {
                    None => connection::serve(stream, service).await,
                    Some(acceptor) => connection::serve_tls(acceptor, stream, service).await,
                }
            });
        }
        drop(listener);
        stopping.tell();
        following.inspect(JoinHandle::abort);
        connections.close();
        connections.wait().await;
    }
}

/// A place, and whether it is one of those that are for telling that there are too many.
fn find_place(places: &Arc<Semaphore>, crowd: &Arc<Semaphore>) -> Option<(OwnedSemaphorePermit, bool)> {
    match places.clone().try_acquire_owned() {
        Ok(place) => Some((place, false)),
        Err(_) => crowd.clone().try_acquire_owned().ok().map(|place| (place, true)),
    }
}

/// Without it, an answer may wait for the acknowledgement of the one before.
fn undelayed(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot switch Nagle's algorithm off");
    }
}

/// A client that has gone already is no failure of ours; all else passes, but not at once.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind as E;
    if !matches!(error.kind(), E::ConnectionAborted | E::ConnectionReset | E::ConnectionRefused) {
        tracing::warn!(%error, "cannot accept connections");
        tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
    }
}

#[cfg(test)]
mod tests;
