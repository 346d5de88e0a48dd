//! Databases for tests: separate, plainly owned, gone afterwards, also when a run has crashed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use testkit::{Cluster, OWNER, Postgres, TestDatabase};

async fn exists(name: &str) -> bool {
    let mut db =
        PgConnection::connect(&Postgres::shared().superuser_url("postgres")).await.expect("a connection");
    let exists = sqlx::query_scalar("select exists (select from pg_database where datname = $1)").bind(name);
    exists.fetch_one(&mut db).await.expect("an answer")
}

#[tokio::test]
async fn a_database_is_migrated_plainly_owned_and_gone_afterwards() {
    let database = TestDatabase::new().await;
    let (role, superuser, owns, guarded): (String, bool, bool, bool) = sqlx::query_as(
        "select current_user::text, rolsuper,
                exists (select from pg_database where datname = current_database() and datdba = r.oid),
                current_setting('stockbook.ledger', true) is null
         from pg_roles r where rolname = current_user",
    )
    .fetch_one(database.pool())
    .await
    .expect("an answer");
    assert_eq!((role.as_str(), superuser, owns, guarded), (OWNER, false, true, true));
    sqlx::query("select from products, stock_levels")
        .execute(database.pool())
        .await
        .expect("the tables are there");
    let tables: i64 = sqlx::query_scalar(
        "select count(*) from pg_tables where schemaname = 'public' and tableowner <> current_user",
    )
    .fetch_one(database.pool())
    .await
    .expect("an answer");
    assert_eq!(tables, 0, "its tables are its owner's");

    let name = database.name().to_owned();
    assert!(exists(&name).await);
    drop(database); // while the pool has a connection open
    assert!(!exists(&name).await);
}

#[tokio::test]
async fn databases_of_tests_are_separate_and_an_empty_one_has_nothing() {
    let (one, two) = (TestDatabase::new().await, TestDatabase::new().await);
    let insert = "insert into categories (name) values ('Kitchen')";
    sqlx::query(insert).execute(one.pool()).await.expect("inserted");
    sqlx::query(insert).execute(two.pool()).await.expect("inserted: it is another database");
    let empty = TestDatabase::empty().await;
    let tables: i64 = sqlx::query_scalar("select count(*) from pg_tables where schemaname = 'public'")
        .fetch_one(empty.pool())
        .await
        .expect("an answer");
    assert_eq!(tables, 0);
}

/// Two processes that start at once on a new server make one template; what a crashed one has left is dropped.
#[tokio::test(flavor = "multi_thread")]
async fn a_given_server_is_shared_and_cleaned_up() {
    let cluster = tokio::task::spawn_blocking(Cluster::start).await.expect("a thread").expect("a cluster");
    let url = cluster.superuser_url().to_owned();
    let mut admin = PgConnection::connect(&url).await.expect("a connection");
    sqlx::query("create database stockbook_test_12345_1").execute(&mut admin).await.expect("a database");
    let join = |url: String| tokio::task::spawn_blocking(move || Postgres::at(&url));
    let (one, two) = tokio::join!(join(url.clone()), join(url.clone()));
    let one = Arc::new(one.expect("a thread").expect("the first one is ready"));
    let two = Arc::new(two.expect("a thread").expect("the second one is ready"));

    let databases = "select array_agg(datname::text order by datname) from pg_database where starts_with(datname, 'stockbook_')";
    let names: Vec<String> = sqlx::query_scalar(databases).fetch_one(&mut admin).await.expect("an answer");
    assert!(
        matches!(names.as_slice(), [template] if template.starts_with("stockbook_template_")),
        "{names:?}"
    );

    // What a living run has made stays.
    let (of_one, of_two) = (TestDatabase::on(one, true).await, TestDatabase::on(two, true).await);
    let three = join(url).await.expect("a thread").expect("the third one is ready");
    for database in [&of_one, &of_two] {
        sqlx::query("select from products").execute(database.pool()).await.expect("it is still there");
    }
    drop((of_one, of_two, three));
    admin.close().await.expect("closed");
    tokio::task::spawn_blocking(move || cluster.stop()).await.expect("a thread").expect("stopped");
}

/// A process that ends, by whatever means, leaves neither PostgreSQL nor its directory.
#[tokio::test]
async fn a_cluster_ends_with_its_process() {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_with-postgres"));
    command.env_remove(Postgres::VARIABLE).kill_on_drop(true).stdout(std::process::Stdio::piped());
    let script = format!("echo ${}; exec sleep 60", Postgres::VARIABLE);
    let mut child = command.args(["sh", "-c", &script]).spawn().expect("with-postgres");
    let mut lines =
        tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(child.stdout.take().expect("piped")));
    let url = lines.next_line().await.expect("a line").expect("a URL");
    let mut db = PgConnection::connect(&url).await.expect("a connection");
    let data: String = sqlx::query_scalar("select current_setting('data_directory')")
        .fetch_one(&mut db)
        .await
        .expect("an answer");
    drop(db);
    let dir = std::path::Path::new(&data).parent().expect("its directory").to_owned();
    assert!(dir.exists());

    child.kill().await.expect("killed");
    for _ in 0..200 {
        if !dir.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} is still there", dir.display());
}

#[tokio::test]
async fn the_command_of_with_postgres_decides_how_it_ends() {
    let run = |script: &str| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_with-postgres"));
        command.args(["sh", "-c", script]).env(Postgres::VARIABLE, "given").status()
    };
    assert_eq!(run("exit 7").await.expect("run").code(), Some(7));
    assert_eq!(run("test $TEST_DATABASE_URL = given").await.expect("run").code(), Some(0));
    assert_eq!(run("kill -9 $$").await.expect("run").code(), Some(1));
}
