//! /low-stock. Every test ends with the check that exactly the products at or below their reorder point are in it.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::Connection as _;
use testkit::{TestDatabase, TestServer, check_ledger, psql};

use crate::support::{process, server};

async fn low(server: &TestServer) -> Vec<String> {
    skus(server, "/low-stock").await
}

async fn skus(server: &TestServer, path: &str) -> Vec<String> {
    let page = server.get(path).await.expect(200);
    page.items().iter().map(|item| item["sku"].as_str().expect("a SKU").to_owned()).collect()
}

async fn watched(server: &TestServer, sku: &str, on_hand: i64, reorder_point: i64) -> i64 {
    server.product_with(json!({"sku": sku, "on_hand": on_hand, "reorder_point": reorder_point})).await
}

fn change(product: i64, delta: i64) -> Value {
    json!({"product_id": product, "delta": delta, "reason": "test"})
}

#[tokio::test]
async fn a_product_is_low_from_the_change_that_brings_it_to_its_reorder_point_until_one_brings_it_above() {
    let server = server().await;
    let kettle = watched(&server, "KET", 12, 10).await;
    server.product("CUP", 0).await; // is not watched
    assert_eq!(low(&server).await, Vec::<String>::new());
    server.post("/stock-adjustments", change(kettle, -1)).await.expect(201);
    assert_eq!(low(&server).await, Vec::<String>::new(), "one above it");
    let crossing = server.post("/stock-adjustments", change(kettle, -1)).await.expect(201).body;
    let page = server.get("/low-stock").await.expect(200);
    let expected = json!({"product_id": kettle, "sku": "KET", "name": "Product KET", "unit": "each",
        "warehouse": null, "warehouse_id": null, "available": 10,
        "incoming": 0, "reorder_point": 10, "since": crossing["recorded_at"]});
    assert_eq!(page.items(), [expected]);

    let further = server.post("/stock-adjustments", change(kettle, -4)).await.expect(201).body;
    let page = server.get("/low-stock").await.expect(200);
    assert_eq!(page.items()[0]["since"], crossing["recorded_at"], "it has been low since then");
    assert_eq!(page.items()[0]["available"], json!(6));
    // Putting the mistake right counts like any other movement.
    let path = format!("/stock-movements/{}/reverse", further["movement_id"]);
    server.post(&path, json!({"reason": "slip"})).await.expect(201);
    assert_eq!(low(&server).await, ["KET"]);
    server.post("/stock-adjustments", change(kettle, 1)).await.expect(201);
    assert_eq!(low(&server).await, Vec::<String>::new());
    server.finish().await;
}

#[tokio::test]
async fn only_what_can_be_sold_counts() {
    let server = server().await;
    let kettle = watched(&server, "KET", 11, 10).await;
    let hold = server.location("MAIN", "HOLD", "hold").await;
    server.receive(kettle, hold, 50).await;
    assert_eq!(low(&server).await, Vec::<String>::new());
    server
        .post(
            "/stock-adjustments",
            json!({"product_id": kettle, "location_id": 1, "delta": -1, "reason": "sold"}),
        )
        .await
        .expect(201);
    assert_eq!(low(&server).await, ["KET"], "what is on hold is not available");
    server.finish().await;
}

#[tokio::test]
async fn a_movement_of_many_products_crosses_each_of_their_reorder_points() {
    let server = server().await;
    let (a, b, c) =
        (watched(&server, "A", 5, 5).await, watched(&server, "B", 6, 5).await, server.product("C", 9).await);
    assert_eq!(low(&server).await, ["A"]);
    let line =
        |product: i64, quantity: i64| json!({"product_id": product, "location_id": 1, "quantity": quantity});
    let lines =
        json!({"kind": "adjustment", "reason": "count", "lines": [line(a, 3), line(b, -2), line(c, -9)]});
    server.post("/stock-movements", lines).await.expect(201);
    assert_eq!(low(&server).await, ["B"]);
    server.finish().await;
}

#[tokio::test]
async fn a_product_begins_low_without_enough_opening_stock() {
    let server = server().await;
    watched(&server, "NONE", 0, 0).await;
    watched(&server, "SOME", 3, 3).await;
    watched(&server, "ENOUGH", 4, 3).await;
    server.product_with(json!({"sku": "TEA", "unit": "kg", "on_hand": 0.5, "reorder_point": 0.500001})).await;
    assert_eq!(low(&server).await, ["TEA", "SOME", "NONE"], "what has just become low comes first");
    server.finish().await;
}

#[tokio::test]
async fn another_reorder_point_counts_at_once() {
    let server = server().await;
    let kettle = server.product("KET", 8).await;
    let path = format!("/products/{kettle}");
    for (reorder_point, expected) in
        [(json!(8), 1), (json!(7), 0), (json!(20), 1), (json!(null), 0), (json!(9), 1)]
    {
        server.patch(&path, "*", json!({"reorder_point": reorder_point})).await.expect(200);
        assert_eq!(low(&server).await.len(), expected, "{reorder_point}");
    }
    let since = server.get("/low-stock").await.body["items"][0]["since"].clone();
    server.patch(&path, "*", json!({"name": "Kettle", "reorder_point": 10})).await.expect(200);
    let item = server.get("/low-stock").await.body["items"][0].clone();
    assert_eq!(
        (&item["since"], &item["name"], &item["reorder_point"]),
        (&since, &json!("Kettle"), &json!(10))
    );
    server.finish().await;
}

#[tokio::test]
async fn an_archived_product_is_not_low() {
    let server = server().await;
    let kettle = watched(&server, "KET", 5, 5).await;
    let unused = watched(&server, "NEW", 0, 5).await;
    server.post("/stock-adjustments", change(kettle, -5)).await.expect(201);
    assert_eq!(low(&server).await, ["NEW", "KET"]);
    server.delete(&format!("/products/{kettle}"), "*").await.expect(204); // archives
    server.delete(&format!("/products/{unused}"), "*").await.expect(204); // deletes
    server.get(&format!("/products/{unused}")).await.problem(404, "product_not_found");
    assert_eq!(low(&server).await, Vec::<String>::new());
    server.request("POST", &format!("/products/{kettle}/unarchive")).await.expect(200);
    assert_eq!(low(&server).await, ["KET"]);
    server.finish().await;
}

/// Who has the database open in psql adds and edits products too.
#[tokio::test]
async fn products_changed_by_sql_are_low_as_well() {
    let server = server().await;
    let kettle = server.product("KET", 8).await;
    let run = async |sql: &str| psql(&server.database().url(), &["-c", sql]).await.expect("it is allowed");
    run("insert into products (sku, name, category_id, reorder_point)
         select 'SQL-' || i, 'By SQL', min(id), nullif(i, 2) from categories, generate_series(1, 3) i group by i").await;
    assert_eq!(low(&server).await, ["SQL-3", "SQL-1"]);
    run("update products set reorder_point = 8").await;
    assert_eq!(low(&server).await, ["SQL-2", "KET", "SQL-3", "SQL-1"]);
    assert_eq!(
        run("select sku, available, incoming, reorder_point from low_stock_overview order by sku limit 1")
            .await,
        "KET|8|0|8"
    );
    run("update products set archived_at = now() where sku = 'SQL-1'; update products set reorder_point = null where sku = 'SQL-3'").await;
    server.post("/stock-adjustments", change(kettle, 1)).await.expect(201);
    assert_eq!(low(&server).await, ["SQL-2"]);
    server.finish().await;
}

/// As it may be after an older server, which does not know the table, has moved stock.
#[tokio::test]
async fn a_record_that_is_wrong_is_put_right_by_the_next_movement() {
    let server = server().await;
    let (a, b) = (watched(&server, "A", 9, 5).await, watched(&server, "B", 2, 5).await);
    let wrong = format!(
        "set stockbook.ledger = 'on'; delete from low_stock; insert into low_stock values ({a}, now())"
    );
    psql(&server.database().url(), &["-c", &wrong]).await.expect("it pretends to be the ledger");
    for product in [a, b] {
        server.post("/stock-adjustments", change(product, -1)).await.expect(201);
    }
    assert_eq!(low(&server).await, ["B"]);
    server.finish().await;
}

#[tokio::test]
async fn the_list_goes_on_page_by_page() {
    let server = server().await;
    let mut expected: Vec<String> = (0..7).map(|i| format!("P-{i}")).collect();
    for sku in &expected {
        watched(&server, sku, 1, 1).await;
    }
    expected.reverse();
    let (mut seen, mut next) = (Vec::new(), Some("/low-stock?limit=3".to_owned()));
    while let Some(path) = next {
        let page = server.get(&path).await.expect(200);
        seen.extend(page.items().iter().map(|item| item["sku"].as_str().expect("a SKU").to_owned()));
        next = page.body["next_cursor"].as_str().map(|cursor| format!("/low-stock?limit=3&cursor={cursor}"));
    }
    assert_eq!(seen, expected);
    server.get("/low-stock?cursor=x").await.problem(400, "invalid_cursor");
    server.get("/low-stock?colour=red").await.invalid(&[("?colour", "unknown_parameter")]);
    server.finish().await;
}

#[tokio::test]
async fn products_can_be_listed_by_whether_they_run_low() {
    let server = server().await;
    let category = server.category("Kitchen", None).await;
    for (sku, on_hand) in [("A", 1), ("B", 9), ("C", 2), ("D", 9)] {
        server.product_with(json!({"sku": sku, "on_hand": on_hand, "reorder_point": 5, "category_id": category, "price": 10 - on_hand})).await;
    }
    server.product("E", 0).await;
    for (query, expected) in [
        ("low_stock=true", vec!["A", "C"]),
        ("low_stock=false", vec!["B", "D", "E"]),
        ("low_stock=true&sort=price", vec!["C", "A"]),
        ("low_stock=true&category=Kitchen&q=product%20c", vec!["C"]),
        ("low_stock=true&limit=1", vec!["A"]),
        ("low_stock=true&archived=true", vec![]),
    ] {
        assert_eq!(skus(&server, &format!("/products?{query}")).await, expected, "{query}");
    }
    assert_eq!(skus(&server, &format!("/categories/{category}/products?low_stock=true")).await, ["A", "C"]);
    server.get("/products?low_stock=maybe").await.invalid(&[("?low_stock", "not_a_boolean")]);
    server.finish().await;
}

/// Else it would compare with stock that is about to change, while the ledger compares with the reorder point before.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_the_reorder_point_waits_for_the_stock_write_under_way() {
    let server = server().await;
    let kettle = server.product("KET", 8).await;
    let options = server.database().options();
    let mut psql = sqlx::PgConnection::connect_with(&options).await.expect("a connection");
    sqlx::raw_sql("begin; select from product_stock for no key update")
        .execute(&mut psql)
        .await
        .expect("a lock");
    let edit = server.patch(&format!("/products/{kettle}"), "*", json!({"reorder_point": 9}));
    let edit = tokio::spawn(edit.into_future());
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert!(!edit.is_finished(), "it waits");
    sqlx::raw_sql("rollback").execute(&mut psql).await.expect("rollback");
    edit.await.expect("an answer").expect(200);
    assert_eq!(low(&server).await, ["KET"]);
    server.finish().await;
}

/// Two warehouses of one product change at once, from two server processes, while its reorder point is edited up and
/// down and it is archived in between: each of these sees one side of the comparison change under it.
#[tokio::test(flavor = "multi_thread")]
async fn low_stock_is_true_whatever_changes_at_once() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    one.client().warehouse("NORTH").await;
    for round in 0..8 {
        // The first movement of a product also makes the row that is its lock.
        let sku = format!("P-{round}");
        let fields = json!({"sku": sku, "on_hand": if round % 2 == 0 { 0 } else { 4 }});
        let id = one.client().product_with(fields).await;
        let (product, unarchive) = (format!("/products/{id}"), format!("/products/{id}/unarchive"));
        let mut requests = Vec::new();
        for i in 0..12_i64 {
            let client = if i % 2 == 0 { one.client() } else { two.client() };
            let warehouse = if i % 4 < 2 { "MAIN" } else { "NORTH" };
            let delta = if i % 3 == 0 { 9 } else { -4 };
            requests.push(client.post(
                "/stock-adjustments",
                json!({"product_id": id, "warehouse": warehouse, "delta": delta, "reason": "race"}),
            ));
            requests.push(client.patch(&product, "*", json!({"reorder_point": (i * 7) % 23})));
            if i % 6 == 0 && round % 2 == 1 {
                requests.push(client.delete(&product, "*"));
                requests.push(client.request("POST", &unarchive));
            }
        }
        let answers = join_all(requests.into_iter().map(|request| tokio::spawn(request.into_future()))).await;
        for answer in answers {
            let answer = answer.expect("an answer");
            let expected = [200, 201, 204].contains(&answer.status)
                || matches!(
                    answer.code(),
                    Some("insufficient_stock" | "product_holds_stock" | "product_archived")
                );
            assert!(expected, "{answer}");
        }
        check_ledger(database.pool()).await;
    }
}
