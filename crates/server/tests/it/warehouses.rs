//! /warehouses, /locations, /stock-levels and the stock card.

use serde_json::{Value, json};

use crate::support::server;

#[tokio::test]
async fn a_warehouse_begins_with_a_default_location() {
    let server = server().await;
    let created = server
        .post("/warehouses", json!({"code": "NORTH", "name": "North", "address": "Dock 1", "priority": 1}))
        .await
        .expect(201);
    let id = created.id();
    assert_eq!(server.get(&format!("/warehouses/{id}")).await.expect(200).body, created.body);
    let locations = server.get("/locations?warehouse=north").await.expect(200);
    assert_eq!((locations.items().len(), &locations.items()[0]["is_default"]), (1, &json!(true)));
    assert_eq!(created.body["default_location_id"], locations.items()[0]["id"]);
    server
        .post("/warehouses", json!({"code": "north", "name": "N"}))
        .await
        .problem(409, "duplicate_warehouse_code");
    server
        .post("/warehouses", json!({"code": "a b", "name": "N", "priority": -1}))
        .await
        .invalid(&[("/code", "not_a_code"), ("/priority", "out_of_range")]);
    // The first by priority is the default for opening stock.
    let product = server.product("A", 5).await;
    let levels = server.get(&format!("/products/{product}/levels")).await.expect(200);
    assert_eq!(levels.items()[0]["warehouse"], json!("NORTH"));
    server.finish().await;
}

#[tokio::test]
async fn the_default_location_can_be_another_open_storage_location() {
    let server = server().await;
    let shelf = server.location("MAIN", "SHELF", "storage").await;
    let hold = server.location("MAIN", "HOLD", "hold").await;
    server
        .patch("/warehouses/1", "*", json!({"default_location_id": hold}))
        .await
        .problem(422, "invalid_input");
    server
        .patch("/warehouses/1", "*", json!({"default_location_id": 999}))
        .await
        .problem(422, "invalid_input");
    server.delete(&format!("/locations/{}", 1), "*").await.problem(409, "default_location");
    let changed = server.patch("/warehouses/1", "*", json!({"default_location_id": shelf})).await.expect(200);
    assert_eq!(changed.body["default_location_id"], json!(shelf));
    server.delete("/locations/1", "*").await.expect(204);
    let product = server.product("A", 5).await;
    assert_eq!(
        server.get(&format!("/products/{product}/levels")).await.items()[0]["location"],
        json!("SHELF")
    );
    server.finish().await;
}

#[tokio::test]
async fn places_that_hold_or_held_stock_stay_readable() {
    let server = server().await;
    let north = server.warehouse("NORTH").await;
    let shelf = server.location("NORTH", "SHELF", "storage").await;
    let unused = server.location("NORTH", "UNUSED", "receiving").await;
    let product = server.product("A", 0).await;
    server.receive(product, shelf, 5).await;
    server
        .patch(&format!("/locations/{shelf}"), "*", json!({"kind": "hold"}))
        .await
        .problem(409, "location_kind_fixed");
    server
        .patch(&format!("/locations/{unused}"), "*", json!({"kind": "hold", "code": "QUARANTINE"}))
        .await
        .expect(200);
    server.delete(&format!("/locations/{shelf}"), "*").await.problem(409, "location_holds_stock");
    server.delete(&format!("/warehouses/{north}"), "*").await.problem(409, "warehouse_holds_stock");
    server
        .post(
            "/stock-adjustments",
            json!({"product_id": product, "location_id": shelf, "delta": -5, "reason": "moved"}),
        )
        .await
        .expect(201);
    server.delete(&format!("/locations/{shelf}"), "*").await.expect(204);
    assert_eq!(server.get(&format!("/locations/{shelf}")).await.expect(200).body["archived"], json!(true));
    server.delete(&format!("/locations/{unused}"), "*").await.expect(204);
    server.get(&format!("/locations/{unused}")).await.problem(404, "location_not_found");
    let refused = json!({"product_id": product, "location_id": shelf, "delta": 1, "reason": "found"});
    server.post("/stock-adjustments", refused).await.problem(409, "location_not_open");
    server.delete(&format!("/warehouses/{north}"), "*").await.expect(204);
    assert_eq!(server.get(&format!("/warehouses/{north}")).await.expect(200).body["archived"], json!(true));
    server.delete("/warehouses/1", "*").await.problem(409, "last_warehouse");
    server
        .post("/locations", json!({"warehouse": "NORTH", "code": "NEW"}))
        .await
        .problem(409, "warehouse_archived");
    server.finish().await;
}

#[tokio::test]
async fn locations_are_listed_and_refused_by_what_they_name() {
    let server = server().await;
    server.location("MAIN", "B-1", "storage").await;
    server.location("MAIN", "DOCK", "receiving").await;
    let codes = |list: testkit::Response| {
        list.items().iter().map(|item| item["code"].as_str().expect("a code").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(server.get("/locations?warehouse=MAIN").await.expect(200)), ["B-1", "DOCK", "STOCK"]);
    assert_eq!(codes(server.get("/locations?kind=receiving").await.expect(200)), ["DOCK"]);
    server.get("/locations?kind=shelf").await.invalid(&[("?kind", "unknown_value")]);
    server.get("/locations?warehouse=NOWHERE").await.invalid(&[("?warehouse", "unknown_warehouse")]);
    server
        .post("/locations", json!({"warehouse": "MAIN", "code": "b-1"}))
        .await
        .problem(409, "duplicate_location_code");
    server
        .post("/locations", json!({"warehouse": "NOWHERE", "code": "X"}))
        .await
        .invalid(&[("/warehouse", "unknown_warehouse")]);
    server
        .post("/locations", json!({"code": "X", "kind": "shelf"}))
        .await
        .invalid(&[("/warehouse", "missing"), ("/kind", "unknown_value")]);
    server.finish().await;
}

#[tokio::test]
async fn levels_show_what_is_where() {
    let server = server().await;
    server.warehouse("NORTH").await;
    let hold = server.location("MAIN", "HOLD", "hold").await;
    let (a, b) = (server.product("A", 10).await, server.product("B", 20).await);
    server.receive(a, hold, 3).await;
    server
        .post(
            "/stock-movements",
            json!({"kind": "receipt", "lines": [{"sku": "A", "warehouse": "NORTH", "quantity": 7}]}),
        )
        .await
        .expect(201);
    let seen = |list: testkit::Response| {
        let row = |item: &Value| {
            format!(
                "{} {} {} {} {}",
                item["sku"], item["warehouse"], item["location"], item["on_hand"], item["available"]
            )
            .replace('"', "")
        };
        list.items().iter().map(row).collect::<Vec<_>>()
    };
    let of_a = ["A MAIN STOCK 10 10", "A NORTH STOCK 7 7", "A MAIN HOLD 3 0"];
    assert_eq!(seen(server.get(&format!("/products/{a}/levels")).await.expect(200)), of_a);
    assert_eq!(seen(server.get("/stock-levels?sku=a").await.expect(200)), of_a);
    assert_eq!(seen(server.get("/stock-levels?warehouse=NORTH").await.expect(200)), ["A NORTH STOCK 7 7"]);
    assert_eq!(
        seen(server.get(&format!("/stock-levels?location_id={hold}")).await.expect(200)),
        ["A MAIN HOLD 3 0"]
    );
    assert_eq!(
        seen(
            server
                .get(&format!("/stock-levels?product_id={b}&product_id={a}&warehouse=MAIN"))
                .await
                .expect(200)
        ),
        ["A MAIN STOCK 10 10", "A MAIN HOLD 3 0", "B MAIN STOCK 20 20"]
    );
    assert_eq!(server.get("/stock-levels?limit=2").await.expect(200).items().len(), 2);
    for (query, pointer, code) in [
        ("product_id=99", "?product_id", "unknown_product"),
        ("sku=zz", "?sku", "unknown_product"),
        ("location_id=99", "?location_id", "unknown_location"),
        ("warehouse=zz", "?warehouse", "unknown_warehouse"),
    ] {
        server.get(&format!("/stock-levels?{query}")).await.invalid(&[(pointer, code)]);
    }
    let product = server.get(&format!("/products/{a}")).await.expect(200).body;
    assert_eq!(
        (&product["on_hand"], &product["available"]),
        (&json!(20), &json!(17)),
        "what is on hold is not available"
    );
    server.get("/products/999/levels").await.problem(404, "product_not_found");
    server.finish().await;
}

#[tokio::test]
async fn the_stock_card_runs_from_the_newest_entry_back() {
    let server = server().await;
    let id = server.product("A", 0).await;
    for i in 1..=5 {
        server.receive(id, 1, i).await;
    }
    let (mut after, mut next) = (Vec::new(), Some(format!("/products/{id}/entries?limit=2")));
    while let Some(path) = next {
        let page = server.get(&path).await.expect(200);
        after.extend(page.items().iter().map(|entry| entry["on_hand_after"].as_i64().expect("a number")));
        next = page.body["next_cursor"]
            .as_str()
            .map(|cursor| format!("/products/{id}/entries?limit=2&cursor={cursor}"));
    }
    assert_eq!(after, [15, 10, 6, 3, 1]);
    server.get("/products/999/entries").await.problem(404, "product_not_found");
    let movements = server.get("/stock-movements?kind=receipt&sku=a").await.expect(200);
    assert_eq!(movements.items().len(), 5);
    server.get("/stock-movements?sku=zz").await.invalid(&[("?sku", "unknown_product")]);
    server.finish().await;
}
