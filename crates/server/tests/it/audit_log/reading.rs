//! Lists, filters and exports of the audit log.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::TestServer;

use super::entries;
use crate::support::server;

/// So many warehouses, each with an entry of its own.
async fn warehouses(server: &TestServer, number: usize) {
    for i in 0..number {
        server.warehouse(&format!("W{i}")).await;
    }
}

fn ids(entries: &[Value]) -> Vec<i64> {
    entries.iter().map(|entry| entry["id"].as_i64().expect("an id")).collect()
}

#[tokio::test]
async fn the_list_is_complete_in_pages_newest_first() {
    let server = server().await;
    warehouses(&server, 7).await;
    let mut all = entries(&server, "").await;
    all.reverse();
    let (mut paged, mut next) = (Vec::new(), "/audit-log?limit=3".to_owned());
    loop {
        let page = server.get(&next).await.expect(200);
        paged.extend(page.items().to_vec());
        match page.body["next_cursor"].as_str() {
            Some(cursor) => next = format!("/audit-log?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(ids(&paged), ids(&all));
    assert!(paged.is_sorted_by(|a, b| a["recorded_at"].as_str() >= b["recorded_at"].as_str()));
    server.finish().await;
}

#[tokio::test]
async fn filters_find_what_they_say_and_nothing_else() {
    let server = server().await;
    warehouses(&server, 3).await;
    sqlx::query("update warehouses set name = 'By SQL'").execute(server.pool()).await.expect("updated");
    let all = entries(&server, "").await;
    let is = |member: &'static str, values: &'static [&str]| {
        move |entry: &Value| values.iter().any(|value| entry[member] == *value)
    };
    let middle = all[all.len() / 2]["recorded_at"].as_str().expect("a time").to_owned();
    let expect = async |query: String, wanted: &dyn Fn(&Value) -> bool| {
        let expected: Vec<_> = all.iter().filter(|entry| wanted(entry)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < all.len(), "{query} proves nothing");
        assert_eq!(ids(&entries(&server, &query).await), ids(&expected), "{query}");
    };
    expect("&action=warehouse.created".into(), &is("action", &["warehouse.created"])).await;
    expect("&action=warehouse.created&action=nothing.done".into(), &is("action", &["warehouse.created"]))
        .await;
    expect("&target=warehouse:2".into(), &is("target", &["warehouse:2"])).await;
    expect("&target=warehouse:2&target=warehouse:3".into(), &is("target", &["warehouse:2", "warehouse:3"]))
        .await;
    expect(format!("&actor={}", crate::support::ACTOR), &is("actor", &[crate::support::ACTOR])).await;
    expect(format!("&since={middle}"), &|entry| entry["recorded_at"].as_str() >= Some(&middle)).await;
    expect(format!("&until={middle}"), &|entry| entry["recorded_at"].as_str() < Some(&middle)).await;
    assert_eq!(entries(&server, "&actor=nobody").await, Vec::<Value>::new());
    server.get("/audit-log?since=yesterday").await.invalid(&[("?since", "not_a_time")]);
    server.get("/audit-log?colour=red").await.invalid(&[("?colour", "unknown_parameter")]);
    server.finish().await;
}

#[tokio::test]
async fn an_export_has_everything_and_no_formula() {
    let server = server().await;
    server
        .post("/warehouses", json!({"code": "EVIL", "name": "x"}))
        .header("user-agent", "=HYPERLINK(\"http://evil\")")
        .await
        .expect(201);
    warehouses(&server, 3).await;
    let all = entries(&server, "").await;

    let csv = server.get("/audit-log/export?format=csv").await.expect(200);
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"audit-log.csv\""));
    let mut lines = csv.text.split("\r\n").filter(|line| !line.is_empty());
    let columns: Vec<_> = lines.next().expect("a head").split(',').map(str::to_owned).collect();
    let members: BTreeSet<_> = all[0].as_object().expect("an object").keys().cloned().collect();
    assert_eq!(columns.iter().cloned().collect::<BTreeSet<_>>(), members);
    assert_eq!(lines.count(), all.len() + 1, "with the entry of the export itself");
    assert!(csv.text.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{}", csv.text);
    assert!(!csv.text.contains(",=") && !csv.text.contains(",\"="), "{}", csv.text);

    let ndjson = server.get("/audit-log/export?format=ndjson&action=warehouse.created").await.expect(200);
    let exported: Vec<Value> =
        ndjson.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut expected = entries(&server, "&action=warehouse.created").await;
    expected.reverse();
    assert_eq!(ids(&exported), ids(&expected));

    let exports = entries(&server, "&action=audit_log.exported").await;
    let formats: Vec<_> = exports.iter().map(|entry| entry["detail"]["format"].clone()).collect();
    assert_eq!(formats, ["csv", "ndjson"]);
    server.get("/audit-log/export?format=xls").await.invalid(&[("?format", "unknown_value")]);
    server.finish().await;
}

/// More than one statement reads at once.
#[tokio::test]
async fn a_large_export_is_whole() {
    let server = server().await;
    let insert = "insert into warehouses (code, name) select 'W' || n, 'W' from generate_series(1, 1300) n";
    sqlx::query(insert).execute(server.pool()).await.expect("warehouses");
    let export = server.get("/audit-log/export?format=ndjson").await.expect(200);
    let total: i64 =
        sqlx::query_scalar("select count(*) from audit_log").fetch_one(server.pool()).await.expect("a count");
    let exported: Vec<Value> =
        export.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(i64::try_from(exported.len()).expect("a count"), total);
    assert_eq!(ids(&exported).into_iter().collect::<BTreeSet<_>>().len(), exported.len());

    let export = server.get("/audit-log/export?action=warehouse.created").await.expect(200);
    let cells: BTreeSet<_> =
        export.text.split_terminator("\r\n").map(|line| line.split(',').next()).collect();
    assert_eq!(cells.len(), 1_301, "each once, below one head");
    assert_eq!(export.text.matches("recorded_at").count(), 1, "one head");
    assert_eq!(export.text.matches("\r\n").count(), cells.len());
    let nothing = server.get("/audit-log/export?format=ndjson&action=thing.done").await.expect(200);
    assert_eq!(nothing.text, "");
    server.finish().await;
}

#[tokio::test]
async fn a_verification_is_entered_with_what_came_of_it() {
    let server = server().await;
    let product = server.product("A", 5).await;
    server.get("/ledger/verify").await.expect(200);
    server.get("/audit-log/verify").await.expect(200);
    let mut superuser = server.database().superuser().await;
    for sql in ["set session_replication_role = replica", "update product_stock set on_hand = 6"] {
        sqlx::query(sql).execute(&mut superuser).await.expect("changed");
    }
    server.get(&format!("/ledger/verify?product_id={product}")).await.expect(200);
    let found = server.get("/audit-log?action=ledger.verified&action=audit_log.verified").await.expect(200);
    let seen: Vec<_> =
        found.items().iter().map(|entry| (&entry["action"], &entry["detail"]["differences"])).collect();
    let expected = [("ledger.verified", 1), ("audit_log.verified", 0), ("ledger.verified", 0)];
    let expected: Vec<_> = expected.iter().map(|(action, found)| (json!(action), json!(found))).collect();
    assert_eq!(seen, expected.iter().map(|(action, found)| (action, found)).collect::<Vec<_>>());
    assert_eq!(found.items()[2]["detail"]["checked"]["products"], 1);
    sqlx::query("update product_stock set on_hand = 5").execute(&mut superuser).await.expect("mended");
    server.finish().await;
}
