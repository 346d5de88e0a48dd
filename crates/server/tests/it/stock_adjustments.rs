//! POST /stock-adjustments.

use serde_json::{Value, json};
use testkit::TestServer;

use crate::support::server;

async fn adjust(server: &TestServer, body: Value) -> testkit::Response {
    server.post("/stock-adjustments", body).await
}

#[tokio::test]
async fn an_adjustment_shows_before_and_after_and_leaves_a_trace() {
    let server = server().await;
    let id = server.product("KET-17", 40).await;
    let body =
        json!({"sku": "ket-17", "warehouse": "main", "delta": -2, "reason": "damaged", "note": "dropped"});
    let answer = adjust(&server, body).await.expect(201);
    assert_eq!((&answer.body["on_hand_before"], &answer.body["on_hand_after"]), (&json!(40), &json!(38)));
    assert_eq!((&answer.body["reserved"], &answer.body["available"]), (&json!(0), &json!(38)));

    let movement = answer.body["movement_id"].as_i64().expect("a movement");
    assert_eq!(answer.header("location"), Some(format!("/stock-movements/{movement}").as_str()));
    let movement = server.get(&format!("/stock-movements/{movement}")).await.expect(200).body;
    let told = ["kind", "reason", "note", "actor"]
        .map(|member| movement[member].as_str().expect("a text").to_owned());
    assert_eq!(told, ["adjustment", "damaged", "dropped", "demo"]);

    let card = server.get(&format!("/products/{id}/entries")).await.expect(200);
    let newest = &card.items()[0];
    assert_eq!(
        (&newest["on_hand_before"], &newest["on_hand_delta"], &newest["on_hand_after"]),
        (&json!(40), &json!(-2), &json!(38))
    );
    assert_eq!(newest["recorded_at"], answer.body["recorded_at"]);
    assert_eq!(server.on_hand(id).await.to_string(), "38");
    server.finish().await;
}

#[tokio::test]
async fn more_than_is_there_is_refused_and_says_what_is_available() {
    let server = server().await;
    let id = server.product("A", 10).await;
    let refused = adjust(&server, json!({"product_id": id, "delta": -30, "reason": "taken"})).await;
    let refused = refused.problem(409, "insufficient_stock");
    assert_eq!((&refused.body["available"], &refused.body["requested"]), (&json!(10), &json!(30)));
    assert_eq!(server.on_hand(id).await.to_string(), "10");
    server.finish().await;
}

#[tokio::test]
async fn a_loss_by_warehouse_is_taken_from_several_locations() {
    let server = server().await;
    let shelf = server.location("MAIN", "SHELF", "storage").await;
    let hold = server.location("MAIN", "HOLD", "hold").await;
    let id = server.product("A", 10).await;
    server.receive(id, shelf, 15).await;
    server.receive(id, hold, 100).await;
    let answer =
        adjust(&server, json!({"product_id": id, "warehouse": "MAIN", "delta": -13, "reason": "sold"}))
            .await
            .expect(201);
    assert_eq!(answer.body["location_id"], Value::Null);
    let after: Vec<_> = answer.body["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|e| e["on_hand_after"].clone())
        .collect();
    assert_eq!(after, [json!(0), json!(12)]);
    let counted = json!({"product_id": id, "warehouse": "MAIN", "counted": 12, "reason": "counted"});
    assert_eq!(adjust(&server, counted).await.expect(201).body["location_id"], json!(shelf));
    server.finish().await;
}

#[tokio::test]
async fn a_count_sets_what_is_on_hand_and_asks_where_if_several_locations_hold_it() {
    let server = server().await;
    let id = server.product("A", 10).await;
    let count = json!({"product_id": id, "warehouse": "MAIN", "counted": 7, "reason": "yearly count"});
    let answer = adjust(&server, count.clone()).await.expect(201);
    assert_eq!((&answer.body["on_hand_before"], &answer.body["on_hand_after"]), (&json!(10), &json!(7)));
    let unchanged = adjust(&server, count.clone()).await.expect(201);
    assert_ne!(
        unchanged.body["movement_id"], answer.body["movement_id"],
        "a count that confirms is kept, too"
    );

    let shelf = server.location("MAIN", "SHELF", "storage").await;
    server.receive(id, shelf, 1).await;
    adjust(&server, count).await.problem(422, "location_required");
    let there = json!({"product_id": id, "location_id": shelf, "counted": 0, "reason": "yearly count"});
    adjust(&server, there).await.expect(201);
    server.finish().await;
}

#[tokio::test]
async fn compare_and_set_is_refused_with_the_real_value() {
    let server = server().await;
    let id = server.product("A", 12).await;
    let expecting = |expected: i64| json!({"product_id": id, "delta": 1, "reason": "found", "expected_on_hand": expected});
    let refused = adjust(&server, expecting(9)).await.problem(409, "stale_quantity");
    assert_eq!(refused.body["on_hand"], json!(12));
    adjust(&server, expecting(12)).await.expect(201);
    assert_eq!(server.on_hand(id).await.to_string(), "13");
    server.finish().await;
}

#[tokio::test]
async fn a_dry_run_shows_the_outcome_and_writes_nothing() {
    let server = server().await;
    let id = server.product("A", 5).await;
    let body = json!({"product_id": id, "delta": -5, "reason": "sold"});
    let shown = server.post("/stock-adjustments?dry_run=true", body.clone()).key("k").await.expect(200);
    assert_eq!((&shown.body["on_hand_after"], &shown.body["movement_id"]), (&json!(0), &Value::Null));
    assert_eq!(server.on_hand(id).await.to_string(), "5");
    let done = server.post("/stock-adjustments", body.clone()).key("k").await.expect(201);
    assert_eq!(done.header("idempotency-replayed"), None, "the dry run has not used the key up");
    server.post("/stock-adjustments?dry_run=true", body).await.problem(409, "insufficient_stock");
    server.finish().await;
}

#[tokio::test]
async fn a_key_has_one_effect_and_its_replay_gives_the_first_answer() {
    let server = server().await;
    let id = server.product("A", 5).await;
    let body = json!({"product_id": id, "delta": -2, "reason": "sold"});
    let first = server.post("/stock-adjustments", body.clone()).key("order-17").await.expect(201);
    adjust(&server, json!({"product_id": id, "delta": 40, "reason": "found"})).await.expect(201);
    // Another order of the same members and other white space are the same request.
    let text = format!("{{ \"reason\": \"sold\", \"delta\": -2, \"product_id\": {id} }}");
    let again = server
        .request("POST", "/stock-adjustments")
        .header("content-type", "application/json")
        .key("order-17")
        .raw(text);
    let again = again.await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        (again.text, again.headers["location"].clone()),
        (first.text, first.headers["location"].clone())
    );
    assert_eq!(server.on_hand(id).await.to_string(), "43");

    let other = json!({"product_id": id, "delta": -3, "reason": "sold"});
    server.post("/stock-adjustments", other).key("order-17").await.problem(422, "idempotency_key_reused");
    let elsewhere = json!({"kind": "issue", "lines": [{"product_id": id, "quantity": 2}]});
    server.post("/stock-movements", elsewhere).key("order-17").await.problem(422, "idempotency_key_reused");
    server.finish().await;
}

#[tokio::test]
async fn a_refused_key_may_succeed_later() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let sale = json!({"product_id": id, "delta": -1, "reason": "sold"});
    server.post("/stock-adjustments", sale.clone()).key("k").await.problem(409, "insufficient_stock");
    adjust(&server, json!({"product_id": id, "delta": 1, "reason": "found"})).await.expect(201);
    server.post("/stock-adjustments", sale).key("k").await.expect(201);
    server.finish().await;
}

#[tokio::test]
async fn bad_input_is_named_field_by_field() {
    let server = server().await;
    let id = server.product("A", 5).await;
    let post = |body: Value| adjust(&server, body);
    post(json!({})).await.invalid(&[
        ("/product_id", "missing"),
        ("/delta", "missing"),
        ("/reason", "missing"),
    ]);
    post(json!({"product_id": id, "sku": "A", "delta": 1, "counted": 1, "reason": "x", "warehouse": "MAIN", "location_id": 1}))
        .await
        .invalid(&[("/sku", "mutually_exclusive"), ("/counted", "mutually_exclusive"), ("/warehouse", "mutually_exclusive")]);
    post(json!({"product_id": "1", "delta": "1", "reason": 5, "colour": "red"})).await.invalid(&[
        ("/product_id", "wrong_type"),
        ("/delta", "wrong_type"),
        ("/reason", "wrong_type"),
        ("/colour", "unknown_field"),
    ]);
    post(json!({"product_id": id, "delta": 0, "reason": "x"})).await.invalid(&[("/delta", "zero")]);
    post(json!({"product_id": id, "counted": -1, "reason": "x"})).await.invalid(&[("/counted", "negative")]);
    post(json!({"product_id": id, "delta": 0.5, "reason": "x"})).await.invalid(&[("", "whole_numbers_only")]);
    post(json!({"product_id": id, "delta": 1, "reason": "a\u{0}b"}))
        .await
        .invalid(&[("/reason", "control_character")]);
    post(json!({"product_id": id, "delta": 999_999_999, "reason": "x"}))
        .await
        .invalid(&[("", "out_of_range")]);
    post(json!({"product_id": 999, "location_id": 999, "delta": 1, "reason": "x"}))
        .await
        .invalid(&[("/product_id", "unknown_product"), ("/location_id", "unknown_location")]);
    post(json!({"sku": "nope", "warehouse": "nope", "delta": 1, "reason": "x"}))
        .await
        .invalid(&[("/sku", "unknown_product"), ("/warehouse", "unknown_warehouse")]);
    for (text, code) in
        [("0.0000001", "too_many_decimals"), ("1e400", "out_of_range"), ("1000000000", "out_of_range")]
    {
        let body = format!("{{\"product_id\": {id}, \"delta\": {text}, \"reason\": \"x\"}}");
        let request =
            server.request("POST", "/stock-adjustments").header("content-type", "application/json").raw(body);
        request.await.invalid(&[("/delta", code)]);
    }
    server
        .post("/stock-adjustments?dry=1", json!({"product_id": id, "delta": 1, "reason": "x"}))
        .await
        .invalid(&[("?dry", "unknown_parameter")]);
    server
        .post("/stock-adjustments", json!({"product_id": id, "delta": 1, "reason": "x"}))
        .key("a b")
        .await
        .problem(400, "invalid_idempotency_key");
    assert_eq!(server.on_hand(id).await.to_string(), "5");
    server.finish().await;
}

#[tokio::test]
async fn fractions_stay_exact() {
    let server = server().await;
    let id = server.product_with(json!({"sku": "TEA", "unit": "kg"})).await;
    for _ in 0..10 {
        adjust(&server, json!({"product_id": id, "delta": 0.1, "reason": "weighed"})).await.expect(201);
    }
    let text = server.get(&format!("/products/{id}")).await.expect(200).text;
    assert!(text.contains("\"on_hand\":1,"), "{text}");
    adjust(&server, json!({"product_id": id, "delta": 0.000_001, "reason": "weighed"})).await.expect(201);
    assert_eq!(server.on_hand(id).await.to_string(), "1.000001");
    server.finish().await;
}

#[tokio::test]
async fn stock_in_transit_or_of_an_archived_product_is_not_adjusted() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let transit = server.location("MAIN", "ROAD", "transit").await;
    let body = json!({"product_id": id, "location_id": transit, "delta": 1, "reason": "x"});
    adjust(&server, body).await.problem(409, "location_not_open");
    for delta in [1, -1] {
        adjust(&server, json!({"product_id": id, "delta": delta, "reason": "x"})).await.expect(201);
    }
    let etag = server.get(&format!("/products/{id}")).await.etag().to_owned();
    server.delete(&format!("/products/{id}"), &etag).await.expect(204);
    adjust(&server, json!({"product_id": id, "delta": 1, "reason": "x"}))
        .await
        .problem(409, "product_archived");
    server.finish().await;
}
