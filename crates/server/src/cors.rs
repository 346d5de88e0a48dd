//! Which pages of other web sites may use the API (CORS): those of the origins that are set, and by default none.
//!
//! Never with credentials: such a page brings an API key. A session's cookie lets it read nothing, for a browser shows it no answer
//! to a request with cookies, and the guard takes no change by cookie from it.

use access::Guard;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::headers::{Kind, RESOURCE_POLICY};

/// What a page may send.
const SENT: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, if-match, last-event-id");

/// What it may read of an answer, besides what it always may.
const SHOWN: HeaderValue = HeaderValue::from_static(
    "etag, location, link, retry-after, ratelimit, ratelimit-policy, x-request-id, idempotency-replayed",
);

/// For how many seconds a browser need not ask again.
const KEPT_FOR: HeaderValue = HeaderValue::from_static("600");

/// The origins whose pages may use the API.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<HeaderValue>);

impl Origins {
    /// Each as a browser names it: `https://shop.example`, with its port if that is not the usual one.
    pub fn parse(origins: &[String]) -> Result<Self, String> {
        let origins = origins.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        origins.map(origin).collect::<Result<_, _>>().map(Self)
    }

    /// What there is to say to browsers about the answer to a request.
    pub(crate) fn asked(&self, request: &Request) -> Option<Asked> {
        if self.0.is_empty() || Kind::of(request.uri().path()) != Kind::Data {
            return None;
        }
        let mut given = request.headers().get_all(header::ORIGIN).iter();
        let origin = given.next().filter(|origin| given.next().is_none() && self.0.contains(origin));
        Some(Asked { origin: origin.cloned() })
    }
}

/// A request to a server that some pages of others may use.
pub(crate) struct Asked {
    /// From a page of this one; none: from no such page.
    origin: Option<HeaderValue>,
}

impl Asked {
    /// The answer to a browser that asks what a page may send to a route.
    pub(crate) fn preflight(&self, guard: &Guard, request: &Request) -> Option<Response> {
        self.origin.as_ref()?;
        let is_preflight = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let path = request.extensions().get::<MatchedPath>().filter(|_| is_preflight)?;
        let methods = HeaderValue::try_from(guard.methods(path.as_str())?).ok()?;
        let headers = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, SENT),
            (header::ACCESS_CONTROL_MAX_AGE, KEPT_FOR),
        ];
        Some((StatusCode::NO_CONTENT, headers).into_response())
    }

    /// Have the browser show the answer to the page that has asked for it, and to no other.
    pub(crate) fn open(self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, SHOWN);
            headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        }
    }
}

fn origin(text: &str) -> Result<HeaderValue, String> {
    let fault = || {
        format!("{text}: must be like https://shop.example or http://localhost:3000, and nothing after it")
    };
    let uri: Uri = text.parse().map_err(|_| fault())?;
    let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or_else(fault)?;
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return Err(fault()),
    };
    let is_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._:[]".contains(&byte);
    let is_exact = format!("{scheme}://{authority}") == text
        && !authority.host().is_empty()
        && authority.as_str().bytes().all(is_host)
        && authority.port().is_none_or(|port| port.as_u16() != usual);
    if is_exact { HeaderValue::from_str(text).map_err(|_| fault()) } else { Err(fault()) }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_exact() {
        for text in
            ["https://shop.example", "http://localhost:3000", "https://a.b.example:8443", "http://[::1]:5173"]
        {
            assert_eq!(origin(text).expect("an origin"), text);
        }
        for text in [
            "*",
            "null",
            "https://*.example",
            "https://shop.example/",
            "https://shop.example/x",
            "https://shop.example?x",
            "https://Shop.example",
            "https://shop.example:443",
            "http://shop.example:80",
            "https://anna@shop.example",
            "https://",
            "https://:8443",
            "shop.example",
            "file:///x",
            "ftp://shop.example",
            "https://a.example,https://b.example",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }
}
