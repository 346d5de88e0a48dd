//! What is done to the catalogue, suppliers, policies, transfers, drafts and reservations is entered; what the ledger says
//! itself is not.

use serde_json::{Value, json};
use testkit::TestServer;

use super::{done, entries, pairs};
use crate::support::{ACTOR, server};

/// The last entry of this action.
async fn last(server: &TestServer, action: &str) -> Value {
    let found = entries(server, &format!("&action={action}")).await;
    found.last().cloned().unwrap_or_else(|| panic!("no {action}"))
}

/// What was done, as "action target", since the last look.
async fn steps(server: &TestServer, after: &mut i64) -> Vec<String> {
    done(server, after).await.into_iter().map(|(action, target)| format!("{action} {target}")).collect()
}

#[tokio::test]
async fn what_is_done_to_the_catalogue_is_entered() {
    let server = server().await;
    let mut after = 0;
    let top = server.category("Kitchen", None).await;
    let below = server.category("Kettles", Some(top)).await;
    let id = server.product("A", 0).await;
    done(&server, &mut after).await;

    let path = format!("/products/{id}");
    let etag = server.get(&path).await.expect(200).etag().to_owned();
    let change = json!({"name": "Kettle", "category_id": below, "description": "x".repeat(500)});
    let changed = server.patch(&path, &etag, change).await.expect(200);
    assert_eq!(steps(&server, &mut after).await, [format!("product.updated product:{id}")]);
    let entry = last(&server, "product.updated").await;
    let changes = &entry["detail"]["changes"];
    assert_eq!((&entry["detail"]["sku"], &changes["name"]["to"]), (&json!("A"), &json!("Kettle")), "{entry}");
    assert_eq!(
        (&changes["category_id"]["to"], &changes["description"]),
        (&json!(below), &json!({})),
        "{entry}"
    );
    assert_eq!(changes.as_object().map(serde_json::Map::len), Some(3), "no version, no search text: {entry}");
    assert_eq!((&entry["actor"], &entry["address"]), (&json!(ACTOR), &json!("127.0.0.1")), "{entry}");

    server.patch(&path, changed.etag(), json!({"name": "Kettle"})).await.expect(200);
    assert_eq!(steps(&server, &mut after).await, Vec::<String>::new(), "nothing was changed");
    server.receive(id, 1, 5).await;
    assert_eq!(steps(&server, &mut after).await, Vec::<String>::new(), "stock has its own record");

    let lines = json!([{"product_id": id, "location_id": 1, "quantity": 5}]);
    server.post("/stock-movements", json!({"kind": "issue", "lines": lines})).await.expect(201);
    server.delete(&path, "*").await.expect(204); // it has had stock, and is archived
    server.post(&format!("{path}/unarchive"), json!({})).await.expect(200);
    let unused = server.product("B", 0).await;
    server.delete(&format!("/products/{unused}"), "*").await.expect(204);
    let expected = [
        format!("product.archived product:{id}"),
        format!("product.unarchived product:{id}"),
        format!("product.created product:{unused}"),
        format!("product.deleted product:{unused}"),
        format!("price.removed product:{unused}"),
    ];
    assert_eq!(steps(&server, &mut after).await, expected);

    let path = format!("/categories/{top}");
    server.patch(&path, "*", json!({"name": "Home"})).await.expect(200);
    let expected = [format!("category.updated category:{top}")];
    assert_eq!(steps(&server, &mut after).await, expected, "what is below it was not decided about");
    let empty = server.category("Empty", None).await;
    server.delete(&format!("/categories/{empty}"), "*").await.expect(204);
    let expected = [("category.created", empty), ("category.deleted", empty)];
    let expected = expected.map(|(action, id)| format!("{action} category:{id}"));
    assert_eq!(steps(&server, &mut after).await, expected);
    server.finish().await;
}

/// A change of prices counts the version of each product, which is no change of the products.
#[tokio::test]
async fn a_change_of_prices_is_no_change_of_products() {
    let server = server().await;
    for sku in ["A", "B", "C"] {
        server.product(sku, 0).await;
    }
    let mut after = 0;
    done(&server, &mut after).await;
    let body = json!({"by_percent": "10", "filter": {"sku": ["A", "B", "C"]}, "reason": "dearer"});
    server.post("/price-changes", body).await;
    assert_eq!(done(&server, &mut after).await, pairs(&[("price.added", "products")]));
    server.finish().await;
}

#[tokio::test]
async fn what_is_done_to_suppliers_and_policies_is_entered() {
    let server = server().await;
    let product = server.product("A", 0).await;
    let mut after = 0;
    done(&server, &mut after).await;

    let supplier = json!({"code": "ACME", "name": "Acme", "currency": "EUR"});
    let supplier = server.post("/suppliers", supplier).await.expect(201).id();
    let path = format!("/suppliers/{supplier}");
    server.patch(&path, "*", json!({"lead_time_days": 7})).await.expect(200);
    let sold =
        json!({"supplier_id": supplier, "product_id": product, "moq": 10, "costs": [{"unit_cost": "12.50"}]});
    let sold = server.post("/supplier-products", sold).await.expect(201).id();
    let at = format!("/supplier-products/{sold}");
    let costs = json!([{"unit_cost": "12.50"}, {"min_quantity": 100, "unit_cost": "11.90"}]);
    server.patch(&at, "*", json!({"moq": 20, "costs": costs})).await.expect(200);
    let expected = [
        format!("supplier.created supplier:{supplier}"),
        format!("supplier.updated supplier:{supplier}"),
        format!("supplier_product.created supplier_product:{sold}"),
        format!("supplier_cost.added supplier_product:{sold}"),
        format!("supplier_product.updated supplier_product:{sold}"),
        format!("supplier_cost.added supplier_product:{sold}"),
    ];
    assert_eq!(steps(&server, &mut after).await, expected);
    let cost = last(&server, "supplier_cost.added").await;
    let detail = &cost["detail"];
    assert_eq!(
        (&detail["min_quantity"], &detail["unit_cost"], &detail["currency"], &cost["actor"]),
        (&json!(100), &json!("11.90"), &json!("EUR"), &json!(ACTOR)),
        "{cost}"
    );

    let policy = json!({"product_id": product, "warehouse": "MAIN", "reorder_point": 5});
    let policy = server.post("/reorder-policies", policy).await.expect(201).id();
    let at = format!("/reorder-policies/{policy}");
    server.patch(&at, "*", json!({"reorder_point": 6})).await.expect(200);
    server.delete(&at, "*").await.expect(204);
    server.delete(&format!("/supplier-products/{sold}"), "*").await.expect(204);
    server.delete(&path, "*").await.expect(204);
    let expected = [
        format!("reorder_policy.created reorder_policy:{policy}"),
        format!("reorder_policy.updated reorder_policy:{policy}"),
        format!("reorder_policy.deleted reorder_policy:{policy}"),
        format!("supplier_product.deleted supplier_product:{sold}"),
        format!("supplier_cost.removed supplier_product:{sold}"),
        format!("supplier.deleted supplier:{supplier}"),
    ];
    assert_eq!(steps(&server, &mut after).await, expected);
    server.finish().await;
}

#[tokio::test]
async fn the_steps_of_transfers_and_changes_of_drafts_are_entered() {
    let server = server().await;
    server.warehouse("SHOP").await;
    let product = server.product("CUP", 10).await;
    let supplier = json!({"code": "ACME", "name": "Acme", "currency": "EUR"});
    let supplier = server.post("/suppliers", supplier).await.expect(201).id();
    let mut after = 0;
    done(&server, &mut after).await;

    let lines = json!([{"sku": "CUP", "quantity": 6}]);
    let body = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "SHOP"}, "lines": lines});
    let transfer = server.post("/stock-transfers", body).await.expect(201).id();
    let path = format!("/stock-transfers/{transfer}");
    server.patch(&path, "*", json!({"lines": [{"sku": "CUP", "quantity": 4}]})).await.expect(200);
    server.post(&format!("{path}/ship"), json!({})).await.expect(200);
    server.post(&format!("{path}/receive"), json!({})).await.expect(200);
    let expected = ["created", "updated", "shipped", "received"];
    let expected = expected.map(|action| format!("stock_transfer.{action} stock_transfer:{transfer}"));
    let found = steps(&server, &mut after).await.into_iter();
    let found: Vec<_> = found.filter(|step| !step.starts_with("location.")).collect(); // that of what is on its way
    assert_eq!(found, expected);
    let entry = last(&server, "stock_transfer.shipped").await;
    assert_eq!((&entry["detail"]["status"], &entry["address"]), (&json!("in_transit"), &json!("127.0.0.1")));

    let lines = json!([{"product_id": product, "quantity": 2, "unit_cost": "1"}]);
    let order = json!({"supplier_id": supplier, "warehouse": "MAIN", "lines": lines});
    let order = server.post("/purchase-orders", order).await.expect(201).id();
    let path = format!("/purchase-orders/{order}");
    server.patch(&path, "*", json!({"note": "urgent"})).await.expect(200);
    let expected =
        ["created", "updated"].map(|action| format!("purchase_order.{action} purchase_order:{order}"));
    assert_eq!(steps(&server, &mut after).await, expected);
    let entry = last(&server, "purchase_order.updated").await;
    assert_eq!(entry["detail"]["changes"], json!({"note": {"from": "", "to": "urgent"}}), "{entry}");
    server.finish().await;
}

/// No movement says who lets a reservation last longer; what it holds, and its end, are in the ledger.
#[tokio::test]
async fn how_long_a_reservation_lasts_is_entered() {
    let server = server().await;
    let product = server.product("A", 10).await;
    let mut after = 0;
    done(&server, &mut after).await;
    let lines = json!([{"product_id": product, "warehouse": "MAIN", "quantity": 3}]);
    let made = server.post("/reservations", json!({"lines": lines, "expires_in_s": 600})).await.expect(201);
    let path = format!("/reservations/{}", made.id());
    server.patch(&path, "*", json!({"lines": [{"line": 1, "quantity": 2}]})).await.expect(200);
    assert_eq!(steps(&server, &mut after).await, Vec::<String>::new(), "movements say who did that");
    server.patch(&path, "*", json!({"expires_in_s": null})).await.expect(200);
    let expected = [format!("reservation.updated reservation:{}", made.id())];
    assert_eq!(steps(&server, &mut after).await, expected);
    let entry = last(&server, "reservation.updated").await;
    assert_eq!((&entry["actor"], &entry["address"]), (&json!(ACTOR), &json!("127.0.0.1")), "{entry}");
    assert_eq!(entry["detail"]["changes"]["expires_at"]["to"], Value::Null, "{entry}");
    server.post(&format!("{path}/release"), json!({})).await.expect(200);
    assert_eq!(steps(&server, &mut after).await, Vec::<String>::new());
    let movements = server.get("/stock-movements?reference=RS-000001").await.expect(200);
    assert!(movements.items().iter().all(|movement| movement["actor"] == ACTOR), "{movements}");
    assert_eq!(movements.items().len(), 3, "reserved, less, released: {movements}");
    server.finish().await;
}

/// What one statement creates has an entry for each row, as if each had been created by itself: by whom, from where, in their order.
#[tokio::test]
async fn what_comes_at_once_is_entered_one_by_one() {
    let server = server().await;
    server.post("/categories", json!({"name": "Cups"})).await.expect(201);
    let made = server
        .post("/suppliers", json!({"code": "S0", "name": "Zero"}))
        .header("user-agent", "scanner/1.0")
        .header("x-request-id", "trace-17");
    made.await.expect(201);
    let mut after = 0;
    steps(&server, &mut after).await;
    for statement in [
        "insert into products (sku, name, category_id) select 'A' || n, 'Cup ' || n, 1 from generate_series(1, 300) n",
        "insert into suppliers (code, name, currency) select 'S' || n, 'Supplier ' || n, 'EUR' from generate_series(1, 2) n",
        "insert into supplier_products (supplier_id, product_id, supplier_sku) select 1, n, 'x' || n from generate_series(1, 2) n",
        "insert into reorder_policies (product_id, warehouse_id, reorder_point) select n, 1, n from generate_series(1, 2) n",
        "insert into products (sku, name, category_id) select 'B', 'None', 1 where false",
    ] {
        sqlx::query(statement).execute(server.pool()).await.expect(statement);
    }
    let products = entries(&server, "&action=product.created").await;
    assert_eq!(products.len(), 200, "the newest 200 of a page");
    for (n, entry) in (101..=300).zip(&products) {
        assert_eq!(entry["target"], format!("product:{n}"), "{entry}");
        assert_eq!(entry["detail"], json!({"sku": format!("A{n}"), "name": format!("Cup {n}")}));
        assert_eq!((&entry["actor"], &entry["actor_kind"]), (&json!(testkit::OWNER), &json!("database")));
    }
    let detail = async |action: &str| {
        let found = entries(&server, &format!("&action={action}")).await;
        found.iter().map(|entry| entry["detail"].clone()).collect::<Vec<_>>()
    };
    let of_zero = json!({"code": "S0", "name": "Zero"});
    let suppliers =
        [of_zero, json!({"code": "S1", "name": "Supplier 1"}), json!({"code": "S2", "name": "Supplier 2"})];
    assert_eq!(detail("supplier.created").await, suppliers);
    let sold = |n: i64| json!({"supplier_id": 1, "product_id": n, "supplier_sku": format!("x{n}")});
    assert_eq!(detail("supplier_product.created").await, [sold(1), sold(2)]);
    let policy = |n: i64| json!({"product_id": n, "warehouse_id": 1});
    assert_eq!(detail("reorder_policy.created").await, [policy(1), policy(2)]);
    let total: i64 = sqlx::query_scalar("select count(*) from audit_log_queue where entry_id > $1")
        .bind(after)
        .fetch_one(server.pool())
        .await
        .expect("a number");
    assert_eq!(total, 306, "each is to be sealed");
    let one = entries(&server, "&target=supplier:1&action=supplier.created").await.pop().expect("an entry");
    for (member, expected) in
        [("address", "127.0.0.1"), ("user_agent", "scanner/1.0"), ("request_id", "trace-17")]
    {
        assert_eq!(one[member], expected, "{one}");
    }
    assert_eq!((&one["actor"], &one["actor_kind"]), (&json!(ACTOR), &json!("demo")), "{one}");
    // In one call of the trigger, which is what makes 10,000 of them cheap.
    let plan: Vec<String> = sqlx::query_scalar(
        "explain (analyze, costs off, timing off)
         insert into products (sku, name, category_id) select 'C' || n, 'Cup', 1 from generate_series(1, 30) n",
    )
    .fetch_all(server.pool())
    .await
    .expect("a plan");
    let calls: Vec<&String> = plan.iter().filter(|line| line.contains("audited")).collect();
    assert!(calls.len() == 1 && calls[0].ends_with("calls=1"), "{plan:?}");
    server.finish().await;
}

/// A column that is added to one of these tables is entered as well, or it is said here why not.
#[tokio::test]
async fn every_column_that_people_change_is_in_the_audit_log() {
    let server = server().await;
    let missing: Vec<String> = sqlx::query_scalar(
        "select c.relname || '.' || a.attname
         from pg_trigger t join pg_class c on c.oid = t.tgrelid
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         where t.tgname = c.relname || '_audited' and array_length(t.tgattr::smallint[], 1) > 0
           and a.attname not in ('id', 'version', 'created_at', 'updated_at')
           and not (c.relname = 'categories' and a.attname = 'path')
           and a.attnum <> all(t.tgattr::smallint[])
         order by 1",
    )
    .fetch_all(server.pool())
    .await
    .expect("columns");
    assert_eq!(missing, Vec::<String>::new());
    server.finish().await;
}

/// A new table that people change has a trigger like the others, or it is said here why not.
#[tokio::test]
async fn every_table_that_people_change_is_in_the_audit_log() {
    let server = server().await;
    let unaudited: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
           and not exists (select from pg_trigger t where t.tgrelid = c.oid
                           and t.tgname ~ ('^' || c.relname || '(_[a-z]+)?_audited'))
         order by 1",
    )
    .fetch_all(server.pool())
    .await
    .expect("tables");
    let mut expected = [
        // The ledger is the record of these.
        ["product_stock", "stock_levels", "stock_entries", "reservation_lines"].as_slice(),
        // Follow from others.
        &["low_stock", "warehouse_low_stock", "movement_days", "product_days", "stock_value_days"],
        // Lines are entered with their documents.
        &["purchase_order_lines", "goods_receipt_lines", "supplier_return_lines"],
        &["stock_transfer_lines", "stock_transfer_parts"],
        // Written by the server itself.
        &["_sqlx_migrations", "audit_log", "audit_log_queue", "audit_log_seals", "events", "event_marks"],
        &["idempotency_keys", "report_progress", "user_activity"],
    ]
    .concat();
    expected.sort_unstable();
    assert_eq!(unaudited, expected);
    server.finish().await;
}
