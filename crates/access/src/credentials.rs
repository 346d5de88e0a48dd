//! What a request brings to show who sends it: an API key, or the cookie of a session.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use platform::{ApiError, error};

use crate::token::{self, Hash};

/// A cookie of ours, which no script reads.
pub(crate) struct Cookie {
    /// Its name. By its prefix a browser takes it only over TLS, from this very host, for all of its paths.
    name: &'static str,
    /// The same on loopback without TLS, where browsers would not take the other.
    on_loopback: &'static str,
    /// `Strict`: no page of another site has it sent. `Lax`: only by leading here.
    same_site: &'static str,
}

/// That of a session.
pub(crate) const SESSION: Cookie =
    Cookie { name: "__Host-stockbook", on_loopback: "stockbook", same_site: "Strict" };

/// What a request brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// Nothing.
    None,
    /// An API key in the right form.
    ApiKey(Hash),
    /// A session in the right form.
    Session(Hash),
    /// Something that lets nobody in: another scheme, a key that is none.
    Unusable,
}

impl Credentials {
    /// What these headers bring. A header `Authorization` goes before a cookie, even if it is of no use.
    pub(crate) fn of(headers: &HeaderMap, is_secure: bool) -> Self {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        match (given.next(), given.next()) {
            (Some(value), None) => value.to_str().ok().and_then(api_key).unwrap_or(Self::Unusable),
            (Some(_), Some(_)) => Self::Unusable,
            (None, _) => match SESSION.find(headers, is_secure) {
                None => Self::None,
                Some(secret) => session(secret).map_or(Self::Unusable, Self::Session),
            },
        }
    }
}

/// The session whose cookie a browser sends, whatever else it brings, if it has the form of one.
pub(crate) fn session_of(headers: &HeaderMap, is_secure: bool) -> Option<Hash> {
    SESSION.find(headers, is_secure).and_then(session)
}

fn session(secret: &str) -> Option<Hash> {
    token::is_secret(secret).then(|| token::hash(secret))
}

fn api_key(value: &str) -> Option<Credentials> {
    let (scheme, key) = value.split_once(' ')?;
    let is_key = scheme.eq_ignore_ascii_case("bearer") && token::is_api_key(key.trim());
    is_key.then(|| Credentials::ApiKey(token::hash(key.trim())))
}

impl Cookie {
    /// A cookie whose name begins as that of a session, for a purpose of its own.
    pub(crate) const fn lax(name: &'static str, on_loopback: &'static str) -> Self {
        Self { name, on_loopback, same_site: "Lax" }
    }

    /// What it has, if the browser sends it.
    pub(crate) fn find<'a>(&self, headers: &'a HeaderMap, is_secure: bool) -> Option<&'a str> {
        let name = self.name(headers, is_secure);
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The header that has a browser keep it for so many seconds.
    pub(crate) fn set(&self, headers: &HeaderMap, is_secure: bool, value: &str, seconds: u64) -> HeaderValue {
        let (name, same_site) = (self.name(headers, is_secure), self.same_site);
        let secure = if name == self.name { "; Secure" } else { "" };
        let text =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}");
        let mut value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// The header that has a browser forget it.
    pub(crate) fn clear(&self, headers: &HeaderMap, is_secure: bool) -> HeaderValue {
        self.set(headers, is_secure, "", 0)
    }

    fn name(&self, headers: &HeaderMap, is_secure: bool) -> &'static str {
        if !is_secure && is_loopback(host(headers)) { self.on_loopback } else { self.name }
    }
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a host is this machine by name.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.eq_ignore_ascii_case("localhost")
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Refuse what a browser sends from a page of another site. `is_by_cookie`: the browser adds what lets it in by itself, so it
/// has to prove that the page is ours; otherwise it is enough that nothing speaks against it.
pub(crate) fn refuse_cross_site(
    method: &Method,
    headers: &HeaderMap,
    is_by_cookie: bool,
) -> Result<(), ApiError> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_ours = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || (site == "none" && !is_by_cookie),
        (None, Some(origin)) => {
            origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host(headers)))
        }
        (None, None) => !is_by_cookie,
    };
    let detail = "with a session cookie, changes are taken from pages of this server only: the headers Sec-Fetch-Site or \
                  Origin have to say so. Programs use an API key";
    if is_ours { Ok(()) } else { Err(ApiError::new(&error::CROSS_SITE_REQUEST, detail)) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;
    use crate::token::Secret;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let header = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        pairs.iter().map(header).collect()
    }

    #[test]
    fn a_cookie_is_plain_on_loopback_without_tls_only() {
        let session = Secret::generate();
        for (host, is_secure, is_plain) in [
            ("localhost:8000", false, true),
            ("127.0.0.1", false, true),
            ("127.8.9.1:80", false, true),
            ("[::1]:8000", false, true),
            ("localhost:8000", true, false),
            ("stock.example", false, false),
            ("localhost.example", false, false),
            ("10.0.0.1:8000", false, false),
            ("", false, false),
        ] {
            let headers = headers(&[("host", host)]);
            let set = SESSION.set(&headers, is_secure, session.expose(), 60);
            let text = set.to_str().expect("text");
            assert_eq!(
                text.starts_with("stockbook=") && !text.contains("Secure"),
                is_plain,
                "{host}: {text}"
            );
            assert_eq!(
                text.starts_with("__Host-") && text.ends_with("; Secure"),
                !is_plain,
                "{host}: {text}"
            );
            assert!(text.contains("; HttpOnly; SameSite=Strict") && text.contains("Path=/;"), "{text}");
        }
    }

    #[test]
    fn only_one_whole_key_or_the_right_cookie_counts() {
        let (key, session) = (Secret::generate_api_key(), Secret::generate());
        let of = |pairs: &[(&'static str, &str)]| Credentials::of(&headers(pairs), false);
        let bearer = format!("Bearer {}", key.expose());
        let right = format!("__Host-stockbook={}", session.expose());
        let plain = format!("a=b; stockbook={}", session.expose());
        assert_eq!(of(&[]), Credentials::None);
        assert_eq!(of(&[("authorization", &bearer)]), Credentials::ApiKey(key.hash()));
        assert_eq!(of(&[("authorization", &bearer), ("authorization", &bearer)]), Credentials::Unusable);
        assert_eq!(of(&[("host", "x.example"), ("cookie", &right)]), Credentials::Session(session.hash()));
        assert_eq!(of(&[("host", "x.example"), ("cookie", &plain)]), Credentials::None);
        assert_eq!(of(&[("host", "localhost"), ("cookie", &plain)]), Credentials::Session(session.hash()));
        for other in ["Basic YTpi", "Bearer", "Bearer x", key.expose(), "Token sb_live_", ""] {
            let with_cookie = [("host", "x.example"), ("authorization", other), ("cookie", right.as_str())];
            assert_eq!(of(&with_cookie), Credentials::Unusable, "{other}");
        }
        let truncated = &bearer[..bearer.len() - 1];
        assert_eq!(of(&[("authorization", truncated)]), Credentials::Unusable);
        assert_eq!(of(&[("host", "localhost"), ("cookie", "stockbook=x")]), Credentials::Unusable);
    }

    #[test]
    fn a_change_by_cookie_has_to_come_from_a_page_of_ours() {
        let host = ("host", "stock.example");
        for (given, by_cookie, otherwise) in [
            (vec![host], false, true),
            (vec![host, ("sec-fetch-site", "same-origin")], true, true),
            (vec![host, ("sec-fetch-site", "same-site")], false, false),
            (vec![host, ("sec-fetch-site", "cross-site"), ("origin", "https://stock.example")], false, false),
            (vec![host, ("sec-fetch-site", "none")], false, true),
            (vec![host, ("origin", "https://stock.example")], true, true),
            (vec![host, ("origin", "https://stock.example.evil")], false, false),
            (vec![host, ("origin", "https://evil.example")], false, false),
            (vec![host, ("origin", "null")], false, false),
        ] {
            let headers = headers(&given);
            let passes = |is_by_cookie| refuse_cross_site(&Method::POST, &headers, is_by_cookie).is_ok();
            assert_eq!((passes(true), passes(false)), (by_cookie, otherwise), "{given:?}");
            assert!(refuse_cross_site(&Method::GET, &headers, true).is_ok(), "reading changes nothing");
        }
    }
}
