//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use platform::Peer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

use crate::activity::{Activity, Answer, Limits, Noted};
use crate::proxies::Proxies;
use crate::server::{Crowded, Stop};

/// Most headers of a request, and most bytes of its head. More is answered 431 by hyper, before anything of ours runs. An
/// address that is too long for us is shorter than that, and gets a problem as its answer.
pub(crate) const HEADERS_MAX: usize = 100;
pub(crate) const HEAD_BYTES_MAX: usize = 32 * 1024;

/// Most bytes that are kept of a request that is being read, or of an answer that is being sent.
const BUFFER_BYTES_MAX: usize = 128 * 1024;

/// How often a connection that nothing limits is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What a connection needs to know.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) router: Router,
    pub(crate) proxies: Arc<Proxies>,
    pub(crate) peer: Peer,
    /// There are more connections than there may be: one request is heard, quickly.
    pub(crate) is_crowded: bool,
    pub(crate) limits: Limits,
    pub(crate) stop: Arc<Stop>,
}

/// Serve a connection by TLS. Greeting each other may take as long as a head.
pub(crate) async fn serve_tls(acceptor: TlsAcceptor, stream: TcpStream, service: Service) {
    let peer = service.peer.address;
    let greeted = tokio::select! {
        greeted = timeout(service.limits.head, acceptor.accept(stream)) => greeted,
        () = service.stop.told() => return,
    };
    match greeted {
        Ok(Ok(stream)) => serve(stream, service).await,
        Ok(Err(error)) => tracing::debug!(%error, %peer, "no TLS"),
        Err(_) => tracing::debug!(%peer, "TLS took too long"),
    }
}

/// Serve a connection until one side ends it, or it takes too long over something.
pub(crate) async fn serve<S>(stream: S, service: Service)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Service { router, proxies, peer, is_crowded, limits, stop } = service;
    let activity = Arc::new(Activity::begin());
    let stream = TokioIo::new(Noted { stream, activity: activity.clone() });
    let noted = activity.clone();
    let answer = service_fn(move |mut request: Request<Incoming>| {
        noted.answering();
        let peer = proxies.client(peer, request.headers());
        request.extensions_mut().insert(peer);
        if is_crowded {
            request.extensions_mut().insert(Crowded);
        }
        let (answered, activity) = (router.clone().call(request), noted.clone());
        async move {
            let Ok(response) = answered.await;
            Ok::<_, Infallible>(response.map(|body| Answer { body, activity }))
        }
    });
    let connection = http1::Builder::new()
        .keep_alive(!is_crowded)
        .max_headers(HEADERS_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .max_buf_size(BUFFER_BYTES_MAX)
        .header_read_timeout(None) // it would set a timer for every request
        .serve_connection(stream, answer);
    let mut connection = pin!(connection);
    let mut timer = pin!(sleep_until(Instant::now() + limits.head));
    let mut stopped = pin!(stop.told());
    let (mut listens, mut stopping_since) = (false, None);
    poll_fn(|cx| {
        if !listens {
            // Once is enough, because a task has one waker; asking takes a lock that all connections share.
            listens = true;
            let _ = stopped.as_mut().poll(cx);
        }
        if stopping_since.is_none() && stop.is_told() {
            stopping_since = Some(Instant::now());
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(served) = connection.as_mut().poll(cx) {
            if let Err(error) = served {
                tracing::debug!(%error, peer = %peer.address, "a connection broke off");
            }
            return Poll::Ready(());
        }
        let deadline = activity.deadline(&limits, stopping_since);
        if deadline.is_some_and(|deadline| deadline < timer.deadline()) {
            timer.as_mut().reset(deadline.unwrap_or_else(Instant::now));
        }
        while timer.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            match deadline {
                Some(deadline) if deadline <= now => {
                    tracing::debug!(peer = %peer.address, "a connection took too long");
                    return Poll::Ready(());
                }
                _ => timer.as_mut().reset(deadline.unwrap_or(now + LOOK_EVERY)),
            }
        }
        Poll::Pending
    })
    .await;
}
