//! /reservations: promised stock, by one client and by many.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Client, Response, TestDatabase, TestServer, check_ledger};

use crate::support::{process, server};

fn line(product: i64, quantity: i64) -> Value {
    json!({"product_id": product, "quantity": quantity})
}

async fn reserve(client: &Client, lines: Value) -> Response {
    client.post("/reservations", json!({"lines": lines})).await
}

/// On hand, reserved and available of a product.
async fn totals(server: &TestServer, product: i64) -> [String; 3] {
    let product = server.get(&format!("/products/{product}")).await.expect(200).body;
    ["on_hand", "reserved", "available"].map(|field| product[field].to_string())
}

/// Where the lines of a reservation hold how much.
fn allocations(reservation: &Value) -> Vec<(String, String)> {
    let lines = reservation["lines"].as_array().expect("lines").iter();
    let parts = lines.flat_map(|line| line["allocations"].as_array().expect("allocations").clone());
    parts
        .map(|part| (part["warehouse"].as_str().expect("a code").to_owned(), part["open"].to_string()))
        .collect()
}

#[tokio::test]
async fn what_is_reserved_is_still_there_but_not_available() {
    let server = server().await;
    let id = server.product("A", 10).await;
    let body = json!({"reference": "order 1", "lines": [{"sku": "a", "quantity": 3, "warehouse": "MAIN"}, line(id, 2)]});
    let made = server.post("/reservations", body).key("k").await.expect(201);
    assert_eq!(made.header("location"), Some("/reservations/1"));
    assert_eq!((&made.body["number"], &made.body["status"]), (&json!("RS-000001"), &json!("active")));
    assert_eq!(totals(&server, id).await, ["10", "5", "5"]);
    assert_eq!(server.get("/reservations/1").await.expect(200).body, made.body);
    let movements = server.get("/stock-movements?reference=RS-000001").await.expect(200);
    assert_eq!(movements.items()[0]["kind"], "reserve");
    server
        .post("/stock-adjustments", json!({"product_id": id, "delta": -6, "reason": "damaged"}))
        .await
        .problem(409, "insufficient_stock");
    let replayed =
        server.post("/reservations", made_again()).key("k").await.problem(422, "idempotency_key_reused");
    assert_eq!(replayed.header("idempotency-replayed"), None);
    server.finish().await;
}

fn made_again() -> Value {
    json!({"lines": [{"sku": "A", "quantity": 1}]})
}

#[tokio::test]
async fn the_same_request_twice_with_one_key_is_one_reservation() {
    let server = server().await;
    let id = server.product("A", 5).await;
    let requests = (0..20).map(|_| server.post("/reservations", json!({"lines": [line(id, 3)]})).key("once"));
    let answers = join_all(requests.map(|request| async { request.await.expect(201) })).await;
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count(), 1);
    assert_eq!(totals(&server, id).await, ["5", "3", "2"]);
    server.finish().await;
}

#[tokio::test]
async fn all_lines_are_reserved_or_none() {
    let server = server().await;
    let (a, b) = (server.product("A", 5).await, server.product("B", 2).await);
    let refused = reserve(&server, json!([line(a, 5), line(b, 3)])).await.problem(409, "insufficient_stock");
    assert_eq!((&refused.body["pointer"], &refused.body["product_id"]), (&json!("/lines/1"), &json!(b)));
    reserve(&server, json!([line(a, 3), line(a, 3)])).await.problem(409, "insufficient_stock");
    assert_eq!(totals(&server, a).await, ["5", "0", "5"]);
    reserve(&server, json!([])).await.invalid(&[("/lines", "wrong_length")]);
    reserve(&server, json!([line(a, 0), line(99, 1)]))
        .await
        .invalid(&[("/lines/0/quantity", "out_of_range")]);
    reserve(&server, json!([line(99, 1)])).await.invalid(&[("/lines/0/product_id", "unknown_product")]);
    reserve(&server, json!([{"product_id": a, "quantity": 0.5}]))
        .await
        .invalid(&[("/lines/0", "whole_numbers_only")]);
    server.finish().await;
}

#[tokio::test]
async fn without_a_place_it_is_split_by_the_priority_of_warehouses() {
    let server = server().await;
    let id = server.product("A", 4).await;
    server
        .post("/warehouses", json!({"code": "SECOND", "name": "Second", "priority": 200}))
        .await
        .expect(201);
    let body = json!({"product_id": id, "warehouse": "SECOND", "delta": 3, "reason": "found"});
    server.post("/stock-adjustments", body).await.expect(201);
    let made = reserve(&server, json!([line(id, 5)])).await.expect(201);
    assert_eq!(allocations(&made.body), [("MAIN".into(), "4".into()), ("SECOND".into(), "1".into())]);
    reserve(&server, json!([line(id, 3)])).await.problem(409, "insufficient_stock");
    reserve(&server, json!([{"product_id": id, "quantity": 1, "warehouse": "MAIN"}]))
        .await
        .problem(409, "insufficient_stock");
    server.finish().await;
}

#[tokio::test]
async fn it_is_fulfilled_in_parts_and_the_rest_released() {
    let server = server().await;
    let id = server.product("A", 10).await;
    reserve(&server, json!([line(id, 6)])).await.expect(201);
    let part = json!({"lines": [{"line": 1, "quantity": 4}]});
    let fulfilled = server.post("/reservations/1/fulfil", part).key("f").await.expect(200);
    assert_eq!((&fulfilled.body["lines"][0]["open"], &fulfilled.body["version"]), (&json!(2), &json!(2)));
    assert_eq!(totals(&server, id).await, ["6", "2", "4"]);
    let too_much = json!({"lines": [{"line": 1, "quantity": 3}]});
    let refused = server.post("/reservations/1/fulfil", too_much).await.problem(409, "more_than_reserved");
    assert_eq!(refused.body["open"], 2);
    let released = server.post("/reservations/1/release", json!({})).await.expect(200);
    assert_eq!(released.body["status"], "released");
    assert_eq!(totals(&server, id).await, ["6", "0", "6"]);
    server.post("/reservations/1/fulfil", json!({})).await.problem(409, "reservation_not_active");
    server.post("/reservations/9/release", json!({})).await.problem(404, "reservation_not_found");
    server.finish().await;
}

#[tokio::test]
async fn an_edit_needs_only_the_difference_and_the_version_that_was_seen() {
    let server = server().await;
    let id = server.product("A", 10).await;
    let made = reserve(&server, json!([line(id, 3)])).await.expect(201);
    let edit = |quantity: i64| json!({"lines": [{"line": 1, "quantity": quantity}]});
    let edited = server.patch("/reservations/1", made.etag(), edit(10)).await.expect(200);
    server.patch("/reservations/1", made.etag(), edit(1)).await.problem(412, "stale_version");
    server.patch("/reservations/1", edited.etag(), edit(11)).await.problem(409, "insufficient_stock");
    server.warehouse("EMPTY").await;
    let moved = json!({"lines": [{"line": 1, "warehouse": "EMPTY"}]});
    server.patch("/reservations/1", "*", moved).await.problem(409, "insufficient_stock");
    server
        .patch("/reservations/1", "*", json!({"lines": [{"line": 2, "quantity": 1}]}))
        .await
        .invalid(&[("/lines/0/line", "unknown_line")]);
    let timed = server.patch("/reservations/1", "*", json!({"expires_in_s": 60})).await.expect(200);
    assert!(timed.body["expires_at"].is_string());
    let forever = server
        .patch("/reservations/1", "*", json!({"expires_in_s": null, "lines": [{"line": 1, "quantity": 2}]}))
        .await
        .expect(200);
    assert!(forever.body["expires_at"].is_null());
    assert_eq!(totals(&server, id).await, ["10", "2", "8"]);
    server.patch("/reservations/1", "*", json!({})).await.invalid(&[("/lines", "missing")]);
    server.finish().await;
}

#[tokio::test]
async fn reality_wins_over_the_newest_reservations_if_told_to() {
    let server = server().await;
    let (id, other) = (server.product("A", 10).await, server.product("B", 10).await);
    reserve(&server, json!([line(id, 4)])).await.expect(201);
    reserve(&server, json!([line(id, 5), line(other, 1)])).await.expect(201);
    let counted = |shorten: bool| json!({"product_id": id, "counted": 2, "reason": "counted", "shorten_reservations": shorten});
    let refused = server.post("/stock-adjustments", counted(false)).await.problem(409, "insufficient_stock");
    let held = |id: i64, open: i64| json!({"id": id, "number": format!("RS-{id:06}"), "reference": null, "warehouse": "MAIN", "location_id": 1, "open": open});
    assert_eq!(refused.body["reservations"], json!([held(2, 5), held(1, 4)]), "newest first");
    server.post("/stock-adjustments", counted(true)).await.expect(201);
    assert_eq!(totals(&server, id).await, ["2", "2", "0"]);
    let newest = server.get("/reservations/2").await.expect(200).body;
    assert_eq!(
        (&newest["status"], &newest["lines"][0]["open"], &newest["lines"][1]["open"]),
        (&json!("active"), &json!(0), &json!(1))
    );
    server.finish().await;
}

/// What is counted in whole numbers stays so, whatever is done to a reservation; and one edit says one thing about a line.
#[tokio::test]
async fn fractions_and_lines_named_twice_are_refused() {
    let server = server().await;
    let id = server.product("A", 10).await;
    let made = reserve(&server, json!([line(id, 3)])).await.expect(201);
    let fraction = json!({"lines": [{"line": 1, "quantity": 0.5}]});
    let refused = [("/lines/0", "whole_numbers_only")];
    server.post("/reservations/1/fulfil", fraction).await.invalid(&refused);
    for edit in [json!({"line": 1, "quantity": 2.5}), json!({"line": 1, "quantity": 3.5, "location_id": 1})] {
        server.patch("/reservations/1", "*", json!({"lines": [edit]})).await.invalid(&refused);
    }
    let twice = json!({"lines": [{"line": 1, "quantity": 5}, {"line": 1, "quantity": 6}]});
    server.patch("/reservations/1", "*", twice).await.invalid(&[("/lines/1/line", "repeated")]);
    assert_eq!(server.get("/reservations/1").await.expect(200).body, made.body);
    server.finish().await;
}

/// Reservations are shortened once, however many lines take from them, and only as far as that helps.
#[tokio::test]
async fn what_is_shortened_leaves_no_moment_negative_and_nothing_is_taken_twice() {
    let server = server().await;
    let id = server.product("A", 10).await;
    reserve(&server, json!([line(id, 8)])).await.expect(201);
    let issue = |by_location: i64, by_warehouse: i64| {
        let lines = json!([{"product_id": id, "location_id": 1, "quantity": by_location},
            {"product_id": id, "warehouse": "MAIN", "quantity": by_warehouse}]);
        json!({"kind": "issue", "shorten_reservations": true, "lines": lines})
    };
    let refused = server.post("/stock-movements", issue(6, 6)).await.problem(409, "insufficient_stock").body;
    assert_eq!((&refused["available"], &refused["requested"]), (&json!(4), &json!(6)));
    server.post("/stock-movements", issue(5, 4)).await.expect(201);
    assert_eq!(totals(&server, id).await, ["1", "1", "0"]);

    // Sold out after that moment, and refilled: then nothing more can have left, whoever gives up what.
    let refilled = server.product("B", 10).await;
    let stock = |delta: i64| json!({"product_id": refilled, "delta": delta, "reason": "test"});
    let opening = server.get(&format!("/products/{refilled}/entries")).await.expect(200);
    let then = opening.items()[0]["recorded_at"].clone();
    server.post("/stock-adjustments", stock(-7)).await.expect(201);
    server.post("/stock-adjustments", stock(7)).await.expect(201);
    let held = reserve(&server, json!([line(refilled, 8)])).await.expect(201).id();
    let late = |delta: i64| json!({"product_id": refilled, "delta": delta, "reason": "late", "occurred_at": then, "shorten_reservations": true});
    let refused = server.post("/stock-adjustments", late(-5)).await.problem(409, "negative_since").body;
    assert_eq!((&refused["available"], &refused["requested"]), (&json!(3), &json!(5)));
    server.post("/stock-adjustments", late(-3)).await.expect(201);
    let shortened = server.get(&format!("/reservations/{held}")).await.expect(200).body;
    assert_eq!(shortened["lines"][0]["open"], 7, "1 was missing");
    server.finish().await;
}

/// Whoever is told that there is too little is told who holds it: also by what reserves, and by every document that takes stock.
#[tokio::test]
async fn every_refusal_for_want_of_stock_names_who_holds_it() {
    let server = server().await;
    let id = server.product("A", 10).await;
    let shop = server.warehouse("SHOP").await;
    let order = json!({"reference": "order 7", "lines": [line(id, 8)]});
    server.post("/reservations", order).await.expect(201);
    let own = reserve(&server, json!([line(id, 1)])).await.expect(201).id();
    let held = |id: i64, reference: Value, open: i64| json!({"id": id, "number": format!("RS-{id:06}"), "reference": reference, "warehouse": "MAIN", "location_id": 1, "open": open});
    let holders = json!([held(own, Value::Null, 1), held(1, json!("order 7"), 8)]);
    let two = json!([line(id, 2)]);
    let transfer = |immediate: bool| {
        let (from, to) = (json!({"warehouse": "MAIN"}), json!({"warehouse_id": shop}));
        json!({"from": from, "to": to, "lines": two, "immediate": immediate})
    };
    let draft = server.post("/stock-transfers", transfer(false)).await.expect(201).id();
    for (path, body) in [
        ("/reservations".to_owned(), json!({"lines": two})),
        ("/reservations?dry_run=true".to_owned(), json!({"lines": two})),
        ("/stock-transfers".to_owned(), transfer(true)),
        (format!("/stock-transfers/{draft}/ship"), json!({})),
        ("/stock-movements".to_owned(), json!({"kind": "issue", "lines": two})),
        ("/stock-movements?dry_run=true".to_owned(), json!({"kind": "issue", "lines": two})),
        ("/stock-adjustments".to_owned(), json!({"product_id": id, "delta": -2, "reason": "broken"})),
    ] {
        let refused = server.post(&path, body).await.problem(409, "insufficient_stock");
        assert_eq!(refused.body["reservations"], holders, "{path}");
        assert_eq!(
            (&refused.body["available"], &refused.body["requested"]),
            (&json!(1), &json!(2)),
            "{path}"
        );
    }
    let edit = json!({"lines": [{"line": 1, "quantity": 3}]});
    let refused = server.patch(&format!("/reservations/{own}"), "*", edit).await;
    assert_eq!(refused.problem(409, "insufficient_stock").body["reservations"], holders);
    // What nobody has promised is held by nobody.
    let empty = server.product("B", 0).await;
    let refused = reserve(&server, json!([line(empty, 1)])).await.problem(409, "insufficient_stock");
    assert!(refused.body.get("reservations").is_none());
    server.finish().await;
}

#[tokio::test]
async fn they_are_listed_newest_first_by_status_reference_and_product() {
    let server = server().await;
    let (a, b) = (server.product("A", 10).await, server.product("B", 10).await);
    for (reference, product) in [("x", a), ("y", b), ("x", b)] {
        server
            .post(
                "/reservations",
                json!({"reference": reference, "lines": [line(product, 1), line(product, 1)]}),
            )
            .await
            .expect(201);
    }
    server.post("/reservations/1/release", json!({})).await.expect(200);
    for (query, expected) in [
        ("", vec![3, 2, 1]),
        ("?status=active", vec![3, 2]),
        ("?reference=x", vec![3, 1]),
        ("?sku=B", vec![3, 2]),
        ("?product_id=1", vec![]),
        ("?sku=A&sku=B&limit=1", vec![3]),
        ("?sku=B&reference=y&limit=1", vec![2]),
    ] {
        let list = server.get(&format!("/reservations{query}")).await.expect(200);
        let ids: Vec<i64> = list.items().iter().filter_map(|item| item["id"].as_i64()).collect();
        assert_eq!(ids, expected, "{query}");
    }
    server.finish().await;
}

/// 400 clients on two server processes want 100 units, some of them twice: exactly 100 are promised.
#[tokio::test(flavor = "multi_thread")]
async fn a_flash_sale_over_two_servers_sells_exactly_what_there_is() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let id = one.client().product("HOT", 100).await;
    let buyers = (0..400).map(|i| {
        let client = if i % 2 == 0 { one.client() } else { two.client() }.clone();
        tokio::spawn(async move {
            let made = client
                .post("/reservations", json!({"lines": [line(id, 1)]}))
                .key(&format!("cart-{}", i / 2))
                .await;
            match made.status {
                201 if made.header("idempotency-replayed").is_none() => {
                    let path = format!("/reservations/{}/fulfil", made.id());
                    client.post(&path, json!({})).await.expect(200);
                    1
                }
                201 => 0,
                _ => {
                    made.problem(409, "insufficient_stock");
                    0
                }
            }
        })
    });
    let bought: usize =
        join_all(buyers.collect::<Vec<_>>()).await.into_iter().map(|one| one.expect("a buyer")).sum();
    assert_eq!(bought, 100);
    assert_eq!(one.client().on_hand(id).await.to_string(), "0");
    check_ledger(database.pool()).await;
}

/// Two server processes expire the same reservations; each is released once. What is fulfilled before stays fulfilled.
#[tokio::test(flavor = "multi_thread")]
async fn what_expires_is_released_once() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let id = one.client().product("A", 100).await;
    // The first is fulfilled before its time is over, also on a slow machine.
    let reserve = async |client: &Client, expires_in_s: i64| {
        let body = json!({"lines": [line(id, 2)], "expires_in_s": expires_in_s});
        client.post("/reservations", body).await.expect(201)
    };
    let begun = Instant::now();
    reserve(one.client(), 5).await;
    one.client().post("/reservations/1/fulfil", json!({})).await.expect(200);
    for client in [one.client(), two.client()] {
        for _ in 0..10 {
            reserve(client, 1).await;
        }
    }
    for _ in 0..300 {
        if one.client().get("/reservations?status=active").await.expect(200).items().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_millis(5500).saturating_sub(begun.elapsed())).await;
    let product = one.client().get(&format!("/products/{id}")).await.expect(200).body;
    assert_eq!(
        (product["on_hand"].to_string(), product["available"].to_string()),
        ("98".into(), "98".into())
    );
    let expired = two.client().get("/stock-movements?kind=expire&limit=200").await.expect(200);
    assert_eq!(expired.items().len(), 20);
    check_ledger(database.pool()).await;
}
