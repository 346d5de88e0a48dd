//! Sessions: who has signed in with a browser.
//!
//! Invariants: a session ends after 30 minutes without use, after 8 hours at the latest, when its user signs out, chooses another
//! password or is deactivated. Every sign-in makes a new one, in the place of the one that the browser had. What is in the cookie is not kept, only its SHA-256. A wrong password
//! and an unknown address are answered alike, after as long a time.

mod http;
mod model;
pub(crate) mod store;

pub use http::routes;
pub(crate) use http::{SignedIn, begin};
