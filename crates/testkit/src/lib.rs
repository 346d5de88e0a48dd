//! What tests stand on: databases, servers, fixtures, and oracles that share no code with what they check.
//!
//! - [`Cluster`]: a PostgreSQL that a test run throws away. One is started for each test process, unless
//!   `TEST_DATABASE_URL` names a server to use (as a superuser); `with-postgres COMMAND` starts one for all processes
//!   of a command.
//! - [`TestDatabase`]: a fresh database for each test, owned by a plain role, dropped at its end.
//! - [`TestServer`]: a router on a fresh database, as the role [`APP`], which cannot change history; [`ServerProcess`]: the
//!   binary as a process, as the owner, to be killed. Both are asked by a [`Client`], which fails the test at an answer that the OpenAPI document does not have. With
//!   `RECORD_ANSWERS=FILE`, each operation, status and code that was seen is added to that file.
//! - [`check_ledger`]: whether levels, totals, entries and chains agree, recomputed from the raw rows.
//! - [`schema_sql`] and [`golden`]: files that are generated and held equal by a test.
//!
//! This crate does not know the server: the router and the binary come in as arguments.

mod access;
mod client;
mod cluster;
mod contract;
mod database;
mod fixtures;
pub mod golden;
mod ledger;
mod postgres;
mod process;
mod psql;
mod schema_file;
mod server;

pub use access::{admin_key, api_key_of, new_api_key, session_of, user};
pub use client::{Client, Request, Response};
pub use cluster::Cluster;
pub use database::TestDatabase;
pub use ledger::{check_ledger, ledger_differences};
pub use postgres::{APP, OWNER, Postgres};
pub use process::ServerProcess;
pub use psql::psql;
pub use schema_file::schema_sql;
pub use server::TestServer;
