//! What the modules share.

use axum::Router;
use domain::Currency;
use platform::App;
use sqlx::postgres::PgConnectOptions;
use stock::Ledger;
use testkit::{ServerProcess, TestDatabase, TestServer};

/// Connections of a server in a test.
const POOL_SIZE: u32 = 8;

/// The real router.
pub fn router(options: PgConnectOptions) -> Router {
    router_with_pool(options, POOL_SIZE)
}

/// The real router, with so many connections.
pub fn router_with_pool(options: PgConnectOptions, size: u32) -> Router {
    let euro = Currency::parse("EUR").expect("a currency");
    let ledger = Ledger::new(App::new(platform::database::pool(options, size), euro));
    server::router(ledger, &server::Policy::default())
}

/// The real router on a fresh database.
pub async fn server() -> TestServer {
    TestServer::start(router).await
}

/// A server as a process of its own on this database.
pub async fn process(database: &TestDatabase) -> ServerProcess {
    ServerProcess::start(env!("CARGO_BIN_EXE_stockbook"), database, &[]).await
}
