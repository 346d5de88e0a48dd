//! The key in a path.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::error::{self, ApiError};

/// The `{id}` of a path. What is no number is the id of nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id: Result<Path<i64>, PathRejection> = Path::from_request_parts(parts, state).await;
        let unknown =
            |_| ApiError::new(&error::ROUTE_NOT_FOUND, "nothing is at this path: ids are whole numbers");
        id.map(|Path(id)| Self(id)).map_err(unknown)
    }
}
