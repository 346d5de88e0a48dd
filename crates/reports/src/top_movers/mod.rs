//! The products that go out most. Read only; [`crate::figures`] keeps what it is made of.

mod http;
mod model;
mod store;

pub use http::routes;
