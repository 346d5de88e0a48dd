//! Queries of what takes none. Whoever sends `?dry_run=true` to what knows no dry run is told so, and nothing is done.

use std::collections::HashSet;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use platform::{ApiError, query};

/// The operations that take no parameters, by method and path. What does take some looks at them itself.
#[derive(Debug)]
pub(crate) struct Parameterless(pub(crate) HashSet<(Method, String)>);

impl Parameterless {
    /// Refuse a request with parameters where none is taken.
    pub(crate) fn check(&self, request: &Request) -> Result<(), ApiError> {
        let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(()) };
        // Most requests have no query, and are not looked up.
        if request.uri().query().is_none_or(str::is_empty) {
            return Ok(());
        }
        let is_head = request.method() == Method::HEAD; // answered as a GET
        let method = if is_head { Method::GET } else { request.method().clone() };
        if self.0.contains(&(method, path.as_str().to_owned())) {
            query::refuse_all(request.uri())?;
        }
        Ok(())
    }
}
