//! What things cost is told to those only who may read purchasing, whatever they do.

use serde_json::{Value, json};
use testkit::{Client, api_key_of, user};

use super::{server, with_role};

/// What a unit costs here, as a member of an answer has it: no time looks like that.
const COST: &str = "\"7.31\"";

#[tokio::test]
async fn costs_are_hidden_from_those_who_may_not_know_them() {
    let server = server().await;
    let admin = with_role(&server, "Ada", "admin").await;
    let viewer = with_role(&server, "Vera", "viewer").await;
    let buyer = with_role(&server, "Bea", "buyer").await;
    let product = admin.product("A", 0).await;
    let line = json!({"product_id": product, "quantity": 3, "unit_cost": "7.31"});
    let id =
        admin.post("/stock-movements", json!({"kind": "receipt", "lines": [line]})).await.expect(201).id();
    for path in
        [format!("/stock-movements/{id}"), "/stock-movements".into(), format!("/products/{product}/entries")]
    {
        assert!(buyer.get(&path).await.expect(200).text.contains(COST), "{path}");
        assert!(!viewer.get(&path).await.expect(200).text.contains(COST), "{path}");
    }
    // Nor by the chain, which goes over the cost: with it, who knows all the rest could try costs until one fits.
    let entries = format!("/products/{product}/entries");
    let chain = async |client: &Client| client.get(&entries).await.expect(200).items()[0]["chain"].clone();
    assert_eq!(chain(&viewer).await, Value::Null);
    assert_eq!(chain(&buyer).await.as_str().map(str::len), Some(64));
    let mover = user(server.database(), "Max", "admin").await;
    let mover = server.with_key(&api_key_of(server.database(), mover, Some(&["stock.move"])).await);
    let reversed =
        mover.post(&format!("/stock-movements/{id}/reverse"), json!({"reason": "slip"})).await.expect(201);
    assert!(!reversed.text.contains(COST), "{reversed}");
    for path in [
        "/suppliers",
        "/supplier-products",
        "/purchase-orders",
        "/goods-receipts",
        "/replenishment",
        "/events?types=purchase_order.created",
        "/events?types=stock.movement&types=supplier_cost.added",
    ] {
        viewer.get(path).await.problem(403, "permission_denied");
    }
    server.finish().await;
}

/// A scanner may receive goods, and a program send orders, without being told what they cost: not by the answer to what it does, nor
/// by that to what another key of the same user has done, which is kept. Who may know is told in both cases.
#[tokio::test]
async fn who_writes_purchasing_without_reading_it_is_told_no_costs() {
    let server = server().await;
    let ada = user(server.database(), "Ada", "admin").await;
    let whole = server.with_key(&api_key_of(server.database(), ada, None).await);
    let scopes = ["purchasing.write", "purchasing.approve", "purchasing.receive"];
    let blind = server.with_key(&api_key_of(server.database(), ada, Some(&scopes)).await);
    whole.product_with(json!({"sku": "CUP", "on_hand": 0, "reorder_point": 50})).await;
    whole.post("/suppliers", json!({"code": "ACME", "name": "Acme", "currency": "EUR"})).await.expect(201);

    let receive = json!({"lines": [{"line_id": 2, "quantity": 4}]});
    let back = json!({"supplier_id": 1, "goods_receipt_id": 1, "reason": "x", "lines": [{"sku": "CUP", "quantity": 1}]});
    let later = json!({"min_quantity": 100, "unit_cost": "7.31", "effective_from": "2126-03-01T00:00:00Z"});
    let offer = json!({"supplier_id": 1, "sku": "CUP", "costs": [{"min_quantity": 0, "unit_cost": "7.31"}]});
    let order = json!({"supplier_id": 1, "warehouse": "MAIN", "lines": [{"sku": "CUP", "quantity": 1, "unit_cost": "7.31"}, {"sku": "CUP", "quantity": 9}]});
    for (number, (path, body, status)) in [
        ("/supplier-products", offer, 201),
        ("/supplier-products/1/costs", later, 201),
        ("/purchase-orders", order, 201),
        ("/purchase-orders/1/submit", json!({}), 200),
        ("/purchase-orders/1/approve", json!({}), 200),
        ("/purchase-orders/1/order", json!({}), 200),
        ("/purchase-orders/1/receive", receive, 201),
        ("/supplier-returns", back, 201),
        ("/supplier-returns/1/reverse", json!({"reason": "x"}), 200),
        ("/goods-receipts/1/reverse", json!({"reason": "x"}), 200),
        ("/purchase-orders/1/duplicate", json!({}), 201),
        ("/replenishment/purchase-orders", json!({}), 201),
    ]
    .into_iter()
    .enumerate()
    {
        let ask = async |client: &Client| {
            client.post(path, body.clone()).key(&number.to_string()).await.expect(status)
        };
        let order = if number % 2 == 0 { [&blind, &whole] } else { [&whole, &blind] };
        let (first, replay) = (ask(order[0]).await, ask(order[1]).await);
        assert_eq!(replay.header("idempotency-replayed"), Some("true"));
        let (told, untold) = if number % 2 == 0 { (replay, first) } else { (first, replay) };
        assert!(told.text.contains(COST), "{told}");
        assert!(!untold.text.contains(COST) && !untold.text.contains("\"total\":\""), "{untold}");
        // All else they are told alike.
        assert_eq!(untold.headers.get("etag"), told.headers.get("etag"));
        assert_eq!(without_costs(told.body), untold.body);
    }
    for path in ["/supplier-products/1", "/purchase-orders/2"] {
        let untold = blind.patch(path, "*", json!({})).await.expect(200);
        assert!(!untold.text.contains(COST) && whole.get(path).await.text.contains(COST), "{untold}");
    }
    server.finish().await;
}

fn without_costs(body: Value) -> Value {
    match body {
        Value::Object(members) => {
            let is_cost = |name: &str| ["unit_cost", "total"].contains(&name);
            let members = members.into_iter().map(|(name, value)| {
                let value = if is_cost(&name) { Value::Null } else { without_costs(value) };
                (name, value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.into_iter().map(without_costs).collect(),
        other => other,
    }
}
