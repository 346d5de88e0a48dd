//! `If-Match`: a document is changed only by who has seen its present version.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header;
use axum::http::request::Parts;

use crate::error::{self, ApiError};

/// The versions a caller is ready to overwrite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever it is.
    Any,
    /// One of these.
    Versions(Vec<i64>),
}

impl IfMatch {
    /// Refuse unless the present version is among those expected.
    pub fn check(&self, version: i64) -> Result<(), ApiError> {
        match self {
            Self::Versions(versions) if !versions.contains(&version) => {
                let detail = format!("its version is {version} now: read it again");
                Err(ApiError::new(&error::STALE_VERSION, detail).with("version", version))
            }
            _ => Ok(()),
        }
    }

    fn given(parts: &Parts) -> Result<Option<Self>, ApiError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(None) };
        let invalid = || ApiError::new(&error::INVALID_IF_MATCH, "send * or ETags in double quotes");
        value.to_str().ok().and_then(Self::parse).map(Some).ok_or_else(invalid)
    }

    /// Read the header's value. A tag that is not of our making matches no version.
    fn parse(value: &str) -> Option<Self> {
        if value.trim() == "*" {
            return Some(Self::Any);
        }
        let version = |tag: &str| {
            let tag = tag.trim();
            let opaque = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
            Some(if tag.starts_with('W') { -1 } else { opaque.parse().unwrap_or(-1) })
        };
        value.split(',').map(version).collect::<Option<_>>().map(Self::Versions)
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let required = || {
            ApiError::new(&error::PRECONDITION_REQUIRED, "send If-Match with the ETag you have seen, or *")
        };
        Self::given(parts)?.ok_or_else(required)
    }
}

/// Where it is a choice: on transitions.
impl<S: Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, ApiError> {
        Self::given(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_as_rfc_9110_says() {
        for (value, expected) in [
            ("*", Some(IfMatch::Any)),
            ("\"3\"", Some(IfMatch::Versions(vec![3]))),
            ("\"3\", \"4\"", Some(IfMatch::Versions(vec![3, 4]))),
            ("W/\"3\"", Some(IfMatch::Versions(vec![-1]))), // weak tags never match
            ("\"abc\"", Some(IfMatch::Versions(vec![-1]))),
            ("3", None),
            ("", None),
        ] {
            assert_eq!(IfMatch::parse(value), expected, "{value}");
        }
    }
}
