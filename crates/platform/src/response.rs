//! Answers that are more than a body.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ApiError, auth};

/// Members of documents that say what the shop pays.
const COSTS: [&str; 2] = ["unit_cost", "total"];

/// A document with a version: its ETag goes with it.
pub struct Document<T>(pub T);

/// 201 with the Location, and the ETag if the document has a version. The body is kept as text, so that a replay gives it
/// again to the letter.
pub struct Created {
    /// Where it can be read; none if it has no address of its own.
    pub location: Option<String>,
    /// The document in JSON.
    pub body: String,
    /// Whether it was created by an earlier request with the same key.
    pub replayed: bool,
}

/// 200 with a document that a POST has taken on. The body is kept as text, so that a replay gives it again to the letter.
pub struct Done {
    /// The document in JSON.
    pub body: String,
    /// Whether it was done by an earlier request with the same key.
    pub replayed: bool,
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        mark(json_with_etag(StatusCode::OK, self.body), None, self.replayed)
    }
}

/// The answer to a command: 201 with the Location of what it made, or 200 if it was a dry run.
pub struct Posted<T> {
    /// Where what it made can be read.
    pub location: Option<String>,
    /// Whether it was only shown.
    pub dry_run: bool,
    /// Whether it was done by an earlier request with the same key.
    pub replayed: bool,
    /// What it did, or would do.
    pub body: T,
}

impl<T: Serialize> IntoResponse for Posted<T> {
    fn into_response(self) -> Response {
        let status = if self.dry_run { StatusCode::OK } else { StatusCode::CREATED };
        match serde_json::to_string(&self.body) {
            Ok(body) => mark(json_with_etag(status, body), self.location, self.replayed),
            Err(error) => ApiError::internal(error).into_response(),
        }
    }
}

/// Add the headers of what a POST made.
fn mark(mut response: Response, location: Option<String>, replayed: bool) -> Response {
    let headers = response.headers_mut();
    if let Some(location) = location.and_then(|path| HeaderValue::from_str(&path).ok()) {
        headers.insert(header::LOCATION, location);
    }
    if replayed {
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

#[derive(Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: Option<i64>,
    version: Option<i64>,
}

impl<T: Serialize> IntoResponse for Document<T> {
    fn into_response(self) -> Response {
        match serde_json::to_string(&self.0) {
            Ok(body) => json_with_etag(StatusCode::OK, body),
            Err(error) => ApiError::internal(error).into_response(),
        }
    }
}

impl IntoResponse for Created {
    fn into_response(self) -> Response {
        mark(json_with_etag(StatusCode::CREATED, self.body), self.location, self.replayed)
    }
}

pub(crate) fn identity(body: &str) -> Identity {
    serde_json::from_str(body).unwrap_or(Identity { id: None, version: None })
}

/// A body in JSON, which nobody keeps.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// With the version that the body says as its ETag.
fn json_with_etag(status: StatusCode, body: String) -> Response {
    let version = identity(&body).version;
    let body = match for_caller(body) {
        Ok(body) => body,
        Err(error) => return ApiError::internal(error).into_response(),
    };
    let mut response = json(status, body);
    if let Some(etag) = version.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok()) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// A document, without its costs where whoever is being answered may not know them. They are taken out of the text, because the
/// text of an answer is kept for its key: who asks again may not be who was answered first.
fn for_caller(body: String) -> Result<String, serde_json::Error> {
    let has_costs = || COSTS.iter().any(|name| body.contains(&format!("\"{name}\":\"")));
    if auth::may_know_costs() || !has_costs() {
        return Ok(body);
    }
    let mut document = serde_json::from_str(&body)?;
    leave_out_costs(&mut document);
    serde_json::to_string(&document)
}

fn leave_out_costs(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if COSTS.contains(&name.as_str()) {
                    *value = Value::Null;
                } else {
                    leave_out_costs(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(leave_out_costs),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
