//! POST /purchase-orders/{id}/receive, and /goods-receipts.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Response, TestServer};

use crate::purchase_orders::{act, draft, incoming, ordered};
use crate::support::server;

/// Receive so much of lines 1 and 2 of order 1.
fn quantities(cups: impl Into<Value>, tea: impl Into<Value>) -> Value {
    let (cups, tea): (Value, Value) = (cups.into(), tea.into());
    let line = |id: i64, quantity: Value| json!({"line_id": id, "quantity": quantity});
    let lines: Vec<_> =
        [line(1, cups), line(2, tea)].into_iter().filter(|line| line["quantity"] != 0).collect();
    json!({"lines": lines})
}

async fn receive(server: &TestServer, body: Value) -> Response {
    server.post("/purchase-orders/1/receive", body).await
}

/// State of order 1, with what has come and what is open of each line.
async fn progress(server: &TestServer) -> (String, Vec<(String, String)>) {
    let order = server.get("/purchase-orders/1").await.expect(200).body;
    let lines = order["lines"].as_array().expect("lines").iter();
    let lines = lines.map(|line| (line["received"].to_string(), line["open"].to_string())).collect();
    (order["status"].as_str().expect("a status").to_owned(), lines)
}

fn at(status: &str, cups: (&str, &str), tea: (&str, &str)) -> (String, Vec<(String, String)>) {
    let own = |(received, open): (&str, &str)| (received.to_owned(), open.to_owned());
    (status.to_owned(), vec![own(cups), own(tea)])
}

#[tokio::test]
async fn goods_come_in_parts_until_nothing_is_open() {
    let server = server().await;
    ordered(&server).await;
    let body = json!({"lines": [{"line_id": 1, "quantity": 4}, {"line_id": 1, "quantity": 3, "unit_cost": "1.4"}], "note": "DN 1"});
    let receipt = receive(&server, body).await.expect(201);
    assert_eq!(receipt.header("location"), Some("/goods-receipts/1"));
    assert_eq!(
        (&receipt.body["number"], &receipt.body["purchase_order"]),
        (&json!("GR-000001"), &json!("PO-000001"))
    );
    assert_eq!(receipt.body["lines"][1]["unit_cost"], "1.40");
    assert_eq!(server.get("/goods-receipts/1").await.expect(200).body, receipt.body);
    let movement = server.get(&format!("/stock-movements/{}", receipt.body["movement_id"])).await.expect(200);
    assert_eq!(
        (&movement.body["kind"], &movement.body["reference"]),
        (&json!("receipt"), &json!("PO-000001"))
    );
    let mut costs: Vec<_> = movement.body["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|l| l["unit_cost"].to_string())
        .collect();
    costs.sort();
    assert_eq!(costs, ["\"1.40\"", "\"1.50\""]);
    assert_eq!(progress(&server).await, at("partially_received", ("7", "3"), ("0", "2.5")));
    assert_eq!(incoming(&server).await, (json!(3), json!(2.5)));

    receive(&server, quantities(3, 2.5)).await.expect(201);
    assert_eq!(progress(&server).await, at("received", ("10", "0"), ("2.5", "0")));
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    assert_eq!(server.on_hand(1).await.to_string(), "10");
    let refused = receive(&server, quantities(1, 0)).await.problem(409, "purchase_order_not_open");
    assert_eq!(refused.body["purchase_order_status"], "received");
    assert_eq!(act(&server, "close").await.expect(200).body["status"], "closed");
    let refused = receive(&server, quantities(1, 0)).await.problem(409, "purchase_order_not_open");
    assert_eq!(refused.body["purchase_order_status"], "closed");
    let list = server.get("/goods-receipts?purchase_order_id=1&limit=1").await.expect(200);
    assert_eq!(
        (&list.items()[0]["number"], list.body["next_cursor"].is_string()),
        (&json!("GR-000002"), true)
    );
    server.finish().await;
}

#[tokio::test]
async fn nothing_is_half_received() {
    let server = server().await;
    draft(&server).await;
    let refused = receive(&server, quantities(1, 0)).await.problem(409, "purchase_order_not_open");
    assert_eq!(refused.body["purchase_order_status"], "draft");
    for action in ["submit", "approve", "order"] {
        act(&server, action).await.expect(200);
    }
    let before = progress(&server).await;
    // Two lines for one line of the order are added before the check.
    let body = json!({"lines": [{"line_id": 2, "quantity": 1}, {"line_id": 1, "quantity": 6}, {"line_id": 1, "quantity": 5}]});
    let refused = receive(&server, body).await.problem(409, "over_receipt").body;
    assert_eq!(
        (&refused["line_id"], &refused["open"], &refused["requested"], &refused["pointer"]),
        (&json!(1), &json!(10), &json!(11), &json!("/lines/1"))
    );
    let body = json!({"lines": [{"line_id": 1, "quantity": 1}, {"line_id": 99, "quantity": 1}]});
    receive(&server, body).await.invalid(&[("/lines/1/line_id", "unknown_line")]);
    let copy = server.post("/purchase-orders/1/duplicate", json!({})).await.expect(201).body;
    let other = json!({"lines": [{"line_id": copy["lines"][0]["id"], "quantity": 1}]});
    receive(&server, other).await.invalid(&[("/lines/0/line_id", "unknown_line")]);
    let body =
        json!({"lines": [{"line_id": 1, "quantity": -1}, {"line_id": 1, "quantity": 1, "unit_cost": "-1"}]});
    let faults = [("/lines/0/quantity", "out_of_range"), ("/lines/1/unit_cost", "negative_amount")];
    receive(&server, body).await.invalid(&faults);
    receive(&server, quantities(0.5, 0)).await.invalid(&[("/lines/0", "whole_numbers_only")]);
    server.warehouse("NORTH").await;
    let elsewhere = server.location("NORTH", "A1", "storage").await;
    let body = json!({"lines": [{"line_id": 1, "quantity": 1, "location_id": elsewhere}]});
    receive(&server, body).await.invalid(&[("/lines/0/location_id", "unknown_location")]);
    assert_eq!((progress(&server).await, incoming(&server).await), (before, (json!(10), json!(2.5))));
    assert!(server.get("/goods-receipts").await.expect(200).items().is_empty());
    server.finish().await;
}

#[tokio::test]
async fn goods_go_to_the_receiving_location_unless_told_otherwise() {
    let server = server().await;
    ordered(&server).await;
    let first = receive(&server, quantities(1, 0)).await.expect(201).body;
    assert_eq!(first["lines"][0]["location"], "STOCK", "the default location");
    server.location("MAIN", "DOCK", "receiving").await;
    let second = receive(&server, quantities(1, 0)).await.expect(201).body;
    assert_eq!(second["lines"][0]["location"], "DOCK");
    let hold = server.location("MAIN", "HOLD", "hold").await;
    let body = json!({"lines": [{"line_id": 1, "quantity": 1, "location_id": hold}, {"line_id": 1, "quantity": 1, "lot": "L1"}]});
    let third = receive(&server, body).await.expect(201).body;
    assert_eq!(
        (&third["lines"][0]["location"], &third["lines"][1]["location"]),
        (&json!("HOLD"), &json!("DOCK"))
    );
    let product = server.get("/products/1").await.expect(200).body;
    assert_eq!(
        (&product["on_hand"], &product["available"]),
        (&json!(4), &json!(1)),
        "not for sale until put away"
    );
    server.finish().await;
}

#[tokio::test]
async fn a_receipt_is_reversed_once_and_its_quantities_are_open_again() {
    let server = server().await;
    ordered(&server).await;
    let first = receive(&server, quantities(6, 2.5)).await.expect(201).body;
    receive(&server, quantities(4, 0)).await.expect(201);
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    let alone =
        server.post(&format!("/stock-movements/{}/reverse", first["movement_id"]), json!({"reason": "slip"}));
    alone.await.problem(409, "movement_has_document");

    let reverse =
        |id: i64| server.post(&format!("/goods-receipts/{id}/reverse"), json!({"reason": "counted wrongly"}));
    let reversed = reverse(1).key("r").await.expect(200);
    assert!(reversed.body["reversed_by_movement_id"].is_i64() && reversed.body["reversed_at"].is_string());
    assert_eq!(reverse(1).key("r").await.expect(200).text, reversed.text);
    reverse(1).await.problem(409, "already_reversed");
    assert_eq!(progress(&server).await, at("partially_received", ("4", "6"), ("0", "2.5")));
    assert_eq!(incoming(&server).await, (json!(6), json!(2.5)));
    assert_eq!(server.on_hand(1).await.to_string(), "4");

    // Its stock is used up: refused, and nothing has changed.
    let issue = json!({"kind": "issue", "lines": [{"product_id": 1, "quantity": 3}]});
    server.post("/stock-movements", issue).await.expect(201);
    let promised = json!({"lines": [{"product_id": 1, "quantity": 1}]});
    server.post("/reservations", promised).await.expect(201);
    let refused = reverse(2).await.problem(409, "insufficient_stock").body;
    assert_eq!(refused["reservations"][0]["number"], "RS-000001", "who holds what is left");
    assert_eq!(progress(&server).await, at("partially_received", ("4", "6"), ("0", "2.5")));
    let closed = act(&server, "close").await.expect(200).body;
    assert_eq!((&closed["status"], &closed["lines"][0]["cancelled"]), (&json!("closed"), &json!(6)));
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    assert_eq!(
        reverse(2).await.problem(409, "purchase_order_not_open").body["purchase_order_status"],
        "closed"
    );
    server.finish().await;
}

#[tokio::test]
async fn the_open_rest_is_cancelled_and_a_reversal_opens_only_what_had_come() {
    let server = server().await;
    ordered(&server).await;
    receive(&server, quantities(6, 0)).await.expect(201);
    let order = act(&server, "cancel").await.expect(200).body;
    assert_eq!((&order["status"], &order["total"]), (&json!("received"), &json!("9.00")));
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    server.post("/goods-receipts/1/reverse", json!({"reason": "slip"})).await.expect(200);
    assert_eq!(progress(&server).await, at("ordered", ("0", "6"), ("0", "0")));
    assert_eq!(incoming(&server).await, (json!(6), json!(0)));
    server.finish().await;
}

/// Costs of an order in another currency stay off the ledger, which is in the base currency: there are no rates.
#[tokio::test]
async fn a_cost_in_another_currency_does_not_go_onto_the_movement() {
    let server = server().await;
    let created = draft(&server).await;
    server.patch("/purchase-orders/1", created.etag(), json!({"currency": "USD"})).await.expect(200);
    for action in ["submit", "approve", "order"] {
        act(&server, action).await.expect(200);
    }
    let receipt = receive(&server, quantities(1, 0)).await.expect(201).body;
    assert_eq!((&receipt["currency"], &receipt["lines"][0]["unit_cost"]), (&json!("USD"), &json!("1.50")));
    let movement = server.get(&format!("/stock-movements/{}", receipt["movement_id"])).await.expect(200);
    assert_eq!(movement.body["lines"][0]["unit_cost"], json!(null));
    server.finish().await;
}

/// A receipt says from whom and where; the list is narrowed by supplier and by time, whose end is not in it.
#[tokio::test]
async fn receipts_are_found_by_supplier_and_time() {
    let server = server().await;
    ordered(&server).await;
    let first = receive(&server, quantities(1, 0)).await.expect(201).body;
    let second = receive(&server, quantities(1, 0)).await.expect(201).body;
    assert_eq!((&first["supplier"]["code"], &first["warehouse"]), (&json!("ACME"), &json!("MAIN")));
    assert_eq!(first["lines"][0]["name"], server.get("/products/1").await.expect(200).body["name"]);
    let other = server.post("/suppliers", json!({"code": "OTHER", "name": "Other"})).await.expect(201);
    let ids = |query: String| {
        let asked = server.get(&format!("/goods-receipts?{query}"));
        async move { asked.await.expect(200).items().iter().map(|item| item["id"].clone()).collect::<Vec<_>>() }
    };
    let (one, two) = (first["id"].clone(), second["id"].clone());
    let supplier = &first["supplier"]["id"];
    assert_eq!(ids(format!("supplier_id={supplier}")).await, [two.clone(), one.clone()]);
    assert!(ids(format!("supplier_id={}", other.body["id"])).await.is_empty());
    let between = second["created_at"].as_str().expect("a time");
    assert_eq!(ids(format!("since={between}")).await, [two]);
    assert_eq!(ids(format!("until={between}")).await, [one]);
    assert_eq!(ids(format!("since={between}&until={between}")).await, Vec::<serde_json::Value>::new());
    server.get("/goods-receipts?since=yesterday").await.problem(422, "invalid_input");
    server.finish().await;
}

async fn all_at_once(requests: Vec<testkit::Request>) -> Vec<Response> {
    let requests: Vec<_> = requests.into_iter().map(|request| tokio::spawn(request.into_future())).collect();
    join_all(requests).await.into_iter().map(|answer| answer.expect("an answer")).collect()
}

/// Twelve people receive three of ten: exactly three of them fit, whatever the interleaving.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_open_quantity_is_received_by_one() {
    let server = server().await;
    ordered(&server).await;
    let request = |_| server.post("/purchase-orders/1/receive", quantities(3, 0));
    let answers = all_at_once((0..12).map(request).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("over_receipt")).count(), 9);
    assert_eq!(progress(&server).await, at("partially_received", ("9", "1"), ("0", "2.5")));
    assert_eq!((server.on_hand(1).await.to_string(), incoming(&server).await.0), ("9".to_owned(), json!(1)));
    server.finish().await;
}

/// One key, sent by ten at once: one receipt, and all get the same answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_sent_ten_times_with_one_key_is_received_once() {
    let server = server().await;
    ordered(&server).await;
    let request = |_| server.post("/purchase-orders/1/receive", quantities(10, 0)).key("same");
    let answers = all_at_once((0..10).map(request).collect()).await;
    assert!(
        answers.iter().all(|answer| answer.status == 201 && answer.text == answers[0].text),
        "{answers:?}"
    );
    assert_eq!(server.on_hand(1).await.to_string(), "10");
    assert_eq!(server.get("/goods-receipts").await.expect(200).items().len(), 1);
    server.finish().await;
}

/// Six receive one each while somebody cancels: whoever comes before the cancelling is in, the others are told, and the
/// figures fit.
#[tokio::test(flavor = "multi_thread")]
async fn receiving_while_cancelling_does_one_after_the_other() {
    let server = server().await;
    ordered(&server).await;
    let one = || server.post("/purchase-orders/1/receive", quantities(1, 0));
    let cancel = server.post("/purchase-orders/1/cancel", json!({}));
    let answers = all_at_once(vec![one(), one(), one(), cancel, one(), one(), one()]).await;
    assert_eq!(answers[3].status, 200, "{}", answers[3]);
    let received = answers.iter().filter(|answer| answer.status == 201).count();
    let told = answers.iter().filter(|answer| answer.code() == Some("purchase_order_not_open")).count();
    assert_eq!(received + told, 6, "{answers:?}");
    let status = if received > 0 { "received" } else { "cancelled" };
    let expected = at(status, (&received.to_string(), "0"), ("0", "0"));
    assert_eq!((progress(&server).await, incoming(&server).await), (expected, (json!(0), json!(0))));
    assert_eq!(server.on_hand(1).await.to_string(), received.to_string());
    server.finish().await;
}

/// A receipt is reversed by one of ten that try at once.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_reverses_a_receipt() {
    let server = server().await;
    ordered(&server).await;
    receive(&server, quantities(5, 0)).await.expect(201);
    let request = |_| server.post("/goods-receipts/1/reverse", json!({"reason": "slip"}));
    let answers = all_at_once((0..10).map(request).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    // Who comes later finds the receipt reversed.
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("already_reversed")).count(), 9);
    assert_eq!(progress(&server).await, at("ordered", ("0", "10"), ("0", "2.5")));
    server.finish().await;
}

/// Ten cups and 2.5 kg of tea are open: 10 % more are one cup and 0.25 kg.
#[tokio::test]
async fn more_than_ordered_comes_within_the_tolerance_only() {
    let server = server().await;
    ordered(&server).await;
    let set = async |percent: Value| {
        server.patch("/settings", "*", json!({"over_receipt_percent": percent})).await.expect(200);
    };
    let refused = receive(&server, quantities(10, 2.500001)).await.problem(409, "over_receipt").body;
    assert_eq!((&refused["open"], &refused["tolerated"]), (&json!(2.5), &json!(0)));
    set(json!(10)).await;
    let refused = receive(&server, quantities(12, 0)).await.problem(409, "over_receipt").body;
    assert_eq!(
        (&refused["open"], &refused["tolerated"], &refused["requested"]),
        (&json!(10), &json!(1), &json!(12))
    );
    receive(&server, quantities(0, 2.750001)).await.problem(409, "over_receipt");

    receive(&server, quantities(6, 0)).await.expect(201);
    receive(&server, quantities(5, 0)).await.expect(201);
    assert_eq!(progress(&server).await, at("partially_received", ("11", "0"), ("0", "2.5")));
    assert_eq!(incoming(&server).await, (json!(0), json!(2.5)));
    assert_eq!(server.on_hand(1).await.to_string(), "11");
    let refused = receive(&server, quantities(1, 0)).await.problem(409, "over_receipt").body;
    assert_eq!((&refused["open"], &refused["tolerated"]), (&json!(0), &json!(0)));

    // The tolerance that is set now decides: what has come stays, and a reversal opens only what was ordered.
    set(json!(0)).await;
    receive(&server, quantities(0, 2.75)).await.problem(409, "over_receipt");
    server.post("/goods-receipts/2/reverse", json!({"reason": "slip"})).await.expect(200);
    assert_eq!(progress(&server).await, at("partially_received", ("6", "4"), ("0", "2.5")));
    assert_eq!(incoming(&server).await, (json!(4), json!(2.5)));
    set(json!(10)).await;
    receive(&server, quantities(5, 2.75)).await.expect(201);
    assert_eq!(progress(&server).await, at("received", ("11", "0"), ("2.75", "0")));
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    // The last receipt brought five of eleven: four of ten are open again.
    server.post("/goods-receipts/3/reverse", json!({"reason": "slip"})).await.expect(200);
    assert_eq!(incoming(&server).await, (json!(4), json!(2.5)));
    assert_eq!(act(&server, "close").await.expect(200).body["lines"][0]["cancelled"], json!(4));
    server.finish().await;
}

/// Twelve people receive three of ten where two more are tolerated: four of them fit.
#[tokio::test(flavor = "multi_thread")]
async fn the_tolerance_is_used_up_by_one() {
    let server = server().await;
    ordered(&server).await;
    server.patch("/settings", "*", json!({"over_receipt_percent": 20})).await.expect(200);
    let request = |_| server.post("/purchase-orders/1/receive", quantities(3, 0));
    let answers = all_at_once((0..12).map(request).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 4);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("over_receipt")).count(), 8);
    assert_eq!(progress(&server).await, at("partially_received", ("12", "0"), ("0", "2.5")));
    server.finish().await;
}
