//! A router on a fresh database, inside the test.

use std::ops::Deref;

use axum::Router;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{Client, TestDatabase, check_ledger};

/// A server on a port of its own. It is a [`Client`] of itself.
///
/// A test that writes ends with [`TestServer::finish`], which checks the ledger.
#[derive(Debug)]
pub struct TestServer {
    client: Client,
    serving: JoinHandle<()>,
    database: TestDatabase,
    finished: bool,
}

impl TestServer {
    /// Serve the router that `router` makes for a fresh database.
    pub async fn start(router: impl FnOnce(PgConnectOptions) -> Router) -> Self {
        Self::on(TestDatabase::new().await, router).await
    }

    /// Serve the router that `router` makes for this database.
    pub async fn on(database: TestDatabase, router: impl FnOnce(PgConnectOptions) -> Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("listen: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("listen: {error}"));
        let router = router(database.app_options());
        let serving = tokio::spawn(edge::Server::new(router).serve(listener, std::future::pending()));
        let client = Client::new(&format!("http://{address}")).await;
        Self { client, serving, database, finished: false }
    }

    /// Its database.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Its database's owner, as by psql.
    pub fn pool(&self) -> &PgPool {
        self.database.pool()
    }

    /// Check the ledger and end.
    pub async fn finish(mut self) {
        self.finished = true;
        check_ledger(self.pool()).await;
    }
}

impl Deref for TestServer {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.serving.abort();
        if !self.finished && self.client.has_written() && !std::thread::panicking() {
            panic!("a test that writes ends with finish(), which checks the ledger");
        }
    }
}
