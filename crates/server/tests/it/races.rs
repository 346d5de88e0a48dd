//! Everything that can run out, raced for. Each was seen red with the lock on `product_stock` taken out.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _};
use testkit::{Client, TestDatabase, check_ledger};

use crate::support::{process, server};

fn issue(product: i64, quantity: i64) -> Value {
    json!({"kind": "issue", "lines": [{"product_id": product, "quantity": quantity}]})
}

/// Send the requests at once; how many were answered 201 and how many 409 `insufficient_stock`.
async fn race(clients: impl Iterator<Item = (Client, Value)>) -> (usize, usize) {
    let requests = clients
        .map(|(client, body)| tokio::spawn(async move { client.post("/stock-movements", body).await }));
    let answers = join_all(requests.collect::<Vec<_>>()).await;
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
    let won = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.code() == Some("insufficient_stock")).count();
    (won, refused)
}

/// Fifty orders of three race for a hundred units. Exactly 33 win, whatever the interleaving.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_clients_on_one_product_never_oversell() {
    let server = server().await;
    let id = server.product("HOT", 100).await;
    let outcome = race((0..50).map(|_| ((*server).clone(), issue(id, 3)))).await;
    assert_eq!(outcome, (33, 17));
    assert_eq!(server.on_hand(id).await.to_string(), "1");
    server.finish().await;
}

/// The same across two server processes on one database.
#[tokio::test(flavor = "multi_thread")]
async fn two_server_processes_never_oversell() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let id = one.client().product("HOT", 40).await;
    let clients =
        (0..60).map(|i| (if i % 2 == 0 { one.client() } else { two.client() }.clone(), issue(id, 1)));
    assert_eq!(race(clients).await, (40, 20));
    assert_eq!(two.client().on_hand(id).await.to_string(), "0");
    check_ledger(database.pool()).await;
}

/// Orders that name the same products in opposite order do not block each other for ever.
#[tokio::test(flavor = "multi_thread")]
async fn opposite_orders_of_lines_do_not_deadlock() {
    let server = server().await;
    let (a, b) = (server.product("A", 30).await, server.product("B", 30).await);
    let order = |first: i64, second: i64| json!({"kind": "issue", "lines": [{"product_id": first, "quantity": 1}, {"product_id": second, "quantity": 1}]});
    let clients = (0..40).map(|i| ((*server).clone(), if i % 2 == 0 { order(a, b) } else { order(b, a) }));
    assert_eq!(race(clients).await, (30, 10));
    server.finish().await;
}

/// One key, sent by twenty at once, has one effect, and all get the same answer.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_requests_with_one_key_have_one_effect() {
    let server = server().await;
    let id = server.product("A", 100).await;
    let requests = (0..20)
        .map(|_| tokio::spawn(server.post("/stock-movements", issue(id, 1)).key("same").into_future()));
    let answers: Vec<_> = join_all(requests.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|answer| answer.expect("an answer").expect(201))
        .collect();
    assert!(answers.iter().all(|answer| answer.text == answers[0].text));
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count(), 1);
    assert_eq!(server.on_hand(id).await.to_string(), "99");
    server.finish().await;
}

/// One key for a document: a product that is taken by itself is a replay, not a duplicate.
#[tokio::test(flavor = "multi_thread")]
async fn a_product_created_twenty_times_with_one_key_is_created_once() {
    let server = server().await;
    let body = json!({"sku": "ONCE", "name": "Once", "price": "1.00", "on_hand": 3});
    let requests =
        (0..20).map(|_| tokio::spawn(server.post("/products", body.clone()).key("same").into_future()));
    let answers: Vec<_> = join_all(requests.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|answer| answer.expect("an answer").expect(201))
        .collect();
    assert!(answers.iter().all(|answer| answer.text == answers[0].text));
    assert_eq!(server.on_hand(answers[0].id()).await.to_string(), "3");
    server.finish().await;
}

/// Without a key, one of many that create the same SKU wins, and the others are told so.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_creates_a_sku() {
    let server = server().await;
    let body = json!({"sku": "ONE", "name": "One", "price": "1.00"});
    let requests = (0..20).map(|_| tokio::spawn(server.post("/products", body.clone()).into_future()));
    let answers: Vec<_> = join_all(requests.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("duplicate_sku")).count(), 19);
    server.finish().await;
}

/// A movement is reversed by one of ten that try at once.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_reverses_a_movement() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let receipt = server.receive(id, 1, 10).await;
    server.receive(id, 1, 90).await;
    let path = format!("/stock-movements/{receipt}/reverse");
    let requests =
        (0..10).map(|_| tokio::spawn(server.post(&path, json!({"reason": "twice"})).into_future()));
    let answers: Vec<_> = join_all(requests.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("already_reversed")).count(), 9);
    assert_eq!(server.on_hand(id).await.to_string(), "90");
    server.finish().await;
}

/// While somebody holds a product's row by psql, everything else goes on: 200 reads, that product's too, and another's stock.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_held_by_psql_blocks_neither_reads_nor_other_products() {
    let server = server().await;
    let (held, free) = (server.product("HELD", 5).await, server.product("FREE", 5).await);
    let mut psql =
        sqlx::PgConnection::connect_with(&server.database().options()).await.expect("a connection");
    sqlx::raw_sql("begin").execute(&mut psql).await.expect("begin");
    sqlx::query("select from product_stock where product_id = $1 for update")
        .bind(held)
        .execute(&mut psql)
        .await
        .expect("the lock");

    // More writers than there are connections for them.
    let blocked: Vec<_> = (0..20)
        .map(|_| tokio::spawn(server.post("/stock-movements", issue(held, 1)).into_future()))
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let reads = (0..200).map(|_| server.get(&format!("/products/{held}")).into_future());
    let reads =
        tokio::time::timeout(std::time::Duration::from_secs(20), join_all(reads)).await.expect("reads go on");
    assert!(reads.iter().all(|answer| answer.status == 200));
    assert!(blocked.iter().all(|request| !request.is_finished()), "they wait for the lock");

    sqlx::raw_sql("rollback").execute(&mut psql).await.expect("rollback");
    let answers = join_all(blocked).await;
    let (won, rest): (Vec<_>, Vec<_>) =
        answers.into_iter().map(|answer| answer.expect("an answer")).partition(|answer| answer.status == 201);
    assert!(
        rest.iter().all(|answer| matches!(answer.code(), Some("insufficient_stock" | "busy"))),
        "{rest:?}"
    );
    assert_eq!(server.on_hand(held).await.to_string(), (5 - won.len()).to_string());
    server.post("/stock-movements", issue(free, 1)).await.expect(201);
    server.finish().await;
}

/// Whatever row somebody holds by psql holds up only what is about that row, whichever table it is in: other products, also those of
/// the same lane, move on, by single commands and by such about several products; and what was held up is done when the row is free.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_held_by_psql_in_any_table_holds_up_only_its_own_commands() {
    let server = server().await;
    let mut products = Vec::new();
    for n in 0..6 {
        products.push(server.product(&format!("P-{n}"), 9).await);
    }
    let (held, free) = (products[0], &products[1..]);
    server.post("/reservations", json!({"lines": [{"product_id": held, "quantity": 1}]})).await.expect(201);
    for (row, path, body) in [
        ("stock_levels where product_id = 1", "/stock-movements", issue(held, 1)),
        ("product_stock where product_id = 1", "/stock-movements", issue(held, 1)),
        ("reservation_lines where product_id = 1", "/reservations/1/fulfil", json!({})),
    ] {
        let mut psql = sqlx::PgConnection::connect_with(&server.database().options()).await.expect("psql");
        sqlx::raw_sql("begin").execute(&mut psql).await.expect("begin");
        sqlx::query(AssertSqlSafe(format!("select from {row} for update")))
            .execute(&mut psql)
            .await
            .expect("the row");
        let blocked = tokio::spawn(server.post(path, body).into_future());
        tokio::time::sleep(Duration::from_millis(300)).await; // it is tried and set aside
        let begun = std::time::Instant::now();
        let both = |one: i64, other: i64| json!({"kind": "issue", "lines": [{"product_id": one, "quantity": 1}, {"product_id": other, "quantity": 1}]});
        for _ in 0..2 {
            let single = free.iter().map(|id| server.post("/stock-movements", issue(*id, 1)).into_future());
            join_all(single).await.into_iter().for_each(|answer| drop(answer.expect(201)));
        }
        server.post("/stock-movements", both(free[0], free[1])).await.expect(201);
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(4), "{row}: others waited for {took:?}");
        assert!(!blocked.is_finished(), "{row}: it waits for the row");
        sqlx::raw_sql("rollback").execute(&mut psql).await.expect("rollback");
        let answer = blocked.await.expect("an answer");
        assert!([200, 201].contains(&answer.status), "{row}: {answer:?}");
        let back = free.iter().map(|id| json!({"product_id": id, "quantity": 3}));
        let back = json!({"kind": "receipt", "lines": Vec::from_iter(back)});
        server.post("/stock-movements", back).await.expect(201);
    }
    server.finish().await;
}

/// A location gets another kind, or is removed, between the look at it and the first level there: the movement finds it as it is then.
#[tokio::test(flavor = "multi_thread")]
async fn a_location_that_changes_under_its_first_movement_is_found_as_it_is_then() {
    let server = server().await;
    let id = server.product("A", 0).await;
    for (round, pause_ms) in [20, 40, 60, 80, 120, 150].into_iter().enumerate() {
        let (turned, removed) = (
            server.location("MAIN", &format!("T-{round}"), "storage").await,
            server.location("MAIN", &format!("R-{round}"), "storage").await,
        );
        let change = format!(
            "update locations set kind = 'hold' where id = {turned}; delete from locations where id = {removed}"
        );
        let mut psql = sqlx::PgConnection::connect_with(&server.database().options()).await.expect("psql");
        sqlx::raw_sql(AssertSqlSafe(format!("begin; {change}")))
            .execute(&mut psql)
            .await
            .expect("the change");
        let receive = |location: i64| {
            let lines = json!([{"product_id": id, "quantity": 1, "location_id": location}]);
            tokio::spawn(
                server.post("/stock-movements", json!({"kind": "receipt", "lines": lines})).into_future(),
            )
        };
        let (at_turned, at_removed) = (receive(turned), receive(removed));
        tokio::time::sleep(Duration::from_millis(pause_ms)).await; // it has read the location, and waits for its row
        sqlx::raw_sql("commit").execute(&mut psql).await.expect("commit");
        at_turned.await.expect("an answer").expect(201);
        at_removed.await.expect("an answer").invalid(&[("/lines/0/location_id", "unknown_location")]);
    }
    let product = server.get(&format!("/products/{id}")).await.expect(200).body;
    assert_eq!((&product["on_hand"], &product["available"]), (&json!(6), &json!(0)), "on hold");
    server.finish().await;
}

/// A product is deleted while its first movement arrives: either it is gone and the movement unknown, or it stays with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_deleted_or_moved_but_not_both() {
    let server = server().await;
    for round in 0..40 {
        let id = server.product(&format!("P-{round}"), 0).await;
        let deleting = tokio::spawn(server.delete(&format!("/products/{id}"), "*").into_future());
        let line = json!({"product_id": id, "quantity": 1});
        let receiving = server.post("/stock-movements", json!({"kind": "receipt", "lines": [line]}));
        let receiving = tokio::spawn(receiving.into_future());
        match (deleting.await.expect("an answer").status, receiving.await.expect("an answer").status) {
            (204, 422) | (409, 201) => {}
            both => panic!("{both:?}"),
        }
    }
    server.finish().await;
}

/// What a reversal is about is found out only when it is tried. Held up, it waits for its next turn and does not keep the
/// database busy meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_that_is_held_up_waits_for_its_turn() {
    let server = server().await;
    let id = server.product("A", 5).await;
    let movement = server.post("/stock-movements", issue(id, 2)).await.expect(201).id();
    let mut psql = sqlx::PgConnection::connect_with(&server.database().options()).await.expect("psql");
    sqlx::raw_sql("begin").execute(&mut psql).await.expect("begin");
    let lock = "select from product_stock for no key update";
    sqlx::query(lock).execute(&mut psql).await.expect("the lock");
    let (client, path) = ((*server).clone(), format!("/stock-movements/{movement}/reverse"));
    let reversal = tokio::spawn(async move { client.post(&path, json!({"reason": "slip"})).await });
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert!(!reversal.is_finished(), "it waits for the lock");
    let ids: i64 = sqlx::query_scalar("select last_value from stock_movements_id_seq")
        .fetch_one(server.pool())
        .await
        .expect("ids");
    assert!(ids - movement < 20, "{} tries in a second and a half", ids - movement); // each takes an id
    sqlx::raw_sql("rollback").execute(&mut psql).await.expect("rollback");
    reversal.await.expect("an answer").expect(201);
    assert_eq!(server.on_hand(id).await.to_string(), "5");
    server.finish().await;
}
