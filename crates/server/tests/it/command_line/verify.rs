//! `verify` and `ledger-head`: what scripts rely on, and what only noted heads can show.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};

use super::{Folder, NOBODY};
use crate::support::server;
use crate::verify::plant;

/// Take the last entry of product 4 back as if it had never been, with its movement, and put everything else right.
const CUT_OFF: &str = "
    delete from stock_entries where product_id = 4 and seq = 2;
    delete from stock_movements m where not exists (select from stock_entries where movement_id = m.id);
    update stock_levels l set on_hand = e.on_hand_after, seq = e.seq, chain = e.chain, recorded_at = e.recorded_at
    from stock_entries e where l.product_id = 4 and e.product_id = 4;
    update product_stock s set on_hand = l.on_hand, available = l.on_hand from stock_levels l where s.product_id = 4 and l.product_id = 4";

/// The codes of `verify --json`.
fn codes(stdout: &str) -> Vec<String> {
    let found: Value = serde_json::from_str(stdout).expect("JSON");
    let code = |difference: &Value| difference["code"].as_str().expect("a code").to_owned();
    found["differences"].as_array().expect("differences").iter().map(code).collect()
}

#[tokio::test]
async fn verify_says_by_its_exit_code_whether_the_ledger_is_whole() {
    let (folder, server) = (Folder::new(), server().await);
    plant(&server).await;
    server.receive(4, 1, 1).await;
    let database = server.database();
    let run = async |arguments: &[&str]| folder.run_on(database, arguments).await;

    let whole = run(&["verify"]).await.expect(0);
    // A category, four products, a reversal.
    let audited = "audit log: 0 entries sealed, 6 to be sealed\n";
    let counted = "checked: 4 products, 5 levels, 12 movements, 12 entries\n";
    assert_eq!(whole.stdout, format!("{counted}{audited}no differences\n"));
    assert_eq!(whole.stderr, "", "there is no bar where there is no terminal");
    let noted = run(&["ledger-head", "--out", "heads.tsv"]).await.expect(0);
    assert!(noted.stdout.starts_with("5 heads are in heads.tsv; their SHA-256 is "), "{noted:?}");
    run(&["ledger-head", "--out", "heads.tsv"]).await.expect(1).saying(&["cannot make heads.tsv", "exists"]);
    let file = tokio::fs::read_to_string(folder.path().join("heads.tsv")).await.expect("the file");
    let digest = file.lines().last().and_then(|line| line.strip_prefix("# sha256 ")).expect("a digest");
    assert!(noted.stdout.trim_end().ends_with(digest));
    let shown = run(&["ledger-head"]).await.expect(0).stdout;
    let levels = |text: &str| {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!((levels(&shown), levels(&file).len()), (levels(&file), 5));

    let compared = run(&["verify", "--heads", "heads.tsv", "--json"]).await.expect(0);
    let compared: Value = serde_json::from_str(&compared.stdout).expect("JSON");
    assert_eq!((&compared["heads_compared"], &compared["differences"]), (&json!(5), &json!([])));
    server.receive(4, 1, 1).await; // what comes later does not matter
    run(&["verify", "--heads", "heads.tsv"]).await.expect(0);

    folder.write("half.tsv", file.trim_end().rsplit_once('\n').expect("lines").0).await;
    for (name, why) in [("half.tsv", "not whole"), ("none.tsv", "open it")] {
        run(&["verify", "--heads", name]).await.expect(2).saying(&["could not be checked", name, why]);
    }
    let url = format!("postgres://u@{NOBODY}/d");
    folder.run(&["verify", "--database-url", &url]).await.expect(2).saying(&["cannot connect"]);
    server.finish().await;
}

#[tokio::test]
async fn a_ledger_whose_end_was_cut_off_is_whole_but_for_its_heads() {
    let (folder, server) = (Folder::new(), server().await);
    plant(&server).await;
    server.receive(4, 1, 1).await;
    let run = async |arguments: &[&str]| folder.run_on(server.database(), arguments).await;
    run(&["ledger-head", "--out", "heads.tsv"]).await.expect(0);
    let mut superuser = server.database().superuser().await;
    let mut tamper = async |sql: &str| {
        let sql = format!("begin; set local session_replication_role = replica; {sql}; commit");
        superuser.execute(AssertSqlSafe(sql)).await.expect("tampered");
    };

    tamper(CUT_OFF).await;
    run(&["verify"]).await.expect(0);
    let found = run(&["verify", "--heads", "heads.tsv", "--json"]).await.expect(1);
    assert_eq!(codes(&found.stdout), ["head_cut_off"]);
    // Something else goes in its place: as many entries as before.
    server.receive(4, 1, 5).await;
    run(&["verify"]).await.expect(0);
    let found = run(&["verify", "--heads", "heads.tsv"]).await.expect(1);
    assert!(found.stdout.contains("head_changed: product 4 location 1 entry 2: another entry"), "{found:#?}");
    // All of a product's history goes.
    tamper("delete from stock_entries where product_id = 4; delete from stock_levels where product_id = 4;
            delete from stock_movements m where not exists (select from stock_entries where movement_id = m.id);
            update product_stock set on_hand = 0, available = 0 where product_id = 4").await;
    run(&["verify"]).await.expect(0);
    let found = run(&["verify", "--heads", "heads.tsv", "--json"]).await.expect(1);
    assert_eq!(codes(&found.stdout), ["head_cut_off"]);
    server.finish().await;
}

/// The audit log too, with a head of it that was printed earlier.
#[tokio::test]
async fn verify_finds_what_was_done_to_the_audit_log() {
    let (folder, server) = (Folder::new(), server().await);
    for code in ["A", "B", "C"] {
        server.warehouse(code).await;
    }
    let pool = platform::database::pool(server.database().options(), 2);
    let euro = domain::Currency::parse("EUR").expect("a currency");
    audit::seal(&platform::App::new(pool, euro)).await.expect("sealed");
    let run = async |arguments: &[&str]| folder.run_on(server.database(), arguments).await;
    let whole = run(&["verify"]).await.expect(0).stdout;
    let head = whole.lines().find_map(|line| line.split_once(", head ")).expect("a head").1.to_owned();
    run(&["verify", "--audit-head", &head]).await.expect(0);

    let mut superuser = server.database().superuser().await;
    let mut tamper = async |sql: &str| {
        let sql = format!("begin; set local session_replication_role = replica; {sql}; commit");
        superuser.execute(AssertSqlSafe(sql)).await.expect("tampered");
    };
    tamper("delete from audit_log_seals where seq > 2; delete from audit_log where id not in (select entry_id from audit_log_seals);
            delete from audit_log_queue")
        .await;
    run(&["verify"]).await.expect(0);
    let cut = run(&["verify", "--audit-head", &head]).await.expect(1);
    assert!(cut.stdout.contains("head_cut_off: audit log place"), "{cut:#?}");
    tamper("update audit_log set actor = 'somebody else' where id = 1").await;
    let changed = run(&["verify", "--json"]).await.expect(1);
    let changed: Value = serde_json::from_str(&changed.stdout).expect("JSON");
    assert_eq!(changed["audit_log"]["differences"][0]["code"], "entry_changed", "{changed}");
    let nowhere = format!("0:{}", "a".repeat(64));
    for head in ["17", "17:abc", &nowhere] {
        run(&["verify", "--audit-head", head]).await.expect(2).saying(&["above 0", "64 hexadecimal digits"]);
    }
    server.finish().await;
}
