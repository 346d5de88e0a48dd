//! Whoever is limited to warehouses moves and sees stock there only: by whatever request, by whatever key it is named.

use serde_json::{Value, json};
use testkit::{Client, TestServer, api_key_of};

use super::{server, with_role};

/// An admin, a client of this role that is limited to MAIN (warehouse 1, location 1), and a product with 10 pieces in MAIN and
/// 10 in SHOP.
pub(super) async fn stage(server: &TestServer, role: &str) -> (Client, Client, i64, i64) {
    let admin = with_role(server, "Ada", "admin").await;
    let shop = admin.warehouse("SHOP").await;
    let product = admin.product("A", 10).await;
    let line = json!({"product_id": product, "warehouse": "SHOP", "quantity": 10});
    admin.post("/stock-movements", json!({"kind": "receipt", "lines": [line]})).await.expect(201);
    let limited = with_role(server, "Olga", role).await;
    let olga = admin.get("/users").await.expect(200);
    let id = olga.items().iter().find(|user| user["name"] == "Olga").expect("Olga")["id"].clone();
    admin.patch(&format!("/users/{id}"), "*", json!({"warehouses": ["MAIN"]})).await.expect(200);
    (admin, limited, product, shop)
}

#[tokio::test]
async fn stock_is_moved_in_ones_own_warehouses_only() {
    let server = server().await;
    let (admin, olga, product, _) = stage(&server, "operator").await;
    let there = admin.get("/locations?warehouse=SHOP").await.expect(200).items()[0]["id"].clone();
    let refuse = async |path: &str, body: Value| olga.post(path, body).await.problem(403, "warehouse_denied");
    for place in [json!({"warehouse": "SHOP"}), json!({"warehouse": "shop"}), json!({"location_id": there})] {
        let mut body = json!({"product_id": product, "delta": -1, "reason": "broken"});
        body.as_object_mut().expect("an object").extend(place.as_object().expect("an object").clone());
        refuse("/stock-adjustments", body.clone()).await;
        refuse("/stock-adjustments?dry_run=true", body.clone()).await;
        // More than there is: what there is elsewhere is not told.
        body["delta"] = json!(-99);
        refuse("/stock-adjustments", body.clone()).await;
        // Among lines that are fine, and dated back.
        let mut line = json!({"product_id": product, "quantity": 1});
        line.as_object_mut().expect("an object").extend(place.as_object().expect("an object").clone());
        let own = json!({"product_id": product, "quantity": 1, "warehouse": "MAIN"});
        refuse("/stock-movements", json!({"kind": "issue", "lines": [own, line]})).await;
        refuse("/reservations", json!({"lines": [line]})).await;
    }
    let nowhere = json!({"product_id": product, "delta": -1, "reason": "broken"});
    olga.post("/stock-adjustments", nowhere).await.invalid(&[("/warehouse", "missing")]);
    let anywhere = json!({"lines": [{"product_id": product, "quantity": 1}]});
    olga.post("/reservations", anywhere.clone()).await.invalid(&[("/warehouse", "missing")]);

    // What others have done elsewhere is not undone, ended or changed.
    let line = json!({"product_id": product, "warehouse": "SHOP", "quantity": 1});
    let movement =
        admin.post("/stock-movements", json!({"kind": "issue", "lines": [line]})).await.expect(201).id();
    refuse(&format!("/stock-movements/{movement}/reverse"), json!({"reason": "slip"})).await;
    let reservation = admin.post("/reservations", json!({"lines": [line]})).await.expect(201).id();
    refuse(&format!("/reservations/{reservation}/release"), json!({})).await;
    refuse(&format!("/reservations/{reservation}/fulfil"), json!({})).await;
    let path = format!("/reservations/{reservation}");
    olga.patch(&path, "*", json!({"expires_in_s": 60})).await.problem(403, "warehouse_denied");

    // At home all of it works.
    let own = json!({"product_id": product, "warehouse": "MAIN", "quantity": 2});
    let adjusted = json!({"product_id": product, "warehouse": "MAIN", "delta": -1, "reason": "broken"});
    let movement = olga.post("/stock-adjustments", adjusted).await.expect(201).body["movement_id"].clone();
    olga.post(&format!("/stock-movements/{movement}/reverse"), json!({"reason": "slip"})).await.expect(201);
    let reservation = olga.post("/reservations", json!({"lines": [own]})).await.expect(201).id();
    let moved = json!({"lines": [{"line": 1, "warehouse": "SHOP"}]});
    olga.patch(&format!("/reservations/{reservation}"), "*", moved).await.problem(403, "warehouse_denied");
    olga.post(&format!("/reservations/{reservation}/fulfil"), json!({})).await.expect(200);
    let levels = admin.get(&format!("/products/{product}/levels")).await.expect(200);
    let mut on_hand: Vec<String> = levels.items().iter().map(|level| level["on_hand"].to_string()).collect();
    on_hand.sort();
    assert_eq!(on_hand, ["8", "9"], "10 - 2 in MAIN; 10 - 1 in SHOP");
    server.finish().await;
}

#[tokio::test]
async fn stock_is_seen_in_ones_own_warehouses_only() {
    let server = server().await;
    let (admin, olga, product, shop) = stage(&server, "operator").await;
    let there = admin.get("/locations?warehouse=SHOP").await.expect(200).items()[0]["id"].clone();
    let line = json!({"product_id": product, "warehouse": "SHOP", "quantity": 1});
    let movement =
        admin.post("/stock-movements", json!({"kind": "issue", "lines": [line]})).await.expect(201).id();
    let reservation = admin.post("/reservations", json!({"lines": [line]})).await.expect(201).id();
    let policy = json!({"product_id": product, "warehouse": "SHOP", "reorder_point": 99});
    let policy = admin.post("/reorder-policies", policy).await.expect(201).id();
    for path in [
        "/stock-levels?warehouse=SHOP".to_owned(),
        format!("/stock-levels?warehouse_id={shop}"),
        "/stock-levels?warehouse=MAIN&warehouse=SHOP".to_owned(),
        format!("/stock-levels?location_id={there}"),
        format!("/products/{product}/entries?warehouse=SHOP"),
        "/stock-movements?warehouse=SHOP".to_owned(),
        "/stock-transfers?warehouse=SHOP".to_owned(),
        "/low-stock?warehouse=SHOP".to_owned(),
        "/reorder-policies?warehouse=SHOP".to_owned(),
        "/purchase-orders?warehouse=SHOP".to_owned(),
        format!("/stock-movements/{movement}"),
        format!("/reservations/{reservation}"),
        format!("/reorder-policies/{policy}"),
        "/events?types=low_stock.entered".to_owned(),
        "/events?types=stock.movement&types=low_stock.left".to_owned(),
        "/replenishment?warehouse=SHOP".to_owned(),
        format!("/replenishment?warehouse_id={shop}"),
        "/replenishment?warehouse=MAIN&warehouse=SHOP".to_owned(),
        "/reports/movements-per-day?warehouse=SHOP".to_owned(),
        format!("/reports/movements-per-day?warehouse_id={shop}"),
        format!("/products/{product}/stock-history?warehouse=SHOP"),
        "/reports/top-movers".to_owned(),
        "/reports/stock-outs".to_owned(),
        "/reports/stock-value".to_owned(),
    ] {
        admin.get(&path).await.expect(200);
        olga.get(&path).await.problem(403, "warehouse_denied");
    }
    // Without a filter, what is elsewhere is left out.
    for path in [
        "/stock-levels".to_owned(),
        format!("/products/{product}/levels"),
        format!("/products/{product}/entries"),
        "/stock-movements".to_owned(),
        "/low-stock".to_owned(),
        "/reorder-policies".to_owned(),
        "/reservations".to_owned(),
    ] {
        assert!(admin.get(&path).await.expect(200).text.contains("SHOP"), "{path}");
        assert!(!olga.get(&path).await.expect(200).text.contains("SHOP"), "{path}");
    }
    assert!(olga.get("/stock-levels").await.expect(200).text.contains("MAIN"));
    assert_eq!(olga.get("/me").await.expect(200).body["user"]["warehouses"], json!(["MAIN"]));
    server.finish().await;
}

/// A refusal names the reservations that hold the stock: no others than its reader may read, and none to whoever may read none.
#[tokio::test]
async fn a_refusal_tells_nobody_of_reservations_that_they_may_not_read() {
    let server = server().await;
    let (admin, olga, product, _) = stage(&server, "operator").await;
    let line = |warehouse: &str, quantity: i64| json!({"product_id": product, "warehouse": warehouse, "quantity": quantity});
    let reserve = async |reference: &str, lines: Value| {
        admin.post("/reservations", json!({"reference": reference, "lines": lines})).await.expect(201);
    };
    reserve("at home", json!([line("MAIN", 4)])).await;
    reserve("elsewhere", json!([line("SHOP", 4)])).await;
    reserve("both", json!([line("MAIN", 1), line("SHOP", 1)])).await;
    let issue = json!({"kind": "issue", "lines": [line("MAIN", 6)]});
    let named = |refused: &Value| {
        let holders = refused["reservations"].as_array().cloned().unwrap_or_default();
        Vec::from_iter(holders.iter().map(|held| format!("{} {}", held["reference"], held["warehouse"])))
    };
    let told = async |client: &Client, path: &str, body: &Value| {
        named(&client.post(path, body.clone()).await.problem(409, "insufficient_stock").body)
    };
    let all = [r#""both" "MAIN""#, r#""both" "SHOP""#, r#""elsewhere" "SHOP""#, r#""at home" "MAIN""#];
    assert_eq!(told(&admin, "/stock-movements", &issue).await, all);
    assert_eq!(told(&olga, "/stock-movements", &issue).await, [r#""at home" "MAIN""#]);
    let wanted = json!({"lines": [line("MAIN", 6)]});
    assert_eq!(told(&olga, "/reservations", &wanted).await, [r#""at home" "MAIN""#]);
    let ada: i64 = admin.get("/me").await.expect(200).body["user"]["id"].as_i64().expect("a key");
    let mover = server.with_key(&api_key_of(server.database(), ada, Some(&["stock.move"])).await);
    assert_eq!(told(&mover, "/stock-movements", &issue).await, Vec::<String>::new());
    server.finish().await;
}

#[tokio::test]
async fn a_transfer_leaves_and_arrives_by_those_who_are_there() {
    let server = server().await;
    let (admin, olga, product, _) = stage(&server, "operator").await;
    admin.warehouse("DEPOT").await;
    let transfer = |from: &str, to: &str, immediate: bool| {
        let lines = json!([{"product_id": product, "quantity": 1}]);
        json!({"from": {"warehouse": from}, "to": {"warehouse": to}, "lines": lines, "immediate": immediate})
    };
    olga.post("/stock-transfers", transfer("SHOP", "DEPOT", false)).await.problem(403, "warehouse_denied");
    olga.post("/stock-transfers", transfer("MAIN", "SHOP", true)).await.problem(403, "warehouse_denied");
    olga.post("/stock-transfers", transfer("SHOP", "MAIN", true)).await.problem(403, "warehouse_denied");
    let step = |id: i64, step: &str| format!("/stock-transfers/{id}/{step}");
    // To the shop: she lets it leave, and does not take it in.
    let to_shop = olga.post("/stock-transfers", transfer("MAIN", "SHOP", false)).await.expect(201).id();
    olga.post(&step(to_shop, "ship"), json!({})).await.expect(200);
    olga.post(&step(to_shop, "receive"), json!({})).await.problem(403, "warehouse_denied");
    // From the shop: she asks for it, does not let it leave, and takes it in.
    let from_shop = olga.post("/stock-transfers", transfer("SHOP", "MAIN", false)).await.expect(201).id();
    olga.post(&step(from_shop, "ship"), json!({})).await.problem(403, "warehouse_denied");
    admin.post(&step(from_shop, "ship"), json!({})).await.expect(200);
    olga.post(&step(from_shop, "cancel"), json!({})).await.problem(403, "warehouse_denied");
    olga.post(&step(from_shop, "receive"), json!({})).await.expect(200);
    let elsewhere = admin.post("/stock-transfers", transfer("SHOP", "DEPOT", false)).await.expect(201).id();
    olga.get(&format!("/stock-transfers/{elsewhere}")).await.problem(403, "warehouse_denied");
    let change = json!({"to": {"warehouse": "MAIN"}});
    olga.patch(&format!("/stock-transfers/{elsewhere}"), "*", change).await.problem(403, "warehouse_denied");
    server.finish().await;
}

#[tokio::test]
async fn goods_are_ordered_and_received_for_ones_own_warehouses_only() {
    let server = server().await;
    let (admin, olga, product, _) = stage(&server, "manager").await;
    let supplier = admin.post("/suppliers", json!({"code": "ACME", "name": "Acme"})).await.expect(201).id();
    let order = |warehouse: &str| {
        let lines = json!([{"product_id": product, "quantity": 1, "unit_cost": "1.00"}]);
        json!({"supplier_id": supplier, "warehouse": warehouse, "lines": lines})
    };
    olga.post("/purchase-orders", order("SHOP")).await.problem(403, "warehouse_denied");
    let theirs = admin.post("/purchase-orders", order("SHOP")).await.expect(201).id();
    let own = olga.post("/purchase-orders", order("MAIN")).await.expect(201).id();
    for step in ["submit", "approve", "order"] {
        olga.post(&format!("/purchase-orders/{theirs}/{step}"), json!({}))
            .await
            .problem(403, "warehouse_denied");
        admin.post(&format!("/purchase-orders/{theirs}/{step}"), json!({})).await.expect(200);
        olga.post(&format!("/purchase-orders/{own}/{step}"), json!({})).await.expect(200);
    }
    let line = async |id: i64| {
        admin.get(&format!("/purchase-orders/{id}")).await.expect(200).body["lines"][0]["id"].clone()
    };
    let receipt = async |id: i64| json!({"lines": [{"line_id": line(id).await, "quantity": 1}]});
    let path = |id: i64| format!("/purchase-orders/{id}/receive");
    olga.post(&path(theirs), receipt(theirs).await).await.problem(403, "warehouse_denied");
    let came = olga.post(&path(own), receipt(own).await).await.expect(201).id();
    let elsewhere = admin.post(&path(theirs), receipt(theirs).await).await.expect(201).id();
    olga.get(&format!("/goods-receipts/{elsewhere}")).await.problem(403, "warehouse_denied");
    olga.get(&format!("/goods-receipts?purchase_order_id={theirs}")).await.expect(200);
    let listed = async |client: &Client| {
        let page = client.get("/goods-receipts").await.expect(200);
        page.items().iter().map(|receipt| receipt["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&admin).await, [json!(elsewhere), json!(came)]);
    assert_eq!(listed(&olga).await, [json!(came)]);
    let slip = json!({"reason": "slip"});
    let reverse = |id: i64| olga.post(&format!("/goods-receipts/{id}/reverse"), slip.clone());
    reverse(elsewhere).await.problem(403, "warehouse_denied");
    reverse(came).await.expect(200);
    olga.get(&format!("/purchase-orders/{theirs}/print")).await.problem(403, "warehouse_denied");
    olga.get(&format!("/purchase-orders/{own}/print")).await.expect(200);
    olga.get(&format!("/purchase-orders/{theirs}")).await.problem(403, "warehouse_denied");
    let moved = olga.patch(&format!("/purchase-orders/{theirs}"), "*", json!({"warehouse": "MAIN"})).await;
    moved.problem(403, "warehouse_denied");
    let listed = olga.get("/purchase-orders").await.expect(200);
    assert_eq!(listed.items().iter().map(|order| order["id"].clone()).collect::<Vec<_>>(), [json!(own)]);
    server.finish().await;
}

/// Opening stock goes to a warehouse too; and whoever has lost the last warehouse has none, not all.
#[tokio::test]
async fn no_warehouse_is_not_every_warehouse() {
    let server = server().await;
    let (_, olga, product, _) = stage(&server, "operator").await;
    sqlx::query("delete from user_warehouses").execute(server.pool()).await.expect("deleted");
    tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
    assert!(olga.get("/stock-levels").await.expect(200).items().is_empty());
    let body = json!({"product_id": product, "warehouse": "MAIN", "delta": -1, "reason": "broken"});
    olga.post("/stock-adjustments", body).await.problem(403, "warehouse_denied");
    server.finish().await;
}
