//! What every feature stands on: the database and its transactions, input and its errors, paging, idempotency.
//!
//! Reads go through [`App::db`]; writes only through [`App::write`] and [`App::write_once`], which run them in a task
//! of their own that no vanished client can drop.

pub mod app;
pub mod audit;
pub mod auth;
pub mod body;
pub mod coalesce;
pub mod database;
pub mod error;
pub mod etag;
pub mod id;
pub mod idempotency;
pub mod input;
mod json;
pub mod numeric;
pub mod page;
pub mod peer;
pub mod preflight;
pub mod query;
pub mod request_id;
pub mod response;
pub mod roles;
pub mod settings;
pub mod write;
pub mod writer;

pub use app::App;
pub use auth::Actor;
pub use body::{Body, Post};
pub use error::{ApiError, FieldError, Problem};
pub use etag::IfMatch;
pub use id::Id;
pub use idempotency::RequestKey;
pub use input::{Fields, FromFields, Parse};
pub use page::{Cursor, Page, Paging};
pub use peer::Peer;
pub use query::{FromParams, Params, Query};
pub use response::{Created, Document, Done, Posted};

/// The one driver and its connection, as operations take it: inside the caller's transaction.
pub type Connection = sqlx::PgConnection;

/// The future of an operation inside a transaction.
pub type Work<'t, T> = futures_util::future::BoxFuture<'t, Result<T, ApiError>>;

/// An operation: what it does with its input inside a transaction. It may run more than once, so it cannot capture.
pub type Operation<I, T> = for<'t> fn(&'t mut Connection, &'t I) -> Work<'t, T>;
