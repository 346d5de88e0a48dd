//! Connections that are too many, too slow or by a wrong name, and what holds for all the same.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use testkit::{ServerProcess, TestDatabase};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What is to happen at once happens within this, on a machine that is busy building.
const SOON: Duration = Duration::from_secs(30);

async fn serve(database: &TestDatabase, arguments: &[&str]) -> ServerProcess {
    ServerProcess::start(env!("CARGO_BIN_EXE_stockbook"), database, arguments).await
}

/// A demo, which asks nobody who they are.
async fn demo(database: &TestDatabase) -> ServerProcess {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_stockbook"));
    command.args([
        "demo",
        "--allow-unsafe-database",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        &database.url(),
    ]);
    ServerProcess::run(command).await
}

/// A connection over which this has been sent.
async fn sent(server: &ServerProcess, text: &str) -> TcpStream {
    let address = server.client().base().trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    connection.write_all(text.as_bytes()).await.expect("sent");
    connection
}

/// Everything that comes until the end of the connection.
async fn rest(connection: &mut TcpStream) -> String {
    let mut text = String::new();
    let read = timeout(SOON, connection.read_to_string(&mut text)).await;
    read.expect("the end of the connection").expect("text");
    text
}

async fn ask(server: &ServerProcess, path: &str, host: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    rest(&mut sent(server, &request).await).await
}

/// A client that keeps the only connection that there may be.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_one_too_many_is_told_so_and_health_is_answered() {
    let database = TestDatabase::new().await;
    let server = serve(&database, &["--max-connections", "1"]).await; // which its client holds
    let refused = ask(&server, "/products", "localhost").await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    for part in ["\"code\":\"busy\"", "retry-after: 1", "x-request-id: ", "connection: close"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    for path in ["/livez", "/readyz"] {
        let told = ask(&server, path, "localhost").await;
        assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
    }
    server.client().get("/products").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_holds_up_no_end() {
    let database = TestDatabase::new().await;
    let server = serve(&database, &[]).await;
    let mut half = sent(&server, "GET /products HTTP/1.1\r\nhost: loc").await;
    let mut silent = sent(&server, "").await;
    server.client().get("/livez").await.expect(200);
    let told = Instant::now();
    server.signal(Signal::SIGTERM);
    assert!(server.wait().await.success());
    assert!(told.elapsed() < SOON, "{:?}", told.elapsed());
    assert_eq!((rest(&mut half).await, rest(&mut silent).await), (String::new(), String::new()));
}

/// As a page does whose name was made to lead to this machine.
#[tokio::test(flavor = "multi_thread")]
async fn without_login_only_names_of_this_machine_are_answered() {
    let database = TestDatabase::new().await;
    let server = demo(&database).await;
    for (path, host) in [
        ("/products", "evil.example"),
        ("/", "evil.example:8000"),
        ("/openapi.json", "192.0.2.1"),
        ("/livez", "x"),
    ] {
        let refused = ask(&server, path, host).await;
        assert!(refused.starts_with("HTTP/1.1 421 "), "{path} {host}: {refused}");
        assert!(refused.contains("\"code\":\"misdirected_request\""), "{refused}");
    }
    // Whoever names another server in the request itself means that one.
    let absolute =
        "GET http://evil.example/products HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(rest(&mut sent(&server, absolute).await).await.starts_with("HTTP/1.1 421 "));
    let nameless = "GET /products HTTP/1.0\r\n\r\n";
    assert!(rest(&mut sent(&server, nameless).await).await.contains(" 421 "));
    for host in ["localhost:8000", "127.0.0.1", "[::1]:8000"] {
        let answer = ask(&server, "/products", host).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
    }
}
