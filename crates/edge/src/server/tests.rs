//! Clients that take their time, come in crowds or stop half-way, against limits short enough to be waited for.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::routing::get;
use axum::{Extension, Router};
use platform::Peer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::connection::{HEAD_BYTES_MAX, HEADERS_MAX};

const HEAD: Duration = Duration::from_millis(400);
const IDLE: Duration = Duration::from_millis(2400);
const STALLED: Duration = Duration::from_millis(2000);

/// What is to happen at once happens within this, on a machine that is busy building.
const SOON: Duration = Duration::from_secs(30);

/// Bytes of an answer that no buffer between server and client takes.
const LARGE: usize = 64 * 1024 * 1024;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Running {
    async fn start(change: impl FnOnce(Server) -> Server) -> Self {
        let router = Router::new()
            .route("/", get(async || "hello"))
            .route("/slow", get(async || sleep(IDLE + HEAD).await))
            .route("/large", get(async || Body::from(vec![b'x'; LARGE])))
            .route("/trickle", get(async || Body::from_stream(trickle())))
            .route("/peer", get(async |Extension(peer): Extension<Peer>| peer.address.to_string()))
            .route(
                "/crowded",
                get(async |request: Request| request.extensions().get::<Crowded>().is_some().to_string()),
            );
        let limits = Limits { head: HEAD, idle: IDLE, stalled: STALLED, head_at_stop: HEAD };
        let server = change(Server { limits, ..Server::new(router) });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.serve(listener, async { stopped.await.unwrap_or_default() }));
        Self { address, stop, serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// The answer to one request on a connection of its own.
    async fn ask(&self, path: &str) -> String {
        let mut connection = self.connect().await;
        send(&mut connection, &request(path, "connection: close\r\n")).await;
        rest(&mut connection).await
    }

    /// Tell it to stop; how long it takes.
    async fn stop(self) -> Duration {
        let began = Instant::now();
        drop(self.stop);
        timeout(SOON, self.serving).await.expect("it stops").expect("no panic");
        began.elapsed()
    }
}

/// A part of an answer, one after the other, for longer than a connection may be idle.
fn trickle() -> impl futures_util::Stream<Item = Result<String, std::io::Error>> + Send {
    futures_util::stream::unfold(0, async |part| {
        sleep(IDLE / 4).await;
        (part < 6).then(|| (Ok(format!("part {part}\n")), part + 1))
    })
}

fn request(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")
}

async fn send(connection: &mut TcpStream, text: &str) {
    connection.write_all(text.as_bytes()).await.expect("sent");
}

/// What comes until the server ends the connection.
async fn rest(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(SOON, connection.read_to_end(&mut bytes)).await.expect("the end of the connection");
    read.ok(); // it may have been ended by force
    String::from_utf8(bytes).expect("text")
}

/// One answer of a connection that goes on.
async fn answer(connection: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut bytes = [0; 1024];
        let read = timeout(SOON, connection.read(&mut bytes)).await.expect("an answer").expect("an answer");
        assert_ne!(read, 0, "the connection ended after {text}");
        text.push_str(std::str::from_utf8(&bytes[..read]).expect("text"));
    }
    text
}

#[tokio::test]
async fn who_does_not_finish_a_head_is_let_go() {
    let server = Running::start(|server| server).await;
    let began = Instant::now();
    let mut silent = server.connect().await;
    let mut half = server.connect().await;
    send(&mut half, "GET / HTTP/1.1\r\nhost: local").await;
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(rest(&mut half).await, "");
    assert!(began.elapsed() >= HEAD, "not before its time: {:?}", began.elapsed());

    // One byte now and then keeps nothing open.
    let mut slow = server.connect().await;
    let began = Instant::now();
    for byte in request("/", "x-long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n").bytes() {
        if slow.write_all(&[byte]).await.is_err() {
            break;
        }
        sleep(HEAD / 8).await;
    }
    assert_eq!(rest(&mut slow).await, "");
    assert!(began.elapsed() < HEAD * 4, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_connection_may_rest_between_requests_but_not_for_ever() {
    let server = Running::start(|server| server).await;
    let mut connection = server.connect().await;
    for _ in 0..3 {
        send(&mut connection, &request("/", "")).await;
        answer(&mut connection, "hello").await;
        sleep((HEAD + IDLE) / 2).await; // longer than a head may take
    }
    send(&mut connection, &request("/", "")).await;
    answer(&mut connection, "hello").await;
    let began = Instant::now();
    assert_eq!(rest(&mut connection).await, "");
    assert!(began.elapsed() >= IDLE - Duration::from_millis(50), "{:?}", began.elapsed());

    // The head of a later request has no more time than that of the first.
    let mut connection = server.connect().await;
    send(&mut connection, &request("/", "")).await;
    answer(&mut connection, "hello").await;
    send(&mut connection, "GET / HTTP").await;
    let began = Instant::now();
    assert_eq!(rest(&mut connection).await, "");
    assert!(began.elapsed() < IDLE, "{:?}", began.elapsed());
}

#[tokio::test]
async fn answers_and_streams_take_as_long_as_they_take() {
    let server = Running::start(|server| server).await;
    let (slow, trickle) = tokio::join!(server.ask("/slow"), server.ask("/trickle"));
    assert!(slow.starts_with("HTTP/1.1 200"), "{slow}");
    assert!(trickle.contains("part 5"), "{trickle}");
}

#[tokio::test]
async fn requests_that_come_at_once_are_all_answered() {
    let server = Running::start(|server| server).await;
    let mut connection = server.connect().await;
    send(&mut connection, &format!("{0}{0}{1}", request("/", ""), request("/", "connection: close\r\n")))
        .await;
    assert_eq!(rest(&mut connection).await.matches("hello").count(), 3);
}

#[tokio::test]
async fn who_takes_nothing_of_the_answer_is_let_go() {
    let server = Running::start(|server| server.with_connections_max(1)).await;
    let mut connection = server.connect().await;
    send(&mut connection, &request("/large", "")).await;
    assert!(server.ask("/crowded").await.ends_with("true"));
    let began = Instant::now();
    while server.ask("/crowded").await.ends_with("true") {
        assert!(began.elapsed() < SOON, "its place is never free");
        sleep(HEAD / 8).await;
    }
    let read = rest(&mut connection).await;
    assert!(read.len() < LARGE, "{} bytes", read.len());
}

#[tokio::test]
async fn a_large_answer_that_is_taken_slowly_comes_whole() {
    let server = Running::start(|server| server).await;
    let mut connection = server.connect().await;
    send(&mut connection, &request("/large", "connection: close\r\n")).await;
    let (mut bytes, mut got) = (vec![0; 8 * 1024 * 1024], 0);
    loop {
        sleep(STALLED / 40).await;
        match connection.read(&mut bytes).await.expect("it goes on") {
            0 => break,
            read => got += read,
        }
    }
    assert!(got > LARGE, "{got}");
}

#[tokio::test]
async fn who_is_one_too_many_is_heard_once_and_a_crowd_is_turned_away() {
    let server = Running::start(|server| server.with_connections_max(2)).await;
    let mut within = [server.connect().await, server.connect().await];
    for connection in &mut within {
        send(connection, &request("/crowded", "")).await;
        assert!(answer(connection, "false").await.ends_with("false"));
    }
    let mut beyond = server.connect().await;
    send(&mut beyond, &request("/crowded", "")).await;
    let told = rest(&mut beyond).await; // and the connection is ended
    assert!(told.ends_with("true") && told.contains("connection: close"), "{told}");

    let mut crowd = Vec::new();
    for _ in 0..CROWD_MAX {
        crowd.push(server.connect().await);
    }
    assert_eq!(server.ask("/").await, "", "nobody is there to answer");
    drop(crowd);
    drop(within);
    let began = Instant::now();
    while !server.ask("/crowded").await.ends_with("false") {
        assert!(began.elapsed() < SOON, "its place is never free");
        sleep(HEAD / 8).await;
    }
}

#[tokio::test]
async fn heads_have_so_many_headers_and_bytes() {
    let server = Running::start(|server| server).await;
    let many = "x: y\r\n".repeat(HEADERS_MAX + 1);
    let large = format!("x: {}\r\n", "y".repeat(HEAD_BYTES_MAX));
    for headers in [many, large] {
        let mut connection = server.connect().await;
        send(&mut connection, &request("/", &headers)).await;
        let told = rest(&mut connection).await;
        assert!(told.starts_with("HTTP/1.1 431 "), "{told}");
    }
    let enough = "x: y\r\n".repeat(HEADERS_MAX - 3);
    let mut connection = server.connect().await;
    send(&mut connection, &request("/", &format!("connection: close\r\n{enough}"))).await;
    assert!(rest(&mut connection).await.ends_with("hello"));
}

#[tokio::test]
async fn whose_request_it_is_goes_with_it() {
    let alone = Running::start(|server| server).await;
    let behind = Running::start(|server| server.behind("127.0.0.1".parse().expect("a network"))).await;
    for (server, expected) in [(alone, "127.0.0.1"), (behind, "192.0.2.7")] {
        let mut connection = server.connect().await;
        send(&mut connection, &request("/peer", "x-forwarded-for: 192.0.2.7\r\nconnection: close\r\n")).await;
        let told = rest(&mut connection).await;
        assert!(told.ends_with(&format!("\r\n{expected}")), "{told}");
    }
}

#[tokio::test]
async fn who_is_told_to_stop_answers_what_it_has_and_waits_for_nobody_else() {
    let server = Running::start(|server| Server {
        limits: Limits { head: SOON, idle: SOON, ..server.limits },
        ..server
    })
    .await;
    let mut silent = server.connect().await;
    let mut half = server.connect().await;
    send(&mut half, "GET / HTTP/1.1\r\nhost: local").await;
    let mut idle = server.connect().await;
    send(&mut idle, &request("/", "")).await;
    answer(&mut idle, "hello").await;
    let mut half_again = server.connect().await;
    send(&mut half_again, &request("/", "")).await;
    answer(&mut half_again, "hello").await;
    send(&mut half_again, "GET / HTTP").await;
    let mut slow = server.connect().await;
    send(&mut slow, &request("/slow", "")).await;
    sleep(HEAD / 2).await;

    let address = server.address;
    let stopped = tokio::spawn(server.stop());
    assert!(rest(&mut slow).await.starts_with("HTTP/1.1 200"), "what was accepted is answered");
    for connection in [&mut silent, &mut half, &mut idle, &mut half_again] {
        assert_eq!(rest(connection).await, "");
    }
    let took = stopped.await.expect("it stops");
    assert!(took < SOON / 2, "{took:?}");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn what_is_still_being_taken_is_sent_to_its_end() {
    let server = Running::start(|server| server).await;
    let mut connection = server.connect().await;
    send(&mut connection, &request("/large", "")).await;
    sleep(HEAD / 4).await;
    let stopped = tokio::spawn(server.stop());
    let (mut bytes, mut got) = (vec![0; 8 * 1024 * 1024], 0);
    loop {
        sleep(STALLED / 40).await; // longer, in all, than a head may take at the end
        match connection.read(&mut bytes).await.expect("it goes on") {
            0 => break,
            read => got += read,
        }
    }
    assert!(got > LARGE, "{got}");
    stopped.await.expect("it stops");
}
