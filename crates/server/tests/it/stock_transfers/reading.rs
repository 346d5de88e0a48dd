//! Transfers in lists and in psql, and the oracle that looks at them.

use sqlx::{AssertSqlSafe, Executor};
use testkit::{check_ledger, ledger_differences};

use super::*;

#[tokio::test]
async fn transfers_are_listed_by_status_warehouse_and_product() {
    let server = server().await;
    draft(&server).await;
    server.warehouse("THIRD").await;
    for (from, to, sku) in [("SHOP", "THIRD", "TEA"), ("THIRD", "MAIN", "CUP"), ("MAIN", "SHOP", "TEA")] {
        let body = json!({"from": {"warehouse": from}, "to": {"warehouse": to}, "lines": [{"sku": sku, "quantity": 1}]});
        server.post("/stock-transfers", body).await.expect(201);
    }
    act(&server, "cancel", json!({})).await.expect(200);
    let ids = async |query: &str| -> Vec<i64> {
        let list = server.get(&format!("/stock-transfers?{query}")).await.expect(200);
        list.items().iter().map(|item| item["id"].as_i64().expect("an id")).collect()
    };
    assert_eq!(ids("").await, [4, 3, 2, 1]);
    assert_eq!(ids("status=cancelled").await, [1]);
    assert_eq!(ids("status=cancelled&status=draft").await, [4, 3, 2, 1]);
    assert_eq!(ids("warehouse=shop").await, [4, 2, 1], "on either side");
    assert_eq!(ids("warehouse=SHOP&warehouse_id=3&status=draft").await, [4, 3, 2]);
    assert_eq!(ids("sku=cup").await, [3, 1]);
    assert_eq!(ids("sku=CUP&product_id=2&warehouse=SHOP").await, [4, 2, 1]);
    assert_eq!(ids("sku=TEA&status=draft&warehouse=THIRD").await, [2]);
    assert_eq!(ids("sku=TEA&limit=2").await, [4, 2]);
    let first = server.get("/stock-transfers?warehouse=SHOP&limit=2").await.expect(200);
    assert_eq!(first.items()[0]["line_count"], 1);
    let cursor = first.body["next_cursor"].as_str().expect("a cursor").to_owned();
    assert_eq!(ids(&format!("warehouse=SHOP&limit=2&cursor={cursor}")).await, [1]);
    server.finish().await;
}

#[tokio::test]
async fn the_view_shows_what_has_become_of_each_line() {
    let server = server().await;
    draft(&server).await;
    act(&server, "ship", json!({})).await.expect(200);
    act(&server, "receive", arrived(1, 4)).await.expect(200);
    let rows: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', number, status, from_warehouse, to_warehouse, sku, quantity, received, lost, returned, in_transit, unit)
         from transfer_overview order by number, line",
    )
    .fetch_all(server.pool())
    .await
    .expect("the view");
    let expected = [
        "TR-000001 partially_received MAIN SHOP CUP 6 4 0 0 2 each",
        "TR-000001 partially_received MAIN SHOP TEA 2 0 0 0 2 kg",
    ];
    assert_eq!(rows, expected);
    server.finish().await;
}

/// The oracle sees what a superuser changes of a transfer.
#[tokio::test]
async fn whatever_a_superuser_changes_of_a_transfer_is_found() {
    let server = server().await;
    draft(&server).await;
    act(&server, "ship", json!({})).await.expect(200);
    act(&server, "receive", arrived(1, 4)).await.expect(200);
    check_ledger(server.pool()).await;
    let mut superuser = server.database().superuser().await;
    for (tampering, back, expected) in [
        (
            "update stock_transfer_parts set received = 3 where line = 1",
            "update stock_transfer_parts set received = 4 where line = 1",
            "what left for a transfer is not",
        ),
        (
            "update stock_transfer_parts set lost = 1 where line = 1",
            "update stock_transfer_parts set lost = 0 where line = 1",
            "what is in transit is not",
        ),
        (
            "update stock_transfers set status = 'received'",
            "update stock_transfers set status = 'partially_received'",
            "what is in transit is not",
        ),
        (
            "update stock_entries set lot = 'X' where location_id = 2",
            "update stock_entries set lot = '' where location_id = 2",
            "a movement of a transfer makes or loses",
        ),
    ] {
        let run = |sql: &str| format!("begin; set local session_replication_role = replica; {sql}; commit");
        superuser
            .execute(AssertSqlSafe(run(tampering)))
            .await
            .unwrap_or_else(|error| panic!("{tampering}: {error}"));
        let differences = ledger_differences(server.pool()).await;
        let found = differences.iter().any(|difference| difference.starts_with(expected));
        assert!(found, "{tampering}\n  should give: {expected}\n  gives: {differences:?}");
        superuser.execute(AssertSqlSafe(run(back))).await.expect("restored");
    }
    server.finish().await;
}
