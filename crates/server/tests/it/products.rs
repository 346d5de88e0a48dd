//! /products and /products/{id}.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::TestServer;

use crate::support::server;

fn skus(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["sku"].as_str().expect("a SKU").to_owned()).collect()
}

/// All pages of a list, two items at a time, by their SKUs.
async fn walk(server: &TestServer, path: &str) -> Vec<String> {
    let (mut all, mut next) =
        (Vec::new(), Some(format!("{path}{}limit=2", if path.contains('?') { '&' } else { '?' })));
    while let Some(path) = next {
        let page = server.get(&path).await.expect(200);
        all.extend(skus(page.items()));
        let link = page
            .header("link")
            .map(|link| link.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned());
        assert_eq!(link.is_some(), page.body["next_cursor"].is_string());
        next = link;
    }
    all
}

#[tokio::test]
async fn a_product_is_created_with_all_its_fields_and_opening_stock() {
    let server = server().await;
    server.category("Kitchen", None).await;
    let kettles = server.category("Kettles", Some(1)).await;
    let body = json!({"sku": " KET-17 ", "name": "Kettle", "description": "1.7 l\nsteel", "price": "19.9", "currency": "EUR",
        "category": "kitchen/kettles", "barcode": "4006381333931", "unit": "each", "reorder_point": 10, "on_hand": 40, "warehouse": "main"});
    let created = server.post("/products", body).await.expect(201);
    let id = created.id();
    assert_eq!(created.header("location"), Some(format!("/products/{id}").as_str()));
    assert_eq!(created.header("etag"), Some("\"1\""));
    let read = server.get(&format!("/products/{id}")).await.expect(200);
    assert_eq!(read.body, created.body);
    assert_eq!((read.header("cache-control"), read.header("etag")), (Some("no-store"), Some("\"1\"")));
    let expected = json!({"id": id, "sku": "KET-17", "name": "Kettle", "description": "1.7 l\nsteel", "price": "19.90", "currency": "EUR",
        "category": {"id": kettles, "name": "Kettles", "path": "Kitchen/Kettles"}, "barcode": "4006381333931", "unit": "each",
        "on_hand": 40, "reserved": 0, "available": 40, "incoming": 0, "in_transit": 0, "reorder_point": 10, "archived": false,
        "version": 1, "created_at": read.body["created_at"], "updated_at": read.body["updated_at"]});
    assert_eq!(read.body, expected);
    let card = server.get(&format!("/products/{id}/entries")).await.expect(200);
    assert_eq!((card.items().len(), &card.items()[0]["reason"]), (1, &json!("opening stock")));
    server.finish().await;
}

#[tokio::test]
async fn a_product_needs_little() {
    let server = server().await;
    let product =
        server.post("/products", json!({"sku": "A", "name": "A", "price": 5})).await.expect(201).body;
    assert_eq!(
        (&product["price"], &product["currency"], &product["unit"]),
        (&json!("5.00"), &json!("EUR"), &json!("each"))
    );
    assert_eq!((&product["category"]["path"], &product["on_hand"]), (&json!("Uncategorised"), &json!(0)));
    server.finish().await;
}

#[tokio::test]
async fn a_sku_is_unique_whatever_its_case() {
    let server = server().await;
    server.product("KET-17", 0).await;
    let again = json!({"sku": "ket-17", "name": "Other", "price": "1.00"});
    server.post("/products", again).await.problem(409, "duplicate_sku");
    let barcode = |sku: &str| json!({"sku": sku, "name": "Other", "price": "1.00", "barcode": "123"});
    server.post("/products", barcode("B")).await.expect(201);
    server.post("/products", barcode("C")).await.problem(409, "duplicate_barcode");
    assert_eq!(walk(&server, "/products").await, ["B", "KET-17"]);
    server.finish().await;
}

#[tokio::test]
async fn bad_products_are_refused_field_by_field() {
    let server = server().await;
    let post = |body: Value| server.post("/products", body);
    post(json!({})).await.invalid(&[("/sku", "missing"), ("/name", "missing"), ("/price", "missing")]);
    post(json!({"sku": "", "name": "x".repeat(201), "price": "-1", "currency": "EURO", "barcode": "a b", "unit": "Kg", "reorder_point": -1}))
        .await
        .invalid(&[
            ("/sku", "empty"),
            ("/name", "too_long"),
            ("/price", "negative_amount"),
            ("/currency", "unknown_currency"),
            ("/barcode", "not_visible_ascii"),
            ("/unit", "not_a_unit"),
            ("/reorder_point", "negative"),
        ]);
    for name in ["quantity", "stock", "stock_count"] {
        let answer = post(json!({"sku": "A", "name": "A", "price": "1", name: 5}))
            .await
            .invalid(&[(&format!("/{name}"), "unknown_field")]);
        assert!(answer.text.contains("on_hand"), "it says what the field is called: {answer}");
    }
    let with = |field: &str, value: Value| {
        let mut body = json!({"sku": "A", "name": "A", "price": "1"});
        body[field] = value;
        body
    };
    for (field, value, code) in [
        ("price", json!("1.00001"), "too_many_decimals"),
        ("price", json!("abc"), "not_a_number"),
        ("price", json!(1e15), "out_of_range"),
        ("price", json!(true), "wrong_type"),
        ("on_hand", json!(-1), "negative"),
        ("on_hand", json!(1.5), "whole_numbers_only"),
        ("on_hand", json!("5"), "wrong_type"),
        ("on_hand", json!(1e300), "out_of_range"),
        ("category", json!("Nowhere"), "unknown_category"),
        ("category_id", json!(999), "unknown_category"),
        ("warehouse", json!("NOWHERE"), "unknown_warehouse"),
        ("name", json!("a\u{0}b"), "control_character"),
        ("name", json!(null), "missing"),
        ("description", json!("x".repeat(10_001)), "too_long"),
    ] {
        post(with(field, value.clone())).await.invalid(&[(&format!("/{field}"), code)]);
    }
    assert_eq!(server.get("/products").await.expect(200).items().len(), 0, "nothing is half created");
    let mut with_stock = with("on_hand", json!(5));
    with_stock["warehouse"] = json!("NOWHERE");
    post(with_stock).await.invalid(&[("/warehouse", "unknown_warehouse")]);
    assert_eq!(
        server.get("/products").await.expect(200).items().len(),
        0,
        "nor is a product without its stock"
    );
}

#[tokio::test]
async fn a_list_is_complete_and_in_order_in_every_sort_and_direction() {
    let server = server().await;
    for (sku, name, price) in [
        ("b-2", "Zebra", "5"),
        ("A-1", "apple", "10"),
        ("C-3", "Mango", "5"),
        ("d-4", "apple", "0.5"),
        ("E-5", "kiwi", "7"),
    ] {
        server.product_with(json!({"sku": sku, "name": name, "price": price})).await;
    }
    for (sort, expected) in [
        ("sku", ["A-1", "b-2", "C-3", "d-4", "E-5"]),
        ("name", ["A-1", "d-4", "E-5", "C-3", "b-2"]),
        ("price", ["d-4", "b-2", "C-3", "E-5", "A-1"]),
        ("created_at", ["b-2", "A-1", "C-3", "d-4", "E-5"]),
        ("updated_at", ["b-2", "A-1", "C-3", "d-4", "E-5"]),
    ] {
        assert_eq!(walk(&server, &format!("/products?sort={sort}")).await, expected, "{sort}");
        let descending = walk(&server, &format!("/products?sort=-{sort}")).await;
        let reversed: Vec<_> = expected.iter().rev().copied().collect();
        // Same keys come by descending id then.
        assert_eq!(descending, reversed, "-{sort}");
    }
    server.get("/products?sort=colour").await.invalid(&[("?sort", "unknown_value")]);
    server.finish().await;
}

#[tokio::test]
async fn products_are_found_by_words_codes_and_places() {
    let server = server().await;
    let north = server.warehouse("NORTH").await;
    server
        .product_with(json!({"sku": "KET-17", "name": "Whistling kettle", "barcode": "4006381333931"}))
        .await;
    server.product_with(json!({"sku": "KET-20", "name": "Kettle 100% steel", "on_hand": 5})).await;
    server
        .product_with(json!({"sku": "CUP_1", "name": "Tea cup", "on_hand": 5, "warehouse_id": north}))
        .await;
    for (query, expected) in [
        ("q=kettle", vec!["KET-17", "KET-20"]),
        ("q=KETTLE+17", vec!["KET-17"]),
        ("q=ttl", vec!["KET-17", "KET-20"]),
        ("q=te", vec!["CUP_1"]), // short words are found where a word begins
        ("q=100%25", vec!["KET-20"]),
        ("q=p_1", vec!["CUP_1"]),
        ("q=%25+kettle", vec!["KET-17", "KET-20"]), // a word of signs only is passed over
        ("q=63813339", vec!["KET-17"]),
        ("q=nothing", vec![]),
        ("q=", vec!["CUP_1", "KET-17", "KET-20"]),
        ("sku=ket-17&sku=cup_1", vec!["CUP_1", "KET-17"]),
        ("barcode=4006381333931", vec!["KET-17"]),
        ("warehouse=north", vec!["CUP_1"]),
        ("warehouse=NORTH&warehouse=MAIN", vec!["CUP_1", "KET-20"]),
        ("warehouse=MAIN&q=cup", vec![]),
    ] {
        assert_eq!(walk(&server, &format!("/products?{query}")).await, expected, "{query}");
    }
    server.get("/products?warehouse=NOWHERE").await.invalid(&[("?warehouse", "unknown_warehouse")]);
    server.get("/products?q=%00").await.invalid(&[("?q", "control_character")]);
    server.finish().await;
}

#[tokio::test]
async fn a_category_has_its_products_and_those_below_complete_and_nothing_else() {
    let server = server().await;
    let kitchen = server.category("Kitchen", None).await;
    let kettles = server.category("Kettles", Some(kitchen)).await;
    let garden = server.category("Garden", None).await;
    let pots = server.category("Kettles", Some(garden)).await;
    let mut expected = BTreeSet::new();
    for i in 0..7 {
        let category = if i % 2 == 0 { kitchen } else { kettles };
        server.product_with(json!({"sku": format!("K-{i}"), "category_id": category})).await;
        expected.insert(format!("K-{i}"));
    }
    server.product_with(json!({"sku": "G-1", "category_id": pots})).await;
    server.product("U-1", 0).await;
    for path in [
        "/products?category=kitchen".to_owned(),
        format!("/products?category_id={kitchen}"),
        format!("/categories/{kitchen}/products"),
    ] {
        let found = walk(&server, &path).await;
        assert_eq!(found.len(), 7, "{path}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "{path}");
    }
    assert_eq!(walk(&server, "/products?category=Garden/Kettles").await, ["G-1"]);
    assert_eq!(walk(&server, "/products?category=Garden&category=Uncategorised").await, ["G-1", "U-1"]);
    server.get("/products?category=Kettles").await.invalid(&[("?category", "ambiguous_category")]);
    server.get("/products?category=Nowhere").await.problem(404, "unknown_category");
    server.get("/products?category_id=999").await.invalid(&[("?category_id", "unknown_category")]);
    server.get("/categories/999/products").await.problem(404, "category_not_found");
    server.finish().await;
}

#[tokio::test]
async fn a_change_needs_the_version_that_was_seen() {
    let server = server().await;
    let id = server.product("A", 3).await;
    let path = format!("/products/{id}");
    server.request("PATCH", &path).json(&json!({"name": "B"})).await.problem(428, "precondition_required");
    server.patch(&path, "1", json!({"name": "B"})).await.problem(400, "invalid_if_match");
    let changed = server
        .patch(&path, "\"1\"", json!({"name": "B", "barcode": "1", "reorder_point": 4}))
        .await
        .expect(200);
    assert_eq!(
        (&changed.body["name"], &changed.body["version"], changed.etag()),
        (&json!("B"), &json!(2), "\"2\"")
    );
    let stale = server.patch(&path, "\"1\"", json!({"name": "C"})).await.problem(412, "stale_version");
    assert_eq!(stale.body["version"], json!(2));
    let changed = server
        .patch(&path, "*", json!({"barcode": null, "reorder_point": null, "price": "12.5"}))
        .await
        .expect(200);
    assert_eq!(
        (&changed.body["barcode"], &changed.body["reorder_point"], &changed.body["price"]),
        (&json!(null), &json!(null), &json!("12.50"))
    );
    server.patch(&path, "*", json!({"name": null})).await.invalid(&[("/name", "null")]);
    server.patch(&path, "*", json!({"on_hand": 5})).await.invalid(&[("/on_hand", "unknown_field")]);
    server.patch(&path, "*", json!({"unit": "kg"})).await.problem(409, "unit_fixed");
    server.patch("/products/999", "*", json!({"name": "C"})).await.problem(404, "product_not_found");
    server.product("OTHER", 0).await;
    server.patch(&path, "*", json!({"sku": "other"})).await.problem(409, "duplicate_sku");
    assert_eq!(server.get(&path).await.body["version"], json!(3));
    server.finish().await;
}

#[tokio::test]
async fn a_product_with_a_history_is_archived_and_keeps_its_sku() {
    let server = server().await;
    let (used, unused) = (server.product("USED", 5).await, server.product("UNUSED", 0).await);
    let delete = |id: i64| server.delete(&format!("/products/{id}"), "*");
    delete(used).await.problem(409, "product_holds_stock");
    server
        .post("/stock-adjustments", json!({"product_id": used, "delta": -5, "reason": "sold"}))
        .await
        .expect(201);
    delete(used).await.expect(204);
    delete(unused).await.expect(204);
    server.get(&format!("/products/{unused}")).await.problem(404, "product_not_found");
    assert_eq!(server.get(&format!("/products/{used}")).await.expect(200).body["archived"], json!(true));
    assert_eq!(walk(&server, "/products").await, Vec::<String>::new());
    assert_eq!(walk(&server, "/products?archived=true").await, ["USED"]);
    server
        .post("/products", json!({"sku": "used", "name": "Again", "price": "1"}))
        .await
        .problem(409, "duplicate_sku");
    server.product("UNUSED", 0).await;
    let back = server.request("POST", &format!("/products/{used}/unarchive")).await.expect(200);
    assert_eq!(back.body["archived"], json!(false));
    assert_eq!(walk(&server, "/products").await, ["UNUSED", "USED"]);
    delete(999).await.problem(404, "product_not_found");
    server.finish().await;
}

#[tokio::test]
async fn what_was_changed_since_a_moment_is_found() {
    let server = server().await;
    let id = server.product("A", 0).await;
    server.product("B", 0).await;
    let moment = server.get(&format!("/products/{}", id + 1)).await.body["updated_at"]
        .as_str()
        .expect("a time")
        .to_owned();
    server.patch(&format!("/products/{id}"), "*", json!({"name": "New"})).await.expect(200);
    assert_eq!(walk(&server, &format!("/products?updated_since={moment}")).await, ["B", "A"]);
    server.get("/products?updated_since=yesterday").await.invalid(&[("?updated_since", "not_a_time")]);
    server.finish().await;
}

#[tokio::test]
async fn a_price_has_a_history() {
    let server = server().await;
    let id = server.product_with(json!({"sku": "A", "price": "10"})).await;
    let path = format!("/products/{id}/prices");
    let raised =
        server.post(&path, json!({"price": "12.345", "reason": "supplier raised"})).await.expect(201).body;
    assert_eq!(
        (&raised["price"], &raised["reason"], &raised["actor"]),
        (&json!("12.345"), &json!("supplier raised"), &json!("demo"))
    );
    let product = server.get(&format!("/products/{id}")).await.expect(200).body;
    assert_eq!((&product["price"], &product["version"]), (&json!("12.345"), &json!(2)));
    server.post(&path, json!({"price": "11", "currency": "USD"})).await.expect(201);
    let history = server.get(&path).await.expect(200);
    let seen: Vec<_> = history
        .items()
        .iter()
        .map(|price| {
            (price["price"].as_str().expect("a price"), price["currency"].as_str().expect("a currency"))
        })
        .collect();
    assert_eq!(seen, [("11.00", "USD"), ("12.345", "EUR"), ("10.00", "EUR")]);
    server.post(&path, json!({"price": "-1"})).await.invalid(&[("/price", "negative_amount")]);
    server.post(&path, json!({})).await.invalid(&[("/price", "missing")]);
    server.post("/products/999/prices", json!({"price": "1"})).await.problem(404, "product_not_found");
    server.get("/products/999/prices").await.problem(404, "product_not_found");
    let twice = futures_util::future::join_all(
        (0..10).map(|i| server.post(&path, json!({"price": i})).into_future()),
    )
    .await;
    assert!(
        twice.iter().all(|answer| answer.status == 201),
        "no two prices for one moment, and nobody is refused for it"
    );
    assert_eq!(server.get(&path).await.items().len(), 13);
    server.finish().await;
}
