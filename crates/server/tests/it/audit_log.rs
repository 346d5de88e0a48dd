//! The audit log: what is entered, by whom and from where; what may be asked; and that nobody changes it unseen.

mod access;
mod chain;
mod documents;
mod reading;
mod told;

use serde_json::{Value, json};
use testkit::Client;

use crate::purchase_orders::ordered;
use crate::support::server;

/// The entries that are found, oldest first.
async fn entries(client: &Client, query: &str) -> Vec<Value> {
    let mut entries = client.get(&format!("/audit-log?limit=200{query}")).await.expect(200).items().to_vec();
    entries.reverse();
    entries
}

/// What was done to what since the last look, oldest first.
async fn done(client: &Client, after: &mut i64) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let all = entries(client, "").await;
    let new: Vec<_> = all.iter().filter(|entry| entry["id"].as_i64().expect("an id") > *after).collect();
    *after = all.iter().map(|entry| entry["id"].as_i64().expect("an id")).max().unwrap_or(0);
    new.iter().map(|entry| (text(&entry["action"]), text(&entry["target"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(action, target)| ((*action).to_owned(), (*target).to_owned())).collect()
}

#[tokio::test]
async fn what_people_decide_is_entered() {
    let server = server().await;
    let mut after = 0;
    done(&server, &mut after).await; // what the schema itself brings

    let warehouse = server.post("/warehouses", json!({"code": "NORTH", "name": "North"})).await.expect(201);
    let id = warehouse.id();
    let path = format!("/warehouses/{id}");
    server.patch(&path, warehouse.etag(), json!({"name": "Far north"})).await.expect(200);
    let etag = server.get(&path).await.expect(200).etag().to_owned();
    let location = server.get("/locations?warehouse=NORTH").await.expect(200).items()[0]["id"].clone();
    let expected = [
        ("warehouse.created", format!("warehouse:{id}")),
        ("location.created", format!("location:{location}")),
        ("warehouse.updated", format!("warehouse:{id}")),
    ];
    let expected: Vec<_> = expected.iter().map(|(action, target)| (*action, target.as_str())).collect();
    assert_eq!(done(&server, &mut after).await, pairs(&expected));
    server.patch(&path, &etag, json!({"name": "Far north"})).await.expect(200);
    assert_eq!(done(&server, &mut after).await, pairs(&[]), "nothing was changed");

    let etag = server.get("/settings").await.expect(200).etag().to_owned();
    server.patch("/settings", &etag, json!({"over_receipt_percent": 5})).await.expect(200);
    assert_eq!(done(&server, &mut after).await, pairs(&[("settings.updated", "settings")]));
    let change = entries(&server, "&action=settings.updated").await.pop().expect("an entry");
    assert_eq!(change["detail"], json!({"changes": {"over_receipt_percent": {"from": 0, "to": 5}}}));

    let product = server.product("A", 0).await;
    let created = [("category.created", "category:1"), ("product.created", &format!("product:{product}"))];
    assert_eq!(done(&server, &mut after).await, pairs(&created), "its first price is no change of price");
    server
        .post(&format!("/products/{product}/prices"), json!({"price": "2.50", "reason": "dearer"}))
        .await
        .expect(201);
    assert_eq!(done(&server, &mut after).await, pairs(&[("price.added", &format!("product:{product}"))]));

    let movement = server.receive(product, 1, 5).await;
    assert_eq!(done(&server, &mut after).await, pairs(&[]), "stock has its own record");
    let reversal = json!({"reason": "slip"});
    server.post(&format!("/stock-movements/{movement}/reverse"), reversal).await.expect(201);
    let reversed = [("stock_movement.reversed", &*format!("stock_movement:{movement}"))];
    assert_eq!(done(&server, &mut after).await, pairs(&reversed));
    server.finish().await;
}

#[tokio::test]
async fn the_steps_of_orders_are_entered() {
    let server = server().await;
    let mut after = 0;
    done(&server, &mut after).await;
    let order = ordered(&server).await;
    let target = format!("purchase_order:{}", order["id"]);
    let steps: Vec<_> = entries(&server, &format!("&target={target}")).await;
    let steps: Vec<_> =
        steps.iter().map(|entry| entry["action"].as_str().expect("text").to_owned()).collect();
    assert_eq!(steps.first().map(String::as_str), Some("purchase_order.created"), "{steps:?}");
    assert_eq!(steps.last().map(String::as_str), Some("purchase_order.ordered"), "{steps:?}");
    server.finish().await;
}

#[tokio::test]
async fn an_entry_says_who_and_from_where() {
    let server = server().await;
    let body = json!({"code": "NORTH", "name": "North"});
    let request = server
        .post("/warehouses", body)
        .header("user-agent", "scanner/1.0 \"x\\'")
        .header("x-request-id", "trace-17");
    request.await.expect(201);
    let entry = entries(&server, "&action=warehouse.created").await.pop().expect("an entry");
    for (member, expected) in [
        ("address", json!("127.0.0.1")),
        ("user_agent", json!("scanner/1.0 \"x\\'")),
        ("request_id", json!("trace-17")),
    ] {
        assert_eq!(entry[member], expected, "{member}: {entry}");
    }
    assert_eq!(entry["actor"], crate::support::ACTOR, "{entry}");

    // By SQL: the role, and no request.
    sqlx::query("update warehouses set name = 'Changed' where code = 'NORTH'")
        .execute(server.pool())
        .await
        .expect("updated");
    let entry = entries(&server, "&action=warehouse.updated").await.pop().expect("an entry");
    assert_eq!(
        (&entry["actor"], &entry["actor_kind"]),
        (&json!(testkit::OWNER), &json!("database")),
        "{entry}"
    );
    assert_eq!(entry["request_id"], Value::Null, "{entry}");
    assert_eq!(entry["detail"]["changes"], json!({"name": {"from": "North", "to": "Changed"}}));
    server.finish().await;
}

/// What is not done is not entered, and what is entered was done: both are one transaction.
#[tokio::test]
async fn what_is_refused_or_done_before_is_not_entered_again() {
    let server = server().await;
    let body = json!({"code": "NORTH", "name": "North"});
    for _ in 0..3 {
        server.post("/warehouses", body.clone()).key("once").await.expect(201);
    }
    server.post("/warehouses", body).await.problem(409, "duplicate_warehouse_code");
    assert_eq!(entries(&server, "&action=warehouse.created").await.len(), 1);
    server.finish().await;
}

/// One statement about many prices is one entry.
#[tokio::test]
async fn a_change_of_many_prices_is_one_entry() {
    let server = server().await;
    for sku in ["A", "B", "C"] {
        server.product(sku, 0).await;
    }
    let body = json!({"by_percent": "10", "filter": {"sku": ["A", "B", "C"]}, "reason": "dearer"});
    let answer = server.post("/price-changes", body).await;
    assert!((200..300).contains(&answer.status), "{answer}");
    let entries = entries(&server, "&action=price.added").await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!((&entries[0]["target"], &entries[0]["detail"]["products"]), (&json!("products"), &json!(3)));
    server.finish().await;
}
