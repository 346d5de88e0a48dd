//! The oracle that every test which writes ends with: it sees whatever a superuser changes behind the ledger's back.

use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};
use testkit::{check_ledger, ledger_differences};

use crate::support::server;

/// Changes, each with what the oracle has to say about it. The triggers are disabled meanwhile.
const TAMPERINGS: [(&str, &str); 16] = [
    ("update stock_levels set on_hand = on_hand + 1 where product_id = 1", "a level is not its last entry"),
    (
        "update stock_levels set chain = sha256('x'::bytea) where product_id = 1",
        "a level is not its last entry",
    ),
    ("update stock_levels set recorded_at = recorded_at + interval '1 s'", "a level is not its last entry"),
    (
        "update stock_entries set on_hand_delta = on_hand_delta + 1 where seq = 2",
        "a level is not the sum of its entries",
    ),
    (
        "delete from stock_entries where seq = 1 and product_id = 1",
        "the numbers of a level's entries have a gap",
    ),
    (
        "update stock_entries set on_hand_after = on_hand_after + 1 where seq = 2 and product_id = 1",
        "an entry does not follow from the one before it",
    ),
    (
        "update stock_entries set recorded_at = '2020-01-01', occurred_at = '2020-01-01' where seq = 2 and product_id = 1",
        "stamps do not rise in a level",
    ),
    (
        "update stock_movements set recorded_at = recorded_at + interval '1 us' where id = 1",
        "an entry has not the stamp of its movement",
    ),
    (
        "insert into stock_movements (kind, actor, occurred_at, recorded_at) values ('receipt', 'me', now(), now())",
        "a movement has no entries",
    ),
    (
        "update stock_entries set on_hand_delta = 0 where movement_id in (select id from stock_movements where kind = 'reversal')",
        "a reversal is not the opposite",
    ),
    ("update product_stock set on_hand = on_hand + 1 where product_id = 1", "the totals of a product"),
    ("update product_stock set available = 0 where product_id = 1", "the totals of a product"),
    ("delete from product_stock where product_id = 1", "the totals of a product"),
    ("update stock_levels set kind = 'receiving' where product_id = 1", "a level is not of its location's"),
    (
        "update stock_movements set note = 'nothing to see here' where id = 1",
        "the chain is broken at: 1 1  1",
    ),
    (
        "update stock_entries set unit_cost = 1.5 where seq = 1 and product_id = 1",
        "the chain is broken at: 1 1  1",
    ),
];

#[tokio::test]
async fn whatever_a_superuser_changes_is_found() {
    let server = server().await;
    let (first, second) = (server.product("A-1", 5).await, server.product("B-1", 3).await);
    server.receive(first, 1, 10).await;
    let slip = server.receive(second, 1, 1).await;
    server.post(&format!("/stock-movements/{slip}/reverse"), json!({"reason": "slip"})).await.expect(201);
    check_ledger(server.pool()).await;

    let mut superuser = server.database().superuser().await;
    for (tampering, expected) in TAMPERINGS {
        // Foreign keys are triggers too: nothing holds a superuser back.
        let sql = format!("begin; set local session_replication_role = replica; {tampering}; commit");
        let copy = "create table kept_levels as table stock_levels; create table kept_entries as table stock_entries;
                    create table kept_movements as table stock_movements; create table kept_totals as table product_stock;";
        superuser.execute(copy).await.expect("a copy");
        superuser.execute(AssertSqlSafe(sql)).await.unwrap_or_else(|error| panic!("{tampering}: {error}"));
        let differences = ledger_differences(server.pool()).await;
        assert!(
            differences.iter().any(|difference| difference.starts_with(expected)),
            "{tampering}\n  should give: {expected}\n  gives: {differences:?}"
        );
        superuser.execute(RESTORE).await.expect("restored");
    }
    server.finish().await;
}

const RESTORE: &str = "
    begin;
    set local session_replication_role = replica;
    delete from stock_levels; delete from stock_entries; delete from stock_movements; delete from product_stock;
    insert into product_stock table kept_totals;
    insert into stock_levels table kept_levels;
    insert into stock_movements overriding system value table kept_movements;
    insert into stock_entries table kept_entries;
    drop table kept_levels, kept_entries, kept_movements, kept_totals;
    commit";
