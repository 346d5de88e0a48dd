//! The chain over the audit log: recomputed here from the raw rows by the published form, and tampered with.

use domain::Currency;
use futures_util::future::join_all;
use platform::App;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use testkit::{TestDatabase, TestServer};

use crate::support::server;

async fn app(database: &TestDatabase) -> App {
    let pool = platform::database::pool(database.options(), 4);
    App::new(pool, Currency::parse("EUR").expect("a currency"))
}

pub(super) async fn seal(server: &TestServer) {
    audit::seal(&app(server.database()).await).await.expect("sealed");
}

/// The columns of an entry as text, in the order of the published form.
type Fields = (String, String, String, String, String, String, String, String, String, String, String);

/// The chains by place, computed from the entries by the published form.
async fn recomputed(db: &PgPool) -> Vec<String> {
    let rows: Vec<(i64, Fields)> = {
        let rows: Vec<Value> = sqlx::query_scalar(
            "select jsonb_build_array(s.seq, a.id, (extract(epoch from a.recorded_at) * 1000000)::bigint, a.actor, a.actor_kind,
                    coalesce(a.actor_id::text, ''), a.action, a.target, coalesce(host(a.address), ''), coalesce(a.user_agent, ''),
                    coalesce(a.request_id, ''), a.detail::text)
             from audit_log_seals s join audit_log a on a.id = s.entry_id order by s.seq",
        )
        .fetch_all(db)
        .await
        .expect("rows");
        rows.iter()
            .map(|row| {
                let text = |at: usize| row[at].as_str().map_or_else(|| row[at].to_string(), str::to_owned);
                (
                    row[0].as_i64().expect("a number"),
                    (
                        text(1),
                        text(2),
                        text(3),
                        text(4),
                        text(5),
                        text(6),
                        text(7),
                        text(8),
                        text(9),
                        text(10),
                        text(11),
                    ),
                )
            })
            .collect()
    };
    let mut chain = vec![0_u8; 32];
    rows.into_iter()
        .map(|(seq, f)| {
            let fields =
                [&*seq.to_string(), &f.0, &f.1, &f.2, &f.3, &f.4, &f.5, &f.6, &f.7, &f.8, &f.9, &f.10];
            let mut hasher = Sha256::new();
            hasher.update(&chain);
            for field in ["stockbook/audit/1"].iter().chain(fields.iter()) {
                hasher.update(format!("{}:{field},", field.len()));
            }
            chain = hasher.finalize().to_vec();
            chain.iter().map(|byte| format!("{byte:02x}")).collect()
        })
        .collect()
}

async fn verify(server: &TestServer, query: &str) -> Value {
    server.get(&format!("/audit-log/verify{query}")).await.expect(200).body
}

fn codes(report: &Value) -> Vec<String> {
    let differences = report["differences"].as_array().expect("differences");
    differences.iter().map(|difference| difference["code"].as_str().expect("a code").to_owned()).collect()
}

/// A server with some sealed entries.
async fn sealed() -> TestServer {
    let server = server().await;
    for code in ["A", "B", "C", "D"] {
        server.warehouse(code).await;
    }
    seal(&server).await;
    server
}

#[tokio::test]
async fn entries_are_sealed_by_the_published_form() {
    let server = sealed().await;
    sqlx::query("update warehouses set name = 'Größe \"x\"' where code = 'A'")
        .execute(server.pool())
        .await
        .expect("updated");
    let waiting = verify(&server, "").await;
    assert_eq!((&waiting["waiting"], codes(&waiting).len()), (&json!(1), 0), "{waiting}");
    seal(&server).await;
    let stored: Vec<String> =
        sqlx::query_scalar("select encode(chain, 'hex') from audit_log_seals order by seq")
            .fetch_all(server.pool())
            .await
            .expect("chains");
    assert!(stored.len() > 5, "{stored:?}");
    assert_eq!(stored, recomputed(server.pool()).await);
    let report = verify(&server, "").await;
    let head = json!({"seq": stored.len(), "chain": stored.last()});
    assert_eq!(
        (&report["head"], &report["entries"], &report["waiting"]),
        (&head, &json!(stored.len()), &json!(0))
    );
    assert_eq!(codes(&report), Vec::<String>::new());
    let shown = server.get("/audit-log?limit=2").await.expect(200); // the newest: that it was verified now
    assert_eq!(
        (&shown.items()[0]["chain"], &shown.items()[1]["chain"]),
        (&Value::Null, &json!(stored.last()))
    );
    server.finish().await;
}

/// Several servers seal while others write: every entry has one place, and the chain is one.
#[tokio::test(flavor = "multi_thread")]
async fn several_servers_seal_one_chain() {
    let server = server().await;
    let app = app(server.database()).await;
    let writing = (0..6).map(|writer| {
        let client = (*server).clone();
        tokio::spawn(async move {
            for i in 0..15 {
                client
                    .post("/warehouses", json!({"code": format!("W{writer}-{i}"), "name": "W"}))
                    .await
                    .expect(201);
            }
        })
    });
    let sealing = (0..4).map(|_| {
        let app = app.clone();
        tokio::spawn(async move {
            for _ in 0..40 {
                audit::seal(&app).await.expect("sealed");
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        })
    });
    for done in join_all(writing.chain(sealing).collect::<Vec<_>>()).await {
        done.expect("no panic");
    }
    seal(&server).await;
    let (entries, seals, last): (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from audit_log), (select count(*) from audit_log_seals), (select max(seq) from audit_log_seals)",
    )
    .fetch_one(server.pool())
    .await
    .expect("counts");
    assert_eq!((entries, entries), (seals, last));
    assert!(entries >= 90 * 2, "{entries}");
    let report = verify(&server, "").await;
    assert_eq!((codes(&report).len(), report["entries"].as_i64()), (0, Some(entries)), "{report}");
    server.finish().await;
}

async fn tamper(db: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut *db)
        .await
        .expect("without triggers");
    sqlx::raw_sql(sql).execute(db).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

#[tokio::test]
async fn whatever_a_superuser_changes_of_the_audit_log_is_found() {
    for (sql, expected) in [
        ("update audit_log set actor = 'somebody else' where id = 3", "entry_changed"),
        (
            "update audit_log set recorded_at = recorded_at + interval '1 microsecond' where id = 3",
            "entry_changed",
        ),
        ("update audit_log set detail = detail || '{\"x\": 1}' where id = 3", "entry_changed"),
        ("update audit_log set address = '192.0.2.1' where id = 3", "entry_changed"),
        ("delete from audit_log where id = 3", "entry_missing"),
        ("delete from audit_log_seals where seq = 3", "seal_missing"),
        ("update audit_log_seals set chain = sha256('x'::bytea) where seq = 3", "entry_changed"),
        (
            "insert into audit_log (actor, actor_kind, action, target, detail) values ('a', 'person', 'a.b', 'c', '{}')",
            "entry_unsealed",
        ),
        ("delete from audit_log_seals where seq = (select max(seq) from audit_log_seals)", "entry_unsealed"),
        ("insert into audit_log_queue values (999)", "entry_missing"),
    ] {
        let server = sealed().await;
        assert_eq!(codes(&verify(&server, "").await), Vec::<String>::new(), "before {sql}");
        tamper(&mut server.database().superuser().await, sql).await;
        let found = codes(&verify(&server, "").await);
        assert!(found.contains(&expected.to_owned()), "{sql}: {found:?}");
        server.finish().await;
    }
}

/// Whoever writes the whole chain anew, or cuts its end off with its entries, is found by a head that was noted.
#[tokio::test]
async fn what_was_cut_off_or_written_anew_shows_against_a_noted_head() {
    let server = sealed().await;
    let head = verify(&server, "").await["head"].clone();
    let (seq, chain) = (head["seq"].as_i64().expect("a place"), head["chain"].as_str().expect("a chain"));
    let noted = format!("?seq={seq}&chain={chain}");
    assert_eq!(codes(&verify(&server, &noted).await), Vec::<String>::new());
    let mut superuser = server.database().superuser().await;
    tamper(
        &mut superuser,
        "delete from audit_log a using audit_log_seals s where s.entry_id = a.id and s.seq > 5; delete from audit_log_seals where seq > 5",
    )
    .await;
    assert_eq!(codes(&verify(&server, "").await), Vec::<String>::new(), "it is whole but for its end");
    assert_eq!(codes(&verify(&server, &noted).await), ["head_cut_off"]);
    let other = format!("?seq=5&chain={chain}");
    assert_eq!(codes(&verify(&server, &other).await), ["head_changed"]);
    server.get("/audit-log/verify?seq=5").await.invalid(&[("?seq", "incomplete_head")]);
    server.get("/audit-log/verify?seq=5&chain=xyz").await.invalid(&[("?chain", "not_a_digest")]);
    server.finish().await;
}

#[tokio::test]
async fn a_verification_of_the_audit_log_goes_on_where_it_ended() {
    let server = sealed().await;
    let whole = verify(&server, "").await;
    let rest = verify(&server, "?after=3").await;
    let entries = whole["entries"].as_i64().expect("a number");
    assert_eq!((rest["entries"].as_i64(), &rest["head"]), (Some(entries - 3), &whole["head"]));
    server.finish().await;
}

/// A large log, of which each request may check a part only: it comes to an end, and what is amiss anywhere is found once. Entries are
/// not sealed quite in their order.
#[tokio::test]
async fn a_verification_of_a_large_audit_log_comes_to_its_end() {
    const ENTRIES: i64 = 12_000;
    let server = server().await;
    let mut superuser = server.database().superuser().await;
    sqlx::query("select set_config('stockbook.ledger', 'on', false)")
        .execute(&mut superuser)
        .await
        .expect("as the server");
    sqlx::query("select audit('thing.done', 'thing:' || n, '{}') from generate_series(1, $1) n")
        .bind(ENTRIES)
        .execute(&mut superuser)
        .await
        .expect("entries");
    let first: i64 = sqlx::query_scalar("select id from audit_log where target = 'thing:1'")
        .fetch_one(&mut superuser)
        .await
        .expect("an entry");
    // These are sealed late; those were put in from behind.
    let (late, amiss) = ([first + 10, first + 4_990], [first + 20, first + 5_500, first + ENTRIES - 1]);
    sqlx::query("delete from audit_log_queue where entry_id = any($1)")
        .bind([late.as_slice(), &amiss].concat())
        .execute(&mut superuser)
        .await
        .expect("deleted");
    seal(&server).await;
    sqlx::query("insert into audit_log_queue select unnest($1::bigint[])")
        .bind(late)
        .execute(&mut superuser)
        .await
        .expect("inserted");
    seal(&server).await;

    let app = app(server.database()).await;
    let (mut after, mut checked, mut found, mut calls) = (0, 0, Vec::new(), 0);
    let head = loop {
        let mut verification = audit::AuditVerification::new(app.clone(), after).await.expect("begun");
        verification.step().await.expect("a step");
        let report = verification.into_report();
        (checked, calls) = (checked + report.entries, calls + 1);
        found.extend(report.differences.iter().map(|one| (one.code, one.entry_id)));
        match report.next_after {
            Some(next) => assert!(next > after && calls < 9, "{after} {next} {calls}"),
            None => break report.head,
        }
        after = report.next_after.expect("where to go on");
    };
    let sealed: i64 = sqlx::query_scalar("select count(*) from audit_log_seals")
        .fetch_one(&mut superuser)
        .await
        .expect("a number");
    assert!(sealed > 10_000 && calls > 2, "{sealed} {calls}");
    assert_eq!((checked, head.map(|head| head.seq)), (sealed, Some(sealed)));
    assert_eq!(found, amiss.map(|id| ("entry_unsealed", Some(id))));
    let whole = verify(&server, "").await;
    assert_eq!(whole["differences"].as_array().map(Vec::len), Some(amiss.len()), "{whole}");
    assert_eq!((&whole["entries"], &whole["next_after"]), (&json!(sealed), &Value::Null));
    server.finish().await;
}
