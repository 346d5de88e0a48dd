//! /events as server-sent events, over real TCP.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use testkit::{Client, TestDatabase, TestServer, api_key_of, user};
use tokio::time::timeout;

use super::{end, latest, pages, read, settle, types};
use crate::support::{process, router_by_login, server};

/// What has to come, comes within this, on a machine that is busy building.
const SOON: Duration = Duration::from_secs(20);

/// What one who listens has received.
pub(crate) struct Listening {
    response: reqwest::Response,
    text: String,
    events: VecDeque<(String, Value)>,
    last_id: Option<String>,
}

impl Listening {
    pub(crate) async fn to(client: &Client, query: &str, last_id: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = http.get(format!("{}/events{query}", client.base())).headers(client.headers().clone());
        let mut request = request.header("accept", "text/event-stream");
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        Self { response, text: String::new(), events: VecDeque::new(), last_id: last_id.map(str::to_owned) }
    }

    /// The next event; none at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((id, event)) = self.events.pop_front() {
                assert_eq!(event["id"], *id);
                return Some(event);
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field =
                    |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                if let Some(id) = field("id") {
                    self.last_id = Some(id.to_owned());
                }
                if let (Some(id), Some(data)) = (field("id"), field("data")) {
                    self.events.push_back((id.to_owned(), serde_json::from_str(data).expect("JSON")));
                }
                self.text = rest.to_owned();
            }
        }
    }

    pub(crate) async fn soon(&mut self) -> Value {
        timeout(SOON, self.next()).await.expect("it comes soon").expect("an event")
    }

    /// Read until something with an id has come, so that it is known where to go on.
    pub(crate) async fn settle(&mut self) -> String {
        while self.last_id.is_none() {
            timeout(Duration::from_millis(200), self.next()).await.ok();
        }
        self.last_id.clone().expect("an id")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_client_of_another_server_writes_arrives_soon() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let product = one.client().product("A", 0).await;
    settle(database.pool()).await;
    let mut all = Listening::to(one.client(), "?after=latest", None).await;
    let mut low = Listening::to(one.client(), "?after=latest&types=low_stock.entered", None).await;
    all.settle().await;
    low.settle().await;
    for _ in 0..3 {
        let id = two.client().receive(product, 1, 1).await;
        let event = all.soon().await;
        assert_eq!((&event["type"], &event["data"]["id"]), (&json!("stock.movement"), &json!(id)));
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    two.client().patch(&format!("/products/{product}"), "*", json!({"reorder_point": 9})).await.expect(200);
    assert_eq!(all.soon().await["type"], "product.updated");
    assert_eq!(all.soon().await["type"], "low_stock.entered");
    assert_eq!(low.soon().await["data"]["product_id"], product, "and nothing else before it");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_with_the_last_id_misses_nothing() {
    let server = server().await;
    let product = server.product("A", 0).await;
    let start = latest(&server).await;
    let mut seen = Vec::new();
    let mut last_id: Option<String> = None;
    for round in 0..6 {
        let mut listening = Listening::to(&server, &format!("?after={start}"), last_id.as_deref()).await;
        let writing = {
            let client = (*server).clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    client.receive(product, 1, 1).await;
                }
            })
        };
        for _ in 0..=round {
            seen.push(listening.soon().await);
        }
        drop(listening.response); // breaks off in the middle
        last_id = seen.last().and_then(|event: &Value| event["id"].as_str()).map(str::to_owned);
        writing.await.expect("a writer");
    }
    let mut listening = Listening::to(&server, "", last_id.as_deref()).await;
    while seen.len() < 60 {
        seen.push(listening.soon().await);
    }
    assert_eq!(seen, read(&server, &start, "").await.0);
    // From the beginning, without anything else.
    let mut listening = Listening::to(&server, "", None).await;
    assert_eq!(listening.soon().await["type"], "category.created");
    // Before anything has come, it is known where to go on.
    let at_end = Listening::to(&server, "?after=latest", None).await.settle().await;
    server.receive(product, 1, 5).await;
    assert_eq!(
        Listening::to(&server, "", Some(&at_end)).await.soon().await["data"]["lines"][0]["quantity"],
        5
    );
    server.finish().await;
}

/// What is bought, and for how much, is left out for who may not know it: of pages, of what was, and of what comes.
#[tokio::test(flavor = "multi_thread")]
async fn what_things_cost_is_told_to_those_who_may_know_it() {
    let server = TestServer::start(router_by_login).await;
    let mut clients = Vec::new();
    for role in ["admin", "viewer"] {
        let id = user(server.database(), role, role).await;
        clients.push(server.with_key(&api_key_of(server.database(), id, None).await));
    }
    let admin = clients[0].clone();
    let product = admin.product("A", 0).await;
    settle(server.pool()).await;
    let start = end(&admin).await;
    let mut live = Vec::new();
    for client in &clients {
        let mut listening = Listening::to(client, "?after=latest", None).await;
        listening.settle().await;
        live.push(listening);
    }
    let line = json!({"product_id": product, "quantity": 3, "unit_cost": "7.31"});
    admin.post("/stock-movements", json!({"kind": "receipt", "lines": [line]})).await.expect(201);
    admin.post("/suppliers", json!({"code": "ACME", "name": "Acme"})).await.expect(201);
    admin.post("/categories", json!({"name": "Last"})).await.expect(201);
    settle(server.pool()).await;
    let all = ["stock.movement", "supplier.created", "category.created"];
    let some = ["stock.movement", "category.created"];
    for ((client, mut live), (expected, cost)) in
        clients.iter().zip(live).zip([(&all[..], json!("7.31")), (&some[..], json!(null))])
    {
        let (page, _) = pages(client, &start, "").await;
        assert_eq!(types(&page), expected);
        assert_eq!(page[0]["data"]["lines"][0]["unit_cost"], cost);
        let mut late = Listening::to(client, &format!("?after={start}"), None).await;
        for event in &page {
            assert_eq!(live.soon().await, *event);
            assert_eq!(late.soon().await, *event);
        }
    }
    server.finish().await;
}

/// More than the parts that the poller keeps: who is slow reads for itself, and who has caught up hears the rest.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_or_begins_in_the_past_gets_everything_in_order() {
    let server = server().await;
    let start = latest(&server).await;
    let insert =
        "insert into categories (name) select 'C' || $1::text || '-' || i from generate_series(1, 700) i";
    let mut slow = Listening::to(&server, &format!("?after={start}"), None).await;
    for round in 0..6 {
        sqlx::query(insert).bind(round.to_string()).execute(server.pool()).await.expect("categories");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mut late = Listening::to(&server, &format!("?after={start}"), None).await;
    sqlx::query(insert).bind("last").execute(server.pool()).await.expect("categories");
    let (expected, _) = read(&server, &start, "&limit=200").await;
    assert_eq!(expected.len(), 7 * 700);
    for listening in [&mut slow, &mut late] {
        for event in &expected {
            assert_eq!(listening.soon().await, *event);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_at_the_end_for_those_who_listen() {
    let database = TestDatabase::new().await;
    let server = process(&database).await;
    let mut listening = Listening::to(server.client(), "?after=latest", None).await;
    listening.settle().await;
    let told = Instant::now();
    server.signal(Signal::SIGTERM);
    assert!(timeout(SOON, listening.next()).await.expect("the stream ends").is_none());
    assert!(server.wait().await.success());
    assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
}

/// Those who listen hold no connection, and go on when the database is back.
#[tokio::test(flavor = "multi_thread")]
async fn many_listeners_share_one_poller() {
    let server = server().await;
    let product = server.product("A", 0).await;
    settle(server.pool()).await;
    let mut listening = Vec::new();
    for _ in 0..50 {
        listening.push(Listening::to(&server, "?after=latest", None).await);
    }
    for one in &mut listening {
        one.settle().await;
    }
    let statements = async || {
        tokio::time::sleep(Duration::from_millis(1200)).await; // statistics are sent once a second
        let commits = "select pg_stat_clear_snapshot(), xact_commit from pg_stat_database where datname = current_database()";
        let row: ((), i64) = sqlx::query_as(commits).fetch_one(server.pool()).await.expect("statistics");
        row.1
    };
    let before = statements().await;
    let rounds = 4_i64;
    for _ in 0..rounds {
        server.receive(product, 1, 1).await;
        for one in &mut listening {
            assert_eq!(one.soon().await["type"], "stock.movement");
        }
    }
    let asked = statements().await - before;
    assert!(asked < 150, "{asked} transactions for {rounds} movements and 50 listeners");
    server.finish().await;
}

/// A server listens to so many; one more is told so, and who leaves makes room.
#[tokio::test(flavor = "multi_thread")]
async fn one_listener_too_many_is_told_so() {
    let server = server().await;
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let listen = async || {
        let url = format!("{}/events?after=latest", server.base());
        let request = http.get(url).headers(server.headers().clone());
        request.header("accept", "text/event-stream").send().await.expect("an answer")
    };
    let mut listening = Vec::new();
    for _ in 0..500 {
        let response = listen().await;
        assert_eq!(response.status().as_u16(), 200, "{} listen", listening.len());
        listening.push(response);
    }
    let refused = listen().await;
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (503, true));
    let problem: Value = refused.json().await.expect("a problem");
    assert_eq!(problem["code"], json!("too_many_listeners"));
    drop(listening.pop());
    let left = Instant::now();
    while listen().await.status().as_u16() != 200 {
        assert!(left.elapsed() < Duration::from_secs(20), "who has left makes room");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Nothing happens for longer than proxies and the server's own limits on connections would wait: the stream says that it is
/// there, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_on_which_nothing_happens_stays() {
    let database = TestDatabase::new().await;
    let process = process(&database).await;
    settle(database.pool()).await;
    let quiet_since = Instant::now();
    let mut listening = Listening::to(process.client(), "?after=latest&types=warehouse.created", None).await;
    listening.settle().await;
    let sign = timeout(Duration::from_secs(30), listening.response.chunk()).await.expect("a sign of life");
    assert!(sign.expect("the stream goes on").is_some(), "the stream goes on");
    let quiet = quiet_since.elapsed();
    assert!(quiet > Duration::from_secs(14), "{quiet:?}: longer than the server waits for anything else");
    process.client().warehouse("NORTH").await;
    assert_eq!(listening.soon().await["type"], "warehouse.created");
}
