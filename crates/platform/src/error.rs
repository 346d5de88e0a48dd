//! Problems: what can go wrong, each with one stable code and status, answered as RFC 9457 problem+json.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Invalid;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{idempotency, request_id};

/// A kind of failure. The code never changes; status and code cannot disagree, because they stand together here.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable, machine-readable.
    pub code: &'static str,
    /// What it means, for the OpenAPI document.
    pub meaning: &'static str,
}

impl Problem {
    /// A kind of failure.
    pub const fn new(status: u16, code: &'static str, meaning: &'static str) -> Self {
        Self { status, code, meaning }
    }
}

macro_rules! problems {
    ($($name:ident = $status:literal $code:literal $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: Problem = Problem::new($status, $code, $meaning);)*
        /// The problems that any feature can answer with.
        pub const PROBLEMS: &[&Problem] = &[$(&$name),*];
    };
}

problems! {
    MALFORMED_JSON = 400 "malformed_json" "The body is not JSON";
    INVALID_CURSOR = 400 "invalid_cursor" "The cursor is not one that this list gave";
    INVALID_IDEMPOTENCY_KEY = 400 "invalid_idempotency_key" "Idempotency-Key is not 1 to 255 visible ASCII characters";
    INVALID_IF_MATCH = 400 "invalid_if_match" "If-Match is neither * nor a list of ETags";
    AUTHENTICATION_REQUIRED = 401 "authentication_required" "Nobody is signed in, and there is no API key that is valid";
    PERMISSION_DENIED = 403 "permission_denied" "The caller may not do that; detail and permission name what is missing";
    WAREHOUSE_DENIED = 403 "warehouse_denied" "The caller is limited to other warehouses";
    CROSS_SITE_REQUEST = 403 "cross_site_request" "A browser sends it from a page of another site";
    ROUTE_NOT_FOUND = 404 "route_not_found" "Nothing is at this path";
    METHOD_NOT_ALLOWED = 405 "method_not_allowed" "The path does not take this method";
    STALE_VERSION = 412 "stale_version" "The document has changed since the version in If-Match";
    BODY_TOO_LARGE = 413 "body_too_large" "The body is larger than 1 MiB";
    URI_TOO_LONG = 414 "uri_too_long" "The address is longer than 8 KiB";
    UNSUPPORTED_MEDIA_TYPE = 415 "unsupported_media_type" "The body is not sent as application/json";
    MISDIRECTED_REQUEST = 421 "misdirected_request" "Host names another server; without login only localhost, 127.0.0.1 and [::1] are answered";
    INVALID_INPUT = 422 "invalid_input" "Some fields or parameters are not acceptable; errors names each";
    IDEMPOTENCY_KEY_REUSED = 422 "idempotency_key_reused" "The Idempotency-Key was used for another request";
    PRECONDITION_REQUIRED = 428 "precondition_required" "If-Match is missing";
    TOO_MANY_REQUESTS = 429 "too_many_requests" "The caller has sent too many requests; Retry-After says how long to wait";
    INTERNAL = 500 "internal_error" "A defect of the server; the log has it under the request_id";
    DATABASE_UNAVAILABLE = 503 "database_unavailable" "The database does not answer; retry";
    BUSY = 503 "busy" "Waited too long for its turn, a connection, a lock or an answer of the database; nothing was changed; retry";
    OUTCOME_UNKNOWN = 503 "outcome_unknown" "The connection was lost during COMMIT: it may have happened; retry with the same Idempotency-Key";
    REQUEST_TIMEOUT = 503 "request_timeout" "The answer took longer than 30 s: a write may have happened; retry with the same Idempotency-Key";
}

/// One thing that is wrong with the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer into the body (`/lines/0/sku`) or a query parameter (`?limit`).
    #[schema(example = "/price")]
    pub pointer: String,
    /// What kind of fault; stable.
    #[schema(example = "negative_amount")]
    pub code: Cow<'static, str>,
    /// For people.
    #[schema(example = "must not be negative")]
    pub message: String,
}

impl FieldError {
    /// A fault at a pointer.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: Cow::Borrowed(code), message: message.into() }
    }

    /// A refused value at a pointer.
    pub fn invalid(pointer: impl Into<String>, invalid: Invalid) -> Self {
        Self::new(pointer, invalid.code, invalid.message)
    }
}

/// The body of every failure.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "only its schema is used: the answer has members of its own per code")]
pub struct ProblemSchema {
    /// A URN made of the code.
    #[schema(example = "urn:stockbook:problem:duplicate_sku")]
    r#type: String,
    /// What the code means.
    title: String,
    /// HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// Stable, machine-readable.
    #[schema(example = "duplicate_sku")]
    code: String,
    /// What happened this time, for people.
    detail: String,
    /// Finds the request in the server's log.
    #[schema(nullable = false)]
    request_id: Option<String>,
    /// What is wrong with which field.
    #[schema(nullable = false)]
    errors: Option<Vec<FieldError>>,
}

/// What the members of [`ProblemSchema`] are called: they mean the same in every problem.
const STANDARD_MEMBERS: [&str; 7] = ["type", "title", "status", "code", "detail", "request_id", "errors"];

/// A failed request.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {detail}", problem.code)]
pub struct ApiError {
    problem: &'static Problem,
    detail: String,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    /// When to try again, where that is not at once.
    retry_after_s: Option<u64>,
    /// Whether the whole transaction may simply be run again.
    pub(crate) transient: bool,
}

impl ApiError {
    /// A failure of this kind; `detail` says to people what happened this time.
    pub fn new(problem: &'static Problem, detail: impl Into<String>) -> Self {
        Self {
            problem,
            detail: detail.into(),
            errors: Vec::new(),
            members: Map::new(),
            retry_after_s: (problem.status == 503).then_some(1),
            transient: false,
        }
    }

    /// Input with faults.
    pub fn invalid_input(errors: Vec<FieldError>) -> Self {
        let detail =
            errors.iter().map(|e| format!("{}: {}", e.pointer, e.message)).collect::<Vec<_>>().join("; ");
        Self { errors, ..Self::new(&INVALID_INPUT, detail) }
    }

    /// Input with one fault.
    pub fn invalid_field(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::invalid_input(vec![FieldError::new(pointer, code, message)])
    }

    /// A defect: logged in full, never shown.
    pub fn internal(source: impl std::fmt::Display) -> Self {
        tracing::error!(error = %source, "internal error");
        Self::new(&INTERNAL, "the server failed; its log has the reason")
    }

    /// With another member in the body, beside those that every problem has.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Serialize) -> Self {
        debug_assert!(!STANDARD_MEMBERS.contains(&member), "{member} has its meaning in every problem");
        self.members.insert(member.to_owned(), json!(value));
        self
    }

    /// To be tried again after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// A member that was put beside the problem.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// What kind of failure it is.
    pub fn problem(&self) -> &'static Problem {
        self.problem
    }

    /// Whether the whole transaction may simply be run again.
    pub fn is_transient(&self) -> bool {
        self.transient
    }

    /// What was read has been changed or removed by another before this was written upon it: run again, it finds that.
    pub fn overtaken(source: &sqlx::Error) -> Self {
        Self::temporary(&BUSY, "what it is about is being changed", source)
    }

    fn temporary(problem: &'static Problem, detail: &str, source: &sqlx::Error) -> Self {
        tracing::warn!(error = %source, code = problem.code, "database");
        Self { transient: true, ..Self::new(problem, detail) }
    }
}

/// What is no feature's business: the feature has mapped the constraints it knows before.
impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = || Self::temporary(&DATABASE_UNAVAILABLE, "the database does not answer", &error);
        let busy = || Self::temporary(&BUSY, "the database is busy", &error);
        let code = match &error {
            sqlx::Error::PoolTimedOut => {
                return Self { transient: false, ..busy() };
            }
            sqlx::Error::Io(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_) => return unavailable(),
            sqlx::Error::Database(database) => database.code().unwrap_or_default(),
            _ => return Self::internal(error),
        };
        match code.as_ref() {
            // Lost a race against the same key: the next run finds what it did.
            "23505" if constraint(&error) == Some(idempotency::CONSTRAINT) => busy(),
            // serialization failure, deadlock, lock timeout
            "40001" | "40P01" | "55P03" => busy(),
            // statement timeout, too many connections, out of memory or disk
            "57014" | "53000" | "53100" | "53200" | "53300" => Self { transient: false, ..busy() },
            // shutting down, starting up, connection lost, read-only standby, session ended for idling
            "57P01" | "57P02" | "57P03" | "57P05" | "25006" | "25P03" => unavailable(),
            code if code.starts_with("08") => unavailable(),
            // A rule of the schema that the input checks do not know: still no defect of the request's handling.
            "23514" | "22021" | "22P05" => {
                tracing::warn!(%error, "refused by a constraint that the input checks do not know");
                let constraint = constraint(&error).unwrap_or("encoding").to_owned();
                Self::invalid_field(
                    "",
                    "constraint_violated",
                    format!("the database refuses it: {constraint}"),
                )
            }
            _ => Self::internal(error),
        }
    }
}

/// The name of the constraint that was violated, without the `_<digits>` that sharding may append.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    let name = error.as_database_error()?.constraint()?;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    Some(stem.strip_suffix('_').filter(|_| stem.len() < name.len()).unwrap_or(name))
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Problem { status, code, meaning } = self.problem;
        let mut body = json!({
            "type": format!("urn:stockbook:problem:{code}"),
            "title": meaning,
            "status": status,
            "code": code,
            "detail": self.detail,
        });
        if let Some(id) = request_id::current() {
            body["request_id"] = id.into();
        }
        if !self.errors.is_empty() {
            body["errors"] = json!(self.errors);
        }
        for (member, value) in self.members {
            body[member] = value;
        }
        let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"stockbook\""));
        }
        response
    }
}
