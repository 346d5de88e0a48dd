//! What the modules share.

use std::time::Duration;

use access::Access;
use access::oidc::Oidc;
use axum::Router;
use domain::Currency;
use jiff::Timestamp;
use platform::App;
use sqlx::postgres::PgConnectOptions;
use stock::Ledger;
use testkit::{ServerProcess, TestDatabase, TestServer};

/// Connections of a server in a test.
const POOL_SIZE: u32 = 8;

/// Whom requests of tests come from.
pub const ACTOR: &str = "demo";

/// The real router.
pub fn router(options: PgConnectOptions) -> Router {
    router_with_pool(options, POOL_SIZE)
}

/// The real router, with so many connections.
pub fn router_with_pool(options: PgConnectOptions, size: u32) -> Router {
    let app = app(options, size);
    server::router(Ledger::new(app.clone()), Access::for_everybody(app), &server::Policy::default())
}

/// The real router, as it is served: by login only.
pub fn router_by_login(options: PgConnectOptions) -> Router {
    router_by_policy(options, &server::Policy::default())
}

/// The same, by this policy.
pub fn router_by_policy(options: PgConnectOptions, policy: &server::Policy) -> Router {
    let app = app(options, POOL_SIZE);
    server::router(Ledger::new(app.clone()), Access::by_login(app), policy)
}

/// The same, with a provider of OpenID Connect.
pub fn router_with_oidc(options: PgConnectOptions, oidc: Oidc) -> Router {
    let app = app(options, POOL_SIZE);
    let access = Access::by_login(app.clone()).with_oidc(Some(oidc));
    server::router(Ledger::new(app), access, &server::Policy::default())
}

fn app(options: PgConnectOptions, size: u32) -> App {
    let euro = Currency::parse("EUR").expect("a currency");
    App::new(platform::database::pool(options, size), euro)
}

/// The real router on a fresh database. Whoever asks is its admin.
pub async fn server() -> TestServer {
    until_next_day().await;
    TestServer::start(router).await
}

/// No test begins in the last minute of a day: what it calls today would be yesterday when it looks again.
#[expect(clippy::disallowed_methods, reason = "the database of a test has the clock of this machine")]
async fn until_next_day() {
    let left = 86400 - Timestamp::now().as_second().rem_euclid(86400);
    if left <= 60 {
        tokio::time::sleep(Duration::from_secs(left.unsigned_abs())).await;
    }
}

/// A server as a process of its own on this database.
pub async fn process(database: &TestDatabase) -> ServerProcess {
    ServerProcess::start(env!("CARGO_BIN_EXE_stockbook"), database, &[]).await
}
