//! The database of a run: a server of the user's own, or the embedded one, which ends with us.

use std::future;
use std::path::PathBuf;

use anyhow::Context;
use embedded_postgres::{DATABASE, Durability, ROLE, Running};
use platform::preflight::{self, Findings, Unfit};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;

use crate::failure::Failure;
use crate::settings::{Settings, Source};

/// Connections that the embedded PostgreSQL accepts besides the pool's: preflight, psql.
const CONNECTIONS_BESIDES: u32 = 10;

/// A database that runs.
pub struct Database {
    options: PgConnectOptions,
    embedded: Option<Embedded>,
}

struct Embedded {
    running: Running,
    data_dir: PathBuf,
}

impl Database {
    /// Start the embedded PostgreSQL, unless a server is given.
    pub async fn open(settings: &Settings) -> Result<Self, Failure> {
        match &settings.source {
            Source::Server(options) => Ok(Self { options: (**options).clone(), embedded: None }),
            Source::Embedded(data_dir) => start(data_dir.clone(), settings.pool_size).await,
        }
    }

    /// How to connect.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Check that it is fit, and bring its schema up to date if the settings say so.
    pub async fn prepare(&self, settings: &Settings) -> Result<Findings, Failure> {
        let allow_unsafe = settings.allow_unsafe_database;
        let findings = if settings.migrate {
            preflight::migrate(&self.options, allow_unsafe).await
        } else {
            preflight::check(&self.options, allow_unsafe).await.and_then(|findings| match findings.pending {
                0 => Ok(findings),
                pending => Err(Unfit::NotMigrated(pending)),
            })
        };
        findings.map_err(|unfit| Failure::Unfit { database: self.describe(), unfit })
    }

    /// Where it is, for people; without the password.
    pub fn describe(&self) -> String {
        let Address { host, port, database, role } = Address::of(&self.options);
        format!("{database} on {host}:{port} as {role}")
    }

    /// The command that opens it; psql asks for the password.
    pub fn psql(&self) -> String {
        let Address { host, port, database, role } = Address::of(&self.options);
        format!("psql -h '{host}' -p {port} -U {role} {database}")
    }

    /// Returns when the embedded PostgreSQL has ended by itself; never for another one.
    pub async fn ended(&self) -> Failure {
        match &self.embedded {
            None => future::pending().await,
            Some(embedded) => embedded.ended().await,
        }
    }

    /// Stop it, if it is the embedded one.
    pub async fn stop(self) -> Result<(), Failure> {
        let Some(Embedded { running, .. }) = self.embedded else { return Ok(()) };
        Ok(spawn_blocking(move || running.stop()).await.context("stop the embedded PostgreSQL")??)
    }
}

impl Embedded {
    /// The kernel tells us when a child ends: nothing is polled.
    async fn ended(&self) -> Failure {
        let mut children = match signal(SignalKind::child()) {
            Ok(children) => children,
            Err(error) => return Failure::Other(error.into()),
        };
        while !self.running.has_exited() {
            children.recv().await;
        }
        Failure::DatabaseEnded(self.data_dir.display().to_string())
    }
}

async fn start(data_dir: PathBuf, pool_size: u32) -> Result<Database, Failure> {
    let settings = embedded_postgres::Settings {
        data_dir: data_dir.clone(),
        max_connections: pool_size + CONNECTIONS_BESIDES,
        durability: Durability::Full,
        listen_port: None,
    };
    let running = spawn_blocking(|| embedded_postgres::start(settings))
        .await
        .context("start the embedded PostgreSQL")??;
    let options = PgConnectOptions::new_without_pgpass()
        .socket(running.socket_dir())
        .port(running.port())
        .username(ROLE)
        .database(DATABASE)
        .ssl_mode(PgSslMode::Disable);
    Ok(Database { options, embedded: Some(Embedded { running, data_dir }) })
}

/// Where a database is.
struct Address<'a> {
    host: String,
    port: u16,
    database: &'a str,
    role: &'a str,
}

impl<'a> Address<'a> {
    fn of(options: &'a PgConnectOptions) -> Self {
        let role = options.get_username();
        let socket = options.get_socket().map(|dir| dir.display().to_string());
        Self {
            host: socket.unwrap_or_else(|| options.get_host().to_owned()),
            port: options.get_port(),
            database: options.get_database().unwrap_or(role), // as PostgreSQL has it
            role,
        }
    }
}
