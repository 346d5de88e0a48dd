//! The database goes away, the client goes away, the server is told to go away: nothing acknowledged is lost, nothing
//! happens twice, and whoever asks meanwhile gets an honest answer.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use embedded_postgres::{Durability, Settings, start};
use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use testkit::{Client, TestDatabase, check_ledger};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{process, router, server};

fn receipt(product: i64) -> Value {
    json!({"kind": "receipt", "lines": [{"product_id": product, "quantity": 1}]})
}

/// Send a keyed POST until it is answered for good, as a careful client does; how often it was tried.
async fn until_done(client: &Client, key: &str, body: &Value) -> usize {
    for attempt in 1..100 {
        let answer = client.post("/stock-movements", body.clone()).key(key).await;
        match answer.status {
            201 => return attempt,
            503 => assert!(answer.header("retry-after").is_some(), "{answer}"),
            _ => panic!("{answer}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never done");
}

/// How many sessions are ended while clients write.
const SESSIONS_ENDED: i64 = 30;

/// Sessions are ended at random moments, COMMIT included: each key has its one effect all the same.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_are_ended_lose_and_double_nothing() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let mut superuser = server.database().superuser().await;
    let name = server.database().name().to_owned();
    let ended = Arc::new(AtomicI64::new(0));
    let counted = ended.clone();
    let killer = tokio::spawn(async move {
        for pause in (0_u64..).map(|i| 5 + i * 37 % 80) {
            let count = sqlx::query_scalar::<_, i64>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity
                 where datname = $1 and usename = $2 and application_name = 'stockbook' and state <> 'idle'",
            );
            let count = count.bind(&name).bind(testkit::APP).fetch_one(&mut superuser).await;
            counted.fetch_add(count.expect("a count"), Relaxed);
            tokio::time::sleep(Duration::from_millis(pause)).await; // now and then long enough for a write
        }
    });
    let writers = (0..8).map(|writer| {
        let (client, ended) = ((*server).clone(), ended.clone());
        tokio::spawn(async move {
            let mut done = 0;
            while ended.load(Relaxed) < SESSIONS_ENDED && done < 1000 {
                until_done(&client, &format!("{writer}-{done}"), &receipt(id)).await;
                done += 1;
            }
            done
        })
    });
    let mut done = 0;
    for writer in join_all(writers.collect::<Vec<_>>()).await {
        done += writer.expect("a writer");
    }
    killer.abort();
    assert!(ended.load(Relaxed) >= SESSIONS_ENDED, "only {ended:?} sessions were ended");
    assert_eq!(server.on_hand(id).await.to_string(), done.to_string());
    server.finish().await;
}

/// A PostgreSQL of its own is stopped and started again under the server.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_survives_a_restart_of_the_database() {
    let folder = tempfile::Builder::new().prefix("sb").tempdir().expect("a folder");
    let settings = || Settings {
        data_dir: folder.path().join("data"),
        max_connections: 20,
        durability: Durability::TestsOnly,
        listen_port: None,
    };
    let begin =
        move |settings: Settings| tokio::task::spawn_blocking(move || start(settings).expect("a database"));
    let postgres = begin(settings()).await.expect("started");
    let options = sqlx::postgres::PgConnectOptions::new_without_pgpass()
        .socket(postgres.socket_dir())
        .port(postgres.port())
        .username(embedded_postgres::ROLE)
        .database(embedded_postgres::DATABASE);
    platform::preflight::migrate(&options, true).await.expect("migrated");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving =
        tokio::spawn(edge::Server::new(router(options.clone())).serve(listener, std::future::pending()));
    let client = Client::new(&format!("http://{address}")).await;
    let id = client.product("A", 5).await;

    tokio::task::spawn_blocking(move || postgres.stop().expect("stopped")).await.expect("stopped");
    let asked = Instant::now();
    for answer in [
        client.get(&format!("/products/{id}")).await,
        client.post("/stock-movements", receipt(id)).key("k").await,
    ] {
        assert_eq!(answer.status, 503, "{answer}");
        assert!(answer.header("retry-after").is_some(), "{answer}");
    }
    assert_eq!(client.get("/readyz").await.status, 503);
    client.get("/livez").await.expect(200);
    assert!(asked.elapsed() < Duration::from_secs(25), "it answers in time: {:?}", asked.elapsed());

    let postgres = begin(settings()).await.expect("started");
    let back = Instant::now();
    while client.get("/readyz").await.status != 200 {
        assert!(back.elapsed() < Duration::from_secs(30), "it recovers");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    until_done(&client, "k", &receipt(id)).await;
    assert_eq!(client.on_hand(id).await.to_string(), "6");
    let mut db = PgConnection::connect_with(&options).await.expect("a connection");
    let keys: i64 =
        sqlx::query_scalar("select count(*) from idempotency_keys where operation = 'create_stock_movement'")
            .fetch_one(&mut db)
            .await
            .expect("a count");
    assert_eq!(keys, 1);
    db.close().await.expect("closed");
    serving.abort();
    tokio::task::spawn_blocking(move || postgres.stop().expect("stopped")).await.expect("stopped");
}

/// Clients hang up in the middle of their requests: no connection stays in a transaction, and what was answered stands.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_vanish_harm_nobody() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let body = receipt(id).to_string();
    let address = server.base().trim_start_matches("http://").to_owned();
    let vanishing = (0..100).map(|i| {
        let (address, body) = (address.clone(), body.clone());
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(&address).await.expect("a connection");
            let head = format!(
                "POST /stock-movements HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(format!("{head}{body}").as_bytes()).await.expect("sent");
            tokio::time::sleep(Duration::from_micros(i * 97)).await;
        }) // dropped here: the connection is closed, wherever the request is
    });
    join_all(vanishing.collect::<Vec<_>>()).await;
    let answered =
        join_all((0..20).map(|_| server.post("/stock-movements", receipt(id)).into_future())).await;
    assert!(answered.iter().all(|answer| answer.status == 201));

    let movements: i64 = sqlx::query_scalar("select count(*) from stock_movements")
        .fetch_one(server.pool())
        .await
        .expect("a count");
    assert!((20..=120).contains(&movements), "{movements}");
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let open: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'stockbook' and state like '%in transaction%'",
        )
        .fetch_one(server.pool())
        .await
        .expect("a count");
        if open == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "{open} connections stay in a transaction");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.finish().await;
}

/// What the server has acknowledged before kill -9 is there after it, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_of_the_server() {
    let database = TestDatabase::new().await;
    let one = process(&database).await;
    let id = one.client().product("A", 0).await;
    let client = one.client().clone();
    let acknowledged = Arc::new(AtomicI64::new(0));
    let counted = acknowledged.clone();
    let writing = tokio::spawn(async move {
        for i in 0_i64.. {
            match client.post("/stock-movements", receipt(id)).key(&i.to_string()).send().await {
                Ok(answer) if answer.status == 201 => counted.fetch_add(1, Relaxed),
                Ok(_) | Err(_) => return i,
            };
        }
        panic!("the server was not killed");
    });
    while acknowledged.load(Relaxed) < 50 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    one.kill().await;
    let last = writing.await.expect("a count");
    let acknowledged = acknowledged.load(Relaxed);

    let two = process(&database).await;
    until_done(two.client(), &last.to_string(), &receipt(id)).await; // whether it had happened or not
    assert_eq!(two.client().on_hand(id).await.to_string(), (acknowledged + 1).to_string());
    check_ledger(database.pool()).await;
}

/// A POST that the server has begun with: it has asked for the body.
async fn begun(client: &Client, path: &str, body: &Value) -> TcpStream {
    let mut stream =
        TcpStream::connect(client.base().trim_start_matches("http://")).await.expect("a connection");
    let body = body.to_string();
    let length = body.len();
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"
    );
    for (name, value) in client.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().expect("text"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.expect("sent");
    let mut told = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut told).await.expect("an answer");
    assert_eq!(told, *b"HTTP/1.1 100 Continue\r\n\r\n", "{}", String::from_utf8_lossy(&told));
    stream.write_all(body.as_bytes()).await.expect("sent");
    stream
}

/// SIGTERM while writes wait for a lock: they are answered before the server ends.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_answered_before_sigterm_ends_the_server() {
    let database = TestDatabase::new().await;
    let server = process(&database).await;
    let id = server.client().product("A", 0).await;
    let mut psql = PgConnection::connect_with(&database.options()).await.expect("a connection");
    sqlx::raw_sql("begin; select from product_stock for update").execute(&mut psql).await.expect("the lock");
    let body = receipt(id);
    let requests = join_all((0..5).map(|_| begun(server.client(), "/stock-movements", &body))).await;
    server.signal(Signal::SIGTERM);
    tokio::time::sleep(Duration::from_millis(300)).await;
    sqlx::raw_sql("rollback").execute(&mut psql).await.expect("rollback");
    for mut request in requests {
        let mut answer = String::new();
        request.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    }
    assert!(server.wait().await.success());
    check_ledger(database.pool()).await;
}
