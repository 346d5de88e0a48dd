//! The PostgreSQL server that the tests of this process share, and the databases made and dropped there.
//!
//! Every test has a runtime of its own, so what outlives a test runs on a runtime kept here.

use std::fmt::Write as _;
use std::future::Future;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use platform::preflight::MIGRATIONS;
use platform::roles::{RoleName, grants_sql};
use reqwest::Url;
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};
use tokio::runtime::{Handle, Runtime};

use crate::Cluster;

/// The plain role that owns every test's database: no superuser, and its password is its name.
pub const OWNER: &str = "stockbook_tester";

/// The plain role that serves there: it can change neither the schema nor history. Its password is its name.
pub const APP: &str = "stockbook_test_server";

/// First part of the names of databases; the number of the run and of the database follow.
const DATABASE_PREFIX: &str = "stockbook_test_";

/// How long a free connection is waited for.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);

/// Advisory locks, all taken in the database `postgres`: one around the making of the role and the template …
const SETUP_LOCK: i64 = 0x5354_4b42;
/// … and, with the number of the run, one held while the run lasts.
const RUN_LOCK: i32 = 0x5354_4b42;

/// A PostgreSQL server with a template of a migrated database.
#[derive(Debug)]
pub struct Postgres {
    superuser_url: Url,
    template: String,
    run: i32,
    next: AtomicU32,
    admin: PgPool,
    _run_lock: PgConnection,
    runtime: Background,
    _cluster: Option<Cluster>,
}

/// A runtime that can be dropped inside another one.
#[derive(Debug)]
struct Background(Option<Runtime>);

impl Background {
    fn start() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    fn handle(&self) -> &Handle {
        self.0.as_ref().map(Runtime::handle).unwrap_or_else(|| unreachable!("taken only when dropped"))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

static SHARED: LazyLock<Arc<Postgres>> = LazyLock::new(|| {
    // In a thread of its own: the caller is in a runtime, where no other can be entered.
    let started = thread::spawn(|| match std::env::var(Postgres::VARIABLE) {
        Ok(url) => Postgres::at(&url),
        Err(_) => Postgres::private(),
    });
    match started.join() {
        Ok(Ok(postgres)) => Arc::new(postgres),
        Ok(Err(error)) => panic!("no PostgreSQL for the tests: {error:#}"),
        Err(panic) => std::panic::resume_unwind(panic),
    }
});

impl Postgres {
    /// The environment variable with the URL of a superuser on the server to be used.
    pub const VARIABLE: &str = "TEST_DATABASE_URL";

    /// The server for all tests of this process.
    pub fn shared() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    fn private() -> anyhow::Result<Self> {
        let cluster = Cluster::start()?;
        let postgres = Self::at(cluster.superuser_url())?;
        Ok(Self { _cluster: Some(cluster), ..postgres })
    }

    /// The server at this URL of a superuser. Blocks: makes the role and the template if they are missing, and drops what
    /// crashed runs have left.
    pub fn at(superuser_url: &str) -> anyhow::Result<Self> {
        let superuser_url = Url::parse(superuser_url).context(Self::VARIABLE)?;
        let runtime = Background::start()?;
        let handle = runtime.handle().clone();
        #[expect(clippy::disallowed_methods, reason = "runs in a thread that no runtime owns")]
        handle.block_on(Self::prepare(superuser_url, runtime))
    }

    async fn prepare(superuser_url: Url, runtime: Background) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(superuser_url.as_str())?;
        let mut run_lock = options.connect().await.context("connect as superuser")?;
        let run = start_run(&mut run_lock).await?;
        let postgres = Self {
            template: template_name(),
            run,
            next: AtomicU32::new(1),
            admin: PgPoolOptions::new()
                .max_connections(4)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_lazy_with(options),
            _run_lock: run_lock,
            runtime,
            superuser_url,
            _cluster: None,
        };
        let mut db = postgres.superuser("postgres").connect().await?;
        execute(&mut db, format!("select pg_advisory_lock({SETUP_LOCK})")).await?;
        postgres.ensure_role(&mut db, OWNER).await.context("make the role that owns the databases")?;
        postgres.ensure_role(&mut db, APP).await.context("make the role that serves")?;
        // As `stockbook db roles` has it; and the owner sees for whom the server waits.
        execute(&mut db, format!("grant pg_read_all_stats to {APP}; grant {APP} to {OWNER}")).await?;
        postgres.ensure_template(&mut db).await.context("make the template database")?;
        postgres.drop_left_over(&mut db).await.context("drop what a crashed run has left")?;
        db.close().await?; // the lock ends with the session
        Ok(postgres)
    }

    async fn ensure_role(&self, db: &mut PgConnection, role: &str) -> anyhow::Result<()> {
        let known: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(&mut *db)
            .await?;
        let verb = if known { "alter" } else { "create" };
        let sql = format!(
            "{verb} role {role} login password '{role}' nosuperuser nocreatedb nocreaterole nobypassrls noreplication"
        );
        execute(db, sql).await
    }

    async fn ensure_template(&self, db: &mut PgConnection) -> anyhow::Result<()> {
        if exists(db, &self.template).await? {
            return Ok(());
        }
        let unfinished = format!("{}_new", self.template);
        execute(db, format!("drop database if exists {unfinished} with (force)")).await?;
        execute(db, format!("create database {unfinished} owner {OWNER}")).await?;
        let mut owner = self.owner(&unfinished).connect().await?;
        MIGRATIONS.run(&mut owner).await?;
        sqlx::raw_sql(AssertSqlSafe(grants_sql(&APP.parse()?))).execute(&mut owner).await?;
        owner.close().await?;
        // A template that somebody is connected to cannot be copied: nobody gets in from here on.
        execute(db, format!("alter database {unfinished} allow_connections false")).await?;
        execute(db, format!("alter database {unfinished} rename to {}", self.template)).await
    }

    /// Drop the databases of runs whose lock nobody holds any more.
    async fn drop_left_over(&self, db: &mut PgConnection) -> anyhow::Result<()> {
        let names: Vec<String> =
            sqlx::query_scalar("select datname::text from pg_database where starts_with(datname, $1)")
                .bind(DATABASE_PREFIX)
                .fetch_all(&mut *db)
                .await?;
        for name in names {
            let run = name.strip_prefix(DATABASE_PREFIX).and_then(|rest| rest.split('_').next());
            let Some(Ok(run)) = run.map(str::parse::<i32>) else { continue };
            let gone: bool = sqlx::query_scalar("select pg_try_advisory_lock($1, $2)")
                .bind(RUN_LOCK)
                .bind(run)
                .fetch_one(&mut *db)
                .await?;
            if gone {
                execute(db, format!("drop database if exists {name} with (force)")).await?;
            }
        }
        Ok(())
    }

    /// Make a database and give its name.
    pub(crate) async fn create_database(self: &Arc<Self>, migrated: bool) -> String {
        let name = format!("{DATABASE_PREFIX}{}_{}", self.run, self.next.fetch_add(1, Ordering::Relaxed));
        let from = if migrated {
            // Copies files: 11 ms where the default, which writes it all to the log, took 158 ms.
            format!(" template {} strategy file_copy", self.template)
        } else {
            String::new() // the server's own
        };
        let sql = format!("create database {name} owner {OWNER}{from}");
        let admin = self.admin.clone();
        self.here(async move { sqlx::query(AssertSqlSafe(sql)).execute(&admin).await })
            .await
            .unwrap_or_else(|error| panic!("create the database {name}: {error}"));
        name
    }

    /// Drop a database, whoever is still connected; waits until it is gone. For destructors: it does not fail.
    pub(crate) fn drop_database(&self, name: &str) {
        let sql = format!("drop database if exists {name} with (force)");
        let admin = self.admin.clone();
        let (done, wait) = std::sync::mpsc::channel();
        self.runtime.handle().spawn(async move {
            done.send(sqlx::query(AssertSqlSafe(sql)).execute(&admin).await).ok();
        });
        match wait.recv_timeout(Duration::from_secs(20)) {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => eprintln!("drop the database {name}: {error}"),
            Err(_) => eprintln!("drop the database {name}: not done after 20 s"),
        }
    }

    /// Run this where connections outlive a test.
    async fn here<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        match self.runtime.handle().spawn(work).await {
            Ok(done) => done,
            Err(error) => panic!("a task of the tests' PostgreSQL: {error}"),
        }
    }

    /// How the superuser connects.
    pub fn superuser_url(&self, database: &str) -> String {
        let mut url = self.superuser_url.clone();
        url.set_path(database);
        url.into()
    }

    /// How the plain owner of the databases connects.
    pub fn owner_url(&self, database: &str) -> String {
        self.url_of(OWNER, database)
    }

    /// How a plain role connects.
    pub(crate) fn url_of(&self, role: &str, database: &str) -> String {
        let mut url = self.superuser_url.clone();
        url.set_path(database);
        let changed = url.set_username(role).and_then(|()| url.set_password(Some(role)));
        changed.unwrap_or_else(|()| panic!("{} has no host", Self::VARIABLE));
        url.into()
    }

    pub(crate) fn superuser(&self, database: &str) -> PgConnectOptions {
        options(&self.superuser_url(database))
    }

    pub(crate) fn owner(&self, database: &str) -> PgConnectOptions {
        options(&self.owner_url(database))
    }

    pub(crate) fn app(&self, database: &str) -> PgConnectOptions {
        options(&self.url_of(APP, database))
    }
}

fn options(url: &str) -> PgConnectOptions {
    PgConnectOptions::from_str(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Choose a number that no other run has, and hold it as long as this connection lasts.
async fn start_run(db: &mut PgConnection) -> anyhow::Result<i32> {
    loop {
        let (run, free): (i32, bool) = sqlx::query_as(
            "select run, pg_try_advisory_lock($1, run) from (select (random() * 2147483646)::integer + 1 as run) t",
        )
        .bind(RUN_LOCK)
        .fetch_one(&mut *db)
        .await?;
        if free {
            return Ok(run);
        }
    }
}

async fn exists(db: &mut PgConnection, database: &str) -> anyhow::Result<bool> {
    let exists = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(database)
        .fetch_one(db)
        .await?;
    Ok(exists)
}

/// Run a statement made of names of our own.
async fn execute(db: &mut PgConnection, sql: String) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await?;
    Ok(())
}

/// Other migrations or grants, another template.
fn template_name() -> String {
    let mut hasher = Sha256::new();
    let app: Result<RoleName, _> = APP.parse();
    hasher.update(app.map(|app| grants_sql(&app)).unwrap_or_default());
    for migration in MIGRATIONS.iter() {
        hasher.update(migration.version.to_be_bytes());
        hasher.update(&*migration.checksum);
    }
    hasher.finalize().iter().take(8).fold("stockbook_template_".to_owned(), |mut name, byte| {
        write!(name, "{byte:02x}").ok();
        name
    })
}
