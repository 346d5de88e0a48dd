//! The server: the features assembled into one router and one OpenAPI document, and the command line around them.
//!
//! - `router`: every route, with what holds for all requests: ids, limits, measuring, and problems as the only way to
//!   fail.
//! - `openapi`: the document; what features have in common is added here, once.
//! - `cli`: the commands. They read `settings`, open a `database`, and serve.

pub mod cli;
mod cors;
mod database;
mod docs;
mod failure;
mod front;
mod headers;
mod hosts;
mod limits;
mod metrics;
mod observe;
mod openapi;
mod policy;
mod probes;
mod queries;
mod rates;
mod router;
mod rules;
pub mod sample;
mod settings;
mod telemetry;
mod web;

pub use cors::Origins;
pub use openapi::document;
pub use policy::Policy;
pub use router::router;
