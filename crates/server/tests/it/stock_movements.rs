//! POST /stock-movements and its reversal.

use serde_json::{Value, json};

use crate::support::server;

#[tokio::test]
async fn the_kind_gives_the_sign() {
    let server = server().await;
    let id = server.product("A", 0).await;
    for (kind, quantity, after) in [
        ("receipt", 10, 10),
        ("issue", 4, 6),
        ("return_in", 1, 7),
        ("return_out", 2, 5),
        ("adjustment", -1, 4),
    ] {
        let body =
            json!({"kind": kind, "reason": "why", "lines": [{"product_id": id, "quantity": quantity}]});
        let movement = server.post("/stock-movements", body).await.expect(201).body;
        assert_eq!(movement["lines"][0]["on_hand_after"], json!(after), "{kind}");
        let read = server.get(&format!("/stock-movements/{}", movement["id"])).await.expect(200).body;
        assert_eq!(read, movement, "what was answered is what is read");
    }
    server.finish().await;
}

#[tokio::test]
async fn two_lines_for_one_product_are_added_before_the_check() {
    let server = server().await;
    let id = server.product("A", 5).await;
    let line = json!({"product_id": id, "quantity": 3});
    let refused = server.post("/stock-movements", json!({"kind": "issue", "lines": [line, line]})).await;
    let refused = refused.problem(409, "insufficient_stock");
    assert_eq!((&refused.body["available"], &refused.body["requested"]), (&json!(5), &json!(6)));
    assert_eq!(server.on_hand(id).await.to_string(), "5");
    server.finish().await;
}

#[tokio::test]
async fn all_lines_happen_or_none() {
    let server = server().await;
    let rich = server.product("RICH", 100).await;
    server.product("POOR", 1).await;
    let lines = json!([{"product_id": rich, "quantity": 50}, {"sku": "poor", "quantity": 2}]);
    let refused = server.post("/stock-movements", json!({"kind": "issue", "lines": lines})).await;
    assert_eq!(refused.problem(409, "insufficient_stock").body["pointer"], "/lines/1");
    assert_eq!(server.on_hand(rich).await.to_string(), "100");
    server.finish().await;
}

#[tokio::test]
async fn lots_and_costs_are_kept_apart() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let lines = json!([
        {"product_id": id, "quantity": 4, "lot": "L1", "unit_cost": "1.5"}, {"product_id": id, "quantity": 6, "lot": "L2", "unit_cost": 2},
        {"product_id": id, "quantity": 1, "lot": "L2", "unit_cost": "2.25"}, {"product_id": id, "quantity": 2}
    ]);
    let movement =
        server.post("/stock-movements", json!({"kind": "receipt", "lines": lines})).await.expect(201).body;
    let seen: Vec<_> = movement["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| (line["lot"].clone(), line["unit_cost"].clone(), line["quantity"].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (Value::Null, Value::Null, json!(2)),
            (json!("L1"), json!("1.50"), json!(4)),
            (json!("L2"), json!("2.00"), json!(6)),
            (json!("L2"), json!("2.25"), json!(1)),
        ]
    );
    let issue = |line: Value| server.post("/stock-movements", json!({"kind": "issue", "lines": [line]}));
    issue(json!({"product_id": id, "quantity": 5, "lot": "L1"})).await.problem(409, "insufficient_stock");
    issue(json!({"product_id": id, "quantity": 4, "lot": "L1"})).await.expect(201);
    issue(json!({"product_id": id, "quantity": 9})).await.expect(201); // from any lot
    assert_eq!(server.on_hand(id).await.to_string(), "0");
    server.finish().await;
}

#[tokio::test]
async fn a_movement_is_reversed_once_and_not_when_its_stock_is_used_up() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let receipt = json!({"kind": "receipt", "lines": [{"product_id": id, "quantity": 10}]});
    let movement = server.post("/stock-movements", receipt).await.expect(201).id();
    let reverse = |movement: i64| {
        server.post(&format!("/stock-movements/{movement}/reverse"), json!({"reason": "booked twice"}))
    };

    server
        .post("/stock-movements", json!({"kind": "issue", "lines": [{"product_id": id, "quantity": 1}]}))
        .await
        .expect(201);
    reverse(movement).await.problem(409, "insufficient_stock");
    server
        .post("/stock-movements", json!({"kind": "return_in", "lines": [{"product_id": id, "quantity": 1}]}))
        .await
        .expect(201);

    let reversal = reverse(movement).await.expect(201).body;
    assert_eq!(
        (&reversal["kind"], &reversal["reverses_movement_id"], &reversal["lines"][0]["quantity"]),
        (&json!("reversal"), &json!(movement), &json!(-10))
    );
    let again = reverse(movement).await.problem(409, "already_reversed");
    assert_eq!(again.body["reversed_by_movement_id"], reversal["id"]);
    reverse(reversal["id"].as_i64().expect("an id")).await.problem(409, "reversal_not_reversible");
    reverse(999_999).await.problem(404, "movement_not_found");
    let original = server.get(&format!("/stock-movements/{movement}")).await.expect(200).body;
    assert_eq!(original["reversed_by_movement_id"], reversal["id"]);
    assert_eq!(server.on_hand(id).await.to_string(), "0");
    server.finish().await;
}

#[tokio::test]
async fn bad_lines_are_named_one_by_one() {
    let server = server().await;
    let id = server.product("A", 5).await;
    let post = |body: Value| server.post("/stock-movements", body);
    post(json!({"kind": "issue", "lines": []})).await.invalid(&[("/lines", "wrong_length")]);
    post(json!({"kind": "issue", "lines": vec![json!({}); 1001]}))
        .await
        .invalid(&[("/lines", "wrong_length")]);
    post(json!({"kind": "theft", "lines": [{"product_id": id, "quantity": 1}]}))
        .await
        .invalid(&[("/kind", "unknown_value")]);
    post(json!({"kind": "reversal", "lines": [{"product_id": id, "quantity": 1}]}))
        .await
        .invalid(&[("/kind", "unknown_value")]);
    post(json!({"kind": "adjustment", "lines": [{"product_id": id, "quantity": 1}]}))
        .await
        .invalid(&[("/reason", "missing")]);
    post(json!({"kind": "issue", "lines": [{"product_id": id, "quantity": -1}, {"product_id": id, "quantity": 0}]}))
        .await
        .invalid(&[("/lines/0/quantity", "out_of_range"), ("/lines/1/quantity", "out_of_range")]);
    post(json!({"kind": "receipt", "lines": [{"product_id": id, "quantity": 1, "unit_cost": "-1"}, {"sku": "nope", "quantity": 1}]}))
        .await
        .invalid(&[("/lines/0/unit_cost", "negative_amount")]);
    post(json!({"kind": "receipt", "lines": [{"product_id": id, "quantity": 1}, {"sku": "nope", "quantity": 1}, {"product_id": id, "warehouse_id": 77, "quantity": 1}]}))
        .await
        .invalid(&[("/lines/1/sku", "unknown_product"), ("/lines/2/warehouse_id", "unknown_warehouse")]);
    assert_eq!(server.on_hand(id).await.to_string(), "5");
    server.finish().await;
}
