//! Headers that tell a browser what it may do with an answer: as little as will do.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What an answer is, as a browser sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Data, and pages that say themselves what they need.
    Data,
    /// A page of the documentation, or a part of it.
    Docs,
    /// The web app, or a part of it.
    App,
}

/// Nothing is loaded, shown in a frame, or sent anywhere.
const DATA: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Swagger UI, which is compiled in. It has icons as data.
const DOCS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The app has files of its own only. Its components write style elements; it reads barcodes in pictures and in a worker.
const APP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; \
     manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// A year, for this name alone.
const BY_TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

pub(crate) const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

impl Kind {
    pub(crate) fn of(path: &str) -> Self {
        let is_below =
            |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_below("/docs") {
            Self::Docs
        } else if is_below("/app") {
            Self::App
        } else {
            Self::Data
        }
    }

    /// Add what is missing. A handler that knows better what its page needs, or how long it may be kept, has said so.
    pub(crate) fn protect(self, headers: &mut HeaderMap, is_secure: bool) {
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(match self {
            Self::Data => DATA,
            Self::Docs => DOCS,
            Self::App => APP,
        });
        if is_secure {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, BY_TLS_ONLY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn what_an_answer_is_follows_from_whole_parts_of_the_path() {
        for (path, kind) in [
            ("/docs", Kind::Docs),
            ("/docs/swagger-ui.css", Kind::Docs),
            ("/docsx", Kind::Data),
            ("/app", Kind::App),
            ("/app/products/1", Kind::App),
            ("/apple", Kind::Data),
            ("/products", Kind::Data),
            ("/", Kind::Data),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
    }
}
