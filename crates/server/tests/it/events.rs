//! /events: pages. What several writers at once mean for its readers is in `races`, the stream in `stream`, how long
//! it goes on for whom in `standing`.

mod races;
mod standing;
mod stream;

pub(crate) use stream::Listening;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Client, TestServer, psql};

use crate::support::{router, server};

/// A server with a product, a category and a place on the feed where all of that is past.
async fn begun() -> (TestServer, String) {
    let server = server().await;
    server.product("FIRST", 1).await;
    let start = latest(&server).await;
    (server, start)
}

/// Wait until what is committed by now is in the feed: it waits for every transaction of the whole PostgreSQL, and other
/// tests have some, too.
pub(crate) async fn settle(pool: &PgPool) {
    let newest: String = ask(pool, "select pg_snapshot_xmax(pg_current_snapshot())::text").await;
    let newest: u64 = newest.parse().expect("a number");
    while ask(pool, "select pg_snapshot_xmin(pg_current_snapshot())::text")
        .await
        .parse::<u64>()
        .expect("a number")
        < newest
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

async fn ask(pool: &PgPool, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("an answer")
}

/// Everything after a position that is committed by now; where it ended.
async fn read(server: &TestServer, after: &str, query: &str) -> (Vec<Value>, String) {
    settle(server.pool()).await;
    pages(server, after, query).await
}

/// The end of what is committed by now.
async fn latest(server: &TestServer) -> String {
    settle(server.pool()).await;
    end(server).await
}

/// Everything after a position that is in the feed, page by page; where it ended.
async fn pages(client: &Client, after: &str, query: &str) -> (Vec<Value>, String) {
    let (mut events, mut after) = (Vec::new(), after.to_owned());
    loop {
        let page = client.get(&format!("/events?after={after}{query}")).await.expect(200);
        events.extend(page.items().iter().cloned());
        page.body["next_cursor"].as_str().expect("a cursor").clone_into(&mut after);
        if page.body["at_end"] == true {
            return (events, after);
        }
    }
}

async fn end(client: &Client) -> String {
    let page = client.get("/events?after=latest").await.expect(200);
    assert_eq!((page.items(), &page.body["at_end"]), (&[] as &[Value], &json!(true)));
    page.body["next_cursor"].as_str().expect("a cursor").to_owned()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().expect("a type")).collect()
}

/// What a reader has to go by: transaction, step, id.
fn place(event: &Value) -> Vec<u64> {
    event["id"].as_str().expect("an id").split('-').map(|part| part.parse().expect("a number")).collect()
}

async fn sql(server: &TestServer, text: &str) -> String {
    psql(&server.database().url(), &["-c", text]).await.unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[tokio::test]
async fn a_product_its_price_and_its_stock_are_events_of_one_transaction_in_that_order() {
    let (server, start) = begun().await;
    let id =
        server.product_with(json!({"sku": "KET", "on_hand": 12, "reorder_point": 10, "price": "24.9"})).await;
    let (events, next) = read(&server, &start, "").await;
    assert_eq!(types(&events), ["product.created", "price.added", "stock.movement"]);
    assert_eq!(events[0]["data"], json!({"id": id, "sku": "KET", "name": "Product KET", "version": 1}));
    let price = &events[1]["data"];
    assert_eq!(
        (&price["price"], &price["previous"], &price["sku"]),
        (&json!("24.90"), &json!(null), &json!("KET"))
    );
    let movement = events[2]["data"]["id"].as_i64().expect("an id");
    let movement = server.get(&format!("/stock-movements/{movement}")).await.expect(200);
    assert_eq!(events[2]["data"], movement.body, "as it is given elsewhere");
    assert_eq!(events[2]["recorded_at"], movement.body["recorded_at"]);
    assert!(events.iter().all(|event| event["actor"] == "demo" && place(event)[0] == place(&events[0])[0]));
    assert_eq!(read(&server, &next, "").await, (vec![], next));
    server.finish().await;
}

#[tokio::test]
async fn each_change_of_a_product_is_one_event_with_what_changed() {
    let server = server().await;
    let id = server.product_with(json!({"sku": "KET", "on_hand": 12, "reorder_point": 10})).await;
    let path = format!("/products/{id}");
    let mut after = latest(&server).await;
    let mut expect = async |expected: &[(&str, Value)]| {
        let (events, next) = read(&server, &after, "").await;
        let expected_types: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
        assert_eq!(types(&events), expected_types);
        for (event, (_, members)) in events.iter().zip(expected) {
            for (name, value) in members.as_object().expect("members") {
                assert_eq!(&event["data"][name], value, "{event}");
            }
        }
        after = next;
    };
    server
        .patch(&path, "*", json!({"reorder_point": 12, "name": "Kettle", "description": "x".repeat(900)}))
        .await
        .expect(200);
    let changes = json!({"reorder_point": {"from": 10, "to": 12}, "name": {"from": "Product KET", "to": "Kettle"}, "description": {}});
    expect(&[
        ("product.updated", json!({"version": 2, "changes": changes})),
        ("low_stock.entered", json!({"product_id": id, "available": 12})),
    ])
    .await;
    server.patch(&path, "*", json!({"price": "8.50"})).await.expect(200);
    expect(&[
        ("product.updated", json!({"version": 3})),
        ("price.added", json!({"price": "8.50", "previous": {"price": "9.99", "currency": "EUR"}})),
    ])
    .await;
    // Refused: nothing has happened.
    server.patch(&path, "\"1\"", json!({"name": "No"})).await.problem(412, "stale_version");
    expect(&[]).await;
    let price = json!({"price": "7.00", "effective_from": "2999-01-01T00:00:00Z"});
    server.post(&format!("{path}/prices"), price).await.expect(201);
    expect(&[("product.updated", json!({"version": 4, "changes": {}})), ("price.added", json!({"effective_from": "2999-01-01T00:00:00+00:00", "previous": {"price": "8.50", "currency": "EUR"}}))]).await;
    server.delete(&format!("{path}/prices/2999-01-01T00:00:00Z"), "*").await.expect(204);
    expect(&[("price.removed", json!({"price": "7.00"})), ("product.updated", json!({"version": 5}))]).await;
    // Stock that comes and goes over the reorder point.
    let adjust = json!({"product_id": id, "delta": 1, "reason": "found"});
    server.post("/stock-adjustments", adjust).await.expect(201);
    expect(&[
        ("stock.movement", json!({"kind": "adjustment"})),
        ("low_stock.left", json!({"available": 13, "reorder_point": 12})),
    ])
    .await;
    server
        .post("/stock-adjustments", json!({"product_id": id, "counted": 0, "reason": "lost"}))
        .await
        .expect(201);
    expect(&[("stock.movement", json!({"kind": "count"})), ("low_stock.entered", json!({"sku": "KET"}))])
        .await;
    server.delete(&path, "*").await.expect(204);
    expect(&[("product.archived", json!({"id": id})), ("low_stock.left", json!({}))]).await;
    server.request("POST", &format!("{path}/unarchive")).await.expect(200);
    expect(&[("product.unarchived", json!({"id": id})), ("low_stock.entered", json!({}))]).await;
    let unused = server.product("NEW", 0).await;
    server.delete(&format!("/products/{unused}"), "*").await.expect(204);
    expect(&[
        ("product.created", json!({"sku": "NEW"})),
        ("price.added", json!({})),
        ("product.deleted", json!({"id": unused})),
        ("price.removed", json!({})),
    ])
    .await;
    server.finish().await;
}

#[tokio::test]
async fn orders_receipts_reservations_and_places_are_events() {
    let server = server().await;
    let kettle = server.product("KET", 5).await;
    let supplier = json!({"code": "ACME", "name": "Acme", "currency": "EUR"});
    let supplier = server.post("/suppliers", supplier).await.expect(201).id();
    let start = latest(&server).await;
    let line = json!({"product_id": kettle, "quantity": 10, "unit_cost": "2.00"});
    let order = json!({"supplier_id": supplier, "warehouse": "MAIN", "lines": [line]});
    let order = server.post("/purchase-orders", order).await.expect(201);
    let path = format!("/purchase-orders/{}", order.id());
    let fewer = json!({"lines": [{"product_id": kettle, "quantity": 9, "unit_cost": "2.00"}]});
    server.patch(&path, order.etag(), fewer).await.expect(200);
    for step in ["submit", "approve", "order"] {
        server.post(&format!("{path}/{step}"), json!({})).await.expect(200);
    }
    let now = server.get(&path).await.expect(200).body;
    let line = json!({"line_id": now["lines"][0]["id"], "quantity": 4});
    let receipt = server.post(&format!("{path}/receive"), json!({"lines": [line]})).await.expect(201).id();
    server.post(&format!("/goods-receipts/{receipt}/reverse"), json!({"reason": "slip"})).await.expect(200);
    let (events, next) = read(&server, &start, "").await;
    let found: BTreeSet<&str> = types(&events).into_iter().collect();
    let steps = ["created", "updated", "submitted", "approved", "ordered", "received", "receipt_reversed"];
    let mut expected: BTreeSet<String> = steps.iter().map(|step| format!("purchase_order.{step}")).collect();
    expected.extend(["goods_receipt.created", "goods_receipt.reversed", "stock.movement"].map(str::to_owned));
    assert_eq!(found, expected.iter().map(String::as_str).collect());
    assert_eq!(events.len(), 7 + 2 + 2, "each once: {:?}", types(&events));
    assert!(events.iter().all(|event| event["actor"] == "demo"), "{events:?}");

    let reservation = json!({"reference": "order 1", "lines": [{"product_id": kettle, "quantity": 3}]});
    let reservation = server.post("/reservations", reservation).await.expect(201).id();
    let path = format!("/reservations/{reservation}");
    server.patch(&path, "*", json!({"lines": [{"line": 1, "quantity": 2}]})).await.expect(200);
    server.post(&format!("{path}/fulfil"), json!({"lines": [{"line": 1, "quantity": 1}]})).await.expect(200);
    server.post(&format!("{path}/release"), json!({})).await.expect(200);
    let (events, next) = read(
        &server,
        &next,
        "&types=reservation.created&types=reservation.updated&types=reservation.released",
    )
    .await;
    assert_eq!(
        types(&events),
        ["reservation.created", "reservation.updated", "reservation.updated", "reservation.released"]
    );
    assert!(events.iter().all(|event| event["actor"] == "demo" && event["data"]["id"] == reservation));

    server.warehouse("NORTH").await;
    let hold = server.location("NORTH", "HOLD", "hold").await;
    server.patch(&format!("/locations/{hold}"), "*", json!({"code": "QUARANTINE"})).await.expect(200);
    server.category("Kitchen", None).await;
    let (events, _) = read(&server, &next, "").await;
    let expected =
        ["warehouse.created", "location.created", "location.created", "location.updated", "category.created"];
    assert_eq!(types(&events), expected);
    server.finish().await;
}

#[tokio::test]
async fn suppliers_policies_transfers_and_returns_are_events() {
    let server = server().await;
    let kettle = server.product("KET", 20).await;
    let north = server.warehouse("NORTH").await;
    let mut start = latest(&server).await;
    let mut step = async |expected: &[&str]| {
        let (events, next) = read(&server, &start, "").await;
        assert_eq!(types(&events), expected);
        start = next;
        events
    };
    let acme = json!({"code": "ACME", "name": "Acme", "currency": "EUR"});
    let acme = server.post("/suppliers", acme).await.expect(201).id();
    let sold =
        json!({"supplier_id": acme, "sku": "KET", "supplier_sku": "A-1", "costs": [{"unit_cost": "2.5"}]});
    let sold = server.post("/supplier-products", sold).await.expect(201).id();
    server.patch(&format!("/suppliers/{acme}"), "*", json!({"name": "Acme Ltd"})).await.expect(200);
    let events =
        step(&["supplier.created", "supplier_product.created", "supplier_cost.added", "supplier.updated"])
            .await;
    assert_eq!(events[0]["data"], json!({"id": acme, "code": "ACME", "name": "Acme", "version": 1}));
    let expected =
        json!({"id": sold, "supplier_id": acme, "product_id": kettle, "supplier_sku": "A-1", "version": 1});
    assert_eq!(events[1]["data"], expected);
    let cost = &events[2]["data"];
    assert_eq!(
        (&cost["unit_cost"], &cost["min_quantity"], &cost["product_id"]),
        (&json!("2.50"), &json!(0), &json!(kettle))
    );
    assert_eq!(events[3]["data"]["changes"], json!({"name": {"from": "Acme", "to": "Acme Ltd"}}));

    let policy = json!({"sku": "KET", "warehouse": "NORTH", "reorder_point": 0, "max_quantity": 30});
    let policy = server.post("/reorder-policies", policy).await.expect(201).id();
    server.patch(&format!("/reorder-policies/{policy}"), "*", json!({"max_quantity": 40})).await.expect(200);
    server.delete(&format!("/reorder-policies/{policy}"), "*").await.expect(204);
    let events = step(&["reorder_policy.created", "reorder_policy.updated", "reorder_policy.deleted"]).await;
    assert_eq!(
        events[0]["data"],
        json!({"id": policy, "product_id": kettle, "warehouse_id": north, "version": 1})
    );
    assert_eq!(events[1]["data"]["changes"], json!({"max_quantity": {"from": 30, "to": 40}}));

    let moved = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "NORTH"}, "lines": [{"sku": "KET", "quantity": 6}]});
    let transfer = server.post("/stock-transfers", moved.clone()).await.expect(201).id();
    let path = format!("/stock-transfers/{transfer}");
    server.post(&format!("{path}/ship"), json!({})).await.expect(200);
    let rest = json!({"lines": [{"line": 1, "quantity": 4}], "close": "broken"});
    server.post(&format!("{path}/receive"), rest).await.expect(200);
    let other = server.post("/stock-transfers", moved).await.expect(201).id();
    server.post(&format!("/stock-transfers/{other}/cancel"), json!({})).await.expect(200);
    let (events, next) = read(&server, &start, "").await;
    start = next;
    let of_transfers: Vec<&Value> = events.iter().filter(|event| event["type"] != "stock.movement").collect();
    let of_transfers: Vec<&Value> =
        of_transfers.into_iter().filter(|event| event["type"] != "location.created").collect();
    let steps: Vec<(&str, &Value)> = of_transfers
        .iter()
        .map(|event| (event["type"].as_str().expect("a type"), &event["data"]["status"]))
        .collect();
    let expected = [
        ("stock_transfer.created", json!("draft")),
        ("stock_transfer.shipped", json!("in_transit")),
        ("stock_transfer.received", json!("partially_received")),
        ("stock_transfer.closed", json!("received")),
        ("stock_transfer.created", json!("draft")),
        ("stock_transfer.cancelled", json!("cancelled")),
    ];
    assert_eq!(steps, expected.iter().map(|(name, status)| (*name, status)).collect::<Vec<_>>());
    let shipped = of_transfers[1]["data"]["movement_id"].as_i64().expect("a movement");
    let movement = server.get(&format!("/stock-movements/{shipped}")).await.expect(200);
    assert_eq!(movement.body["kind"], json!("transfer_out"));

    let back = json!({"supplier_id": acme, "reason": "dented", "lines": [{"sku": "KET", "quantity": 2}]});
    let back = server.post("/supplier-returns", back).await.expect(201).id();
    server.post(&format!("/supplier-returns/{back}/reverse"), json!({"reason": "slip"})).await.expect(200);
    let (events, _) =
        read(&server, &start, "&types=supplier_return.created&types=supplier_return.reversed").await;
    assert_eq!(types(&events), ["supplier_return.created", "supplier_return.reversed"]);
    assert_eq!(events[0]["data"]["number"], json!("SR-000001"));
    server.finish().await;
}

/// Who has the database open in psql is heard of, too, under the name of the role.
#[tokio::test]
async fn what_is_changed_by_sql_is_an_event() {
    let server = server().await;
    server.product("KET", 0).await;
    let start = latest(&server).await;
    sql(&server, "update products set reorder_point = 5; update product_prices set price = 1").await;
    sql(&server, "begin; update products set name = 'Never'; rollback").await;
    let (events, _) = read(&server, &start, "").await;
    assert_eq!(types(&events), ["product.updated", "price.removed", "price.added", "low_stock.entered"]);
    let role = sql(&server, "select current_user").await;
    let named = |event: &Value| event["actor"] == role || event["type"] == "price.added"; // which has a column for it
    assert!(events.iter().all(named), "{events:?}");
    let deleted = psql(&server.database().url(), &["-c", "delete from events"]).await;
    assert!(deleted.expect_err("it is refused").contains("events is kept by the server"));
    server.finish().await;
}

#[tokio::test]
async fn pages_follow_each_other_and_filters_pass_over_the_rest() {
    let (server, start) = begun().await;
    for i in 0..9 {
        server.product(&format!("P-{i}"), 1 + i).await;
    }
    let (all, _) = read(&server, &start, "").await;
    for limit in [1, 2, 3, 7] {
        let (paged, _) = read(&server, &start, &format!("&limit={limit}")).await;
        assert_eq!(paged, all, "by {limit}");
    }
    for (at, event) in all.iter().enumerate() {
        let (rest, _) = read(&server, event["id"].as_str().expect("an id"), "").await;
        assert_eq!(rest, all[at + 1..], "an id is a position");
    }
    let of = |names: &[&str]| -> Vec<Value> {
        all.iter().filter(|event| names.iter().any(|name| event["type"] == *name)).cloned().collect()
    };
    for names in [
        &["stock.movement"][..],
        &["product.created", "stock.movement"],
        &["price.added"],
        &["location.deleted"],
    ] {
        let query: String = names.iter().map(|name| format!("&types={name}")).collect();
        for limit in ["&limit=2", ""] {
            let (found, end) = read(&server, &start, &format!("{query}{limit}")).await;
            assert_eq!(found, of(names));
            assert_eq!(end, latest(&server).await, "the end is the same for everybody");
        }
    }
    let (from_the_beginning, _) = read(&server, "0-0-0", "").await;
    assert_eq!(from_the_beginning.len(), all.len() + 4);
    assert_eq!(server.get("/events?limit=200").await.expect(200).items(), from_the_beginning);
    server.finish().await;
}

/// Few of a type among many: a page goes through a thousand at most, and may be empty.
#[tokio::test]
async fn a_page_of_a_rare_type_may_be_empty_and_leads_on() {
    let (server, start) = begun().await;
    sql(&server, "insert into categories (name) select 'C' || i from generate_series(1, 2500) i").await;
    server.warehouse("NORTH").await;
    settle(server.pool()).await;
    let first = server.get(&format!("/events?after={start}&types=warehouse.created")).await.expect(200);
    assert_eq!((first.items().len(), &first.body["at_end"]), (0, &json!(false)));
    let (found, _) = read(&server, &start, "&types=warehouse.created").await;
    assert_eq!(types(&found), ["warehouse.created"]);
    server.finish().await;
}

#[tokio::test]
async fn what_is_no_position_or_type_is_refused() {
    let server = server().await;
    for after in ["x", "1", "1-2", "-1-2-3", "now", "1-2-3%20", ""] {
        let answer = server.get(&format!("/events?after={after}")).await;
        assert!(matches!(answer.code(), Some("invalid_cursor" | "invalid_input")), "{after}: {answer}");
    }
    server.get("/events?types=product.sold&limit=0&colour=red").await.invalid(&[
        ("?types", "unknown_value"),
        ("?limit", "out_of_range"),
        ("?colour", "unknown_parameter"),
    ]);
    // Of a database that was ahead of this one: a copy from a backup, for example.
    server.get("/events?after=99999999999-1-1").await.problem(410, "events_expired");
    let stream = server.get("/events").header("accept", "text/event-stream").header("last-event-id", "x");
    stream.await.problem(400, "invalid_cursor");
}

/// By marks, so that a reader who has what was deleted is not told that it missed something.
#[tokio::test]
async fn what_is_older_than_the_settings_say_expires_for_good() {
    let server = server().await;
    let kettle = server.product("OLD", 3).await;
    let old = latest(&server).await;
    server.patch(&format!("/products/{kettle}"), "*", json!({"name": "Also old"})).await.expect(200);
    let seen = latest(&server).await;
    sql(
        &server,
        "set stockbook.ledger = 'on'; insert into event_marks (taken_at, transaction_id)
                  select now() - interval '2 days', pg_snapshot_xmin(pg_current_snapshot())",
    )
    .await;
    let mark = latest(&server).await;
    assert!(mark.ends_with("-0-0"), "a mark carries a reader on: {mark}");
    server.product("NEW", 4).await;
    let everything = read(&server, "0-0-0", "").await.0.len();
    assert_eq!(everything, 4 + 1 + 3);

    server.patch("/settings", "*", json!({"event_retention_days": 1})).await.expect(200);
    for after in [&old, &seen, "0-0-0"] {
        server.get(&format!("/events?after={after}")).await.problem(410, "events_expired");
    }
    let kept = ["product.created", "price.added", "stock.movement"];
    assert_eq!(types(&read(&server, &mark, "").await.0), kept);
    assert_eq!(
        types(server.get("/events").await.expect(200).items()),
        kept,
        "movements go no further back, either"
    );

    let pool = platform::database::pool(server.database().options(), 2);
    let app = platform::App::new(pool, domain::Currency::parse("EUR").expect("a currency"));
    let expiring = tokio::spawn(events::expire_events(app));
    let count = "select count(*) from events";
    for _ in 0..300 {
        if sql(&server, count).await == "2" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    expiring.abort();
    assert_eq!(sql(&server, count).await, "2");
    assert_eq!(
        sql(&server, "select count(*) from event_marks").await,
        "2",
        "one that has expired, and a new one"
    );
    // What was deleted does not come back by a longer time, so nobody may think to have it.
    server.patch("/settings", "*", json!({"event_retention_days": 365})).await.expect(200);
    server.get(&format!("/events?after={seen}")).await.problem(410, "events_expired");
    assert_eq!(types(server.get("/events").await.expect(200).items()), kept);
    server.finish().await;
}

/// A page ends before it has too many lines; one movement at least is on it.
#[tokio::test]
async fn movements_of_thousands_of_lines_come_one_by_one() {
    let (server, _) = begun().await;
    sql(&server, "insert into products (sku, name, category_id) select 'P' || i, 'P', min(c.id) from categories c, generate_series(1, 1000) i group by i").await;
    let start = latest(&server).await;
    for _ in 0..6 {
        let lines: Vec<Value> = (1..=1000).map(|i| json!({"sku": format!("P{i}"), "quantity": 1})).collect();
        server.post("/stock-movements", json!({"kind": "receipt", "lines": lines})).await.expect(201);
    }
    settle(server.pool()).await;
    let page = server.get(&format!("/events?after={start}&types=stock.movement")).await.expect(200);
    assert_eq!((page.items().len(), &page.body["at_end"]), (5, &json!(false)));
    assert_eq!(read(&server, &start, "&types=stock.movement").await.0.len(), 6);
    server.finish().await;
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a small file")]
async fn the_manual_lists_every_type() {
    let server = TestServer::start(router).await;
    let document = server.get("/openapi.json").await.body;
    let types = document["components"]["schemas"]["EventType"]["enum"].as_array().expect("an enum");
    assert!(types.len() > 30, "{types:?}");
    let manual =
        std::fs::read_to_string(testkit::golden::root().join("docs/src/events.md")).expect("a manual");
    let missing: Vec<_> = types
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| !manual.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "not in docs/src/events.md: {missing:?}");
}
