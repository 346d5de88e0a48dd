//! GET /ledger/verify and /ledger/heads: an untouched ledger has no differences, and whatever a superuser changes is one.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};
use stock::verify::{Position, Verification};
use testkit::TestServer;

use crate::support::server;

/// A shop with some of everything that is verified: product 1 has five entries at location 1 and two lots, the second of them reserved
/// from; 2 has a reversal; 3 runs low; 4 is on order and was moved between locations.
pub(crate) async fn plant(server: &TestServer) {
    let first = server.product("A-1", 5).await;
    server.receive(first, 1, 10).await;
    let issue =
        json!({"kind": "issue", "reference": "SO-1", "lines": [{"product_id": first, "quantity": 3}]});
    server.post("/stock-movements", issue).await.expect(201);
    server.receive(first, 1, 2).await;
    let reserve = json!({"lines": [{"product_id": first, "quantity": 2, "location_id": 1}]});
    server.post("/reservations", reserve).await.expect(201);
    let lot = json!({"product_id": first, "location_id": 1, "lot": "L 7", "quantity": 4, "unit_cost": "1.5"});
    server.post("/stock-movements", json!({"kind": "receipt", "lines": [lot]})).await.expect(201);
    let second = server.product("B-1", 3).await;
    let slip = server.receive(second, 1, 1).await;
    server.post(&format!("/stock-movements/{slip}/reverse"), json!({"reason": "slip"})).await.expect(201);
    server.product_with(json!({"sku": "C-1", "on_hand": 1, "reorder_point": 10})).await;
    server.product("D-1", 7).await;
}

/// Codes of the differences of an answer, each once.
fn codes(answer: &Value) -> BTreeSet<&str> {
    let differences = answer["differences"].as_array().expect("differences");
    differences.iter().map(|difference| difference["code"].as_str().expect("a code")).collect()
}

async fn verify(server: &TestServer, query: &str) -> Value {
    server.get(&format!("/ledger/verify{query}")).await.expect(200).body
}

#[tokio::test]
async fn an_untouched_ledger_has_no_differences() {
    let server = server().await;
    let nothing = json!({"products": 0, "levels": 0, "movements": 0, "entries": 0});
    assert_eq!(verify(&server, "").await["checked"], nothing);
    plant(&server).await;
    let found = verify(&server, "").await;
    assert_eq!(found["differences"], json!([]));
    assert_eq!(found["checked"], json!({"products": 4, "levels": 5, "movements": 11, "entries": 11}));
    assert_eq!((&found["truncated"], &found["next_after"]), (&json!(false), &Value::Null));
    let one = verify(&server, "?sku=a-1").await;
    assert_eq!(one["checked"], json!({"products": 1, "levels": 2, "movements": 6, "entries": 6}));
    let rest = verify(&server, "?after=2").await;
    assert_eq!(rest["checked"], json!({"products": 2, "levels": 2, "movements": 11, "entries": 2}));
    for (query, fault) in [
        ("?product_id=99", ("?product_id", "unknown_product")),
        ("?after=x", ("?after", "not_a_position")),
        ("?before=1", ("?before", "unknown_parameter")),
    ] {
        server.get(&format!("/ledger/verify{query}")).await.invalid(&[fault]);
    }
    server.finish().await;
}

/// Changes by a superuser whom no trigger holds back, each with all the codes it gives and where the first of them is.
const TAMPERINGS: [(&str, &[&str], &str); 27] = [
    // A byte in an entry
    ("update stock_entries set unit_cost = 1.6 where lot <> ''", &["chain_broken"], "1 1 1"),
    (
        "update stock_entries set on_hand_delta = 11 where product_id = 1 and seq = 2",
        &["entry_not_following", "chain_broken"],
        "1 1 2",
    ),
    (
        "update stock_entries set reserved_delta = 1, reserved_after = 1 where product_id = 1 and lot = '' and seq = 3",
        &["chain_broken", "entry_not_following"],
        "1 1 3",
    ),
    (
        "update stock_entries set chain = sha256('x') where product_id = 1 and lot = '' and seq = 3",
        &["chain_broken"],
        "1 1 3",
    ),
    (
        "update stock_entries set recorded_at = 'infinity' where product_id = 1 and lot = '' and seq = 3",
        &["chain_broken", "stamp_mismatch", "stamp_order"],
        "1 1 3",
    ),
    // Its movement
    ("update stock_movements set actor = 'somebody else' where id = 2", &["chain_broken"], "1 1 2"),
    ("update stock_movements set kind = 'return_in' where id = 2", &["chain_broken"], "1 1 2"),
    ("update stock_movements set note = 'nothing to see' where id = 2", &["chain_broken"], "1 1 2"),
    ("update stock_movements set reference = null where reference = 'SO-1'", &["chain_broken"], "1 1 3"),
    (
        "update stock_movements set recorded_at = recorded_at + interval '1 us' where id = 2",
        &["chain_broken", "stamp_mismatch"],
        "1 1 2",
    ),
    ("delete from stock_movements where id = 2", &["movement_missing"], "1 1 2"),
    (
        "insert into stock_movements (kind, actor, occurred_at, recorded_at) values ('receipt', 'me', now(), now())",
        &["movement_empty"],
        "null null null",
    ),
    // Rows taken out and swapped
    (
        "delete from stock_entries where product_id = 1 and lot = '' and seq = 3",
        &["entry_gap", "movement_empty"],
        "1 1 4",
    ),
    (
        "delete from stock_entries where product_id = 1 and lot = '' and seq = 1",
        &["entry_gap", "movement_empty"],
        "1 1 2",
    ),
    (
        "update stock_entries set seq = 99 where product_id = 1 and lot = '' and seq = 2;
         update stock_entries set seq = 2 where product_id = 1 and lot = '' and seq = 3;
         update stock_entries set seq = 3 where product_id = 1 and lot = '' and seq = 99",
        &["chain_broken", "entry_not_following", "stamp_order"],
        "1 1 2",
    ),
    (
        "delete from stock_entries where product_id = 2 and seq = 3; delete from stock_movements where kind = 'reversal'",
        &["level_mismatch"],
        "2 1 3",
    ),
    ("delete from stock_levels where product_id = 4", &["level_missing", "totals_mismatch"], "4 null null"),
    // Levels and totals
    (
        "update stock_levels set on_hand = on_hand + 1 where product_id = 4",
        &["level_mismatch", "totals_mismatch"],
        "4 1 1",
    ),
    ("update stock_levels set chain = sha256('x') where product_id = 4", &["level_mismatch"], "4 1 1"),
    ("update stock_levels set warehouse_id = 99 where product_id = 4", &["place_mismatch"], "4 1 null"),
    (
        "update product_stock set on_hand = on_hand + 1 where product_id = 4",
        &["totals_mismatch"],
        "4 null null",
    ),
    ("update product_stock set in_transit = 1 where product_id = 4", &["totals_mismatch"], "4 null null"),
    ("delete from product_stock where product_id = 4", &["totals_mismatch"], "4 null null"),
    // What depends on documents
    ("update reservation_lines set quantity = quantity + 1", &["reserved_mismatch"], "1 1 null"),
    ("update product_stock set incoming = 5 where product_id = 4", &["incoming_mismatch"], "4 null null"),
    ("delete from low_stock", &["low_stock_mismatch"], "3 null null"),
    (
        "update stock_entries set on_hand_delta = 0 where movement_id in (select id from stock_movements where kind = 'reversal')",
        &["chain_broken", "entry_not_following", "reversal_mismatch"],
        "2 1 3",
    ),
];

const TABLES: [&str; 6] =
    ["product_stock", "stock_levels", "stock_movements", "stock_entries", "reservation_lines", "low_stock"];

/// The ledger as it was planted, to be tampered with again and again.
async fn tamper(server: &TestServer, sql: &str) {
    let mut superuser = server.database().superuser().await;
    let mut script = String::from("begin; set local session_replication_role = replica;");
    for table in TABLES {
        let columns: String = sqlx::query_scalar(
            "select string_agg(attname, ', ' order by attnum) from pg_attribute
             where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        )
        .bind(table)
        .fetch_one(&mut superuser)
        .await
        .expect("columns");
        script.push_str(&format!(
            "create table if not exists kept_{table} as table {table}; delete from {table};
             insert into {table} ({columns}) overriding system value select {columns} from kept_{table};"
        ));
    }
    let script = format!("{script} {sql}; commit");
    superuser.execute(AssertSqlSafe(script)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The place of a difference: product, location, number.
fn place(difference: &Value) -> String {
    format!("{} {} {}", difference["product_id"], difference["location_id"], difference["seq"])
}

#[tokio::test]
async fn whatever_a_superuser_changes_is_a_difference() {
    let server = server().await;
    plant(&server).await;
    for (tampering, expected, at) in TAMPERINGS {
        tamper(&server, tampering).await;
        let found = verify(&server, "").await;
        assert_eq!(codes(&found), expected.iter().copied().collect(), "{tampering}: {found:#}");
        assert_eq!(place(&found["differences"][0]), at, "{tampering}: {found:#}");
    }
    tamper(&server, "select 1").await;
    assert_eq!(verify(&server, "").await["differences"], json!([]));
    server.finish().await;
}

/// However small its steps are, and if it is begun anew after each, a verification finds the same.
#[tokio::test]
async fn a_verification_goes_on_where_it_ended() {
    let server = server().await;
    plant(&server).await;
    tamper(
        &server,
        "update stock_movements set actor = 'x' where id in (2, 5, 9); delete from stock_entries where product_id = 1 and lot = '' and seq = 3;
         update product_stock set incoming = 5 where product_id = 4",
    )
    .await;
    let whole = verify(&server, "").await;
    assert_eq!(codes(&whole).len(), 4, "{whole:#}");
    let mut places: Vec<_> =
        whole["differences"].as_array().expect("some").iter().map(Value::to_string).collect();
    places.sort();
    let euro = domain::Currency::parse("EUR").expect("a currency");
    let app = platform::App::new(server.pool().clone(), euro);
    for rows in [1, 2, 3, 5] {
        let (mut position, mut found, mut entries, mut steps) = (Position::START, Vec::new(), 0, 0);
        loop {
            let mut part = Verification::new(app.clone(), Vec::new(), position).in_steps_of(rows);
            let more = part.step().await.expect("a step");
            let report = serde_json::to_value(part.into_report()).expect("JSON");
            found.extend(report["differences"].as_array().expect("some").iter().map(Value::to_string));
            entries += report["checked"]["entries"].as_i64().expect("a number");
            steps += 1;
            if !more {
                break;
            }
            position = Position::parse(report["next_after"].as_str().expect("text")).expect("a position");
        }
        found.sort();
        assert_eq!(found, places, "in steps of {rows}");
        assert_eq!(json!(entries), whole["checked"]["entries"]);
        assert!(steps > 20 / rows, "{steps} steps of {rows}");
    }
    tamper(&server, "select 1").await;
    server.finish().await;
}

#[tokio::test]
async fn at_most_a_thousand_differences_are_shown() {
    let server = server().await;
    let mut superuser = server.database().superuser().await;
    let sql = "begin; set local session_replication_role = replica;
         insert into stock_movements (kind, actor, occurred_at, recorded_at)
         select 'receipt', 'me', now(), now() from generate_series(1, 1001); commit";
    superuser.execute(sql).await.expect("planted");
    let found = verify(&server, "").await;
    assert_eq!(found["differences"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(found["truncated"], json!(true));
}

/// While twelve clients write, no verification finds anything: each rule looks at what one statement sees. That the
/// statements see one moment is another matter: `a_range_of_products_is_verified_as_of_one_moment`.
#[tokio::test(flavor = "multi_thread")]
async fn writers_at_work_are_no_difference() {
    let server = server().await;
    plant(&server).await;
    let writers = join_all((0..12).map(|writer| {
        let client = (*server).clone();
        async move {
            for round in 0..12 {
                let product = 1 + (writer + round) % 4;
                let line = json!({"product_id": product, "quantity": 1});
                let body = match (writer + round) % 3 {
                    0 => ("/stock-movements", json!({"kind": "receipt", "lines": [line]})),
                    1 => ("/stock-movements", json!({"kind": "issue", "lines": [line]})),
                    _ => ("/reservations", json!({"lines": [line]})),
                };
                let answer = client.post(body.0, body.1).await;
                assert!(matches!(answer.status, 201 | 409 | 503), "{answer}");
            }
        }
    }));
    let verifying = async {
        for _ in 0..20 {
            let found = verify(&server, "").await;
            assert_eq!(found["differences"], json!([]), "{found:#}");
        }
    };
    tokio::join!(writers, verifying);
    server.finish().await;
}

/// What is checked of a range of products is of one moment, however long its statements take: what is written in the midst of
/// them is not seen by some and missed by others. Here the rule about orders waits, while goods come in.
#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_products_is_verified_as_of_one_moment() {
    let server = server().await;
    plant(&server).await;
    let before = verify(&server, "").await["checked"].clone();
    let mut superuser = server.database().superuser().await;
    let lock = "begin; lock table purchase_order_lines in access exclusive mode";
    superuser.execute(lock).await.expect("locked");
    let client = (*server).clone();
    let verifying = tokio::spawn(async move { client.get("/ledger/verify").await });
    while !waits_for_lock(&server).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let line = json!({"product_id": 1, "location_id": 1, "lot": "L 8", "quantity": 5});
    server.post("/stock-movements", json!({"kind": "receipt", "lines": [line]})).await.expect(201);
    superuser.execute("rollback").await.expect("unlocked");
    let found = verifying.await.expect("an answer").expect(200).body;
    assert_eq!(found["differences"], json!([]), "{found:#}");
    for what in ["products", "levels", "entries"] {
        assert_eq!(found["checked"][what], before[what], "{what} of another moment: {found:#}");
    }
    // Movements are looked at later, at a moment of their own.
    assert_eq!(found["checked"]["movements"].as_i64(), before["movements"].as_i64().map(|count| count + 1));
    server.finish().await;
}

/// Whether anybody waits for a lock in this database.
async fn waits_for_lock(server: &TestServer) -> bool {
    let sql = "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())";
    sqlx::query_scalar(sql).fetch_one(server.pool()).await.expect("activity")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_verification_runs_at_a_time() {
    let server = server().await;
    plant(&server).await;
    let mut superuser = server.database().superuser().await;
    superuser.execute("begin; lock table stock_entries in access exclusive mode").await.expect("locked");
    let client = (*server).clone();
    let first = tokio::spawn(async move { client.get("/ledger/verify").await });
    while !waits_for_lock(&server).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = server.get("/ledger/verify").await.problem(503, "verification_running");
    assert!(second.header("retry-after").is_some());
    superuser.execute("rollback").await.expect("unlocked");
    first.await.expect("an answer").expect(200);
    verify(&server, "").await;
    server.finish().await;
}

#[tokio::test]
async fn heads_are_the_last_entries_of_all_levels() {
    let server = server().await;
    plant(&server).await;
    let (mut heads, mut page) = (Vec::new(), server.get("/ledger/heads?limit=2").await.expect(200));
    loop {
        heads.extend_from_slice(page.items());
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        page = server.get(&format!("/ledger/heads?limit=2&cursor={cursor}")).await.expect(200);
    }
    let expected: Vec<Value> = sqlx::query_scalar(
        "select distinct on (product_id, location_id, lot)
                jsonb_build_object('product_id', product_id, 'location_id', location_id, 'lot', nullif(lot, ''), 'seq', seq,
                                   'chain', encode(chain, 'hex'))::text
         from stock_entries order by product_id, location_id, lot, seq desc",
    )
    .fetch_all(server.pool())
    .await
    .expect("entries")
    .iter()
    .map(|text: &String| serde_json::from_str(text).expect("JSON"))
    .collect();
    assert_eq!(heads, expected);
    server.finish().await;
}
