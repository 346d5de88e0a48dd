//! Whether a database is fit to be served from, and its migrations.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

/// The numbered migrations, compiled in.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Oldest PostgreSQL that has what the schema uses.
const OLDEST_VERSION: i32 = 150_000;

/// How long a server may take to let us in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a database is not fit, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It does not answer, or lets us not in.
    #[error("cannot connect ({}): see that PostgreSQL runs there, and that host, port, user, password and database are right", reason(.0))]
    Unreachable(sqlx::Error),
    /// It is too old.
    #[error("PostgreSQL {0} is too old: Stockbook needs PostgreSQL 15 or later")]
    TooOld(String),
    /// It would lose acknowledged writes.
    #[error(
        "{0} is off: acknowledged stock could be lost in a crash. Switch it on in postgresql.conf, or start with --allow-unsafe-database"
    )]
    Unsafe(String),
    /// A newer release has been here.
    #[error("the database has schema version {found}, this binary knows up to {known}: use the newer binary")]
    Newer {
        /// Version in the database.
        found: i64,
        /// Newest version this binary knows.
        known: i64,
    },
    /// Migrations are missing and were not to be run.
    #[error("the database lacks {0} migrations: run `stockbook migrate`, or start without --no-migrate")]
    NotMigrated(usize),
    /// Somebody else's tables are in the way.
    #[error(
        "the schema has a table {0:?} that is not Stockbook's: give Stockbook a database or a schema of its own"
    )]
    ForeignTable(String),
    /// It may not create tables.
    #[error("the role may not create what Stockbook needs. As the owner of the database run:\n  {0}")]
    CreateDenied(String),
    /// A migration failed.
    #[error("migration failed: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Anything else.
    #[error("the database could not be checked: {0}")]
    Database(#[from] sqlx::Error),
}

/// What was found about a database that is fit.
#[derive(Clone, Debug)]
pub struct Findings {
    /// PostgreSQL's version, as it names itself.
    pub version: String,
    /// Database, schema and role.
    pub database: String,
    /// Current schema.
    pub schema: String,
    /// Current role.
    pub role: String,
    /// Migrations that are yet to run.
    pub pending: usize,
    /// What is off although acknowledged writes depend on it.
    pub unsafe_settings: Option<String>,
}

/// Check a database without changing it.
pub async fn check(options: &PgConnectOptions, allow_unsafe: bool) -> Result<Findings, Unfit> {
    let mut db = connect(options).await?;
    let findings = examine(&mut db, allow_unsafe).await;
    db.close().await.ok();
    findings
}

/// Check a database and bring its schema up to date, one server at a time.
pub async fn migrate(options: &PgConnectOptions, allow_unsafe: bool) -> Result<Findings, Unfit> {
    let findings = check(options, allow_unsafe).await?;
    if findings.pending > 0 {
        let mut db = connect(options).await?;
        MIGRATIONS.run(&mut db).await?; // holds an advisory lock; who comes second finds nothing to do
        db.close().await.ok();
    }
    Ok(findings)
}

/// What PostgreSQL said, without the line of its own source code that the driver adds.
fn reason(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |said| said.message().to_owned())
}

/// A host that swallows packets would keep us waiting for minutes.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Unfit> {
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, options.clone().connect()).await;
    let timed_out = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    connected.map_err(timed_out).and_then(|connected| connected).map_err(Unfit::Unreachable)
}

async fn examine(db: &mut PgConnection, allow_unsafe: bool) -> Result<Findings, Unfit> {
    let (number, version, database, role, schema): (i32, String, String, String, Option<String>) =
        sqlx::query_as(
            "select current_setting('server_version_num')::int, current_setting('server_version'),
                current_database()::text, current_user::text, current_schema()::text",
        )
        .fetch_one(&mut *db)
        .await?;
    if number < OLDEST_VERSION {
        return Err(Unfit::TooOld(version));
    }
    let unsafe_settings = unsafe_settings(db).await?;
    if let Some(names) = unsafe_settings.clone().filter(|_| !allow_unsafe) {
        return Err(Unfit::Unsafe(names));
    }
    let schema = schema
        .ok_or_else(|| Unfit::CreateDenied(format!("CREATE SCHEMA \"{role}\" AUTHORIZATION \"{role}\";")))?;
    let pending = pending(db).await?;
    if pending > 0 {
        refuse_without_create(db, &database, &schema, &role).await?;
    }
    Ok(Findings { version, database, schema, role, pending, unsafe_settings })
}

async fn unsafe_settings(db: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select string_agg(name, ', ' order by name) from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) as name
         where current_setting(name) = 'off'",
    )
    .fetch_one(db)
    .await
}

/// How many migrations are yet to run; refuses a schema that is newer or not ours.
async fn pending(db: &mut PgConnection) -> Result<usize, Unfit> {
    // This comes first: where it finds the table of a server that is migrating now, that server's own is found below.
    let foreign: Option<String> = sqlx::query_scalar(
        "select name from unnest(array['products', 'categories', 'warehouses', 'locations', 'stock_movements']) as name
         where to_regclass(format('%I.%I', current_schema(), name)) is not null limit 1",
    )
    .fetch_optional(&mut *db)
    .await?;
    let ours: bool =
        sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(&mut *db).await?;
    let known: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    if !ours {
        return foreign.map_or(Ok(known.len()), |table| Err(Unfit::ForeignTable(table)));
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("select version from _sqlx_migrations where success").fetch_all(db).await?;
    let newest = |versions: &[i64]| versions.iter().copied().max().unwrap_or(0);
    if newest(&applied) > newest(&known) {
        return Err(Unfit::Newer { found: newest(&applied), known: newest(&known) });
    }
    Ok(known.iter().filter(|version| !applied.contains(version)).count())
}

async fn refuse_without_create(
    db: &mut PgConnection,
    database: &str,
    schema: &str,
    role: &str,
) -> Result<(), Unfit> {
    let (in_schema, extension): (bool, bool) = sqlx::query_as(
        "select has_schema_privilege(current_schema(), 'CREATE'),
                exists (select from pg_extension where extname = 'pg_trgm') or has_database_privilege(current_database(), 'CREATE')",
    )
    .fetch_one(db)
    .await?;
    let mut grants = Vec::new();
    if !in_schema {
        grants.push(format!("GRANT CREATE ON SCHEMA \"{schema}\" TO \"{role}\";"));
    }
    if !extension {
        grants.push(format!("GRANT CREATE ON DATABASE \"{database}\" TO \"{role}\";"));
    }
    if grants.is_empty() { Ok(()) } else { Err(Unfit::CreateDenied(grants.join("\n  "))) }
}
