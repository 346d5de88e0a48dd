//! /suppliers and /supplier-products.

use serde_json::json;

use crate::support::server;

#[tokio::test]
async fn a_supplier_is_created_changed_and_deleted() {
    let server = server().await;
    let body = json!({"code": "ACME", "name": "Acme Ltd", "contact": "Ann", "email": "orders@acme.example", "phone": "+44 1",
        "address": "Dock 1", "currency": "GBP", "lead_time_days": 14, "payment_terms": "30 days net"});
    let created = server.post("/suppliers", body).await.expect(201);
    let path = format!("/suppliers/{}", created.id());
    assert_eq!(created.header("location"), Some(path.as_str()));
    assert_eq!(server.get(&path).await.expect(200).body, created.body);
    let again = json!({"code": "acme", "name": "Other"});
    server.post("/suppliers", again).await.problem(409, "duplicate_supplier_code");

    let change = json!({"contact": null, "lead_time_days": 10});
    let changed = server.patch(&path, created.etag(), change.clone()).await.expect(200);
    assert_eq!((&changed.body["contact"], &changed.body["lead_time_days"]), (&json!(null), &json!(10)));
    assert_eq!(changed.body["email"], "orders@acme.example", "absent fields stay");
    server.patch(&path, created.etag(), change).await.problem(412, "stale_version");
    server.delete(&path, changed.etag()).await.expect(204);
    server.get(&path).await.problem(404, "supplier_not_found");
    server.finish().await;
}

#[tokio::test]
async fn suppliers_are_listed_by_name_and_the_archived_ones_apart() {
    let server = server().await;
    let product = server.product("A", 0).await;
    for (code, name) in [("C", "charlie"), ("B", "Bravo"), ("A", "Alfa")] {
        server.post("/suppliers", json!({"code": code, "name": name})).await.expect(201);
    }
    let line = json!({"supplier_id": 2, "product_id": product});
    server.post("/supplier-products", line).await.expect(201);
    server.delete("/suppliers/2", "*").await.expect(204);
    let first = server.get("/suppliers?limit=1").await.expect(200);
    assert_eq!(first.items()[0]["name"], "Alfa");
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    let second = server.get(&format!("/suppliers?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!((&second.items()[0]["name"], &second.body["next_cursor"]), (&json!("charlie"), &json!(null)));
    assert_eq!(server.get("/suppliers?archived=true").await.expect(200).items()[0]["code"], "B");
    let order = json!({"supplier_id": 2, "warehouse": "MAIN", "lines": [{"sku": "A", "quantity": 1, "unit_cost": 1}]});
    server.post("/purchase-orders", order).await.problem(409, "supplier_archived");
    server.finish().await;
}

#[tokio::test]
async fn faults_of_suppliers_are_named() {
    let server = server().await;
    let body = json!({"code": "A B", "name": "", "email": "nobody", "lead_time_days": -1, "currency": "XYZ", "vat": 1});
    server.post("/suppliers", body).await.invalid(&[
        ("/code", "not_a_code"),
        ("/name", "empty"),
        ("/email", "not_an_email"),
        ("/lead_time_days", "out_of_range"),
        ("/currency", "unknown_currency"),
        ("/vat", "unknown_field"),
    ]);
    let body = json!({"supplier_id": 9, "sku": "NONE", "moq": 0, "costs": [{"unit_cost": -1}, {"unit_cost": 1}, {"unit_cost": 2}]});
    server
        .post("/supplier-products", body)
        .await
        .invalid(&[("/moq", "out_of_range"), ("/costs/0/unit_cost", "negative_amount")]);
    let body = json!({"supplier_id": 9, "sku": "NONE", "costs": [{"unit_cost": 1}, {"unit_cost": 2}]});
    server.post("/supplier-products", body).await.invalid(&[("/costs/1/min_quantity", "repeated")]);
    let product = server.product("A", 0).await;
    let body = json!({"supplier_id": 9, "product_id": product});
    server.post("/supplier-products", body).await.invalid(&[("/supplier_id", "unknown_supplier")]);
    let body = json!({"supplier_id": 9, "sku": "NONE"});
    server.post("/supplier-products", body).await.invalid(&[("/sku", "unknown_product")]);
    server.finish().await;
}

#[tokio::test]
async fn costs_are_replaced_and_those_before_are_kept() {
    let server = server().await;
    server.product("A", 0).await;
    server.post("/suppliers", json!({"code": "ACME", "name": "Acme"})).await.expect(201);
    let costs = json!([{"unit_cost": "5"}, {"min_quantity": 10, "unit_cost": "4.5"}, {"min_quantity": 100, "unit_cost": 4}]);
    let body = json!({"supplier_id": 1, "sku": "a", "supplier_sku": "X-1", "moq": 5, "order_multiple": 5, "costs": costs});
    let created = server.post("/supplier-products", body.clone()).await.expect(201);
    server.post("/supplier-products", body).await.problem(409, "duplicate_supplier_product");
    let breaks = |body: &serde_json::Value| {
        let costs = body["costs"].as_array().expect("costs").iter();
        costs.map(|cost| format!("{}: {}", cost["min_quantity"], cost["unit_cost"])).collect::<Vec<_>>()
    };
    assert_eq!(breaks(&created.body), ["0: \"5.00\"", "10: \"4.50\"", "100: \"4.00\""]);

    let change = json!({"costs": [{"unit_cost": "5"}, {"min_quantity": 10, "unit_cost": "4.4"}]});
    let changed = server.patch("/supplier-products/1", created.etag(), change).await.expect(200);
    assert_eq!(breaks(&changed.body), ["0: \"5.00\"", "10: \"4.40\""]);
    let kept: i64 = sqlx::query_scalar("select count(*) from supplier_product_costs")
        .fetch_one(server.pool())
        .await
        .expect("the costs");
    assert_eq!(kept, 5, "three at first, one that changed, one that ended; what stayed has no new row");
    server.finish().await;
}

#[tokio::test]
async fn a_product_has_one_preferred_supplier() {
    let server = server().await;
    server.product("A", 0).await;
    for code in ["ONE", "TWO"] {
        let id = server.post("/suppliers", json!({"code": code, "name": code})).await.expect(201).id();
        let body = json!({"supplier_id": id, "sku": "A", "preferred": true});
        server.post("/supplier-products", body).await.expect(201);
    }
    let preferred = |items: &[serde_json::Value]| {
        items.iter().map(|item| item["preferred"].as_bool().expect("a boolean")).collect::<Vec<_>>()
    };
    let list = server.get("/supplier-products?product_id=1").await.expect(200);
    assert_eq!(preferred(list.items()), [false, true]);
    server.patch("/supplier-products/1", "*", json!({"preferred": true})).await.expect(200);
    let list = server.get("/supplier-products").await.expect(200);
    assert_eq!(preferred(list.items()), [true, false]);
    let second = server.get("/supplier-products?supplier_id=2").await.expect(200);
    assert_eq!((second.items().len(), &second.items()[0]["version"]), (1, &json!(2)));
    server.delete("/supplier-products/2", "*").await.expect(204);
    server.get("/supplier-products/2").await.problem(404, "supplier_product_not_found");
    server.finish().await;
}

/// A supplier product that costs 5, and 4.50 from 10 on.
async fn sold(server: &testkit::TestServer) {
    server.product("A", 0).await;
    server.post("/suppliers", json!({"code": "ACME", "name": "Acme", "currency": "EUR"})).await.expect(201);
    let costs = json!([{"unit_cost": "5"}, {"min_quantity": 10, "unit_cost": "4.5"}]);
    server
        .post("/supplier-products", json!({"supplier_id": 1, "sku": "a", "costs": costs}))
        .await
        .expect(201);
}

/// The costs of a page: quantity, cost, and whether each is in effect.
fn costs(page: &testkit::Response) -> Vec<(String, String, bool)> {
    let cost = |item: &serde_json::Value| {
        let current = item["current"].as_bool().expect("a boolean");
        (item["min_quantity"].to_string(), item["unit_cost"].as_str().unwrap_or("ended").to_owned(), current)
    };
    page.items().iter().map(cost).collect()
}

fn own(costs: &[(&str, &str, bool)]) -> Vec<(String, String, bool)> {
    costs
        .iter()
        .map(|(quantity, cost, current)| ((*quantity).to_owned(), (*cost).to_owned(), *current))
        .collect()
}

#[tokio::test]
async fn a_cost_is_scheduled_and_takes_effect_by_itself() {
    let server = server().await;
    sold(&server).await;
    let path = "/supplier-products/1/costs";
    let new = json!({"min_quantity": 10, "unit_cost": 4, "effective_from": "2126-03-01T00:00:00Z"});
    let scheduled = server.post(path, new.clone()).key("k").await.expect(201);
    assert_eq!((&scheduled.body["unit_cost"], &scheduled.body["currency"]), (&json!("4.00"), &json!("EUR")));
    assert_eq!(server.post(path, new.clone()).key("k").await.expect(201).text, scheduled.text);
    server.post(path, new.clone()).await.problem(409, "duplicate_cost_moment");
    let mut any = new;
    any["min_quantity"] = json!(0);
    server.post(path, any).await.expect(201);
    let version = server.get("/supplier-products/1").await.expect(200).body["version"].clone();
    assert_eq!(version, 3, "a scheduled cost is a change");

    // What is ordered now costs what is asked for now, and what is asked for at that moment can be read.
    let all = server.get(path).await.expect(200);
    let expected = [("10", "4.00", false), ("0", "4.00", false), ("10", "4.50", true), ("0", "5.00", true)];
    assert_eq!(costs(&all), own(&expected));
    let at = server.get(&format!("{path}?at=2100-01-01T00:00:00Z")).await.expect(200);
    assert_eq!(costs(&at), own(&[("0", "5.00", true), ("10", "4.50", true)]));
    let then = server.get(&format!("{path}?at=2126-03-01T00:00:00Z&limit=1")).await.expect(200);
    assert_eq!(costs(&then), own(&[("0", "4.00", false)]));
    let next = then.body["next_cursor"].as_str().expect("a cursor");
    let then = server.get(&format!("{path}?at=2126-03-01T00:00:00Z&limit=1&cursor={next}")).await.expect(200);
    assert_eq!(costs(&then), own(&[("10", "4.00", false)]));
    assert!(server.get(&format!("{path}?at=2020-01-01T00:00:00Z")).await.expect(200).items().is_empty());
    let order = json!({"supplier_id": 1, "warehouse": "MAIN", "lines": [{"sku": "A", "quantity": 10}]});
    let ordered = server.post("/purchase-orders", order.clone()).await.expect(201).body;
    assert_eq!(ordered["lines"][0]["unit_cost"], "4.50");

    // Page by page, in the same order.
    let (mut paged, mut query) = (Vec::new(), "?limit=1".to_owned());
    loop {
        let page = server.get(&format!("{path}{query}")).await.expect(200);
        paged.extend(costs(&page));
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        query = format!("?limit=1&cursor={cursor}");
    }
    assert_eq!(paged, own(&expected));

    // Its moment has come.
    sqlx::query("update supplier_product_costs set effective_from = now() where effective_from > now() and min_quantity = 10")
        .execute(server.pool())
        .await
        .expect("an update");
    let ordered = server.post("/purchase-orders", order).await.expect(201).body;
    assert_eq!(ordered["lines"][0]["unit_cost"], "4.00");
    assert_eq!(costs(&server.get(path).await.expect(200))[1], ("10".to_owned(), "4.00".to_owned(), true));
    server.finish().await;
}

#[tokio::test]
async fn only_a_cost_whose_moment_has_not_come_is_removed() {
    let server = server().await;
    sold(&server).await;
    let path = "/supplier-products/1/costs";
    let new = json!({"unit_cost": 4, "effective_from": "2126-03-01T00:00:00Z"});
    server.post(path, new).await.expect(201);
    // What is set from now on leaves alone what is scheduled.
    let changed =
        server.patch("/supplier-products/1", "*", json!({"costs": [{"unit_cost": 6}]})).await.expect(200);
    assert_eq!(changed.body["costs"][0]["unit_cost"], "6.00");
    let listed = server.get(path).await.expect(200);
    assert_eq!(costs(&listed)[0], ("0".to_owned(), "4.00".to_owned(), false));
    let current = listed.items()[2]["effective_from"].as_str().expect("a time").to_owned();
    let cost = |moment: &str| format!("{path}?effective_from={moment}");
    server.delete(&cost(&current), "*").await.problem(409, "cost_in_effect");
    server.delete(&cost("2126-03-02T00:00:00Z"), "*").await.problem(404, "unknown_cost");
    server
        .delete(&format!("{}&min_quantity=10", cost("2126-03-01T00:00:00Z")), "*")
        .await
        .problem(404, "unknown_cost");
    server.delete(&cost("2126-03-01T00:00:00Z"), "\"1\"").await.problem(412, "stale_version");
    server.delete(&cost("2126-03-01T00:00:00Z"), changed.etag()).await.expect(204);
    server.delete(path, "*").await.invalid(&[("?effective_from", "missing")]);
    assert_eq!(costs(&server.get(path).await.expect(200)).len(), 4, "5, 4.50, its end, and 6");
    server.finish().await;
}

#[tokio::test]
async fn faults_of_scheduled_costs_are_named() {
    let server = server().await;
    sold(&server).await;
    let path = "/supplier-products/1/costs";
    let body = json!({"min_quantity": -1, "unit_cost": "-1", "currency": "EUR"});
    server.post(path, body).await.invalid(&[
        ("/min_quantity", "negative"),
        ("/unit_cost", "negative_amount"),
        ("/effective_from", "missing"),
        ("/currency", "unknown_field"),
    ]);
    let body = json!({"unit_cost": 1, "effective_from": "2020-01-01T00:00:00Z"});
    server.post(path, body.clone()).await.invalid(&[("/effective_from", "in_the_past")]);
    server.post("/supplier-products/9/costs", body).await.problem(404, "supplier_product_not_found");
    server.get("/supplier-products/9/costs").await.problem(404, "supplier_product_not_found");
    server.get(&format!("{path}?at=now")).await.invalid(&[("?at", "not_a_time")]);
    let foreign = server.get(&format!("{path}?limit=1")).await.expect(200);
    let cursor = foreign.body["next_cursor"].as_str().expect("a cursor");
    server
        .get(&format!("{path}?at=2126-01-01T00:00:00Z&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    server.finish().await;
}
