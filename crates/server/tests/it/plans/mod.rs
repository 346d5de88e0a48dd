//! How PostgreSQL runs every list and lookup at 100,000 products: along an index, without sorting more than a page or
//! two. What it does is in `snapshots/plans.txt`; `UPDATE_GOLDEN=1` writes it.

mod capture;
mod plan;
mod requests;

use serde_json::Value;
use sqlx::Executor;
use testkit::{TestDatabase, TestServer, golden};

use crate::support::router_with_pool;
use capture::Capture;

/// A prepared statement is planned for its values five times; then PostgreSQL may keep one plan for all values.
const PLANNED_FOR_VALUES: usize = 5;

/// The version whose plans the snapshot has; those of another one only have to be free of faults.
const SNAPSHOT_MAJOR: i32 = 15;

#[tokio::test]
async fn no_list_or_lookup_reads_or_sorts_a_table_of_a_large_shop() {
    let database = TestDatabase::new().await;
    let major = fill(&database).await;
    capture::explain_everything(&database).await;

    // One connection, so that every statement is run again in the same session.
    let (capture, _guard) = Capture::begin();
    let server = TestServer::on(database, |options| router_with_pool(options, 1)).await;
    let (mut snapshot, mut faults) = (Snapshot::default(), Vec::new());
    let mut next = String::new();
    for request in requests::requests() {
        let path = request.replace("{next}", &next);
        let (first, _) = ask(&server, &path, &capture).await;
        for _ in 1..PLANNED_FOR_VALUES {
            server.get(&path).await.expect(200);
        }
        let (kept, cursor) = ask(&server, &path, &capture).await;
        next = cursor;
        assert!(!first.is_empty(), "no plan was seen for {request}");
        let found = first.iter().chain(&kept).flat_map(plan::faults);
        faults.extend(found.map(|fault| format!("{request}: {fault}")));
        snapshot.add(&request, &first, &kept);
    }
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    if major == SNAPSHOT_MAJOR {
        golden::check("crates/server/tests/it/snapshots/plans.txt", &snapshot.to_string());
    }
}

/// Fill it; the major version of PostgreSQL.
async fn fill(database: &TestDatabase) -> i32 {
    let mut superuser = database.superuser().await;
    superuser.execute(include_str!("shop.sql")).await.expect("the shop");
    // All rows are looked at, so that the statistics, and with them the plans, are always the same.
    superuser.execute("set default_statistics_target = 1100").await.expect("set");
    superuser.execute("vacuum (analyze)").await.expect("vacuum");
    sqlx::query_scalar("select current_setting('server_version_num')::int / 10000")
        .fetch_one(&mut superuser)
        .await
        .expect("a version")
}

/// The plans of a request, and the cursor in its answer.
async fn ask(server: &TestServer, path: &str, capture: &Capture) -> (Vec<Value>, String) {
    // What is left of a statement is read before the next one is sent.
    server.get("/readyz").await.expect(200);
    capture.forget();
    let answer = server.get(path).await.expect(200);
    server.get("/readyz").await.expect(200);
    let plans = capture.take().into_iter().filter(|plan| plan["Query Text"] != "select 1").collect();
    (plans, answer.body["next_cursor"].as_str().unwrap_or_default().to_owned())
}

/// Requests by their plans: those that are run in the same way stand together.
#[derive(Default)]
struct Snapshot(Vec<(String, Vec<String>)>);

impl Snapshot {
    /// The plans of the first time, and those that are kept where they are others.
    fn add(&mut self, request: &str, first: &[Value], kept: &[Value]) {
        let shapes = |plans: &[Value]| plans.iter().map(plan::shape).collect::<Vec<_>>().join("  and then\n");
        let (first, kept) = (shapes(first), shapes(kept));
        if first != kept {
            self.group(kept).push(format!("{request} (once its plan is kept)"));
        }
        self.group(first).push(request.to_owned());
    }

    fn group(&mut self, shape: String) -> &mut Vec<String> {
        let at = self.0.iter().position(|(known, _)| *known == shape).unwrap_or_else(|| {
            self.0.push((shape, Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

impl std::fmt::Display for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (shape, requests) in &self.0 {
            for request in requests {
                writeln!(f, "{request}")?;
            }
            for line in shape.lines() {
                writeln!(f, "    {line}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
