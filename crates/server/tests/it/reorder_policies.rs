//! /reorder-policies, and low stock by warehouse. Every test ends with the check that exactly what is at or below its
//! reorder point is on record.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::Connection as _;
use testkit::{TestDatabase, TestServer, check_ledger, psql};

use crate::support::{process, server};

/// What runs low, as `SKU@WAREHOUSE`; over all warehouses as `SKU`.
async fn low(server: &TestServer, query: &str) -> Vec<String> {
    let page = server.get(&format!("/low-stock{query}")).await.expect(200);
    let name = |item: &Value| {
        let sku = item["sku"].as_str().expect("a SKU");
        item["warehouse"].as_str().map_or(sku.to_owned(), |warehouse| format!("{sku}@{warehouse}"))
    };
    page.items().iter().map(name).collect()
}

async fn policy(server: &TestServer, sku: &str, warehouse: &str, reorder_point: i64) -> String {
    let body = json!({"sku": sku, "warehouse": warehouse, "reorder_point": reorder_point});
    let id = server.post("/reorder-policies", body).await.expect(201).id();
    format!("/reorder-policies/{id}")
}

async fn adjust(server: &TestServer, sku: &str, warehouse: &str, delta: i64) -> Value {
    let body = json!({"sku": sku, "warehouse": warehouse, "delta": delta, "reason": "test"});
    server.post("/stock-adjustments", body).await.expect(201).body
}

#[tokio::test]
async fn a_policy_is_written_read_changed_and_deleted() {
    let server = server().await;
    let north = server.warehouse("NORTH").await;
    let kettle = server.product("KET", 8).await;
    let body = json!({"sku": "ket", "warehouse": "north", "reorder_point": 10, "safety_stock": 2, "max_quantity": 50});
    let created = server.post("/reorder-policies", body.clone()).key("k1").await.expect(201);
    let replay = server.post("/reorder-policies", body.clone()).key("k1").await.expect(201);
    assert_eq!((&replay.text, replay.header("idempotency-replayed")), (&created.text, Some("true")));
    assert_eq!(created.header("location"), Some("/reorder-policies/1"));
    for (field, value) in [
        ("product_id", json!(kettle)),
        ("sku", json!("KET")),
        ("warehouse", json!("NORTH")),
        ("warehouse_id", json!(north)),
        ("reorder_point", json!(10)),
        ("safety_stock", json!(2)),
        ("max_quantity", json!(50)),
        ("reorder_quantity", json!(null)),
    ] {
        assert_eq!(created.body[field], value, "{field}");
    }
    server.post("/reorder-policies", body).await.problem(409, "duplicate_reorder_policy");
    let read = server.get("/reorder-policies/1").await.expect(200);
    assert_eq!((&read.body, read.etag()), (&created.body, "\"1\""));
    let change = json!({"max_quantity": null, "reorder_quantity": 24});
    let changed = server.patch("/reorder-policies/1", "\"1\"", change.clone()).await.expect(200);
    assert_eq!(
        (&changed.body["max_quantity"], &changed.body["reorder_quantity"]),
        (&json!(null), &json!(24))
    );
    assert_eq!((&changed.body["reorder_point"], changed.etag()), (&json!(10), "\"2\""));
    server.patch("/reorder-policies/1", "\"1\"", change).await.problem(412, "stale_version");
    server.delete("/reorder-policies/1", "\"1\"").await.problem(412, "stale_version");
    server.delete("/reorder-policies/1", "\"2\"").await.expect(204);
    server.get("/reorder-policies/1").await.problem(404, "reorder_policy_not_found");
    server.patch("/reorder-policies/1", "*", json!({})).await.problem(404, "reorder_policy_not_found");
    server.delete("/reorder-policies/1", "*").await.problem(404, "reorder_policy_not_found");
    server.finish().await;
}

#[tokio::test]
async fn what_contradicts_itself_or_names_nothing_is_refused_with_every_fault() {
    let server = server().await;
    server.product("KET", 0).await;
    server.product_with(json!({"sku": "TEA", "unit": "kg", "on_hand": 0})).await;
    for (body, faults) in [
        (json!({}), &[("/product_id", "missing")][..]),
        (json!({"sku": "KET", "warehouse": "MAIN"}), &[("/reorder_point", "missing")]),
        (json!({"sku": "KET", "reorder_point": 1}), &[("/reorder_point", "field_of_product")]),
        (
            json!({"sku": "KET", "warehouse": "MAIN", "reorder_point": 10, "max_quantity": 9, "safety_stock": -1, "x": 1}),
            &[
                ("/safety_stock", "negative"),
                ("/max_quantity", "below_reorder_point"),
                ("/x", "unknown_field"),
            ],
        ),
        (
            json!({"sku": "KET", "warehouse": "MAIN", "reorder_point": 1, "max_quantity": 9, "reorder_quantity": 5}),
            &[("/reorder_quantity", "mutually_exclusive")],
        ),
        (
            json!({"sku": "KET", "warehouse": "MAIN", "reorder_point": -1, "reorder_quantity": 0}),
            &[("/reorder_point", "negative"), ("/reorder_quantity", "out_of_range")],
        ),
        (
            json!({"sku": "KET", "warehouse": "MAIN", "reorder_point": 1.5, "max_quantity": 2.5}),
            &[("/reorder_point", "whole_numbers_only"), ("/max_quantity", "whole_numbers_only")],
        ),
        (json!({"sku": "NONE", "warehouse": "MAIN", "reorder_point": 1}), &[("/sku", "unknown_product")]),
        (
            json!({"sku": "KET", "warehouse": "WEST", "reorder_point": 1}),
            &[("/warehouse", "unknown_warehouse")],
        ),
    ] {
        server.post("/reorder-policies", body).await.invalid(faults);
    }
    let tea = json!({"sku": "TEA", "warehouse": "MAIN", "reorder_point": 1.5, "max_quantity": 1.5});
    let path = format!("/reorder-policies/{}", server.post("/reorder-policies", tea).await.expect(201).id());
    for (change, faults) in [
        (json!({"max_quantity": 1}), &[("/max_quantity", "below_reorder_point")][..]),
        (json!({"reorder_point": 2}), &[("/max_quantity", "below_reorder_point")]),
        (json!({"reorder_quantity": 2}), &[("/reorder_quantity", "mutually_exclusive")]),
        (json!({"reorder_point": null}), &[("/reorder_point", "null")]),
    ] {
        server.patch(&path, "*", change).await.invalid(faults);
    }
    server.patch(&path, "*", json!({"reorder_point": 2, "max_quantity": 2})).await.expect(200);
    server.finish().await;
}

/// The point over all warehouses is the product's; neither it nor the policy can be brought past the other.
#[tokio::test]
async fn the_policy_of_a_product_shows_its_reorder_point_and_is_held_to_it() {
    let server = server().await;
    let kettle = server.product_with(json!({"sku": "KET", "on_hand": 50, "reorder_point": 10})).await;
    let product = format!("/products/{kettle}");
    let below = json!({"sku": "KET", "max_quantity": 9});
    server.post("/reorder-policies", below).await.invalid(&[("/max_quantity", "below_reorder_point")]);
    let body = json!({"sku": "KET", "max_quantity": 40});
    let created = server.post("/reorder-policies", body.clone()).await.expect(201).body;
    assert_eq!((&created["reorder_point"], &created["warehouse"]), (&json!(10), &json!(null)));
    server.post("/reorder-policies", body).await.problem(409, "duplicate_reorder_policy");
    let change = json!({"reorder_point": 41});
    server.patch(&product, "*", change).await.invalid(&[("/reorder_point", "above_max_quantity")]);
    server.patch(&product, "*", json!({"reorder_point": 40})).await.expect(200);
    let path = "/reorder-policies/1";
    assert_eq!(server.get(path).await.body["reorder_point"], json!(40));
    let change = json!({"max_quantity": 39});
    server.patch(path, "*", change).await.invalid(&[("/max_quantity", "below_reorder_point")]);
    let change = json!({"reorder_point": 5});
    server.patch(path, "*", change).await.invalid(&[("/reorder_point", "field_of_product")]);
    server.patch(&product, "*", json!({"reorder_point": null})).await.expect(200);
    server.patch(path, "*", json!({"max_quantity": 3})).await.expect(200);
    assert_eq!(server.get(path).await.body["reorder_point"], json!(null));
    server.finish().await;
}

#[tokio::test]
async fn policies_are_listed_by_product_and_warehouse() {
    let server = server().await;
    for code in ["NORTH", "SOUTH"] {
        server.warehouse(code).await;
    }
    for sku in ["A", "B"] {
        server.product(sku, 0).await;
        for warehouse in ["NORTH", "SOUTH", "MAIN"] {
            policy(&server, sku, warehouse, 5).await;
        }
        server.post("/reorder-policies", json!({"sku": sku, "safety_stock": 1})).await.expect(201);
    }
    for (query, expected) in [
        ("", 8),
        ("?sku=a", 4),
        ("?sku=A&product_id=2", 8),
        ("?warehouse=NORTH", 2),
        ("?warehouse=NORTH&warehouse=MAIN", 4),
        ("?warehouse=NORTH&sku=B", 1),
    ] {
        let mut ids = Vec::new();
        let mut next =
            Some(format!("/reorder-policies{query}{}limit=3", if query.is_empty() { "?" } else { "&" }));
        while let Some(path) = next {
            let page = server.get(&path).await.expect(200);
            ids.extend(page.items().iter().map(|item| item["id"].as_i64().expect("an id")));
            let sign = if query.is_empty() { "?" } else { "&" };
            let cursor = page.body["next_cursor"].as_str();
            next = cursor.map(|cursor| format!("/reorder-policies{query}{sign}limit=3&cursor={cursor}"));
        }
        assert_eq!(ids.len(), expected, "{query}");
        assert!(ids.is_sorted(), "{query}: {ids:?}");
    }
    server.get("/reorder-policies?sku=NONE").await.invalid(&[("?sku", "unknown_product")]);
    server.get("/reorder-policies?colour=red").await.invalid(&[("?colour", "unknown_parameter")]);
    server.finish().await;
}

#[tokio::test]
async fn a_product_is_low_in_a_warehouse_from_the_change_that_brings_it_there() {
    let server = server().await;
    let north = server.warehouse("NORTH").await;
    let kettle = server.product("KET", 100).await;
    adjust(&server, "KET", "NORTH", 11).await;
    policy(&server, "KET", "NORTH", 10).await;
    assert_eq!(low(&server, "").await, Vec::<String>::new());
    let crossing = adjust(&server, "KET", "NORTH", -1).await;
    let item = server.get("/low-stock").await.expect(200).items()[0].clone();
    let expected = json!({"product_id": kettle, "sku": "KET", "name": "Product KET", "unit": "each", "warehouse": "NORTH",
        "warehouse_id": north, "available": 10, "incoming": 0, "reorder_point": 10, "since": crossing["recorded_at"]});
    assert_eq!(item, expected, "the other warehouse does not count");
    let hold = server.location("NORTH", "HOLD", "hold").await;
    server.receive(kettle, hold, 50).await;
    adjust(&server, "KET", "NORTH", -3).await;
    let item = server.get("/low-stock?warehouse=north").await.expect(200).items()[0].clone();
    assert_eq!(
        (&item["available"], &item["since"]),
        (&json!(7), &crossing["recorded_at"]),
        "nor what is on hold"
    );
    assert_eq!(low(&server, "?warehouse=MAIN").await, Vec::<String>::new());
    adjust(&server, "KET", "NORTH", 4).await;
    assert_eq!(low(&server, "").await, Vec::<String>::new());
    server.finish().await;
}

#[tokio::test]
async fn an_edit_of_the_policy_counts_at_once_and_so_does_archiving() {
    let server = server().await;
    let north = server.warehouse("NORTH").await;
    let kettle = server.product_with(json!({"sku": "KET", "on_hand": 8, "reorder_point": 8})).await;
    let path = policy(&server, "KET", "MAIN", 8).await;
    assert_eq!(low(&server, "").await, ["KET@MAIN", "KET"]);
    for (reorder_point, expected) in [(7, 0), (20, 1), (8, 1), (0, 0), (9, 1)] {
        server.patch(&path, "*", json!({"reorder_point": reorder_point})).await.expect(200);
        assert_eq!(low(&server, "?warehouse=MAIN").await.len(), expected, "{reorder_point}");
    }
    // Nothing was ever there.
    policy(&server, "KET", "NORTH", 0).await;
    assert_eq!(low(&server, &format!("?warehouse_id={north}")).await, ["KET@NORTH"]);
    adjust(&server, "KET", "MAIN", -8).await;
    server.delete(&format!("/products/{kettle}"), "*").await.expect(204);
    assert_eq!(low(&server, "").await, Vec::<String>::new());
    server.request("POST", &format!("/products/{kettle}/unarchive")).await.expect(200);
    assert_eq!(low(&server, "?warehouse=MAIN&warehouse=NORTH").await, ["KET@NORTH", "KET@MAIN"]);
    server.delete(&path, "*").await.expect(204);
    assert_eq!(low(&server, "").await, ["KET@NORTH", "KET"]);
    // A product without a history is deleted with its policies.
    let cup = server.product("CUP", 0).await;
    policy(&server, "CUP", "NORTH", 3).await;
    server.delete(&format!("/products/{cup}"), "*").await.expect(204);
    server.get(&format!("/products/{cup}")).await.problem(404, "product_not_found");
    // A closed warehouse is not replenished; one that was never used goes with its policies.
    adjust(&server, "KET", "NORTH", 1).await;
    adjust(&server, "KET", "NORTH", -1).await;
    server.delete(&format!("/warehouses/{north}"), "*").await.expect(204);
    assert_eq!(low(&server, "").await, ["KET"]);
    let body = json!({"sku": "KET", "warehouse": "NORTH", "reorder_point": 1});
    server.post("/reorder-policies", body).await.invalid(&[("/warehouse", "archived_warehouse")]);
    let west = server.warehouse("WEST").await;
    policy(&server, "KET", "WEST", 3).await;
    server.delete(&format!("/warehouses/{west}"), "*").await.expect(204);
    server.get(&format!("/warehouses/{west}")).await.problem(404, "warehouse_not_found");
    assert_eq!(server.get("/reorder-policies").await.expect(200).items(), [] as [Value; 0]);
    server.finish().await;
}

/// Also for those who use psql: policies are theirs to edit, and low stock follows.
#[tokio::test]
async fn policies_edited_by_sql_count_too() {
    let server = server().await;
    server.product("KET", 8).await;
    server.product_with(json!({"sku": "CUP", "on_hand": 3, "reorder_point": 2})).await;
    let run = async |sql: &str| psql(&server.database().url(), &["-c", sql]).await.expect("it is allowed");
    run("insert into reorder_policies (product_id, warehouse_id, reorder_point) select id, 1, 5 from products").await;
    assert_eq!(low(&server, "").await, ["CUP@MAIN"]);
    run("update reorder_policies set reorder_point = 8").await;
    assert_eq!(low(&server, "").await.len(), 2);
    run("delete from reorder_policies where product_id = 1").await;
    assert_eq!(low(&server, "").await, ["CUP@MAIN"]);
    server.finish().await;
}

#[tokio::test]
async fn pages_of_low_stock_are_complete_and_newest_first() {
    let server = server().await;
    server.warehouse("NORTH").await;
    let mut expected = Vec::new();
    for i in 0..4 {
        let sku = format!("P-{i}");
        server.product_with(json!({"sku": sku, "on_hand": 0, "reorder_point": 1})).await;
        expected.push(sku.clone());
        for warehouse in ["MAIN", "NORTH"] {
            policy(&server, &sku, warehouse, i).await;
            expected.push(format!("{sku}@{warehouse}"));
        }
    }
    expected.reverse();
    for (filter, expected) in [
        ("", expected.clone()),
        ("&warehouse=NORTH", expected.iter().filter(|name| name.ends_with("NORTH")).cloned().collect()),
        (
            "&warehouse=NORTH&warehouse=MAIN",
            expected.iter().filter(|name| name.contains('@')).cloned().collect(),
        ),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            seen.extend(low(&server, &format!("?limit=2{filter}{cursor}")).await);
            let page = server.get(&format!("/low-stock?limit=2{filter}{cursor}")).await.expect(200);
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{filter}");
    }
    server.get("/low-stock?warehouse=WEST").await.invalid(&[("?warehouse", "unknown_warehouse")]);
    server.finish().await;
}

/// Else it would compare with stock that is about to change, while the ledger compares with the policy before.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_the_policy_waits_for_the_stock_write_under_way() {
    let server = server().await;
    server.product("KET", 8).await;
    let path = policy(&server, "KET", "MAIN", 1).await;
    let mut psql =
        sqlx::PgConnection::connect_with(&server.database().options()).await.expect("a connection");
    for change in [true, false] {
        sqlx::raw_sql("begin; select from product_stock for no key update")
            .execute(&mut psql)
            .await
            .expect("a lock");
        let edit = match change {
            true => server.patch(&path, "*", json!({"reorder_point": 9})),
            false => server.delete(&path, "*"),
        };
        let edit = tokio::spawn(edit.into_future());
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        assert!(!edit.is_finished(), "it waits");
        sqlx::raw_sql("rollback").execute(&mut psql).await.expect("rollback");
        edit.await.expect("an answer").expect(if change { 200 } else { 204 });
        assert_eq!(low(&server, "").await.len(), usize::from(change));
    }
    server.finish().await;
}

/// Two warehouses of one product change at once, from two server processes, while its policies are edited up and down,
/// deleted and added, and the product is archived in between.
#[tokio::test(flavor = "multi_thread")]
async fn low_stock_of_warehouses_is_true_whatever_changes_at_once() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    one.client().warehouse("NORTH").await;
    for round in 0..8_i64 {
        // The first movement of a product also makes the row that is its lock.
        let sku = format!("P-{round}");
        let fields = json!({"sku": sku, "on_hand": if round % 2 == 0 { 0 } else { 4 }});
        let id = one.client().product_with(fields).await;
        let (product, unarchive) = (format!("/products/{id}"), format!("/products/{id}/unarchive"));
        let mut policies = Vec::new();
        for warehouse in ["MAIN", "NORTH"] {
            let body = json!({"product_id": id, "warehouse": warehouse, "reorder_point": round});
            let policy = one.client().post("/reorder-policies", body).await.expect(201).id();
            policies.push(format!("/reorder-policies/{policy}"));
        }
        let mut requests = Vec::new();
        for i in 0..12_i64 {
            let client = if i % 2 == 0 { one.client() } else { two.client() };
            let (warehouse, policy) =
                if i % 4 < 2 { ("MAIN", &policies[0]) } else { ("NORTH", &policies[1]) };
            let delta = if i % 3 == 0 { 9 } else { -4 };
            let body = json!({"product_id": id, "warehouse": warehouse, "delta": delta, "reason": "race"});
            requests.push(client.post("/stock-adjustments", body));
            requests.push(client.patch(policy, "*", json!({"reorder_point": (i * 7) % 23})));
            if i % 5 == 4 {
                requests.push(client.delete(policy, "*"));
                let body = json!({"product_id": id, "warehouse": warehouse, "reorder_point": i});
                requests.push(client.post("/reorder-policies", body));
            }
            if i % 6 == 0 && round % 2 == 1 {
                requests.push(client.delete(&product, "*"));
                requests.push(client.request("POST", &unarchive));
            }
        }
        let answers = join_all(requests.into_iter().map(|request| tokio::spawn(request.into_future()))).await;
        for answer in answers {
            let answer = answer.expect("an answer");
            let refusals = [
                "insufficient_stock",
                "product_holds_stock",
                "product_archived",
                "duplicate_reorder_policy",
                "reorder_policy_not_found",
            ];
            let expected = [200, 201, 204].contains(&answer.status)
                || answer.code().is_some_and(|code| refusals.contains(&code));
            assert!(expected, "{answer}");
        }
        check_ledger(database.pool()).await;
    }
}
