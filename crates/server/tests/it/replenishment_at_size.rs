//! /replenishment where there is much: long histories, and much that runs low and is covered.

use serde_json::json;
use testkit::TestServer;

use crate::replenishment::{order, sells, suggestions, supplier};
use crate::support::server;

/// A product that runs low, and issues of one piece of it so far apart, without their chains: the ledger cannot be given a
/// history by HTTP.
async fn history(server: &TestServer, count: i64, apart: &str) {
    let sql = format!(
        "set local stockbook.ledger = 'on';
         insert into categories (name) values ('Kitchen');
         insert into products (sku, name, category_id, reorder_point) select 'KET', 'Kettle', id, 10 from categories;
         insert into stock_levels (product_id, location_id, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
         values (1, 1, 1, 'storage', 0, 0, 1, sha256('x'::bytea), now());
         with movements as (
             insert into stock_movements (kind, actor, occurred_at, recorded_at)
             select 'issue', 'test', at, at
             from (select now() - i * interval '{apart}' + interval '1 minute' as at from generate_series(1, {count}) i) t
             order by at
             returning id, recorded_at
         )
         insert into stock_entries (product_id, location_id, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta,
                                    reserved_after, occurred_at, recorded_at, chain)
         select 1, 1, id + 1, id, -1, 1, 0, 0, recorded_at, recorded_at, sha256('x'::bytea) from movements"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(server.pool()).await.expect("a history");
}

#[tokio::test]
async fn demand_is_what_left_within_the_window() {
    let server = server().await;
    // Four a day for a hundred days.
    history(&server, 400, "6 hours").await;
    for (window_days, expected) in [(1, 4), (2, 8), (30, 120), (99, 396), (365, 400)] {
        let item = suggestions(&server, &format!("?window_days={window_days}")).await[0].clone();
        assert_eq!((&item["demand"], &item["window_days"]), (&json!(expected), &json!(window_days)));
    }
}

#[tokio::test]
async fn of_what_moves_often_the_newest_movements_count() {
    let server = server().await;
    history(&server, 6000, "2 minutes").await;
    let item = suggestions(&server, "").await[0].clone();
    // 5,000 times two minutes are less than seven days.
    assert_eq!((&item["demand"], &item["window_days"]), (&json!(5000), &json!(7)));
    assert_eq!(item["demand_per_day"], json!(714.285715));
    let item = suggestions(&server, "?window_days=5").await[0].clone();
    assert_eq!((&item["demand"], &item["window_days"]), (&json!(3600), &json!(5)));
}

/// More than one page looks at only runs low, because what it needs is on order: pages end early, and go on.
#[tokio::test]
async fn what_is_covered_does_not_hide_what_is_not() {
    let server = server().await;
    let acme = supplier(&server, "ACME", json!(3)).await;
    let sql = "
        insert into categories (name) values ('Kitchen');
        insert into products (sku, name, category_id, reorder_point) select 'P-' || i, 'P', 1, 5 from generate_series(1, 1200) i;
        insert into purchase_orders (supplier_id, warehouse_id, currency) values (1, 1, 'EUR');
        insert into purchase_order_lines (purchase_order_id, product_id, quantity, unit_cost)
        select 1, id, 50, 1 from products where id <> 1190";
    sqlx::raw_sql(sql).execute(server.pool()).await.expect("a shop");
    sells(&server, acme, "P-1190", json!({"costs": [{"unit_cost": "1"}]})).await;
    let (mut seen, mut pages, mut path) = (Vec::new(), 0, "/replenishment".to_owned());
    loop {
        let page = server.get(&path).await.expect(200);
        seen.extend(page.items().iter().map(|item| item["sku"].clone()));
        pages += 1;
        match page.body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/replenishment?cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, [json!("P-1190")]);
    assert!((2..=4).contains(&pages), "{pages}");
    // One order looks further than a page.
    let made = order(&server, json!({})).await;
    assert_eq!((&made["complete"], &made["next_after"]), (&json!(true), &json!(null)));
    assert_eq!(made["purchase_orders"][0]["lines"][0]["quantity"], json!(5));
    server.finish().await;
}

/// What cannot be ordered stays due: a request that made nothing but that says where the next one goes on.
#[tokio::test]
async fn what_nobody_sells_does_not_keep_the_rest_from_being_ordered() {
    let server = server().await;
    let acme = supplier(&server, "ACME", json!(3)).await;
    let sql = "
        insert into categories (name) values ('Kitchen');
        insert into products (sku, name, category_id, reorder_point) select 'P-' || i, 'P', 1, 5 from generate_series(1, 700) i";
    sqlx::raw_sql(sql).execute(server.pool()).await.expect("a shop");
    for sku in ["P-400", "P-690"] {
        sells(&server, acme, sku, json!({"costs": [{"unit_cost": "1"}]})).await;
    }
    let (mut ordered, mut skipped, mut after) = (Vec::new(), 0, json!(null));
    loop {
        let made = order(&server, if after.is_null() { json!({}) } else { json!({"after": after}) }).await;
        let orders = made["purchase_orders"].as_array().expect("orders").iter();
        ordered.extend(
            orders
                .flat_map(|order| order["lines"].as_array().expect("lines"))
                .map(|line| line["sku"].clone()),
        );
        skipped += made["skipped"].as_array().expect("skipped").len();
        after = made["next_after"].clone();
        assert_eq!(made["complete"], json!(after.is_null()));
        if after.is_null() {
            break;
        }
    }
    assert_eq!((ordered, skipped), (vec![json!("P-400"), json!("P-690")], 698));
    server.finish().await;
}
