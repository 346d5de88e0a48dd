//! Slips by SQL are refused, and say what to do instead. History has two guards, each checked by itself: a privilege
//! that nobody has, and a trigger.

use sqlx::PgConnection;
use testkit::TestDatabase;

use super::constraints_cases::ROWS;
use super::{refused, run};

/// What changes or removes history.
const CHANGES_OF_HISTORY: [&str; 7] = [
    "update stock_movements set note = 'changed'",
    "delete from stock_movements",
    "truncate stock_movements cascade",
    "update stock_entries set on_hand_delta = 1",
    "update stock_entries set unit_cost = null where false", // a statement is refused, not its rows
    "delete from stock_entries",
    "truncate stock_entries",
];

/// What changes stock behind the ledger's back.
const CHANGES_OF_STOCK: [&str; 14] = [
    "update stock_levels set on_hand = 7",
    "delete from stock_levels",
    "truncate stock_levels cascade",
    "insert into stock_levels select product_id, location_id, 'L1', warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at from stock_levels",
    "merge into stock_levels l using products p on p.id = l.product_id when matched then update set on_hand = 7",
    "update product_stock set on_hand = 7",
    "delete from product_stock",
    "insert into low_stock (product_id, since) values (1, now())",
    "delete from low_stock",
    "insert into warehouse_low_stock (product_id, warehouse_id, since) values (1, 9, now())",
    "delete from warehouse_low_stock",
    "insert into product_stock (product_id) values (2)",
    "insert into stock_movements (kind, actor, occurred_at, recorded_at) values ('receipt', 'me', now(), now())",
    "insert into stock_entries select product_id, location_id, lot, 2, movement_id, 0, on_hand_after, 0, 0, null, now(), now(), chain from stock_entries",
];

/// A database with some stock.
async fn stocked() -> TestDatabase {
    let database = TestDatabase::new().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    run(&mut db, "select set_config('stockbook.ledger', 'on', false)").await;
    run(&mut db, ROWS).await;
    run(&mut db, "reset stockbook.ledger").await;
    drop(db);
    database
}

async fn is_refused_with_hint(db: &mut PgConnection, sql: &str, message: &str, hint: &str) {
    let error = refused(db, sql).await;
    assert_eq!(error.code(), "42501", "{sql}: {error}");
    assert!(error.message().contains(message), "{sql}: {error}");
    assert!(error.hint().unwrap_or_default().contains(hint), "{sql}: {:?}", error.hint());
}

#[tokio::test]
async fn stock_changed_by_hand_is_refused_with_what_to_do_instead() {
    let database = stocked().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    for sql in CHANGES_OF_STOCK {
        if !sql.starts_with("truncate") {
            is_refused_with_hint(&mut db, sql, "cannot be changed by hand", "POST /stock-adjustments").await;
        }
    }
    let mut superuser = database.superuser().await;
    for sql in CHANGES_OF_STOCK {
        // TRUNCATE … CASCADE also meets the tables of history.
        is_refused_with_hint(&mut superuser, sql, "", "POST /stock-").await;
    }
}

#[tokio::test]
async fn history_changed_by_hand_is_refused_by_privilege_even_without_the_triggers() {
    let database = stocked().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    run(
        &mut db,
        "alter table stock_movements disable trigger user; alter table stock_entries disable trigger user",
    )
    .await;
    run(&mut db, "set stockbook.ledger = 'on'").await;
    for sql in CHANGES_OF_HISTORY {
        let error = refused(&mut db, sql).await;
        assert_eq!(error.code(), "42501", "{sql}: {error}");
        assert!(error.message().contains("permission denied"), "{sql}: {error}");
    }
    // The one column of which the owner keeps UPDATE, so that foreign keys can be checked, cannot be set: it is
    // generated always.
    let error = refused(&mut db, "update stock_movements set id = id + 100").await;
    assert_eq!(error.code(), "428C9", "{error}");
}

#[tokio::test]
async fn history_changed_by_hand_is_refused_by_trigger_even_with_every_privilege() {
    let database = stocked().await;
    let mut db = database.superuser().await;
    run(&mut db, "set stockbook.ledger = 'on'").await;
    for sql in CHANGES_OF_HISTORY {
        is_refused_with_hint(&mut db, sql, "append-only", "POST /stock-movements/{id}/reverse").await;
    }
    let mut owner = database.pool().acquire().await.expect("a connection");
    run(&mut owner, "grant all on stock_movements, stock_entries, stock_transfer_events to current_user")
        .await;
    for sql in CHANGES_OF_HISTORY {
        is_refused_with_hint(&mut owner, sql, "append-only", "POST /stock-movements/{id}/reverse").await;
    }
}

/// Else the refusals above would prove nothing: it is the guards that refuse, and the ledger passes them.
#[tokio::test]
async fn the_ledger_can_write_as_a_plain_owner() {
    let database = stocked().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    run(&mut db, "set stockbook.ledger = 'on'").await;
    for sql in CHANGES_OF_STOCK {
        if sql.starts_with("update") || sql.starts_with("insert") || sql.starts_with("merge") {
            run(&mut db, "begin").await;
            run(&mut db, sql).await;
            run(&mut db, "rollback").await;
        }
    }
}

/// What was done to a purchase order is as much history as a movement: guarded by privilege, and by trigger.
#[tokio::test]
async fn the_history_of_an_order_is_not_changed_by_hand() {
    let database = stocked().await;
    let changes = [
        "update purchase_order_events set note = 'changed'",
        "delete from purchase_order_events",
        "truncate purchase_order_events",
    ];
    let mut db = database.pool().acquire().await.expect("a connection");
    for sql in changes {
        let error = refused(&mut db, sql).await;
        assert_eq!(error.code(), "42501", "{sql}: {error}");
        assert!(error.message().contains("permission denied"), "{sql}: {error}");
    }
    let mut superuser = database.superuser().await;
    for sql in changes {
        is_refused_with_hint(&mut superuser, sql, "append-only", "POST /purchase-orders/{id}").await;
    }
}

/// By psql too: the movement of a return to a supplier is reversed only together with it.
#[tokio::test]
async fn the_movement_of_a_return_is_not_reversed_behind_its_back() {
    let database = stocked().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    run(&mut db, "set stockbook.ledger = 'on'").await;
    run(&mut db, "insert into stock_movements (kind, actor, occurred_at, recorded_at) values ('return_out', 'me', '2026-01-01', '2026-01-01')").await;
    run(&mut db, "insert into supplier_returns (supplier_id, movement_id, reason, currency, actor) values (1, 4, 'x', 'EUR', 'me')")
        .await;
    let reversal =
        "insert into stock_movements (kind, reason, actor, occurred_at, recorded_at, reverses_movement_id)
                    values ('reversal', 'slip', 'me', '2026-01-01', '2026-01-01', 4)";
    let error = refused(&mut db, reversal).await;
    assert_eq!(error.constraint(), Some("stock_movements_reversed_with_document"), "{error}");
    assert!(
        error.hint().unwrap_or_default().contains("POST /supplier-returns/{id}/reverse"),
        "{:?}",
        error.hint()
    );
    run(&mut db, "update supplier_returns set reversed_at = now() where movement_id = 4").await;
    run(&mut db, reversal).await;
}

#[tokio::test]
async fn the_row_of_settings_stays() {
    let database = TestDatabase::new().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    for sql in ["delete from settings", "truncate settings"] {
        is_refused_with_hint(&mut db, sql, "stays", "PATCH /settings").await;
    }
    run(&mut db, "update settings set over_receipt_percent = 5").await;
}

/// By psql too: the movement of a goods receipt is reversed only together with it.
#[tokio::test]
async fn the_movement_of_a_receipt_is_not_reversed_behind_its_back() {
    let database = stocked().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    run(&mut db, "set stockbook.ledger = 'on'").await;
    run(&mut db, "insert into stock_movements (kind, actor, occurred_at, recorded_at) values ('receipt', 'me', '2026-01-01', '2026-01-01')").await;
    run(&mut db, "insert into goods_receipts (purchase_order_id, movement_id, actor) values (2, 4, 'me')")
        .await;
    let reversal =
        "insert into stock_movements (kind, reason, actor, occurred_at, recorded_at, reverses_movement_id)
                    values ('reversal', 'slip', 'me', '2026-01-01', '2026-01-01', 4)";
    let error = refused(&mut db, reversal).await;
    assert_eq!(error.constraint(), Some("stock_movements_reversed_with_document"), "{error}");
    run(&mut db, "update goods_receipts set reversed_at = now() where movement_id = 4").await;
    run(&mut db, reversal).await;
}

/// What was done stays done: by privilege, and by trigger. Nobody puts entries in by hand.
#[tokio::test]
async fn the_audit_log_is_not_changed_by_hand() {
    let database = stocked().await;
    let changes = [
        "update audit_log set actor = 'somebody else'",
        "delete from audit_log",
        "truncate audit_log",
        "update audit_log_seals set chain = sha256('x'::bytea)",
        "delete from audit_log_seals",
        "truncate audit_log_seals",
    ];
    let mut db = database.pool().acquire().await.expect("a connection");
    for sql in [
        "insert into audit_log (actor, actor_kind, action, target, detail) values ('a', 'person', 'a.b', 'c', '{}')",
        "insert into audit_log_seals (seq, entry_id, chain) values (99, 99, sha256('x'::bytea))",
        "delete from audit_log_queue",
        "select audit('warehouse.created', 'warehouse:99', '{}')",
    ] {
        is_refused_with_hint(&mut db, sql, "cannot be changed by hand", "entered by itself").await;
    }
    run(&mut db, "set stockbook.ledger = 'on'").await;
    for sql in changes {
        let error = refused(&mut db, sql).await;
        assert_eq!(error.code(), "42501", "{sql}: {error}");
        assert!(error.message().contains("permission denied"), "{sql}: {error}");
    }
    run(&mut db, "grant all on audit_log, audit_log_seals to current_user").await;
    let mut superuser = database.superuser().await;
    run(&mut superuser, "set stockbook.ledger = 'on'").await;
    for sql in changes {
        is_refused_with_hint(&mut db, sql, "append-only", "GET /audit-log/verify").await;
        is_refused_with_hint(&mut superuser, sql, "append-only", "GET /audit-log/verify").await;
    }
}
