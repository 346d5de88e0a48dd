//! Request bodies: JSON, at most 1 MiB and 32 levels deep, every fault named.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::auth::Actor;
use crate::error::{self, ApiError};
use crate::idempotency::RequestKey;
use crate::input::{Fields, FromFields};
use crate::json;

/// Largest body.
pub const BYTES_MAX: usize = 1024 * 1024;

/// A JSON body of a request that changes a document (PATCH).
pub struct Body<T>(pub T);

/// A JSON body of a POST, with who sent it and the key that makes it happen once.
pub struct Post<T> {
    /// What was sent.
    pub body: T,
    /// Who sent it.
    pub actor: Actor,
    /// One key, one effect.
    pub key: RequestKey,
}

impl<T: FromFields, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        read(&read_json(request, state, T::BODY_IS_OPTIONAL).await?).map(Self)
    }
}

impl<T: FromFields, S: Send + Sync> FromRequest<S> for Post<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let actor = Actor::from_request_parts(&mut parts, state).await?;
        let (path, headers) = (parts.uri.path().to_owned(), parts.headers.clone());
        let json = read_json(Request::from_parts(parts, body), state, T::BODY_IS_OPTIONAL).await?;
        let body = read(&json)?;
        // serde_json sorts the keys of an object and keeps the text of numbers: the same request, the same digest.
        let digest =
            Sha256::new().chain_update(&path).chain_update("\0").chain_update(json.to_string()).finalize();
        let key = RequestKey::from_headers(&headers, &actor, digest.into())?;
        Ok(Self { body, actor, key })
    }
}

async fn read_json<S: Send + Sync>(
    request: Request,
    state: &S,
    is_optional: bool,
) -> Result<Value, ApiError> {
    let is_json = is_json(request.headers());
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::new(&error::BODY_TOO_LARGE, "send at most 1 MiB")
        } else {
            ApiError::new(&error::MALFORMED_JSON, "the body did not arrive whole")
        }
    })?;
    if is_optional && bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    if !is_json {
        return Err(ApiError::new(&error::UNSUPPORTED_MEDIA_TYPE, "send Content-Type: application/json"));
    }
    match json::parse(&bytes) {
        Ok((json, repeated)) if repeated.is_empty() => Ok(json),
        Ok((_, repeated)) => Err(ApiError::invalid_input(repeated)),
        Err(fault) => Err(ApiError::new(&error::MALFORMED_JSON, fault.to_string())),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// What a body says, or all that is wrong with it.
pub fn read<T: FromFields>(json: &Value) -> Result<T, ApiError> {
    let mut errors = Vec::new();
    match Fields::read(json, String::new(), &mut errors) {
        Some(value) if errors.is_empty() => Ok(value),
        _ => Err(ApiError::invalid_input(errors)),
    }
}
