//! /stock-transfers: from place to place, whole or in parts, and never more or less than left.

use serde_json::{Value, json};
use testkit::{Client, Response, TestServer};

use crate::support::server;

mod races;
mod reading;
mod refusals;

/// A second warehouse SHOP, 10 cups (product 1) and 2.5 kg of tea (product 2) in MAIN, and a draft for 6 and 2 of them.
async fn draft(server: &TestServer) -> Response {
    server.warehouse("SHOP").await;
    server.product("CUP", 10).await;
    server.product_with(json!({"sku": "TEA", "unit": "kg", "on_hand": 2.5})).await;
    let lines = json!([{"sku": "cup", "quantity": 6}, {"product_id": 2, "quantity": 2}]);
    let body = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "shop"}, "reference": "refill", "lines": lines});
    server.post("/stock-transfers", body).await.expect(201)
}

/// Do something to transfer 1.
async fn act(client: &Client, action: &str, body: Value) -> Response {
    client.post(&format!("/stock-transfers/1/{action}"), body).await
}

/// Stock of a product by location and lot: "MAIN/STOCK/L1 5".
async fn stock(client: &Client, product: i64) -> Vec<String> {
    let levels = client.get(&format!("/products/{product}/levels")).await.expect(200);
    let levels = levels.items().iter().filter(|level| level["on_hand"] != 0);
    let text = |level: &Value, field: &str| level[field].as_str().unwrap_or_default().to_owned();
    levels
        .map(|level| {
            let place = format!("{}/{}", text(level, "warehouse"), text(level, "location"));
            format!("{place}/{} {}", text(level, "lot"), level["on_hand"])
        })
        .collect()
}

/// What a product has on hand, available and in transit.
async fn totals(client: &Client, product: i64) -> (Value, Value, Value) {
    let product = client.get(&format!("/products/{product}")).await.expect(200).body;
    (product["on_hand"].clone(), product["available"].clone(), product["in_transit"].clone())
}

/// Of line `line` (from 0): quantity, received, lost, returned, in transit.
fn line(transfer: &Value, line: usize) -> String {
    let line = &transfer["lines"][line];
    ["quantity", "received", "lost", "returned", "in_transit"].map(|field| line[field].to_string()).join(" ")
}

fn history(transfer: &Value) -> Vec<String> {
    let events = transfer["history"].as_array().expect("a history").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    events.map(|event| format!("{} {}", text(&event["action"]), text(&event["status"]))).collect()
}

fn arrived(line: i64, quantity: impl Into<Value>) -> Value {
    let quantity: Value = quantity.into();
    json!({"lines": [{"line": line, "quantity": quantity}]})
}

#[tokio::test]
async fn a_transfer_is_written_shipped_and_received_in_parts() {
    let server = server().await;
    let created = draft(&server).await;
    assert_eq!(created.header("location"), Some("/stock-transfers/1"));
    let transfer = &created.body;
    assert_eq!((&transfer["number"], &transfer["status"]), (&json!("TR-000001"), &json!("draft")));
    assert_eq!(
        transfer["to"],
        json!({"warehouse_id": 2, "warehouse": "SHOP", "location_id": null, "location": null})
    );
    assert_eq!(
        (line(transfer, 0), totals(&server, 1).await),
        ("6 0 0 0 0".into(), (json!(10), json!(10), json!(0)))
    );

    let shipped = act(&server, "ship", json!({"note": "morning van"})).await.expect(200).body;
    assert_eq!((&shipped["status"], line(&shipped, 1)), (&json!("in_transit"), "2 0 0 0 2".to_owned()));
    assert_eq!(shipped["lines"][0]["parts"][0]["location"], "STOCK");
    assert_eq!(totals(&server, 1).await, (json!(4), json!(4), json!(6)), "not on hand, and not lost");
    assert_eq!(stock(&server, 1).await, ["MAIN/STOCK/ 4", "SHOP/TRANSIT/ 6"]);
    let movement = server.get(&format!("/stock-movements/{}", shipped["history"][1]["movement_id"])).await;
    let movement = movement.expect(200).body;
    assert_eq!(
        (&movement["kind"], &movement["reference"], &movement["note"]),
        (&json!("transfer_out"), &json!("TR-000001"), &json!("morning van"))
    );

    let dock = server.location("SHOP", "DOCK", "receiving").await;
    let shelf = server.location("SHOP", "A-1", "storage").await;
    let body =
        json!({"lines": [{"line": 1, "quantity": 2}, {"line": 1, "quantity": 3, "location_id": shelf}]});
    let partial = act(&server, "receive", body).await.expect(200).body;
    assert_eq!(
        (&partial["status"], line(&partial, 0)),
        (&json!("partially_received"), "6 5 0 0 1".to_owned())
    );
    assert_eq!(stock(&server, 1).await, ["MAIN/STOCK/ 4", "SHOP/TRANSIT/ 1", "SHOP/DOCK/ 2", "SHOP/A-1/ 3"]);
    assert!(dock < shelf);
    let done = act(&server, "receive", json!({})).await.expect(200).body;
    assert_eq!(
        (&done["status"], line(&done, 0), line(&done, 1)),
        (&json!("received"), "6 6 0 0 0".into(), "2 2 0 0 0".into())
    );
    assert_eq!(
        history(&done),
        ["create draft", "ship in_transit", "receive partially_received", "receive received"]
    );
    assert_eq!(totals(&server, 1).await, (json!(10), json!(7), json!(0)), "3 wait at the dock");
    let read = server.get("/stock-transfers/1").await.expect(200);
    assert_eq!((&read.body, read.etag()), (&done, "\"4\""));
    server.get("/stock-transfers/9").await.problem(404, "stock_transfer_not_found");
    server.finish().await;
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_written_off_and_shown() {
    let server = server().await;
    draft(&server).await;
    act(&server, "ship", json!({})).await.expect(200);
    let mut body = arrived(1, 4);
    body["close"] = json!("two were broken");
    let closed = act(&server, "receive", body).await.expect(200).body;
    assert_eq!(
        (&closed["status"], line(&closed, 0), line(&closed, 1)),
        (&json!("received"), "6 4 2 0 0".into(), "2 0 2 0 0".into())
    );
    assert_eq!(
        history(&closed),
        ["create draft", "ship in_transit", "receive partially_received", "close received"]
    );
    assert_eq!(
        (totals(&server, 1).await, totals(&server, 2).await),
        ((json!(8), json!(8), json!(0)), (json!(0.5), json!(0.5), json!(0)))
    );
    let loss = closed["history"][3]["movement_id"].as_i64().expect("a movement");
    let movement = server.get(&format!("/stock-movements/{loss}")).await.expect(200).body;
    assert_eq!((&movement["kind"], &movement["reason"]), (&json!("adjustment"), &json!("two were broken")));
    // None of its movements is undone behind its back.
    for event in closed["history"].as_array().expect("a history") {
        if let Some(id) = event["movement_id"].as_i64() {
            let reverse = server.post(&format!("/stock-movements/{id}/reverse"), json!({"reason": "slip"}));
            reverse.await.problem(409, "movement_has_document");
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn with_a_reason_and_no_lines_nothing_more_has_arrived() {
    let server = server().await;
    draft(&server).await;
    act(&server, "ship", json!({})).await.expect(200);
    let closed = act(&server, "receive", json!({"close": "the van burnt out"})).await.expect(200).body;
    assert_eq!((&closed["status"], line(&closed, 0)), (&json!("received"), "6 0 6 0 0".to_owned()));
    assert_eq!(history(&closed), ["create draft", "ship in_transit", "close received"]);
    server.finish().await;
}

#[tokio::test]
async fn cancelling_brings_back_what_is_in_transit_to_where_it_was() {
    let server = server().await;
    draft(&server).await;
    let shelf = server.location("MAIN", "A-1", "storage").await;
    server.receive(1, shelf, 5).await;
    let body = json!({"lines": [{"sku": "CUP", "quantity": 12}]});
    let drafted = server.get("/stock-transfers/1").await.expect(200);
    server.patch("/stock-transfers/1", drafted.etag(), body).await.expect(200);
    let shipped = act(&server, "ship", json!({})).await.expect(200).body;
    assert_eq!(shipped["lines"][0]["parts"].as_array().map(Vec::len), Some(2));
    assert_eq!(stock(&server, 1).await, ["MAIN/A-1/ 3", "SHOP/TRANSIT/ 12"]);
    act(&server, "receive", arrived(1, 1)).await.expect(200);
    let cancelled = act(&server, "cancel", json!({"note": "not needed"})).await.expect(200).body;
    assert_eq!(
        (&cancelled["status"], line(&cancelled, 0)),
        (&json!("received"), "12 1 0 11 0".to_owned()),
        "what arrived stays"
    );
    assert_eq!(stock(&server, 1).await, ["MAIN/STOCK/ 9", "SHOP/STOCK/ 1", "MAIN/A-1/ 5"]);

    let body = json!({"from": {"warehouse_id": 1}, "to": {"warehouse_id": 2}, "lines": [{"product_id": 1, "quantity": 14}]});
    let second = server.post("/stock-transfers", body.clone()).await.expect(201).id();
    server.post(&format!("/stock-transfers/{second}/ship"), json!({})).await.expect(200);
    let back = server.post(&format!("/stock-transfers/{second}/cancel"), json!({})).await.expect(200).body;
    assert_eq!((&back["status"], line(&back, 0)), (&json!("cancelled"), "14 0 0 14 0".to_owned()));
    assert_eq!(stock(&server, 1).await, ["MAIN/STOCK/ 9", "SHOP/STOCK/ 1", "MAIN/A-1/ 5"]);
    let third = server.post("/stock-transfers", body).await.expect(201).id();
    let ended = server.post(&format!("/stock-transfers/{third}/cancel"), json!({})).await.expect(200).body;
    assert_eq!((&ended["status"], &ended["history"][1]["movement_id"]), (&json!("cancelled"), &json!(null)));
    server.finish().await;
}

#[tokio::test]
async fn a_put_away_is_one_movement_and_received_at_once() {
    let server = server().await;
    let (dock, shelf) =
        (server.location("MAIN", "DOCK", "receiving").await, server.location("MAIN", "A-1", "storage").await);
    let product = server.product("CUP", 0).await;
    server.receive(product, dock, 10).await;
    assert_eq!(totals(&server, product).await, (json!(10), json!(0), json!(0)));
    let body = json!({"from": {"location_id": dock}, "to": {"location_id": shelf}, "immediate": true,
        "lines": [{"sku": "CUP", "quantity": 4}, {"sku": "CUP", "quantity": 3}]});
    let moved = server.post("/stock-transfers", body.clone()).key("once").await.expect(201);
    assert_eq!((&moved.body["status"], line(&moved.body, 1)), (&json!("received"), "3 3 0 0 0".to_owned()));
    assert_eq!(server.post("/stock-transfers", body.clone()).key("once").await.expect(201).text, moved.text);
    let movement = server.get(&format!("/stock-movements/{}", moved.body["history"][0]["movement_id"])).await;
    let movement = movement.expect(200).body;
    let quantities: Vec<_> =
        movement["lines"].as_array().expect("lines").iter().map(|line| &line["quantity"]).collect();
    assert_eq!((&movement["kind"], quantities), (&json!("transfer"), vec![&json!(-7), &json!(7)]));
    assert_eq!(stock(&server, product).await, ["MAIN/DOCK/ 3", "MAIN/A-1/ 7"]);
    assert_eq!(totals(&server, product).await, (json!(10), json!(7), json!(0)));
    // The two lines are added before they are checked; and nothing is left of what was refused.
    let refused = server.post("/stock-transfers", body).await.problem(409, "insufficient_stock").body;
    assert_eq!(
        (&refused["pointer"], &refused["available"], &refused["requested"]),
        (&json!("/lines/0"), &json!(3), &json!(7))
    );
    assert_eq!(server.get("/stock-transfers").await.expect(200).items().len(), 1);
    // Inside a warehouse, what goes to the warehouse is put away to its default location, not to the dock.
    let body = json!({"from": {"location_id": dock}, "to": {"warehouse": "MAIN"}, "immediate": true, "lines": [{"sku": "CUP", "quantity": 3}]});
    let moved = server.post("/stock-transfers", body).await.expect(201).body;
    assert_eq!(moved["to"]["location"], "STOCK");
    server
        .post(&format!("/stock-transfers/{}/cancel", moved["id"]), json!({}))
        .await
        .problem(409, "stock_transfer_status");
    server.finish().await;
}

#[tokio::test]
async fn goods_keep_their_lots_whether_the_lot_is_named_or_not() {
    let server = server().await;
    let product = server.product("MILK", 0).await;
    server.warehouse("SHOP").await;
    for (lot, quantity) in [("L1", 3), ("L2", 4), ("L3", 5)] {
        let line = json!({"product_id": product, "location_id": 1, "lot": lot, "quantity": quantity});
        server.post("/stock-movements", json!({"kind": "receipt", "lines": [line]})).await.expect(201);
    }
    // The line without a lot comes first, and leaves the named lot to the line that names it.
    let lines =
        json!([{"product_id": product, "quantity": 6}, {"product_id": product, "quantity": 3, "lot": "L1"}]);
    let body = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "SHOP"}, "lines": lines});
    server.post("/stock-transfers", body).await.expect(201);
    let shipped = act(&server, "ship", json!({})).await.expect(200).body;
    let lots = |line: usize| -> Vec<String> {
        let parts = shipped["lines"][line]["parts"].as_array().expect("parts").iter();
        parts.map(|part| format!("{} {}", part["lot"], part["quantity"])).collect()
    };
    assert_eq!(
        (lots(0), lots(1)),
        (vec!["\"L2\" 4".to_owned(), "\"L3\" 2".to_owned()], vec!["\"L1\" 3".to_owned()])
    );
    let body = json!({"lines": [{"line": 1, "quantity": 1, "lot": "L3"}, {"line": 1, "quantity": 2}]});
    act(&server, "receive", body).await.expect(200);
    assert_eq!(
        stock(&server, product).await,
        [
            "MAIN/STOCK/L3 3",
            "SHOP/STOCK/L2 2",
            "SHOP/STOCK/L3 1",
            "SHOP/TRANSIT/L1 3",
            "SHOP/TRANSIT/L2 2",
            "SHOP/TRANSIT/L3 1"
        ]
    );
    let body = json!({"lines": [{"line": 1, "quantity": 2, "lot": "L3"}]});
    let refused = act(&server, "receive", body).await.problem(409, "more_than_in_transit").body;
    assert_eq!((&refused["open"], &refused["requested"]), (&json!(1), &json!(2)));
    act(&server, "receive", json!({})).await.expect(200);
    assert_eq!(
        stock(&server, product).await,
        ["MAIN/STOCK/L3 3", "SHOP/STOCK/L1 3", "SHOP/STOCK/L2 4", "SHOP/STOCK/L3 2"]
    );

    let line = json!({"product_id": product, "quantity": 8});
    let body =
        json!({"from": {"location_id": 2}, "to": {"warehouse": "MAIN"}, "immediate": true, "lines": [line]});
    server.post("/stock-transfers", body).await.expect(201);
    assert_eq!(
        stock(&server, product).await,
        ["MAIN/STOCK/L1 3", "MAIN/STOCK/L2 4", "MAIN/STOCK/L3 4", "SHOP/STOCK/L3 1"]
    );
    server.finish().await;
}

/// The place in between is made on first need, whatever else is called TRANSIT there.
#[tokio::test]
async fn a_location_called_transit_is_no_place_in_between() {
    let server = server().await;
    draft(&server).await;
    server.location("SHOP", "Transit", "storage").await;
    act(&server, "ship", json!({})).await.expect(200);
    assert_eq!(stock(&server, 1).await, ["MAIN/STOCK/ 4", "SHOP/TRANSIT-2/ 6"]);
    server.finish().await;
}
