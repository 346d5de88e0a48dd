//! /supplier-returns.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Response, TestServer};

use crate::purchase_orders::{incoming, ordered};
use crate::support::server;

/// Order 1, of which eight cups at 1.50 have come by receipt 1 and one at 1.40 by receipt 2.
async fn received(server: &TestServer) {
    ordered(server).await;
    let receive = async |quantity: i64, cost: &str| {
        let body = json!({"lines": [{"line_id": 1, "quantity": quantity, "unit_cost": cost}]});
        server.post("/purchase-orders/1/receive", body).await.expect(201);
    };
    receive(8, "1.5").await;
    receive(1, "1.4").await;
}

fn cups(quantity: impl Into<Value>) -> Value {
    json!({"supplier_id": 1, "goods_receipt_id": 1, "reason": "damaged", "lines": [{"sku": "cup", "quantity": quantity.into()}]})
}

async fn send_back(server: &TestServer, body: Value) -> Response {
    server.post("/supplier-returns", body).await
}

async fn reverse(server: &TestServer, id: i64) -> Response {
    server.post(&format!("/supplier-returns/{id}/reverse"), json!({"reason": "not taken"})).await
}

#[tokio::test]
async fn goods_of_a_receipt_go_back_with_what_they_had_cost() {
    let server = server().await;
    received(&server).await;
    let before = incoming(&server).await;
    let returned = send_back(&server, cups(3)).await.expect(201);
    assert_eq!(returned.header("location"), Some("/supplier-returns/1"));
    let view = &returned.body;
    assert_eq!((&view["number"], &view["supplier"]["code"]), (&json!("SR-000001"), &json!("ACME")));
    assert_eq!((&view["purchase_order"], &view["goods_receipt"]), (&json!("PO-000001"), &json!("GR-000001")));
    let line = json!({"product_id": 1, "sku": "CUP", "location_id": null, "location": null, "quantity": 3, "unit_cost": "1.50"});
    assert_eq!((&view["lines"], &view["currency"]), (&json!([line]), &json!("EUR")));
    assert_eq!(&server.get("/supplier-returns/1").await.expect(200).body, view);
    let movement = server.get(&format!("/stock-movements/{}", view["movement_id"])).await.expect(200).body;
    assert_eq!((&movement["kind"], &movement["reference"]), (&json!("return_out"), &json!("PO-000001")));
    assert_eq!(
        (&movement["reason"], &movement["lines"][0]["unit_cost"]),
        (&json!("damaged"), &json!("1.50"))
    );
    assert_eq!(server.on_hand(1).await.to_string(), "6");
    // The order is not opened again.
    assert_eq!(incoming(&server).await, before);
    assert_eq!(server.get("/purchase-orders/1").await.expect(200).body["lines"][0]["received"], 9);
    server.finish().await;
}

#[tokio::test]
async fn no_more_goes_back_than_came_and_has_not_gone_back_yet() {
    let server = server().await;
    received(&server).await;
    let two_lines = json!({"supplier_id": 1, "goods_receipt_id": 1, "reason": "damaged",
        "lines": [{"sku": "CUP", "quantity": 5}, {"product_id": 1, "quantity": 4}]});
    let refused = send_back(&server, two_lines).await.problem(409, "over_return").body;
    assert_eq!((&refused["returnable"], &refused["requested"]), (&json!(8), &json!(9)));
    assert_eq!((&refused["pointer"], &refused["product_id"]), (&json!("/lines/0"), &json!(1)));
    send_back(&server, cups(5)).await.expect(201);
    assert_eq!(send_back(&server, cups(4)).await.problem(409, "over_return").body["returnable"], 3);
    // Of the order nine came: what goes back without a receipt counts too.
    let mut of_order = json!({"supplier_id": 1, "purchase_order_id": 1, "reason": "wrong", "lines": [{"sku": "CUP", "quantity": 5}]});
    assert_eq!(send_back(&server, of_order.clone()).await.problem(409, "over_return").body["returnable"], 4);
    of_order["lines"][0]["quantity"] = json!(2);
    send_back(&server, of_order).await.expect(201);
    assert_eq!(send_back(&server, cups(3)).await.problem(409, "over_return").body["returnable"], 2);
    let tea = json!({"supplier_id": 1, "purchase_order_id": 1, "reason": "wrong", "lines": [{"sku": "TEA", "quantity": 1}]});
    assert_eq!(send_back(&server, tea).await.problem(409, "over_return").body["returnable"], 0);
    assert_eq!(server.on_hand(1).await.to_string(), "2");
    server.finish().await;
}

#[tokio::test]
async fn a_return_is_reversed_once_and_its_movement_only_with_it() {
    let server = server().await;
    received(&server).await;
    let returned = send_back(&server, cups(8)).await.expect(201).body;
    let alone = server
        .post(&format!("/stock-movements/{}/reverse", returned["movement_id"]), json!({"reason": "slip"}));
    alone.await.problem(409, "movement_has_document");
    let receipt = server.post("/goods-receipts/1/reverse", json!({"reason": "slip"}));
    receipt.await.problem(409, "goods_receipt_returned");
    let reversed = reverse(&server, 1).await.expect(200).body;
    assert!(reversed["reversed_by_movement_id"].is_i64() && reversed["reversed_at"].is_string());
    let again = reverse(&server, 1).await.problem(409, "already_reversed").body;
    assert_eq!(again["reversed_by_movement_id"], reversed["reversed_by_movement_id"]);
    assert_eq!(server.on_hand(1).await.to_string(), "9");
    // It may go back again, and the receipt may be reversed again.
    send_back(&server, cups(8)).await.expect(201);
    reverse(&server, 2).await.expect(200);
    server.post("/goods-receipts/1/reverse", json!({"reason": "slip"})).await.expect(200);
    assert_eq!(send_back(&server, cups(1)).await.problem(409, "over_return").body["returnable"], 0);
    server.finish().await;
}

#[tokio::test]
async fn goods_go_back_without_an_order_and_returns_are_listed() {
    let server = server().await;
    received(&server).await;
    server.post("/suppliers", json!({"code": "BETA", "name": "Beta", "currency": "USD"})).await.expect(201);
    server.product("MUG", 5).await;
    let at = server.get("/locations").await.expect(200).items()[0]["id"].clone();
    let body = json!({"supplier_id": 2, "reason": "recall",
        "lines": [{"sku": "MUG", "quantity": 2, "location_id": at, "unit_cost": "3"}, {"sku": "MUG", "quantity": 1, "warehouse": "main"}]});
    let returned = send_back(&server, body.clone()).await.expect(201).body;
    assert_eq!(
        (&returned["purchase_order"], &returned["lines"][1]["unit_cost"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        (&returned["lines"][0]["location"], &returned["lines"][0]["unit_cost"]),
        (&json!("STOCK"), &json!("3.00"))
    );
    let movement =
        server.get(&format!("/stock-movements/{}", returned["movement_id"])).await.expect(200).body;
    assert_eq!(movement["lines"][0]["unit_cost"], json!(null), "dollars do not go onto the ledger");
    let promised = json!({"lines": [{"sku": "MUG", "quantity": 1}]});
    server.post("/reservations", promised).await.expect(201);
    let refused = send_back(&server, body).await.problem(409, "insufficient_stock").body;
    assert_eq!(refused["reservations"][0]["number"], "RS-000001", "who holds what is left");
    send_back(&server, cups(1)).await.expect(201);
    let numbers = async |query: &str| {
        let list = server.get(&format!("/supplier-returns{query}")).await.expect(200);
        list.items().iter().map(|item| item["id"].as_i64().expect("an id")).collect::<Vec<_>>()
    };
    let all = numbers("").await;
    assert_eq!(all.len(), 2);
    assert_eq!(numbers("?supplier_id=2").await, [all[1]]);
    assert_eq!(numbers("?purchase_order_id=1").await, [all[0]]);
    assert_eq!(numbers("?purchase_order_id=1&supplier_id=2").await, [0_i64; 0]);
    let first = server.get("/supplier-returns?limit=1").await.expect(200);
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    assert_eq!(numbers(&format!("?limit=1&cursor={cursor}")).await, [all[1]]);
    server.finish().await;
}

#[tokio::test]
async fn faults_of_returns_are_named() {
    let server = server().await;
    received(&server).await;
    server.post("/suppliers", json!({"code": "BETA", "name": "Beta"})).await.expect(201);
    server.post("/purchase-orders/1/duplicate", json!({})).await.expect(201);
    let body = json!({"reason": "", "lines": [{"quantity": 0, "unit_cost": -1, "location_id": 1, "warehouse": "MAIN"}], "note": ""});
    send_back(&server, body).await.invalid(&[
        ("/supplier_id", "missing"),
        ("/reason", "empty"),
        ("/lines/0/product_id", "missing"),
        ("/lines/0/quantity", "out_of_range"),
        ("/lines/0/unit_cost", "negative_amount"),
        ("/lines/0/warehouse", "mutually_exclusive"),
        ("/note", "unknown_field"),
    ]);
    for (member, value, fault) in [
        ("supplier_id", json!(9), ("/supplier_id", "unknown_supplier")),
        ("supplier_id", json!(2), ("/goods_receipt_id", "unknown_purchase_order")),
        ("goods_receipt_id", json!(9), ("/goods_receipt_id", "unknown_goods_receipt")),
        ("purchase_order_id", json!(2), ("/goods_receipt_id", "unknown_goods_receipt")),
        ("lines", json!([{"sku": "NONE", "quantity": 1}]), ("/lines/0/sku", "unknown_product")),
        (
            "lines",
            json!([{"sku": "CUP", "quantity": 1, "warehouse": "NONE"}]),
            ("/lines/0/warehouse", "unknown_warehouse"),
        ),
        ("lines", json!([{"sku": "CUP", "quantity": 0.5}]), ("/lines/0", "whole_numbers_only")),
    ] {
        let mut body = cups(1);
        body[member] = value;
        send_back(&server, body).await.invalid(&[fault]);
    }
    let body = json!({"supplier_id": 1, "purchase_order_id": 9, "reason": "x", "lines": [{"sku": "CUP", "quantity": 1}]});
    send_back(&server, body).await.invalid(&[("/purchase_order_id", "unknown_purchase_order")]);
    server.get("/supplier-returns/9").await.problem(404, "supplier_return_not_found");
    reverse(&server, 9).await.problem(404, "supplier_return_not_found");
    assert!(server.get("/supplier-returns").await.expect(200).items().is_empty());
    server.finish().await;
}

async fn all_at_once(requests: Vec<testkit::Request>) -> Vec<Response> {
    let requests: Vec<_> = requests.into_iter().map(|request| tokio::spawn(request.into_future())).collect();
    join_all(requests).await.into_iter().map(|answer| answer.expect("an answer")).collect()
}

/// Ten people return three of eight: two of them can, whatever the interleaving, and there is stock for a third.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_goes_back_once() {
    let server = server().await;
    received(&server).await;
    let answers = all_at_once((0..10).map(|_| server.post("/supplier-returns", cups(3))).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("over_return")).count(), 8);
    assert_eq!(server.on_hand(1).await.to_string(), "3");
    server.finish().await;
}

/// One key, sent by ten at once, is one return; and one of ten reverses it.
#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_made_once_by_its_key_and_reversed_by_one_of_many() {
    let server = server().await;
    received(&server).await;
    let answers =
        all_at_once((0..10).map(|_| server.post("/supplier-returns", cups(2)).key("k")).collect()).await;
    assert!(
        answers.iter().all(|answer| answer.status == 201 && answer.text == answers[0].text),
        "{answers:?}"
    );
    assert_eq!(server.on_hand(1).await.to_string(), "7");
    let body = || json!({"reason": "not taken"});
    let answers =
        all_at_once((0..10).map(|_| server.post("/supplier-returns/1/reverse", body())).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("already_reversed")).count(), 9);
    assert_eq!(server.on_hand(1).await.to_string(), "9");
    server.finish().await;
}
