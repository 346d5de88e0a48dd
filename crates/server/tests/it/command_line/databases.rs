//! A PostgreSQL of the user's own: which it may be, what is said of one that will not do, and what is made in it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, raw_sql};
use testkit::{ServerProcess, TestDatabase, check_ledger, golden};
use tokio::net::TcpListener;

use super::{Ended, Folder, NOBODY, advised, run};

/// The numbers of the migrations, by their files.
fn migrations() -> Vec<i64> {
    let files = std::fs::read_dir(golden::root().join("migrations")).expect("migrations").flatten();
    let number = |name: &str| name.split('_').next()?.parse().ok();
    let numbers = files.map(|file| number(&file.file_name().to_string_lossy()).expect("a number"));
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

async fn count(database: &TestDatabase, of: &str) -> i64 {
    let sql = AssertSqlSafe(format!("select count(*) from {of}"));
    sqlx::query_scalar(sql).fetch_one(database.pool()).await.expect("a count")
}

/// How many tables there are.
async fn tables(database: &TestDatabase) -> i64 {
    count(database, "pg_tables where schemaname not in ('pg_catalog', 'information_schema')").await
}

/// Run statements as the owner.
async fn execute(database: &TestDatabase, sql: &str) {
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(database.pool()).await.expect("it runs");
}

/// Run statements as a superuser.
async fn as_superuser(database: &TestDatabase, sql: &str) {
    let mut superuser = database.superuser().await;
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut superuser).await.expect("it runs");
    superuser.close().await.expect("closed");
}

/// The checks of `doctor --json`: the name, whether it is well, what was found.
fn checks(doctor: &Ended) -> Vec<(String, bool, String)> {
    let report: Value = serde_json::from_str(&doctor.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let check = |check: &Value| (text(&check["name"]), check["ok"] == true, text(&check["found"]));
    let checks: Vec<_> = report["checks"].as_array().expect("checks").iter().map(check).collect();
    assert_eq!(report["ok"], checks.iter().all(|(_, ok, _)| *ok), "{doctor:#?}");
    checks
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_soon() {
    let folder = Folder::new();
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port"); // takes connections, says nothing
    let silent = silent.local_addr().expect("an address").to_string();
    let begun = Instant::now();
    let runs =
        [NOBODY, &silent].into_iter().flat_map(|host| ["serve", "migrate"].map(|command| (host, command)));
    join_all(runs.map(async |(host, command)| {
        let url = format!("postgres://u@{host}/d");
        let arguments = [command, "--listen", "127.0.0.1:0", "--database-url", &url];
        folder
            .run(&arguments)
            .await
            .expect(3)
            .saying(&[&format!("d on {host} as u: cannot connect"), "PostgreSQL runs"]);
    }))
    .await;
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_database_that_can_lose_what_it_acknowledged_has_to_be_allowed() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    // The tests' own PostgreSQL has all three off; one that was given for the tests may not.
    execute(&database, &format!("alter database {} set synchronous_commit = off", database.name())).await;
    let off: String = sqlx::query_scalar(
        "select string_agg(name, ', ' order by name) from pg_settings
         where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'",
    )
    .fetch_one(database.pool())
    .await
    .expect("settings");
    let off = format!("{off} is off");
    for command in ["serve", "migrate", "seed"] {
        let arguments = [command, "--listen", "127.0.0.1:0", "--database-url", &database.url()];
        let refused = folder.run(&arguments).await.expect(3);
        refused.saying(&[&off, "synchronous_commit", "--allow-unsafe-database"]);
    }
    assert_eq!(tables(&database).await, 0);
    folder.run(&["migrate", "--allow-unsafe-database", "--database-url", &database.url()]).await.expect(0);
}

#[tokio::test]
async fn migrations_run_once() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    let number = migrations().len();
    let first = folder.run_on(&database, &["migrate"]).await.expect(0);
    assert!(first.stdout.contains(&format!("{number} migrations were run")), "{first:#?}");
    let second = folder.run_on(&database, &["migrate"]).await.expect(0);
    assert_eq!(second.stdout, "the schema is up to date\n");
    let applied: Vec<i64> = sqlx::query_scalar("select version from _sqlx_migrations order by version")
        .fetch_all(database.pool())
        .await
        .expect("numbers");
    assert_eq!(applied, migrations());
}

#[tokio::test]
async fn eight_that_migrate_at_once_do_not_disturb_each_other() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    for ended in join_all((0..8).map(|_| folder.run_on(&database, &["migrate"]))).await {
        ended.expect(0);
    }
    assert_eq!(
        count(&database, "_sqlx_migrations where success").await,
        i64::try_from(migrations().len()).expect("few")
    );
    folder.run_on(&database, &["seed", "--no-migrate"]).await.expect(0);
}

#[tokio::test]
async fn without_migrating_a_database_that_lacks_the_schema_is_refused_and_left_alone() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    let lacks = format!("lacks {} migrations", migrations().len());
    for command in ["serve", "seed"] {
        let refused = folder.run_on(&database, &[command, "--no-migrate", "--listen", "127.0.0.1:0"]).await;
        refused.expect(3).saying(&[&lacks, "stockbook migrate"]);
    }
    assert_eq!(tables(&database).await, 0);
    // The switch can be taken back, and `migrate` migrates whatever it says.
    run(folder.command_on(&database, &["migrate"]).env("STOCKBOOK_NO_MIGRATE", "true")).await.expect(0);
    folder.run_on(&database, &["seed", "--no-migrate"]).await.expect(0);
}

#[tokio::test]
async fn a_schema_that_is_newer_than_the_binary_is_refused() {
    let (folder, database) = (Folder::new(), TestDatabase::new().await);
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'of tomorrow', true, '', 0)";
    execute(&database, newer).await;
    let known = format!("up to {}", migrations().last().expect("a migration"));
    for command in ["serve", "migrate", "seed"] {
        let refused = folder.run_on(&database, &[command, "--listen", "127.0.0.1:0"]).await.expect(3);
        refused.saying(&["schema version 9999", &known, "use the newer binary"]);
    }
    let doctor = folder.run_on(&database, &["doctor", "--json"]).await.expect(3);
    assert!(
        checks(&doctor).iter().any(|(name, ok, found)| name == "schema" && !ok && found.contains("9999"))
    );
}

#[tokio::test]
async fn a_table_of_somebody_else_is_named_and_left_alone() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    execute(&database, "create table products (note text)").await;
    for command in ["serve", "migrate", "seed"] {
        let refused = folder.run_on(&database, &[command, "--listen", "127.0.0.1:0"]).await.expect(3);
        refused.saying(&["\"products\"", "a schema of its own"]);
    }
    assert_eq!(tables(&database).await, 1);
    // As it says. What `public` has can still be seen from there.
    let name = database.name();
    let advice = format!("create schema shop; alter database {name} set search_path = shop, public");
    execute(&database, &advice).await;
    folder.run_on(&database, &["seed"]).await.expect(0);
    assert_eq!(count(&database, "public.products").await, 0);
    assert!(count(&database, "shop.products").await > 0);
}

#[tokio::test]
async fn a_role_that_may_not_create_is_told_what_to_run_and_then_may() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    as_superuser(&database, &format!("alter database {} owner to current_user", database.name())).await;
    for command in ["serve", "migrate", "seed"] {
        let refused = folder.run_on(&database, &[command, "--listen", "127.0.0.1:0"]).await.expect(3);
        refused.saying(&["may not create", "GRANT CREATE ON SCHEMA", "GRANT CREATE ON DATABASE"]);
    }
    let refused = folder.run_on(&database, &["migrate"]).await.expect(3);
    as_superuser(&database, &advised(&refused)).await;
    folder.run_on(&database, &["migrate"]).await.expect(0);
}

#[tokio::test]
async fn sample_data_go_into_an_empty_database_only() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    let planted = folder.run_on(&database, &["seed"]).await.expect(0);
    let products = count(&database, "products").await;
    assert!(products >= 60, "{products}");
    assert!(planted.stdout.starts_with(&format!("sample data: {products} products in ")), "{planted:#?}");
    let movements = count(&database, "stock_movements").await;
    let again = folder.run_on(&database, &["seed"]).await.expect(0);
    assert_eq!(again.stdout, "the database is not empty: left as it is\n");
    assert_eq!(
        (count(&database, "products").await, count(&database, "stock_movements").await),
        (products, movements)
    );
}

#[tokio::test]
async fn a_demo_uses_the_database_that_is_configured() {
    let (folder, database) = (Folder::new(), TestDatabase::empty().await);
    let command = folder.command_on(&database, &["demo", "--listen", "127.0.0.1:0", "--data-dir", "data"]);
    let demo = ServerProcess::run(command).await;
    let id = demo.client().product("MINE", 3).await;
    demo.kill().await;
    assert!(!folder.path().join("data").exists(), "an embedded database was made");
    assert!(count(&database, "products").await > 60);
    assert_eq!(count(&database, &format!("products where id = {id} and sku = 'MINE'")).await, 1);

    // The next one finds data, and adds none.
    let command = folder.command_on(&database, &["demo", "--listen", "127.0.0.1:0"]);
    let demo = ServerProcess::run(command).await;
    assert_eq!(demo.client().on_hand(id).await.to_string(), "3");
    check_ledger(database.pool()).await;
}

#[tokio::test]
async fn the_doctor_tells_programs_what_is_well_and_what_is_not() {
    let (folder, database) = (Folder::new(), TestDatabase::new().await);
    let well = folder.run_on(&database, &["doctor", "--json"]).await.expect(0);
    let names: Vec<_> = checks(&well).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["connection", "version", "durability", "schema"]);

    let version: String =
        sqlx::query_scalar("show server_version").fetch_one(database.pool()).await.expect("a version");
    assert!(checks(&well)[1].2.contains(&version), "{well:#?}");
    let empty = TestDatabase::empty().await;
    let refused = folder.run_on(&empty, &["doctor", "--json", "--no-migrate"]).await.expect(3);
    let unwell: Vec<_> = checks(&refused).into_iter().filter(|(_, ok, _)| !ok).collect();
    assert!(
        matches!(&unwell[..], [(name, _, found)] if name == "schema" && found.contains("stockbook migrate"))
    );
    assert_eq!(tables(&empty).await, 0, "it makes nothing");

    let people = folder.run_on(&empty, &["doctor", "--no-migrate"]).await.expect(3).saying(&["see above"]);
    assert!(people.stdout.lines().any(|line| line.starts_with("FAILED schema")), "{people:#?}");
}

#[tokio::test]
async fn the_log_is_written_for_people_or_for_machines() {
    let (folder, database) = (Folder::new(), TestDatabase::new().await);
    for (format, is_json) in [("json", true), ("pretty", false)] {
        let log =
            run(folder.command_on(&database, &["migrate", "--log-format", format]).env("RUST_LOG", "debug"))
                .await
                .expect(0)
                .stderr;
        assert!(log.lines().count() > 0, "something is logged");
        let event =
            |line: &str| serde_json::from_str::<Value>(line).is_ok_and(|event| event["level"].is_string());
        assert!(log.lines().all(|line| event(line) == is_json), "{log}");
    }
}
