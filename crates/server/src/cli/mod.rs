//! The command line: what can be asked of the binary.

mod access;
mod doctor;
mod roles;
mod serve;
mod stop;
mod verify;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use audit::Head;
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::App;
use platform::roles::RoleName;

use crate::database::Database;
use crate::failure::{EXIT_CODES, Failure};
use crate::sample::{self, Seeded};
use crate::settings::{Given, Settings};
use crate::telemetry;

/// Keeps stock the way a bank keeps money: a REST API over an append-only ledger in PostgreSQL.
///
/// Without a database of your own (--database-url, PGHOST …) an embedded PostgreSQL runs in the data directory.
#[derive(Parser)]
#[command(name = "stockbook", version, after_help = EXIT_CODES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,

    /// Settings file [default: stockbook.toml, if there is one]
    #[arg(long, global = true, env = "STOCKBOOK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    given: Given,
}

#[derive(Subcommand)]
enum Command {
    /// Serve for this machine only, with sample data if the database is empty
    Demo,
    /// Serve
    Serve,
    /// Bring the schema of the database up to date
    Migrate {
        /// Then give this role what it needs to serve, and no more: `db roles` prints how to make it
        #[arg(long, value_name = "ROLE")]
        app_role: Option<RoleName>,
    },
    /// Put sample data into an empty database
    Seed,
    /// Who may come in
    #[command(subcommand)]
    User(access::UserCommand),
    /// What programs come in with
    #[command(subcommand)]
    ApiKey(access::ApiKeyCommand),
    /// Check whether Stockbook can run here, and say what to do if not
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check that the ledger and the audit log are what they say: exit code 0 if so, 1 if not, 2 if that cannot be found out
    Verify {
        /// Also check that the ledger still has the heads in this file, which ledger-head has written
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// Also check that the audit log still has the head that was printed earlier: its place and its chain
        #[arg(long, value_name = "SEQ:CHAIN", value_parser = head)]
        audit_head: Option<Head>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write down the end of every chain of the ledger, to be signed and kept out of reach
    LedgerHead {
        /// Into this file, which must not exist yet [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Print the OpenAPI document
    Openapi,
    /// About the database
    #[command(subcommand)]
    Db(DbCommand),
}

#[derive(Subcommand)]
enum DbCommand {
    /// Print the SQL that makes two roles: one owns the schema and migrates, the other serves and cannot change history
    Roles {
        /// Who migrates
        #[arg(long, value_name = "ROLE", default_value = "stockbook_owner")]
        owner: RoleName,
        /// Who serves
        #[arg(long, value_name = "ROLE", default_value = "stockbook_app")]
        app: RoleName,
    },
}

/// Run the command line of this process.
pub fn run() -> ExitCode {
    match CommandLine::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let exit_code = failure.exit_code();
            eprintln!("error: {:#}", anyhow::Error::from(failure)); // with its causes
            exit_code
        }
    }
}

impl CommandLine {
    fn run(self) -> Result<(), Failure> {
        let given = self.given.over_file(self.config.as_deref())?;
        telemetry::init(given.log_format.unwrap_or_default());
        let settings = Settings::new(given)?;
        let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
        runtime.block_on(async {
            match self.command {
                Command::Demo => serve::demo(&settings).await,
                Command::Serve => serve::serve(&settings).await,
                Command::Migrate { app_role } => migrate(settings, app_role.as_ref()).await,
                Command::Seed => seed(&settings).await,
                Command::User(command) => access::user(&settings, command).await,
                Command::ApiKey(command) => access::api_key(&settings, command).await,
                Command::Doctor { json } => doctor::doctor(&settings, json).await,
                Command::Verify { heads, audit_head, json } => {
                    verify::verify(settings, heads.as_deref(), audit_head.as_ref(), json).await
                }
                Command::LedgerHead { out } => verify::ledger_head(settings, out.as_deref()).await,
                Command::Openapi => openapi(),
                Command::Db(DbCommand::Roles { owner, app }) => roles::print(&owner, &app),
            }
        })
    }
}

/// A head of the audit log as it is printed.
fn head(text: &str) -> Result<Head, String> {
    let head = text.split_once(':').and_then(|(seq, chain)| Head::new(seq.parse().ok()?, chain));
    head.ok_or_else(|| "must be a number above 0, a colon, and 64 hexadecimal digits".to_owned())
}

async fn migrate(settings: Settings, app_role: Option<&RoleName>) -> Result<(), Failure> {
    let settings = Settings { migrate: true, ..settings };
    let database = Database::open(&settings).await?;
    let done = async {
        match database.prepare(&settings).await?.pending {
            0 => print("the schema is up to date")?,
            number => print(format_args!("the schema is up to date: {number} migrations were run"))?,
        }
        match app_role {
            Some(app) => roles::grant(&database, app).await,
            None => Ok(()),
        }
    };
    let done = done.await;
    let stopped = database.stop().await;
    done.and(stopped)
}

async fn seed(settings: &Settings) -> Result<(), Failure> {
    let database = Database::open(settings).await?;
    let seeded = async {
        database.prepare(settings).await?;
        let app = app(&database, settings);
        let seeded = plant(&app).await;
        app.db().close().await;
        seeded
    };
    let seeded = seeded.await;
    let stopped = database.stop().await;
    print(seeded?)?;
    stopped
}

fn openapi() -> Result<(), Failure> {
    print(crate::document().to_pretty_json().context("write the document")?)
}

/// Print a line. Unlike `println!` it does not panic when nobody reads on, as in `stockbook openapi | head`.
fn print(line: impl Display) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{line}").context("write to standard output")?)
}

/// The service on a database that is prepared.
fn app(database: &Database, settings: &Settings) -> App {
    App::new(platform::database::pool(database.options().clone(), settings.pool_size), settings.base_currency)
}

/// Put sample data into the database if it is empty.
#[expect(clippy::disallowed_methods, reason = "the command line is the outside that time comes in from")]
async fn plant(app: &App) -> Result<Seeded, Failure> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let failed = |error| Failure::Other(anyhow::anyhow!("sample data cannot be put in: {error:?}"));
    sample::seed(app, today).await.map_err(failed)
}
