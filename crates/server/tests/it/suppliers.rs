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
