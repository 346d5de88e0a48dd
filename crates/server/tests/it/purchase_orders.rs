//! /purchase-orders: writing them, and taking them from state to state.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Response, TestServer};

use crate::support::server;

/// A supplier, product 1 counted by each and product 2 by weight, and a draft for 10 of the one and 2.5 of the other.
pub(crate) async fn draft(server: &TestServer) -> Response {
    server.post("/suppliers", json!({"code": "ACME", "name": "Acme", "currency": "EUR"})).await.expect(201);
    server.product("CUP", 0).await;
    server.product_with(json!({"sku": "TEA", "unit": "kg", "on_hand": 0})).await;
    let lines = json!([{"sku": "cup", "quantity": 10, "unit_cost": "1.50"}, {"product_id": 2, "quantity": 2.5, "unit_cost": 8}]);
    let body = json!({"supplier_id": 1, "warehouse": "main", "expected_on": "2026-12-24", "lines": lines});
    server.post("/purchase-orders", body).await.expect(201)
}

/// Do something to order 1.
pub(crate) async fn act(server: &TestServer, action: &str) -> Response {
    server.post(&format!("/purchase-orders/1/{action}"), json!({})).await
}

/// [`draft`], taken on until the supplier has it.
pub(crate) async fn ordered(server: &TestServer) -> Value {
    draft(server).await;
    for action in ["submit", "approve"] {
        act(server, action).await.expect(200);
    }
    act(server, "order").await.expect(200).body
}

/// What is incoming of products 1 and 2.
pub(crate) async fn incoming(server: &TestServer) -> (Value, Value) {
    let of =
        async |id: i64| server.get(&format!("/products/{id}")).await.expect(200).body["incoming"].clone();
    (of(1).await, of(2).await)
}

fn statuses(order: &Value) -> Vec<&str> {
    let history = order["history"].as_array().expect("a history").iter();
    history.map(|event| event["status"].as_str().expect("a status")).collect()
}

#[tokio::test]
async fn an_order_is_written_and_read() {
    let server = server().await;
    let created = draft(&server).await;
    assert_eq!(created.header("location"), Some("/purchase-orders/1"));
    let order = &created.body;
    assert_eq!((&order["number"], &order["status"]), (&json!("PO-000001"), &json!("draft")));
    assert_eq!((&order["total"], &order["currency"]), (&json!("35.00"), &json!("EUR")));
    assert_eq!((&order["warehouse"], &order["expected_on"]), (&json!("MAIN"), &json!("2026-12-24")));
    let line = json!({"id": 2, "product_id": 2, "sku": "TEA", "name": "Product TEA", "quantity": 2.5, "received": 0,
        "cancelled": 0, "open": 2.5, "unit_cost": "8.00", "expected_on": null});
    assert_eq!(order["lines"][1], line);
    assert_eq!(statuses(order), ["draft"]);
    let read = server.get("/purchase-orders/1").await.expect(200);
    assert_eq!((&read.body, read.etag()), (order, "\"1\""));
    server.get("/purchase-orders/9").await.problem(404, "purchase_order_not_found");
    server.finish().await;
}

#[tokio::test]
async fn an_order_goes_its_way_and_keeps_who_did_what() {
    let server = server().await;
    draft(&server).await;
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    act(&server, "approve").await.problem(409, "purchase_order_status");
    // A body may be left out.
    server.request("POST", "/purchase-orders/1/submit").await.expect(200);
    let note = json!({"note": "within budget"});
    server.post("/purchase-orders/1/approve", note).await.expect(200);
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    let ordered = act(&server, "order").await.expect(200).body;
    assert_eq!(incoming(&server).await, (json!(10), json!(2.5)));
    assert_eq!(statuses(&ordered), ["draft", "pending_approval", "approved", "ordered"]);
    assert_eq!(
        (&ordered["history"][2]["note"], &ordered["history"][2]["actor"]),
        (&json!("within budget"), &json!("demo"))
    );
    let refused = act(&server, "close").await.problem(409, "purchase_order_status");
    assert_eq!(
        (&refused.body["purchase_order_status"], &refused.body["possible"]),
        (&json!("ordered"), &json!(["cancel"]))
    );
    let cancelled = act(&server, "cancel").await.expect(200).body;
    assert_eq!((&cancelled["status"], &cancelled["lines"][0]["open"]), (&json!("cancelled"), &json!(0)));
    assert_eq!(incoming(&server).await, (json!(0), json!(0)));
    server.finish().await;
}

#[tokio::test]
async fn two_orders_of_a_product_add_up() {
    let server = server().await;
    ordered(&server).await;
    let copy = server.post("/purchase-orders/1/duplicate", json!({"note": "again"})).await.expect(201);
    assert_eq!(copy.body["history"][0]["note"], "a duplicate of PO-000001. again");
    assert_eq!((&copy.body["status"], &copy.body["total"]), (&json!("draft"), &json!("35.00")));
    for action in ["submit", "approve", "order"] {
        server.post(&format!("/purchase-orders/2/{action}"), json!({})).await.expect(200);
    }
    assert_eq!(incoming(&server).await, (json!(20), json!(5)));
    server.post("/purchase-orders/1/cancel", json!({})).await.expect(200);
    assert_eq!(incoming(&server).await, (json!(10), json!(2.5)));
    server.delete("/products/1", "*").await.problem(409, "product_holds_stock");
    server.finish().await;
}

#[tokio::test]
async fn only_a_draft_is_edited_and_only_by_who_has_seen_it() {
    let server = server().await;
    let created = draft(&server).await;
    let change = json!({"note": "urgent", "expected_on": null, "lines": [{"sku": "CUP", "quantity": 4, "unit_cost": "2"}]});
    let changed = server.patch("/purchase-orders/1", created.etag(), change.clone()).await.expect(200).body;
    assert_eq!((&changed["total"], &changed["note"]), (&json!("8.00"), &json!("urgent")));
    assert_eq!((&changed["expected_on"], &changed["version"]), (&json!(null), &json!(2)));
    server.patch("/purchase-orders/1", created.etag(), change.clone()).await.problem(412, "stale_version");
    let submit = server.post("/purchase-orders/1/submit", json!({})).header("if-match", "\"1\"");
    submit.await.problem(412, "stale_version");
    act(&server, "submit").await.expect(200);
    let refused = server.patch("/purchase-orders/1", "*", change).await;
    assert_eq!(
        refused.problem(409, "purchase_order_not_draft").body["purchase_order_status"],
        "pending_approval"
    );
    let rejected = act(&server, "reject").await.expect(200).body;
    assert_eq!(rejected["status"], "rejected");
    act(&server, "submit").await.problem(409, "purchase_order_status");
    server.finish().await;
}

#[tokio::test]
async fn a_line_without_a_cost_takes_the_suppliers_price_break() {
    let server = server().await;
    draft(&server).await;
    let costs = json!([{"unit_cost": "5"}, {"min_quantity": 10, "unit_cost": "4"}]);
    let body = json!({"supplier_id": 1, "sku": "CUP", "costs": costs});
    server.post("/supplier-products", body).await.expect(201);
    let lines = json!([{"sku": "CUP", "quantity": 9}, {"sku": "CUP", "quantity": 10}, {"sku": "CUP", "quantity": 1, "unit_cost": 9}]);
    let order = json!({"supplier_id": 1, "warehouse": "MAIN", "lines": lines});
    let created = server.post("/purchase-orders", order.clone()).await.expect(201).body;
    let taken: Vec<_> =
        created["lines"].as_array().expect("lines").iter().map(|l| l["unit_cost"].clone()).collect();
    assert_eq!(taken, ["5.00", "4.00", "9.00"]);
    let mut dollars = order;
    dollars["currency"] = json!("USD");
    let faults = [("/lines/0/unit_cost", "missing"), ("/lines/1/unit_cost", "missing")];
    server.post("/purchase-orders", dollars).await.invalid(&faults);
    server.finish().await;
}

#[tokio::test]
async fn faults_of_an_order_are_named() {
    let server = server().await;
    draft(&server).await;
    let lines = json!([{"sku": "NONE", "quantity": 1, "unit_cost": 1}, {"sku": "CUP", "quantity": 1.5, "unit_cost": 1}]);
    let body = json!({"supplier_id": 1, "warehouse": "MAIN", "lines": lines});
    let faults = [("/lines/0/sku", "unknown_product"), ("/lines/1/quantity", "whole_numbers_only")];
    server.post("/purchase-orders", body).await.invalid(&faults);
    let lines = json!([{"sku": "CUP", "quantity": 0, "unit_cost": 1}, {"sku": "CUP", "quantity": 1, "unit_cost": -1}]);
    let body = json!({"supplier_id": 1, "warehouse": "MAIN", "currency": "XXY", "expected_on": "24.12.2026", "lines": lines});
    server.post("/purchase-orders", body).await.invalid(&[
        ("/currency", "unknown_currency"),
        ("/expected_on", "not_a_date"),
        ("/lines/0/quantity", "out_of_range"),
        ("/lines/1/unit_cost", "negative_amount"),
    ]);
    let line = json!({"sku": "CUP", "quantity": 999_999_999, "unit_cost": "999999999999"});
    let body = json!({"supplier_id": 1, "warehouse": "MAIN", "lines": [line]});
    server.post("/purchase-orders", body).await.invalid(&[("/lines", "out_of_range")]);
    let body = json!({"supplier_id": 1, "warehouse": "NONE", "lines": [{"sku": "CUP", "quantity": 1, "unit_cost": 1}]});
    server.post("/purchase-orders", body.clone()).await.invalid(&[("/warehouse", "unknown_warehouse")]);
    let mut body = body;
    body["supplier_id"] = json!(9);
    server.post("/purchase-orders", body).await.invalid(&[("/supplier_id", "unknown_supplier")]);
    server.get("/purchase-orders?status=lost").await.invalid(&[("?status", "unknown_value")]);
    server.finish().await;
}

#[tokio::test]
async fn orders_are_listed_newest_first_and_narrowed() {
    let server = server().await;
    ordered(&server).await;
    server.warehouse("NORTH").await;
    server.post("/suppliers", json!({"code": "BETA", "name": "Beta"})).await.expect(201);
    let line = json!({"sku": "CUP", "quantity": 1, "unit_cost": "0.125"});
    let mug = server.post("/products", json!({"sku": "MUG", "name": "Mug", "price": "1"})).await.expect(201);
    let of_mugs = json!({"sku": "MUG", "quantity": 1, "unit_cost": 0});
    let body = json!({"supplier_id": 2, "warehouse": "NORTH", "lines": [line, line, of_mugs]});
    server.post("/purchase-orders", body).await.expect(201);
    server.post("/purchase-orders/1/duplicate", json!({})).await.expect(201);
    let numbers = async |query: &str| {
        let list = server.get(&format!("/purchase-orders{query}")).await.expect(200);
        list.items().iter().map(|item| item["id"].as_i64().expect("an id")).collect::<Vec<_>>()
    };
    assert_eq!(numbers("").await, [3, 2, 1]);
    assert_eq!(numbers("?status=draft").await, [3, 2]);
    assert_eq!(numbers("?status=draft&status=ordered&supplier_id=1").await, [3, 1]);
    assert_eq!(numbers("?warehouse=north").await, [2]);
    assert_eq!(numbers(&format!("?product_id={}", mug.body["id"])).await, [2]);
    let first = server.get("/purchase-orders?limit=2").await.expect(200);
    let item = &first.items()[1];
    assert_eq!((&item["total"], &item["line_count"]), (&json!("0.25"), &json!(3)));
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    assert_eq!(numbers(&format!("?limit=2&cursor={cursor}")).await, [1]);
    server.get("/purchase-orders?warehouse=NONE").await.invalid(&[("?warehouse", "unknown_warehouse")]);
    server.finish().await;
}

/// Of ten who approve at once exactly one has done it; the others are told where the order stands.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_approves_an_order() {
    let server = server().await;
    draft(&server).await;
    act(&server, "submit").await.expect(200);
    let requests =
        (0..10).map(|_| tokio::spawn(server.post("/purchase-orders/1/approve", json!({})).into_future()));
    let answers: Vec<_> = join_all(requests.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("purchase_order_status")).count(), 9);
    let order = server.get("/purchase-orders/1").await.expect(200).body;
    assert_eq!(statuses(&order), ["draft", "pending_approval", "approved"]);
    server.finish().await;
}

/// One key, one effect: the order is approved once, and every retry gets the first answer.
#[tokio::test]
async fn a_retried_transition_gets_the_first_answer() {
    let server = server().await;
    draft(&server).await;
    let submit =
        || server.post("/purchase-orders/1/submit", json!({"note": "please"})).key("k").into_future();
    let first = submit().await.expect(200);
    let again = submit().await.expect(200);
    assert_eq!((&again.text, again.header("idempotency-replayed")), (&first.text, Some("true")));
    assert_eq!(again.etag(), "\"2\"");
    act(&server, "approve").await.expect(200);
    assert_eq!(submit().await.expect(200).text, first.text);
    let other = server.post("/purchase-orders/1/approve", json!({})).key("k");
    other.await.problem(422, "idempotency_key_reused");
    server.finish().await;
}

/// Twelve orders of the same products, named in opposite order, are ordered at once and then cancelled at once: none waits
/// for ever, and what is incoming is what is open.
#[tokio::test(flavor = "multi_thread")]
async fn orders_taken_on_at_once_keep_incoming_exact() {
    let server = server().await;
    draft(&server).await;
    let line = |sku: &str| json!({"sku": sku, "quantity": 1, "unit_cost": 1});
    for i in 0..12 {
        let lines = if i % 2 == 0 { [line("CUP"), line("TEA")] } else { [line("TEA"), line("CUP")] };
        let body = json!({"supplier_id": 1, "warehouse": "MAIN", "lines": lines});
        let id = server.post("/purchase-orders", body).await.expect(201).id();
        for action in ["submit", "approve"] {
            server.post(&format!("/purchase-orders/{id}/{action}"), json!({})).await.expect(200);
        }
    }
    for (action, expected) in [("order", 12), ("cancel", 0)] {
        let request = |id| server.post(&format!("/purchase-orders/{id}/{action}"), json!({})).into_future();
        let requests = (2..=13).map(request).map(tokio::spawn).collect::<Vec<_>>();
        for answer in join_all(requests).await {
            answer.expect("an answer").expect(200);
        }
        assert_eq!(incoming(&server).await, (json!(expected), json!(expected)), "{action}");
    }
    server.finish().await;
}

/// The total of the draft is 35.00 EUR.
#[tokio::test]
async fn an_order_that_is_not_above_the_threshold_needs_no_approval() {
    let server = server().await;
    let created = draft(&server).await;
    let set = async |above: Value| {
        server.patch("/settings", "*", json!({"purchase_approval_above": above})).await.expect(200);
    };
    set(json!("34.99")).await;
    assert_eq!(act(&server, "submit").await.expect(200).body["status"], "pending_approval");
    for (above, currency, expected) in [
        (json!(35), "EUR", "approved"),
        (json!(null), "EUR", "pending_approval"),
        (json!(1000), "USD", "pending_approval"),
    ] {
        set(above).await;
        let copy = server.post("/purchase-orders/1/duplicate", json!({})).await.expect(201);
        let path = format!("/purchase-orders/{}", copy.id());
        server.patch(&path, "*", json!({"currency": currency})).await.expect(200);
        let submitted =
            server.post(&format!("{path}/submit"), json!({"note": "please"})).await.expect(200).body;
        assert_eq!(submitted["status"], expected);
        let event = &submitted["history"][1];
        let reason = "needs no approval: 35.00 EUR is not above 35.00 EUR. please";
        let note = if expected == "approved" { reason } else { "please" };
        assert_eq!((&event["action"], &event["from_status"]), (&json!("submit"), &json!("draft")));
        assert_eq!((&event["status"], &event["note"]), (&json!(expected), &json!(note)));
    }
    act(&server, "approve").await.expect(200);
    assert_eq!(created.body["total"], "35.00");
    server.finish().await;
}

#[tokio::test]
async fn an_order_is_printed_with_all_that_the_supplier_needs() {
    let server = server().await;
    let created = draft(&server).await;
    let change = json!({"name": "Acme & Sons", "address": "1 Dock Road\nLiverpool", "contact": "Ann", "payment_terms": "30 days net"});
    server.patch("/suppliers/1", "*", change).await.expect(200);
    server
        .post("/supplier-products", json!({"supplier_id": 1, "sku": "CUP", "supplier_sku": "AC-1"}))
        .await
        .expect(201);
    server.patch("/warehouses/1", "*", json!({"address": "Yard 5"})).await.expect(200);
    server.patch("/purchase-orders/1", created.etag(), json!({"note": "ring first"})).await.expect(200);
    let page = server.get("/purchase-orders/1/print").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").expect("a policy").starts_with("default-src 'none'"));
    for text in [
        "PO-000001",
        "Draft",
        "Acme &amp; Sons",
        "1 Dock Road\nLiverpool",
        "Ann",
        "30 days net",
        "Yard 5",
        "2026-12-24",
        "AC-1",
        "CUP",
        "TEA",
        "kg",
        "1.50",
        "15.00",
        "8.00",
        "20.00",
        "35.00",
        "ring first",
    ] {
        assert!(page.text.contains(text), "{text} is missing: {}", page.text);
    }
    for action in ["submit", "approve", "order"] {
        act(&server, action).await.expect(200);
    }
    let line = json!({"lines": [{"line_id": 1, "quantity": 4}]});
    server.post("/purchase-orders/1/receive", line).await.expect(201);
    act(&server, "cancel").await.expect(200);
    let page = server.get("/purchase-orders/1/print").await.expect(200);
    assert!(!page.text.contains("Draft") && !page.text.contains("TEA"), "what was cancelled: {}", page.text);
    assert!(page.text.contains("6.00") && !page.text.contains("15.00"), "four cups: {}", page.text);
    server.get("/purchase-orders/9/print").await.problem(404, "purchase_order_not_found");
    server.finish().await;
}

/// Whatever people enter stays text.
#[tokio::test]
async fn nothing_that_is_printed_can_be_markup() {
    let server = server().await;
    draft(&server).await;
    let evil = "</p></style><script>alert('x')</script><img src=x onerror=\"y\">";
    let supplier = json!({"name": evil, "address": evil, "contact": evil, "email": "a\"<b>@c", "phone": evil, "payment_terms": evil});
    server.patch("/suppliers/1", "*", supplier).await.expect(200);
    server.patch("/warehouses/1", "*", json!({"name": evil, "address": evil})).await.expect(200);
    server.patch("/products/1", "*", json!({"name": evil})).await.expect(200);
    server.patch("/purchase-orders/1", "*", json!({"note": evil})).await.expect(200);
    server
        .post("/supplier-products", json!({"supplier_id": 1, "sku": "CUP", "supplier_sku": evil}))
        .await
        .expect(201);
    let page = server.get("/purchase-orders/1/print").await.expect(200).text;
    for markup in ["<script", "<img", "<b>", "alert('x')</script"] {
        assert!(!page.contains(markup), "{markup}: {page}");
    }
    assert_eq!(page.matches("&lt;script&gt;alert(").count(), 11, "{page}");
    assert_eq!(page.matches("</style>").count(), 1);
    server.finish().await;
}
