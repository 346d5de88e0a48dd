//! An attempt to sign in: what a browser takes along to the provider, and has to bring back.
//!
//! All of it follows from one secret in a cookie, so that nothing is kept here, and any server can finish what another one began.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::Invalid;
use platform::input::{Parse, Written};
use sha2::{Digest, Sha256};

use crate::credentials::Cookie;
use crate::token::{self, Secret};

/// The cookie of an attempt. The provider leads back here from another site, so it cannot be as strict as that of a session.
pub(crate) const COOKIE: Cookie = Cookie::lax("__Host-stockbook-oidc", "stockbook-oidc");

/// How long somebody may take at the provider.
pub(crate) const SECONDS: u64 = 10 * 60;

/// Longest address in the app to which somebody is led.
const NEXT_BYTES_MAX: usize = 1000;

/// An attempt to sign in.
#[derive(Clone)]
pub(crate) struct Attempt {
    secret: String,
    next: Next,
}

/// Where in the app somebody wants to go: a path below `/app`, so that it leads nowhere else whatever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Next(String);

impl Attempt {
    pub(crate) fn begin(next: Option<Next>) -> Self {
        Self { secret: Secret::generate().expose().to_owned(), next: next.unwrap_or_default() }
    }

    /// The one that a cookie has.
    pub(crate) fn from_cookie(value: &str) -> Option<Self> {
        let (secret, next) = value.split_once('.').filter(|(secret, _)| token::is_secret(secret))?;
        let next = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(next).ok()?).ok()?;
        Some(Self { secret: secret.to_owned(), next: Next::parse(&next).ok()? })
    }

    /// What the cookie has.
    pub(crate) fn cookie(&self) -> String {
        format!("{}.{}", self.secret, BASE64_URL_SAFE_NO_PAD.encode(&self.next.0))
    }

    /// Where to go in the end.
    pub(crate) fn next(&self) -> &Next {
        &self.next
    }

    /// What the provider gives back with the code.
    pub(crate) fn state(&self) -> String {
        self.derive("state")
    }

    /// What the ID token has to name.
    #[cfg_attr(not(feature = "oidc"), expect(dead_code, reason = "there is no provider"))]
    pub(crate) fn nonce(&self) -> String {
        self.derive("nonce")
    }

    /// What goes with the code to the provider.
    pub(crate) fn verifier(&self) -> String {
        self.derive("verifier")
    }

    /// What the provider is told of the verifier beforehand.
    #[cfg_attr(not(feature = "oidc"), expect(dead_code, reason = "there is no provider"))]
    pub(crate) fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier()))
    }

    fn derive(&self, purpose: &str) -> String {
        let Self { secret, next: Next(next) } = self;
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{purpose} {secret} {next}")))
    }
}

/// Not to be printed by accident.
impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt")
    }
}

impl Next {
    /// As a browser is led there.
    pub(crate) fn location(&self) -> String {
        format!("/app{}", self.0)
    }
}

impl Default for Next {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl Parse for Next {
    const WRITTEN: Written = Written::String;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let is_below = text.starts_with('/') && !text.starts_with("//") && !climbs(text);
        let is_own = is_below && text.len() <= NEXT_BYTES_MAX && is_visible;
        let wrong = || Invalid::new("not_a_path", "must be a path in the app, such as /products?q=tea");
        if is_own { Ok(Self(text.to_owned())) } else { Err(wrong()) }
    }
}

/// Whether a browser would leave out segments of its path: those that are one dot or two, also where they are written as %2e.
fn climbs(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |segment: &str| matches!(segment.to_lowercase().replace("%2e", ".").as_str(), "." | "..");
    path.split('/').any(is_dots)
}

#[cfg(all(test, feature = "oidc"))]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_comes_back_by_its_cookie_and_by_no_other() {
        let attempt = Attempt::begin(Next::parse("/products?q=tea").ok());
        let back = Attempt::from_cookie(&attempt.cookie()).expect("the same");
        assert_eq!(back.next().location(), "/app/products?q=tea");
        let derived =
            |attempt: &Attempt| [attempt.state(), attempt.nonce(), attempt.verifier(), attempt.challenge()];
        assert_eq!(derived(&back), derived(&attempt));
        let other = Attempt::begin(Next::parse("/products?q=tea").ok());
        let mut all: Vec<String> = derived(&attempt).into_iter().chain(derived(&other)).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 8, "nothing is used twice");
        assert!(all.iter().all(|text| text.len() == 43 && !attempt.cookie().contains(text.as_str())));
        // To lead elsewhere in the end needs another state.
        let (secret, _) =
            attempt.cookie().split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("two parts");
        let bent = format!("{secret}.{}", BASE64_URL_SAFE_NO_PAD.encode("/users"));
        assert_ne!(Attempt::from_cookie(&bent).expect("a cookie").state(), attempt.state());
        for wrong in [
            "",
            ".",
            "x.Lw",
            &secret,
            &format!("{secret}."),
            &format!("{secret}.Ly8"),
            &format!("{secret}.*"),
        ] {
            assert!(Attempt::from_cookie(wrong).is_none(), "{wrong}");
        }
    }

    /// As in RFC 7636, appendix B.
    #[test]
    fn a_challenge_is_the_digest_of_its_verifier() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn nobody_is_led_out_of_the_app() {
        for own in
            ["/", "/products", "/products?q=%22&limit=5", "/a//b", "/a?next=/../b#/..", "/.a/...", "/%2ea"]
        {
            assert_eq!(Next::parse(own).map(|next| next.location()), Ok(format!("/app{own}")));
        }
        let long = format!("/{}", "a".repeat(NEXT_BYTES_MAX));
        for other in [
            "",
            "products",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/ä",
            "/../audit-log/export",
            "/products/../../audit-log/export",
            "/a/..",
            "/..?q=tea",
            "/.#",
            "/%2e%2E/audit-log/export",
            "/.%2e/audit-log/export",
            "/a/%2E/b",
            &long,
        ] {
            assert!(Next::parse(other).is_err(), "{other}");
        }
    }
}
