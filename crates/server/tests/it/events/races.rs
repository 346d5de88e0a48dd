//! Readers while many write: they miss nothing, see nothing twice, and nothing that was rolled back.

use std::collections::BTreeSet;
use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use testkit::{Client, TestDatabase, check_ledger};

use super::{end, latest, pages, place, read, settle};
use crate::support::process;

/// Polls all the time until it is told that nothing more comes.
async fn poll(client: Client, mut after: String, done: Arc<AtomicBool>) -> Vec<Value> {
    let mut seen = Vec::new();
    loop {
        let is_last = done.load(Ordering::SeqCst);
        let (events, next) = pages(&client, &after, "&limit=7").await;
        seen.extend(events);
        after = next;
        if is_last {
            return seen;
        }
    }
}

/// Receipts and issues, of which some are refused. The ids of the movements.
async fn post(client: Client, products: [i64; 2], writer: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for i in 0..30 {
        let refused = i % 5 == 4;
        let (kind, quantity) = if refused { ("issue", 1_000_000) } else { ("receipt", 1) };
        let line = json!({"product_id": products[(writer + i) % 2], "quantity": quantity});
        let answer = client.post("/stock-movements", json!({"kind": kind, "lines": [line]})).await;
        if refused {
            answer.problem(409, "insufficient_stock");
        } else {
            ids.push(answer.expect(201).id());
        }
    }
    ids
}

/// Transactions in psql that stay open for a while after they have written; every other one is rolled back. The warehouses
/// that there are by them.
async fn dawdle(database: sqlx::postgres::PgConnectOptions, writer: usize) -> Vec<String> {
    let mut psql = PgConnection::connect_with(&database).await.expect("a connection");
    let mut codes = Vec::new();
    for i in 0..12_u64 {
        let code = format!("W-{writer}-{i}");
        let insert = format!("begin; insert into warehouses (code, name) values ('{code}', 'Late')");
        sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut psql).await.expect("a warehouse");
        tokio::time::sleep(Duration::from_millis(10 + (i * 37) % 60)).await;
        let end = if i % 2 == 0 { "commit" } else { "rollback" };
        sqlx::raw_sql(end).execute(&mut psql).await.expect("an end");
        if i % 2 == 0 {
            codes.push(code);
        }
    }
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_everything_once_while_two_servers_and_psql_write() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let products = [one.client().product("A", 10).await, one.client().product("B", 10).await];
    settle(database.pool()).await;
    let start = end(one.client()).await;
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = [&one, &two]
        .map(|server| tokio::spawn(poll(server.client().clone(), start.clone(), done.clone())))
        .into_iter()
        .collect();
    let writers: Vec<_> = (0..8)
        .map(|i| tokio::spawn(post(if i % 2 == 0 { &one } else { &two }.client().clone(), products, i)))
        .collect();
    let dawdlers: Vec<_> = (0..3).map(|i| tokio::spawn(dawdle(database.options(), i))).collect();
    let movements: BTreeSet<i64> =
        join_all(writers).await.into_iter().flat_map(|ids| ids.expect("a writer")).collect();
    let warehouses: BTreeSet<String> =
        join_all(dawdlers).await.into_iter().flat_map(|codes| codes.expect("a dawdler")).collect();
    settle(database.pool()).await;
    done.store(true, Ordering::SeqCst);
    assert_eq!((movements.len(), warehouses.len()), (8 * 24, 3 * 6));

    for reader in readers {
        let seen = reader.await.expect("a reader");
        let back = seen.windows(2).find(|two| place(&two[0]) >= place(&two[1]));
        assert!(back.is_none(), "the feed goes back: {back:?}");
        let of = |name: &'static str| seen.iter().filter(move |event| event["type"] == name);
        let found: Vec<i64> = of("stock.movement").filter_map(|event| event["data"]["id"].as_i64()).collect();
        assert_eq!(found.len(), movements.len(), "some were missed, or seen twice");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), movements);
        let found: Vec<&str> =
            of("warehouse.created").filter_map(|event| event["data"]["code"].as_str()).collect();
        assert_eq!(found.len(), warehouses.len(), "{found:?} but there are {warehouses:?}");
        assert_eq!(found.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), warehouses);
    }
    check_ledger(database.pool()).await;
}

/// What was written early and is committed late comes before what was committed meanwhile: so the feed waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn the_feed_waits_for_the_oldest_transaction_under_way() {
    let server = crate::support::server().await;
    let kettle = server.product("KET", 5).await;
    let start = latest(&server).await;
    let mut psql = PgConnection::connect_with(&server.database().options()).await.expect("a connection");
    sqlx::raw_sql("begin; insert into categories (name) values ('Late')")
        .execute(&mut psql)
        .await
        .expect("a category");
    let movement = server.receive(kettle, 1, 1).await;
    let (events, next) = pages(&server, &start, "").await;
    assert_eq!(events, [] as [Value; 0], "it is not its turn yet");
    assert_eq!(next, start);
    sqlx::raw_sql("commit").execute(&mut psql).await.expect("commit");
    let (events, _) = read(&server, &next, "").await;
    assert_eq!(super::types(&events), ["category.created", "stock.movement"]);
    assert_eq!(events[1]["data"]["id"], movement);
    // Who only reads, however long, holds nobody up.
    sqlx::raw_sql("begin isolation level repeatable read; select count(*) from products")
        .execute(&mut psql)
        .await
        .expect("a read");
    server.receive(kettle, 1, 1).into_future().await;
    assert_eq!(read(&server, &start, "").await.0.len(), 3);
    server.finish().await;
}
