//! Who may come in, and what they may do then: every cell of the table of routes, and every way around it.

mod canaries;
mod cors;
mod costs;
mod limited;
mod matrix;
mod oidc;
mod people;
mod sessions;
mod warehouses;

use testkit::{Client, TestServer, api_key_of, session_of, user};

use crate::support::router_by_login;

/// A server as it is served: by login only.
async fn server() -> TestServer {
    TestServer::start(router_by_login).await
}

/// A client with the key of a new user of this name and role.
async fn with_role(server: &TestServer, name: &str, role: &str) -> Client {
    let id = user(server.database(), name, role).await;
    server.with_key(&api_key_of(server.database(), id, None).await)
}

/// The browser of a user who has signed in, without having a password.
async fn signed_in(server: &TestServer, user_id: i64) -> Client {
    let secret = session_of(server.database(), user_id).await;
    server.with_header("cookie", &format!("stockbook={secret}")).with_header("sec-fetch-site", "same-origin")
}
