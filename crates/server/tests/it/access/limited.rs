//! Returns, replenishment, reports and the change feed, as far as they are of the warehouses that somebody is limited to.

use serde_json::{Value, json};
use testkit::{Client, TestServer};

use super::server;
use super::warehouses::stage;
use crate::events::Listening;

fn ids(client: &testkit::Response) -> Vec<i64> {
    client.items().iter().map(|item| item["id"].as_i64().expect("an id")).collect()
}

/// A supplier who sells the product at 2, and an order of 5 that has come to each of MAIN and SHOP: orders 1 and 2, by receipts 1 and 2.
async fn bought(admin: &Client) {
    admin.post("/suppliers", json!({"code": "ACME", "name": "Acme", "lead_time_days": 5})).await.expect(201);
    let offer = json!({"supplier_id": 1, "sku": "A", "costs": [{"min_quantity": 0, "unit_cost": "2"}]});
    admin.post("/supplier-products", offer).await.expect(201);
    for (order, warehouse) in [(1, "MAIN"), (2, "SHOP")] {
        let line = json!({"sku": "A", "quantity": 5, "unit_cost": "2"});
        let body = json!({"supplier_id": 1, "warehouse": warehouse, "lines": [line]});
        admin.post("/purchase-orders", body).await.expect(201);
        for step in ["submit", "approve", "order"] {
            admin.post(&format!("/purchase-orders/{order}/{step}"), json!({})).await.expect(200);
        }
        let line = json!({"line_id": order, "quantity": 5});
        admin.post(&format!("/purchase-orders/{order}/receive"), json!({"lines": [line]})).await.expect(201);
    }
}

/// A return of one piece: what it belongs to, and from where, are added.
fn one_back(of: &Value, place: &Value) -> Value {
    let mut body = json!({"supplier_id": 1, "reason": "x", "lines": [{"sku": "A", "quantity": 1}]});
    body.as_object_mut().expect("an object").extend(of.as_object().expect("an object").clone());
    body["lines"][0]
        .as_object_mut()
        .expect("an object")
        .extend(place.as_object().expect("an object").clone());
    body
}

#[tokio::test]
async fn goods_go_back_from_ones_own_warehouses_only() {
    let server = server().await;
    let (admin, olga, product, shop) = stage(&server, "operator").await;
    bought(&admin).await;
    let there = admin.get("/locations?warehouse=SHOP").await.expect(200).items()[0]["id"].clone();
    let (none, main) = (json!({}), json!({"warehouse": "MAIN"}));
    // From elsewhere, by whatever name, also where the order is hers; and to an order or receipt that is not.
    let places = [json!({"warehouse": "SHOP"}), json!({"warehouse_id": shop}), json!({"location_id": there})];
    for place in &places {
        for of in [&none, &json!({"purchase_order_id": 1}), &json!({"goods_receipt_id": 1})] {
            let body = one_back(of, place);
            olga.post("/supplier-returns", body).await.problem(403, "warehouse_denied");
            // More than there is: what there is elsewhere is not told.
            let mut body = one_back(&none, place);
            body["lines"][0]["quantity"] = json!(999);
            olga.post("/supplier-returns", body).await.problem(403, "warehouse_denied");
        }
    }
    for of in [json!({"purchase_order_id": 2}), json!({"goods_receipt_id": 2})] {
        for place in [&none, &main] {
            let mut body = one_back(&of, place);
            olga.post("/supplier-returns", body.clone()).await.problem(403, "warehouse_denied");
            body["lines"][0]["quantity"] = json!(999);
            olga.post("/supplier-returns", body).await.problem(403, "warehouse_denied");
        }
    }
    olga.post("/supplier-returns", one_back(&none, &none)).await.invalid(&[("/warehouse", "missing")]);
    let two = json!([{"sku": "A", "quantity": 1, "warehouse": "MAIN"}, {"sku": "A", "quantity": 1, "warehouse": "SHOP"}]);
    let mixed = json!({"supplier_id": 1, "reason": "x", "lines": two});
    olga.post("/supplier-returns", mixed.clone()).await.problem(403, "warehouse_denied");
    let levels = admin.get(&format!("/products/{product}/levels")).await.expect(200);
    assert_eq!(levels.items().iter().map(|level| level["on_hand"].clone()).collect::<Vec<_>>(), [15, 15]);

    // Hers; then others': of the other warehouse, of its order from here, of her order from there, of both.
    let own = olga.post("/supplier-returns", one_back(&none, &main)).await.expect(201).id();
    let of_order = olga
        .post("/supplier-returns", one_back(&json!({"purchase_order_id": 1}), &none))
        .await
        .expect(201)
        .id();
    let mut others = Vec::new();
    for body in [
        one_back(&none, &places[0]),
        one_back(&json!({"goods_receipt_id": 2}), &none),
        one_back(&json!({"purchase_order_id": 2}), &main),
        one_back(&json!({"purchase_order_id": 1}), &places[2]),
        mixed,
    ] {
        others.push(admin.post("/supplier-returns", body).await.expect(201).id());
    }
    for other in &others {
        let path = format!("/supplier-returns/{other}");
        olga.get(&path).await.problem(403, "warehouse_denied");
        let slip = json!({"reason": "slip"});
        olga.post(&format!("{path}/reverse"), slip.clone()).await.problem(403, "warehouse_denied");
        admin.post(&format!("{path}/reverse"), slip.clone()).await.expect(200);
        olga.post(&format!("{path}/reverse"), slip).await.problem(403, "warehouse_denied"); // not told by which movement
    }
    // Lists have hers only, also by each filter, and page by page.
    for query in ["", "?supplier_id=1", "?limit=1"] {
        let mut found = Vec::new();
        let mut next = format!("/supplier-returns{query}");
        loop {
            let page = olga.get(&next).await.expect(200);
            found.extend(ids(&page));
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            next = format!("/supplier-returns?cursor={cursor}{}", query.replace('?', "&"));
        }
        assert_eq!(found, [of_order, own], "{query}");
    }
    assert_eq!(ids(&olga.get("/supplier-returns?purchase_order_id=1").await.expect(200)), [of_order]);
    assert!(ids(&olga.get("/supplier-returns?purchase_order_id=2").await.expect(200)).is_empty());
    assert_eq!(ids(&admin.get("/supplier-returns").await.expect(200)).len(), 7);
    olga.get(&format!("/supplier-returns/{own}")).await.expect(200);
    olga.post(&format!("/supplier-returns/{own}/reverse"), json!({"reason": "slip"})).await.expect(200);
    server.finish().await;
}

/// In each warehouse 10 of each of three products, of which it wants to have 50; and over all 200 of the first.
async fn running_low(server: &TestServer, role: &str) -> (Client, Client) {
    let (admin, olga, _, _) = stage(server, role).await;
    let lines = |sku: &str| json!([{"sku": sku, "quantity": 10, "warehouse": "MAIN"}, {"sku": sku, "quantity": 10, "warehouse": "SHOP"}]);
    admin.post("/suppliers", json!({"code": "ACME", "name": "Acme", "currency": "EUR"})).await.expect(201);
    for sku in ["A", "B", "C"] {
        if sku != "A" {
            admin.product(sku, 0).await;
            admin.post("/stock-movements", json!({"kind": "receipt", "lines": lines(sku)})).await.expect(201);
        }
        let offer = json!({"supplier_id": 1, "sku": sku, "costs": [{"min_quantity": 0, "unit_cost": "2"}]});
        admin.post("/supplier-products", offer).await.expect(201);
        for warehouse in ["SHOP", "MAIN"] {
            let policy = json!({"sku": sku, "warehouse": warehouse, "reorder_point": 20, "max_quantity": 50});
            admin.post("/reorder-policies", policy).await.expect(201);
        }
    }
    admin.patch("/products/1", "*", json!({"reorder_point": 150})).await.expect(200);
    admin.post("/reorder-policies", json!({"sku": "A", "max_quantity": 200})).await.expect(201);
    (admin, olga)
}

/// Product, warehouse and quantity of each suggestion, in pages of this size.
async fn suggested(client: &Client, query: &str) -> Vec<(String, Value, Value)> {
    let (mut found, mut next) = (Vec::new(), format!("/replenishment?{query}"));
    loop {
        let page = client.get(&next).await.expect(200);
        found.extend(page.items().iter().map(|item| {
            (
                item["sku"].as_str().expect("a SKU").to_owned(),
                item["warehouse"].clone(),
                item["quantity"].clone(),
            )
        }));
        match page.body["next_cursor"].as_str() {
            Some(cursor) => next = format!("/replenishment?{query}&cursor={cursor}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn what_is_to_be_ordered_is_told_of_ones_own_warehouses_only() {
    let server = server().await;
    let (admin, olga) = running_low(&server, "buyer").await;
    let row = |sku: &str, warehouse: Option<&str>, quantity: i64| {
        (sku.to_owned(), json!(warehouse), json!(quantity))
    };
    // 40 each of what has 10 and wants 50; over all, 20 of A are there and 80 suggested: 100 are missing to 200.
    let own: Vec<_> = ["A", "B", "C"].iter().map(|sku| row(sku, Some("MAIN"), 40)).collect();
    let all = suggested(&admin, "limit=200").await;
    assert_eq!(all.len(), 7, "{all:?}");
    assert!(all.contains(&row("A", None, 100)), "{all:?}");
    for query in [
        "limit=200",
        "limit=1",
        "limit=2&supplier_id=1",
        "limit=200&warehouse=MAIN",
        "limit=200&window_days=365",
    ] {
        assert_eq!(suggested(&olga, query).await, own, "{query}");
    }

    // Neither by a filter nor by name is anything else ordered.
    let order = |body: Value| olga.post("/replenishment/purchase-orders", body);
    for body in [
        json!({"warehouse": "SHOP"}),
        json!({"warehouse_id": 2}),
        json!({"items": [{"sku": "A", "warehouse": "SHOP"}]}),
        json!({"items": [{"sku": "A", "warehouse": "MAIN"}, {"product_id": 2, "warehouse_id": 2}]}),
    ] {
        order(body).await.problem(403, "warehouse_denied");
    }
    order(json!({"items": [{"sku": "A"}]})).await.invalid(&[("/items/0/warehouse", "missing")]);
    assert!(admin.get("/purchase-orders").await.expect(200).items().is_empty());
    let lines = |made: &Value| -> Vec<(Value, Value, Value)> {
        let orders = made["purchase_orders"].as_array().expect("orders").iter();
        let lines = orders.flat_map(|order| {
            let lines = order["lines"].as_array().expect("lines").iter();
            lines.map(|line| (order["warehouse"].clone(), line["sku"].clone(), line["quantity"].clone()))
        });
        lines.collect()
    };
    let made = order(json!({"items": [{"sku": "B", "warehouse": "MAIN"}]})).await.expect(201).body;
    assert_eq!(lines(&made), [(json!("MAIN"), json!("B"), json!(40))]);
    let made = order(json!({})).await.expect(201).body;
    assert_eq!(
        lines(&made),
        [(json!("MAIN"), json!("A"), json!(40)), (json!("MAIN"), json!("C"), json!(40))]
    );
    assert_eq!((&made["complete"], &made["skipped"]), (&json!(true), &json!([])));
    assert!(suggested(&olga, "limit=200").await.is_empty());
    let left = suggested(&admin, "limit=200").await;
    assert_eq!(left.iter().filter(|(_, warehouse, _)| warehouse == "SHOP").count(), 3, "{left:?}");
    server.finish().await;
}

/// Whoever has lost the last warehouse is told of none.
#[tokio::test]
async fn who_has_no_warehouse_is_told_of_none() {
    let server = server().await;
    let (admin, olga) = running_low(&server, "manager").await;
    admin.post("/supplier-returns", one_back(&json!({}), &json!({"warehouse": "MAIN"}))).await.expect(201);
    sqlx::query("delete from user_warehouses").execute(server.pool()).await.expect("deleted");
    tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
    for path in ["/supplier-returns", "/replenishment"] {
        assert!(olga.get(path).await.expect(200).items().is_empty(), "{path}");
    }
    olga.get("/supplier-returns/1").await.problem(403, "warehouse_denied");
    let made = olga.post("/replenishment/purchase-orders", json!({})).await.expect(201).body;
    assert_eq!(made["purchase_orders"], json!([]));
    let points = olga.get("/products/1/stock-history?days=2").await.expect(200).body;
    assert!(
        points["points"].as_array().expect("points").iter().all(|point| point["on_hand"] == 0),
        "{points}"
    );
    server.finish().await;
}

#[tokio::test]
async fn reports_of_a_warehouse_are_of_ones_own_only() {
    let server = server().await;
    let (admin, olga, product, _) = stage(&server, "viewer").await;
    let line = json!({"product_id": product, "warehouse": "SHOP", "quantity": 4});
    admin.post("/stock-movements", json!({"kind": "issue", "lines": [line]})).await.expect(201);
    crate::reports::bring_up_to_date(&server).await;
    // 10 came to each; 4 left the shop.
    let today = async |client: &Client, query: &str| {
        let body = client.get(&format!("/reports/movements-per-day{query}")).await.expect(200).body;
        let day = body["items"].as_array().expect("days").last().expect("today").clone();
        (day["in"].clone(), day["out"].clone(), day["movements"].clone())
    };
    let own = (json!(10), json!(0), json!(1));
    assert_eq!(today(&admin, "").await, (json!(20), json!(4), json!(3)));
    for query in ["", "?warehouse=MAIN", "?warehouse_id=1&days=366"] {
        assert_eq!(today(&olga, query).await, own, "{query}");
    }
    let now = async |client: &Client, query: &str| {
        let path = format!("/products/{product}/stock-history{query}");
        client.get(&path).await.expect(200).body["points"].as_array().expect("points").last().expect("now")["on_hand"].clone()
    };
    assert_eq!(now(&admin, "").await, 16);
    for query in ["", "?warehouse=MAIN", "?warehouse_id=1&points=2"] {
        assert_eq!(now(&olga, query).await, 10, "{query}");
    }
    // In two warehouses, what is moved between them would count twice: which one has to be said.
    admin.warehouse("DEPOT").await;
    let id = olga.get("/me").await.expect(200).body["user"]["id"].clone();
    admin.patch(&format!("/users/{id}"), "*", json!({"warehouses": ["MAIN", "DEPOT"]})).await.expect(200);
    olga.get("/reports/movements-per-day").await.invalid(&[("?warehouse", "missing")]);
    assert_eq!(today(&olga, "?warehouse=MAIN").await, own);
    assert_eq!(now(&olga, "").await, 10);
    server.finish().await;
}

/// Everything after a position, in pages of this size; and where it ended.
async fn events(server: &TestServer, client: &Client, after: &str, query: &str) -> (Vec<Value>, String) {
    crate::events::settle(server.pool()).await;
    let (mut found, mut after) = (Vec::new(), after.to_owned());
    loop {
        let page = client.get(&format!("/events?after={after}{query}")).await.expect(200);
        found.extend(page.items().to_vec());
        page.body["next_cursor"].as_str().expect("a cursor").clone_into(&mut after);
        if page.body["at_end"] == true {
            return (found, after);
        }
    }
}

/// What an admin does, one after the other, and which events of it are for somebody who is limited to MAIN.
fn happenings() -> Vec<(&'static str, Value, &'static [&'static str])> {
    let line = |warehouse: &str| json!({"sku": "A", "quantity": 1, "warehouse": warehouse});
    let both = json!([line("MAIN"), line("SHOP")]);
    let received = |lines: Value| json!({"kind": "receipt", "lines": lines});
    let back = |lines: Value| json!({"supplier_id": 1, "reason": "x", "lines": lines});
    let transfer = |from: &str, to: &str| json!({"from": {"warehouse": from}, "to": {"warehouse": to}, "lines": [{"sku": "A", "quantity": 1}]});
    let order = |warehouse: &str| json!({"supplier_id": 1, "warehouse": warehouse, "lines": [{"sku": "A", "quantity": 1, "unit_cost": "2"}]});
    let policy = |warehouse: &str| json!({"sku": "A", "warehouse": warehouse, "reorder_point": 1});
    vec![
        ("/stock-movements", received(json!([line("MAIN")])), &["stock.movement"]),
        ("/stock-movements", received(json!([line("SHOP")])), &[]),
        ("/stock-movements", received(both.clone()), &["stock.movement"]), // as GET /stock-movements/{id}
        ("/reservations", json!({"lines": [line("MAIN")]}), &["reservation.created", "stock.movement"]),
        ("/reservations", json!({"lines": [line("SHOP")]}), &[]),
        ("/reservations", json!({"lines": both}), &["stock.movement"]),
        ("/stock-transfers", transfer("MAIN", "SHOP"), &["stock_transfer.created"]),
        ("/stock-transfers", transfer("SHOP", "MAIN"), &["stock_transfer.created"]),
        ("/warehouses", json!({"code": "DEPOT", "name": "Depot"}), &[]),
        ("/stock-transfers", transfer("SHOP", "DEPOT"), &[]),
        ("/stock-transfers/1/ship", json!({}), &["stock_transfer.shipped", "stock.movement"]),
        ("/stock-transfers/3/ship", json!({}), &[]),
        ("/locations", json!({"warehouse": "MAIN", "code": "X1", "kind": "storage"}), &["location.created"]),
        ("/locations", json!({"warehouse": "SHOP", "code": "X2", "kind": "storage"}), &[]),
        ("/reorder-policies", policy("MAIN"), &["reorder_policy.created"]),
        ("/reorder-policies", policy("SHOP"), &[]),
        ("/reorder-policies", json!({"sku": "A", "max_quantity": 500}), &[]),
        ("/purchase-orders", order("MAIN"), &["purchase_order.created"]),
        ("/purchase-orders", order("SHOP"), &[]),
        ("/purchase-orders/3/submit", json!({}), &["purchase_order.submitted"]),
        ("/purchase-orders/4/submit", json!({}), &[]),
        (
            "/goods-receipts/1/reverse",
            json!({"reason": "x"}),
            &["purchase_order.receipt_reversed", "stock.movement", "goods_receipt.reversed"],
        ),
        ("/goods-receipts/2/reverse", json!({"reason": "x"}), &[]),
        ("/supplier-returns", back(json!([line("MAIN")])), &["supplier_return.created", "stock.movement"]),
        ("/supplier-returns", back(json!([line("SHOP")])), &[]),
        ("/supplier-returns", back(both), &["stock.movement"]),
        ("/categories", json!({"name": "Cups"}), &["category.created"]),
        ("/products/1/prices", json!({"price": "3"}), &["price.added", "product.updated"]),
        ("/suppliers", json!({"code": "BEST", "name": "Best"}), &["supplier.created"]),
        (
            "/supplier-products/1/costs",
            json!({"min_quantity": 9, "unit_cost": "1", "effective_from": "2126-03-01T00:00:00Z"}),
            &["supplier_cost.added", "supplier_product.updated"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_of_ones_own_warehouses_only() {
    let server = server().await;
    let (admin, olga, _, _) = stage(&server, "manager").await;
    bought(&admin).await;
    let (_, begun) = events(&server, &admin, "latest", "").await;
    let mut listening = Listening::to(&olga, &format!("?after={begun}"), None).await;
    let (mut after, mut told) = (begun.clone(), Vec::new());
    for (path, body, expected) in happenings() {
        let done = admin.post(path, body.clone()).await;
        assert!((200..300).contains(&done.status), "{path}: {done}");
        let (hers, _) = events(&server, &olga, &after, "").await;
        let mut types: Vec<&str> = hers.iter().map(|event| event["type"].as_str().expect("a type")).collect();
        types.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(types, expected, "{path} {body}");
        let (all, end) = events(&server, &admin, &after, "").await;
        assert!(!all.is_empty() && hers.iter().all(|event| all.contains(event)), "{path} {body}");
        told.extend(hers);
        after = end;
    }
    // What has become low over all is the shop's.
    admin.patch("/products/1", "*", json!({"reorder_point": 400})).await.expect(200);
    let (all, _) = events(&server, &admin, &after, "").await;
    assert!(all.iter().any(|event| event["type"] == "low_stock.entered"), "{all:?}");
    let (hers, _) = events(&server, &olga, &after, "").await;
    assert_eq!(hers.iter().map(|event| event["type"].clone()).collect::<Vec<_>>(), ["product.updated"]);
    told.extend(hers);

    // In pages of one, of one type, and as a stream: nothing more, and nothing less.
    assert_eq!(events(&server, &olga, &begun, "&limit=1").await.0, told);
    let (movements, _) = events(&server, &olga, &begun, "&types=stock.movement").await;
    let expected: Vec<_> = told.iter().filter(|event| event["type"] == "stock.movement").cloned().collect();
    assert_eq!(movements, expected);
    for event in &told {
        assert_eq!(listening.soon().await, *event);
    }
    // Also from the start, with what others read for themselves.
    let mut from_start = Listening::to(&olga, &format!("?after={begun}"), None).await;
    for event in &told {
        assert_eq!(from_start.soon().await, *event);
    }
    server.finish().await;
}
