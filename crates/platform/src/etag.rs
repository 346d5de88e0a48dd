//! `If-Match`: a document is changed only by who has seen its present version.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};

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
        let lines = parts.headers.get_all(header::IF_MATCH).iter().map(HeaderValue::to_str);
        let invalid = || ApiError::new(&error::INVALID_IF_MATCH, "send * or ETags in double quotes");
        let lines = lines.collect::<Result<Vec<_>, _>>().map_err(|_| invalid())?;
        if lines.is_empty() {
            return Ok(None);
        }
        // Several lines are one list.
        Self::parse(&lines.join(",")).map(Some).ok_or_else(invalid)
    }

    /// Read the header's value. A tag that is not of our making matches no version.
    fn parse(value: &str) -> Option<Self> {
        if value.trim() == "*" {
            return Some(Self::Any);
        }
        let mut versions = Vec::new();
        let mut rest = value.trim();
        loop {
            let (is_weak, tag) = match rest.strip_prefix("W/") {
                Some(tag) => (true, tag),
                None => (false, rest),
            };
            let (opaque, after) = tag.strip_prefix('"')?.split_once('"')?; // which may have commas in it
            versions.push(if is_weak { -1 } else { opaque.parse().unwrap_or(-1) });
            let after = after.trim_start();
            if after.is_empty() {
                return Some(Self::Versions(versions));
            }
            rest = after.strip_prefix(',')?.trim_start();
        }
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
    use axum::http::Request;

    use super::*;

    #[test]
    fn several_lines_are_one_list() {
        let given = |lines: &[&str]| {
            let mut request = Request::builder();
            for line in lines {
                request = request.header(header::IF_MATCH, *line);
            }
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            IfMatch::given(&parts).map_err(|error| error.problem().code)
        };
        assert_eq!(given(&[]), Ok(None));
        assert_eq!(given(&["\"3\"", "\"4\""]), Ok(Some(IfMatch::Versions(vec![3, 4]))));
        assert_eq!(given(&["\"3\"", "*"]), Err("invalid_if_match"));
    }

    #[test]
    fn the_header_is_read_as_rfc_9110_says() {
        for (value, expected) in [
            ("*", Some(IfMatch::Any)),
            ("\"3\"", Some(IfMatch::Versions(vec![3]))),
            ("\"3\", \"4\"", Some(IfMatch::Versions(vec![3, 4]))),
            ("W/\"3\"", Some(IfMatch::Versions(vec![-1]))), // weak tags never match
            ("\"abc\"", Some(IfMatch::Versions(vec![-1]))),
            ("\"a,b\" ,W/\"c,\",\"5\"", Some(IfMatch::Versions(vec![-1, -1, 5]))),
            ("\"3\" \"4\"", None),
            ("\"3\",", None),
            ("\"3", None),
            ("\"", None),
            ("3", None),
            ("", None),
        ] {
            assert_eq!(IfMatch::parse(value), expected, "{value}");
        }
    }
}
