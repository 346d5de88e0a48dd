//! /replenishment: what is suggested, computed here from raw numbers, and the orders made of it.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Response, TestDatabase, TestServer, check_ledger};

use crate::support::{process, server};

pub(crate) async fn supplier(server: &TestServer, code: &str, lead_time_days: Value) -> i64 {
    let body = json!({"code": code, "name": format!("Supplier {code}"), "currency": "EUR", "lead_time_days": lead_time_days});
    server.post("/suppliers", body).await.expect(201).id()
}

pub(crate) async fn sells(server: &TestServer, supplier_id: i64, sku: &str, mut terms: Value) -> i64 {
    terms["supplier_id"] = json!(supplier_id);
    terms["sku"] = json!(sku);
    server.post("/supplier-products", terms).await.expect(201).id()
}

async fn policy(server: &TestServer, body: Value) {
    server.post("/reorder-policies", body).await.expect(201);
}

async fn movement(server: &TestServer, kind: &str, sku: &str, warehouse: &str, quantity: i64) -> i64 {
    let line = json!({"sku": sku, "warehouse": warehouse, "quantity": quantity});
    let body = json!({"kind": kind, "reason": "test", "lines": [line]});
    server.post("/stock-movements", body).await.expect(201).id()
}

pub(crate) async fn suggestions(server: &TestServer, query: &str) -> Vec<Value> {
    server.get(&format!("/replenishment{query}")).await.expect(200).items().to_vec()
}

/// Product and quantity of each suggestion.
async fn brief(server: &TestServer, query: &str) -> Vec<(String, Value)> {
    let name = |item: &Value| {
        let sku = item["sku"].as_str().expect("a SKU");
        let name =
            item["warehouse"].as_str().map_or(sku.to_owned(), |warehouse| format!("{sku}@{warehouse}"));
        (name, item["quantity"].clone())
    };
    suggestions(server, query).await.iter().map(name).collect()
}

fn named(expected: &[(&str, i64)]) -> Vec<(String, Value)> {
    expected.iter().map(|(name, quantity)| ((*name).to_owned(), json!(quantity))).collect()
}

pub(crate) async fn order(server: &TestServer, body: Value) -> Value {
    server.post("/replenishment/purchase-orders", body).await.expect(201).body
}

fn is_empty(made: &Value) -> bool {
    made == &json!({"purchase_orders": [], "skipped": [], "complete": true, "next_after": null})
}

#[tokio::test]
async fn a_suggestion_shows_the_numbers_it_follows_from() {
    let server = server().await;
    let north = server.warehouse("NORTH").await;
    let kettle = server.product("KET", 500).await;
    let (acme, best) =
        (supplier(&server, "ACME", json!(3)).await, supplier(&server, "BEST", json!(14)).await);
    sells(&server, acme, "KET", json!({"costs": [{"unit_cost": "1"}]})).await;
    let costs = json!([{"unit_cost": "12.50"}, {"min_quantity": 40, "unit_cost": "11.9"}, {"min_quantity": 100, "unit_cost": "9"}]);
    sells(&server, best, "KET", json!({"moq": 20, "order_multiple": 12, "preferred": true, "costs": costs}))
        .await;
    policy(&server, json!({"sku": "KET", "warehouse": "NORTH", "reorder_point": 10, "safety_stock": 3, "max_quantity": 50})).await;
    movement(&server, "receipt", "KET", "NORTH", 70).await;
    movement(&server, "issue", "KET", "NORTH", 45).await;
    movement(&server, "issue", "KET", "NORTH", 15).await;
    // None of these is demand in the north.
    let slip = movement(&server, "issue", "KET", "NORTH", 9).await;
    server.post(&format!("/stock-movements/{slip}/reverse"), json!({"reason": "slip"})).await.expect(201);
    movement(&server, "issue", "KET", "MAIN", 33).await;
    movement(&server, "adjustment", "KET", "NORTH", -2).await;
    let expected = json!({"product_id": kettle, "sku": "KET", "name": "Product KET", "unit": "each", "warehouse": "NORTH",
        "warehouse_id": north, "destination": "NORTH", "available": 8, "incoming": 0, "in_transit": 0, "on_order": 0,
        "suggested_for_warehouses": 0, "reorder_point": 10, "safety_stock": 3, "max_quantity": 50, "reorder_quantity": null,
        "window_days": 30, "demand": 60, "demand_per_day": 2, "days_of_cover": 4, "lead_time_days": 14,
        "lead_time_demand": 28, "target": 50, "needed": 42, "moq": 20, "order_multiple": 12, "quantity": 48,
        "unit_cost": "11.90", "currency": "EUR", "supplier": {"id": best, "code": "BEST", "name": "Supplier BEST"}});
    assert_eq!(suggestions(&server, "").await, [expected]);
    let item = suggestions(&server, "?window_days=7").await[0].clone();
    // 60 in 7 days are 120 in 14: more than the maximum.
    assert_eq!(
        (&item["lead_time_demand"], &item["target"], &item["quantity"]),
        (&json!(120), &json!(120), &json!(120))
    );
    assert_eq!((&item["demand_per_day"], &item["unit_cost"]), (&json!(8.571429), &json!("9.00")));
    server.finish().await;
}

/// Whatever the numbers are. The expectation is written down a second time here, in whole numbers.
#[tokio::test]
async fn suggestions_follow_from_the_raw_numbers() {
    let server = server().await;
    let acme = supplier(&server, "ACME", json!(null)).await;
    let mut expected = Vec::new();
    for i in 0..24_i64 {
        let (sku, point) = (format!("P-{i:02}"), 5 + (i * 7) % 20);
        let (sold, left, lead) = ((i * 13) % 50, (i * 11) % (point + 3), (i * 5) % 40);
        let (moq, multiple, safety) = (1 + (i * 3) % 25, 1 + i % 7, i % 4);
        server.product_with(json!({"sku": sku, "on_hand": sold + left, "reorder_point": point})).await;
        if sold > 0 {
            movement(&server, "issue", &sku, "MAIN", sold).await;
        }
        let terms = json!({"moq": moq, "order_multiple": multiple, "lead_time_days": lead, "costs": [{"unit_cost": "2"}]});
        sells(&server, acme, &sku, terms).await;
        let demand_in_millionths = (sold * lead * 1_000_000 + 29) / 30;
        let target = match i % 3 {
            0 => {
                policy(&server, json!({"sku": sku, "max_quantity": point + 20})).await;
                ((point + 20) * 1_000_000).max(demand_in_millionths)
            }
            1 => {
                policy(&server, json!({"sku": sku, "reorder_quantity": 6})).await;
                // As many sixes as it takes.
                let mut target = left;
                while target <= point {
                    target += 6;
                }
                target * 1_000_000
            }
            _ => {
                policy(&server, json!({"sku": sku, "safety_stock": safety})).await;
                (point + safety) * 1_000_000 + demand_in_millionths
            }
        };
        let needed = (target + 999_999) / 1_000_000 - left;
        if left <= point && needed > 0 {
            let least = needed.max(moq);
            expected.push((sku, json!((least + multiple - 1) / multiple * multiple)));
        }
    }
    assert!(expected.len() > 10, "{expected:?}");
    assert_eq!(brief(&server, "").await, expected);
    order(&server, json!({})).await;
    assert_eq!(brief(&server, "").await, []);
    assert!(is_empty(&order(&server, json!({})).await));
    server.finish().await;
}

#[tokio::test]
async fn what_is_on_order_or_incoming_counts_until_it_is_called_off() {
    let server = server().await;
    server.product_with(json!({"sku": "KET", "on_hand": 2, "reorder_point": 10})).await;
    policy(&server, json!({"sku": "KET", "max_quantity": 30})).await;
    let acme = supplier(&server, "ACME", json!(5)).await;
    sells(&server, acme, "KET", json!({"costs": [{"unit_cost": "2"}]})).await;
    assert_eq!(brief(&server, "").await, named(&[("KET", 28)]));
    let line = |quantity: i64| json!({"sku": "KET", "quantity": quantity});
    let draft = json!({"supplier_id": acme, "warehouse": "MAIN", "lines": [line(5)]});
    server.post("/purchase-orders", draft).await.expect(201);
    let item = suggestions(&server, "").await[0].clone();
    assert_eq!((&item["on_order"], &item["incoming"], &item["quantity"]), (&json!(5), &json!(0), &json!(23)));
    for action in ["submit", "approve"] {
        server.post(&format!("/purchase-orders/1/{action}"), json!({})).await.expect(200);
        assert_eq!(suggestions(&server, "").await[0]["on_order"], json!(5), "{action}");
    }
    server.post("/purchase-orders/1/order", json!({})).await.expect(200);
    let item = suggestions(&server, "").await[0].clone();
    assert_eq!((&item["on_order"], &item["incoming"], &item["quantity"]), (&json!(0), &json!(5), &json!(23)));
    let made = order(&server, json!({})).await;
    assert_eq!(made["purchase_orders"][0]["lines"][0]["quantity"], json!(23));
    assert_eq!(brief(&server, "").await, []);
    server.post("/purchase-orders/2/cancel", json!({})).await.expect(200);
    assert_eq!(brief(&server, "").await, named(&[("KET", 23)]));
    let received = json!({"lines": [{"line_id": 1, "quantity": 5}]});
    server.post("/purchase-orders/1/receive", received).await.expect(201);
    let item = suggestions(&server, "").await[0].clone();
    assert_eq!(
        (&item["available"], &item["incoming"], &item["quantity"]),
        (&json!(7), &json!(0), &json!(23))
    );
    server.finish().await;
}

/// What is bought for the north is not bought a second time for all warehouses together.
#[tokio::test]
async fn what_is_suggested_for_warehouses_counts_over_all_of_them() {
    let server = server().await;
    server.warehouse("NORTH").await;
    server.product_with(json!({"sku": "KET", "on_hand": 6, "reorder_point": 20})).await;
    policy(&server, json!({"sku": "KET", "max_quantity": 60})).await;
    policy(&server, json!({"sku": "KET", "warehouse": "NORTH", "reorder_point": 5, "reorder_quantity": 9}))
        .await;
    let acme = supplier(&server, "ACME", json!(5)).await;
    sells(&server, acme, "KET", json!({"costs": [{"unit_cost": "2"}]})).await;
    assert_eq!(brief(&server, "").await, named(&[("KET@NORTH", 9), ("KET", 45)]));
    let item = suggestions(&server, "?warehouse=MAIN").await[0].clone();
    assert_eq!((&item["suggested_for_warehouses"], &item["destination"]), (&json!(9), &json!("MAIN")));
    let made = order(&server, json!({"warehouse": "NORTH"})).await;
    assert_eq!(made["purchase_orders"].as_array().map(Vec::len), Some(1));
    assert_eq!(made["purchase_orders"][0]["warehouse"], json!("NORTH"));
    assert_eq!(brief(&server, "").await, named(&[("KET", 45)]));
    let made = order(&server, json!({"items": [{"sku": "ket"}]})).await;
    assert_eq!(made["purchase_orders"][0]["warehouse"], json!("MAIN"));
    assert_eq!(brief(&server, "").await, []);
    server.finish().await;
}

#[tokio::test]
async fn what_nobody_sells_is_shown_and_not_ordered() {
    let server = server().await;
    for sku in ["KET", "CUP", "JUG"] {
        server.product_with(json!({"sku": sku, "on_hand": 2, "reorder_point": 10})).await;
        policy(&server, json!({"sku": sku, "max_quantity": 30})).await;
    }
    let (acme, gone) = (supplier(&server, "ACME", json!(5)).await, supplier(&server, "GONE", json!(5)).await);
    sells(&server, acme, "CUP", json!({"costs": [{"min_quantity": 1000, "unit_cost": "2"}]})).await;
    sells(&server, gone, "JUG", json!({"costs": [{"unit_cost": "2"}]})).await;
    server.delete(&format!("/suppliers/{gone}"), "*").await.expect(204);
    assert_eq!(brief(&server, "").await, named(&[("KET", 28), ("CUP", 28), ("JUG", 28)]));
    let items = suggestions(&server, "").await;
    assert_eq!((&items[0]["supplier"], &items[0]["lead_time_days"]), (&json!(null), &json!(null)));
    assert_eq!((&items[1]["supplier"]["code"], &items[1]["unit_cost"]), (&json!("ACME"), &json!(null)));
    assert_eq!(items[2]["supplier"], json!(null));
    let skipped = |id: i64, sku: &str, code: &str| json!({"product_id": id, "sku": sku, "warehouse": null, "code": code});
    let expected = json!({"purchase_orders": [], "complete": true, "next_after": null, "skipped": [
        skipped(1, "KET", "no_supplier"), skipped(2, "CUP", "no_unit_cost"), skipped(3, "JUG", "no_supplier")]});
    assert_eq!(order(&server, json!({})).await, expected);
    server.finish().await;
}

#[tokio::test]
async fn there_is_one_draft_for_each_supplier_warehouse_and_currency() {
    let server = server().await;
    server.warehouse("NORTH").await;
    let (acme, best) =
        (supplier(&server, "ACME", json!(3)).await, supplier(&server, "BEST", json!(14)).await);
    for (sku, seller) in [("A", acme), ("B", acme), ("C", best), ("D", acme)] {
        server.product_with(json!({"sku": sku, "on_hand": 1, "reorder_point": 5})).await;
        policy(&server, json!({"sku": sku, "reorder_quantity": 10})).await;
        sells(&server, seller, sku, json!({"costs": [{"unit_cost": "2.5"}]})).await;
        let change = json!({"currency": if sku == "C" { "USD" } else { "EUR" }});
        server.patch(&format!("/suppliers/{acme}"), "*", change).await.expect(200);
    }
    policy(&server, json!({"sku": "C", "warehouse": "NORTH", "reorder_point": 0, "reorder_quantity": 4}))
        .await;
    let shown = |made: &Value| {
        let orders = made["purchase_orders"].as_array().expect("orders").clone();
        let shown = |order: &Value| {
            let lines = order["lines"].as_array().expect("lines").iter();
            let lines: Vec<_> = lines.map(|line| format!("{} {}", line["sku"], line["quantity"])).collect();
            format!(
                "{} {} {} {}: {}",
                order["status"],
                order["supplier"]["code"],
                order["warehouse"],
                order["currency"],
                lines.join(", ")
            )
            .replace('"', "")
        };
        orders.iter().map(shown).collect::<Vec<_>>()
    };
    let made = server
        .post("/replenishment/purchase-orders", json!({"supplier_id": best}))
        .key("k1")
        .await
        .expect(201);
    assert_eq!(shown(&made.body), ["draft BEST MAIN EUR: C 10", "draft BEST NORTH EUR: C 4"]);
    let days: i64 =
        sqlx::query_scalar("select (expected_on - current_date)::bigint from purchase_orders limit 1")
            .fetch_one(server.pool())
            .await
            .expect("a day");
    assert_eq!((days, &made.body["purchase_orders"][0]["note"]), (14, &json!("replenishment")));
    let again = server
        .post("/replenishment/purchase-orders", json!({"supplier_id": best}))
        .key("k1")
        .await
        .expect(201);
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&made.body, Some("true")));
    let made = server.request("POST", "/replenishment/purchase-orders").await.expect(201).body;
    assert_eq!(shown(&made), ["draft ACME MAIN EUR: A 10, B 10", "draft ACME MAIN USD: D 10"]);
    assert_eq!(made["purchase_orders"][0]["total"], json!("50.00"));
    assert!(is_empty(&order(&server, json!({})).await));
    server.finish().await;
}

#[tokio::test]
async fn suggestions_are_filtered_and_paged_completely() {
    let server = server().await;
    for code in ["NORTH", "SOUTH"] {
        server.warehouse(code).await;
    }
    let (acme, best) =
        (supplier(&server, "ACME", json!(3)).await, supplier(&server, "BEST", json!(14)).await);
    let mut all = Vec::new();
    for i in 0..7 {
        let sku = format!("P-{i}");
        server.product_with(json!({"sku": sku, "on_hand": 1, "reorder_point": 5})).await;
        policy(&server, json!({"sku": sku, "max_quantity": 30})).await;
        sells(&server, if i % 3 == 0 { best } else { acme }, &sku, json!({})).await;
        for warehouse in ["NORTH", "SOUTH"] {
            policy(
                &server,
                json!({"sku": sku, "warehouse": warehouse, "reorder_point": 0, "reorder_quantity": 2}),
            )
            .await;
            all.push(format!("{sku}@{warehouse}"));
        }
        all.push(sku);
    }
    let of = |keep: fn(&str) -> bool| all.iter().filter(|name| keep(name)).cloned().collect::<Vec<_>>();
    for (filter, expected) in [
        ("", all.clone()),
        ("&warehouse=north", of(|name| name.ends_with("NORTH"))),
        ("&warehouse=MAIN", of(|name| !name.contains('@'))),
        ("&warehouse=MAIN&warehouse=SOUTH", of(|name| !name.ends_with("NORTH"))),
        (
            "&supplier_id=2&warehouse=SOUTH",
            of(|name| ["P-0@SOUTH", "P-3@SOUTH", "P-6@SOUTH"].contains(&name)),
        ),
        ("&supplier_id=1&supplier_id=2", all.clone()),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = server.get(&format!("/replenishment?limit=2{filter}{cursor}")).await.expect(200);
            assert!(page.items().len() <= 2);
            let path = format!("?limit=2{filter}{cursor}");
            seen.extend(brief(&server, &path).await.into_iter().map(|(name, _)| name));
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{filter}");
    }
    server.finish().await;
}

#[tokio::test]
async fn faults_of_requests_are_named() {
    let server = server().await;
    for (query, fault) in [
        ("?window_days=0", ("?window_days", "out_of_range")),
        ("?window_days=366", ("?window_days", "out_of_range")),
        ("?warehouse=WEST", ("?warehouse", "unknown_warehouse")),
        ("?supplier_id=9", ("?supplier_id", "unknown_supplier")),
        ("?colour=red", ("?colour", "unknown_parameter")),
    ] {
        server.get(&format!("/replenishment{query}")).await.invalid(&[fault]);
    }
    server.get("/replenishment?cursor=x").await.problem(400, "invalid_cursor");
    for (body, faults) in [
        (json!({"window_days": 0}), &[("/window_days", "out_of_range")][..]),
        (
            json!({"warehouse": "WEST", "supplier_id": 9}),
            &[("/warehouse", "unknown_warehouse"), ("/supplier_id", "unknown_supplier")],
        ),
        (
            json!({"items": [{"sku": "NONE"}, {"product_id": 9, "warehouse": "WEST"}]}),
            &[
                ("/items/0/sku", "unknown_product"),
                ("/items/1/product_id", "unknown_product"),
                ("/items/1/warehouse", "unknown_warehouse"),
            ],
        ),
        (json!({"items": [{"sku": "A"}], "supplier_id": 1}), &[("/supplier_id", "mutually_exclusive")]),
        (json!({"items": []}), &[("/items", "wrong_length")]),
    ] {
        server.post("/replenishment/purchase-orders", body).await.invalid(faults);
    }
    server.finish().await;
}

/// Eight clients of two servers press the button at once, each with a key of its own: one draft, and nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn racing_clients_do_not_order_twice() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let client = one.client();
    let body = json!({"code": "ACME", "name": "Acme", "currency": "EUR"});
    client.post("/suppliers", body).await.expect(201);
    for round in 0..5 {
        for i in 0..6 {
            let sku = format!("P-{round}-{i}");
            client.product_with(json!({"sku": sku, "on_hand": 1, "reorder_point": 5})).await;
            let body = json!({"sku": sku, "supplier_id": 1, "costs": [{"unit_cost": "2"}]});
            client.post("/supplier-products", body).await.expect(201);
        }
        let requests = (0..8).map(|i| {
            let client = if i % 2 == 0 { one.client() } else { two.client() };
            let request =
                client.post("/replenishment/purchase-orders", json!({})).key(&format!("{round}-{i}"));
            tokio::spawn(request.into_future())
        });
        let answers = join_all(requests).await;
        let made = |answer: &Response| answer.body["purchase_orders"].as_array().map_or(0, Vec::len);
        let made: usize = answers.iter().map(|answer| made(answer.as_ref().expect("an answer"))).sum();
        assert_eq!(made, 1, "round {round}");
    }
    let ordered: Vec<(i64, i64)> =
        sqlx::query_as("select count(*), count(distinct product_id) from purchase_order_lines")
            .fetch_all(database.pool())
            .await
            .expect("lines");
    assert_eq!(ordered, [(30, 30)]);
    check_ledger(database.pool()).await;
}
