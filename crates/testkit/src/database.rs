//! A fresh database for one test.

use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection, PgPool};

use crate::Postgres;

/// A database that nobody else uses, owned by the plain role [`OWNER`](crate::OWNER). Dropped when this is.
#[derive(Debug)]
pub struct TestDatabase {
    postgres: Arc<Postgres>,
    name: String,
    pool: PgPool,
}

impl TestDatabase {
    /// A database with the schema and nothing else.
    pub async fn new() -> Self {
        Self::on(Postgres::shared(), true).await
    }

    /// A database with nothing in it.
    pub async fn empty() -> Self {
        Self::on(Postgres::shared(), false).await
    }

    /// A database on a server of the test's own.
    pub async fn on(postgres: Arc<Postgres>, migrated: bool) -> Self {
        let name = postgres.create_database(migrated).await;
        let pool = PgPoolOptions::new().max_connections(8).connect_lazy_with(postgres.owner(&name));
        Self { postgres, name, pool }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL, for its owner; libpq reads it too.
    pub fn url(&self) -> String {
        self.postgres.owner_url(&self.name)
    }

    /// How its owner connects.
    pub fn options(&self) -> PgConnectOptions {
        self.postgres.owner(&self.name)
    }

    /// How the role that serves connects, which can change neither the schema nor history; only where the schema is there.
    pub fn app_options(&self) -> PgConnectOptions {
        self.postgres.app(&self.name)
    }

    /// Its URL for a role whose password is its name.
    pub fn url_of(&self, role: &str) -> String {
        self.postgres.url_of(role, &self.name)
    }

    /// Its URL for a superuser.
    pub fn superuser_url(&self) -> String {
        self.postgres.superuser_url(&self.name)
    }

    /// Its owner as by psql: without what the server sets for its sessions.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A connection of a superuser, for tampering.
    pub async fn superuser(&self) -> PgConnection {
        let connected = self.postgres.superuser(&self.name).connect().await;
        connected.unwrap_or_else(|error| panic!("connect to {} as superuser: {error}", self.name))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.postgres.drop_database(&self.name);
    }
}
