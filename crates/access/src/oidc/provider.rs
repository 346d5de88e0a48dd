//! The provider: what it says of itself, and of whoever comes back with a code.

mod client;
mod id_token;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::StatusCode;
use hyper::http::HeaderValue;
use platform::ApiError;
use platform::input::Parse as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::attempt::Attempt;
use super::http::refused;
use super::{Identity, OidcSettings};
use crate::{Email, problems};
use client::Client;
use id_token::{Claims, Expected, Fault, Keys};

/// How long the provider's description counts.
const DESCRIPTION_LIVES: Duration = Duration::from_secs(60 * 60);

/// How soon keys are asked for again because of a token of an unknown one, and a provider that did not answer is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// What we ask for.
const SCOPE: &str = "openid email profile";

/// A provider.
pub struct Oidc {
    settings: OidcSettings,
    client: Client,
    memory: Mutex<Memory>,
}

/// What is known of the provider.
#[derive(Default)]
struct Memory {
    known: Option<Arc<Known>>,
    failed_at: Option<Instant>,
}

/// What the provider has said of itself.
struct Known {
    description: Description,
    keys: Keys,
    asked_at: Instant,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0).
#[derive(Clone, Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// What a code is exchanged for.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// Why there are no tokens for a code.
#[derive(Deserialize)]
struct TokenError {
    error: String,
}

impl Oidc {
    /// A provider, which is not asked before somebody signs in.
    ///
    /// # Errors
    /// An address is none, or could be listened in on.
    pub fn new(settings: OidcSettings) -> Result<Self, String> {
        for (what, address) in [("issuer", &settings.issuer), ("public URL", &settings.public_url)] {
            check_address(address).map_err(|fault| format!("{what} {address}: {fault}"))?;
        }
        let settings =
            OidcSettings { public_url: settings.public_url.trim_end_matches('/').to_owned(), ..settings };
        Ok(Self { settings, client: Client::new()?, memory: Mutex::default() })
    }

    /// What people know it as.
    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where to send a browser.
    pub(crate) async fn address(&self, attempt: &Attempt) -> Result<String, ApiError> {
        let known = self.known().await?;
        let address = Url::parse(&known.description.authorization_endpoint);
        let mut address = address.map_err(|error| unavailable(&error.to_string()))?;
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.redirect_uri())
            .append_pair("scope", SCOPE)
            .append_pair("state", &attempt.state())
            .append_pair("nonce", &attempt.nonce())
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(address.into())
    }

    /// Refuse what another provider sends back (RFC 9207).
    pub(crate) fn check_issuer(&self, given: Option<&str>) -> Result<(), ApiError> {
        match given {
            Some(issuer) if issuer != self.settings.issuer => Err(refused("another provider sends you back")),
            _ => Ok(()),
        }
    }

    /// Whose code this is. `now`: seconds since 1970.
    pub(crate) async fn identify(
        &self,
        attempt: &Attempt,
        code: &str,
        now: i64,
    ) -> Result<Identity, ApiError> {
        let known = self.known().await?;
        let tokens = self.exchange(&known.description, attempt, code).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &attempt.nonce(),
            now,
        };
        let claims = match id_token::verify(&tokens.id_token, &known.keys, &expected) {
            Err(Fault::UnknownKey) => {
                let known = self.known_after(&known).await?; // it may sign by new keys
                id_token::verify(&tokens.id_token, &known.keys, &expected)
            }
            verified => verified,
        };
        let claims = claims.map_err(|fault| {
            tracing::warn!(%fault, "an ID token is not to be believed");
            ApiError::new(
                &problems::OIDC_INVALID_TOKEN,
                "what the provider says of you is not to be believed: ask an admin",
            )
        })?;
        let claims = match (&claims.email, &known.description.userinfo_endpoint, tokens.access_token) {
            (None, Some(endpoint), Some(token)) => self.ask_more(claims, endpoint, &token).await?,
            _ => claims,
        };
        self.identity(claims)
    }

    fn identity(&self, claims: Claims) -> Result<Identity, ApiError> {
        let unverified = || {
            ApiError::new(
                &problems::OIDC_EMAIL_UNVERIFIED,
                "the provider gives no address of yours that it has verified",
            )
        };
        let email = claims.email.as_deref().filter(|_| claims.email_verified.is_true());
        let email = email.and_then(|email| Email::parse(email).ok()).ok_or_else(unverified)?;
        let domain = email.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
        let may_be_new = self.settings.new_viewers.iter().any(|own| own.eq_ignore_ascii_case(domain));
        let name = claims.name.or(claims.preferred_username);
        Ok(Identity { issuer: self.settings.issuer.clone(), subject: claims.sub, email, name, may_be_new })
    }

    /// The tokens for a code, which the provider gives once.
    async fn exchange(
        &self,
        description: &Description,
        attempt: &Attempt,
        code: &str,
    ) -> Result<Tokens, ApiError> {
        let (authorization, form) = self.token_request(description, attempt, code)?;
        let answer = self.client.post(&description.token_endpoint, authorization, form).await;
        let (status, body) = answer.map_err(|fault| unavailable(&fault))?;
        if status == StatusCode::OK {
            return read(&body);
        }
        // A code that is not good is the browser's fault; a client that is not known is ours.
        match serde_json::from_slice::<TokenError>(&body) {
            Ok(TokenError { error }) if error == "invalid_grant" => Err(refused(&error)),
            Ok(TokenError { error }) => Err(unavailable(&format!("{status} {}", error.escape_debug()))),
            Err(_) => Err(unavailable(&status.to_string())),
        }
    }

    /// Who we are, as a header or in the form, and the form.
    fn token_request(
        &self,
        description: &Description,
        attempt: &Attempt,
        code: &str,
    ) -> Result<(Option<HeaderValue>, String), ApiError> {
        let OidcSettings { client_id, client_secret, .. } = &self.settings;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.settings.redirect_uri())
            .append_pair("code_verifier", &attempt.verifier());
        let authorization = match client_secret {
            Some(secret) if description.takes_basic() => Some(basic(client_id, secret)?),
            secret => {
                form.append_pair("client_id", client_id);
                form.extend_pairs(secret.as_ref().map(|secret| ("client_secret", secret)));
                None
            }
        };
        Ok((authorization, form.finish()))
    }

    /// What the ID token leaves out, as it does with some providers.
    async fn ask_more(&self, claims: Claims, endpoint: &str, token: &str) -> Result<Claims, ApiError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|error| unavailable(&error.to_string()))?;
        bearer.set_sensitive(true);
        let more: Claims = self.get(endpoint, Some(bearer)).await?;
        if more.sub != claims.sub {
            return Err(unavailable("it tells of somebody else"));
        }
        Ok(Claims {
            email: more.email,
            email_verified: more.email_verified,
            name: claims.name.or(more.name),
            ..claims
        })
    }

    async fn known(&self) -> Result<Arc<Known>, ApiError> {
        self.known_unless(|known| known.asked_at.elapsed() < DESCRIPTION_LIVES).await
    }

    /// What is known after it has been asked again; at most every few seconds.
    async fn known_after(&self, before: &Known) -> Result<Arc<Known>, ApiError> {
        let (asked_at, is_new) = (before.asked_at, before.asked_at.elapsed() < ASK_AGAIN_AFTER);
        self.known_unless(|known| is_new || known.asked_at > asked_at).await
    }

    async fn known_unless(&self, is_enough: impl Fn(&Known) -> bool) -> Result<Arc<Known>, ApiError> {
        let mut memory = self.memory.lock().await;
        if let Some(known) = memory.known.as_ref().filter(|known| is_enough(known)) {
            return Ok(Arc::clone(known));
        }
        if memory.failed_at.is_some_and(|at| at.elapsed() < ASK_AGAIN_AFTER) {
            return Err(unavailable("it did not answer a moment ago"));
        }
        let asked = self.ask().await;
        memory.failed_at = asked.is_err().then(Instant::now);
        let known = Arc::new(asked?);
        memory.known = Some(Arc::clone(&known));
        Ok(known)
    }

    async fn ask(&self) -> Result<Known, ApiError> {
        let asked_at = Instant::now();
        let issuer = &self.settings.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let description: Description = self.get(&address, None).await?;
        if description.issuer != *issuer {
            return Err(unavailable("it calls itself by another name than the issuer that was set"));
        }
        let Description { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint, .. } =
            &description;
        let named = [authorization_endpoint, token_endpoint, jwks_uri].into_iter().chain(userinfo_endpoint);
        for address in named {
            check_address(address)
                .map_err(|fault| unavailable(&format!("{}: {fault}", address.escape_debug())))?;
        }
        let keys = self.get(jwks_uri, None).await?;
        Ok(Known { keys, description, asked_at })
    }

    async fn get<T: DeserializeOwned>(
        &self,
        address: &str,
        authorization: Option<HeaderValue>,
    ) -> Result<T, ApiError> {
        let (status, body) =
            self.client.get(address, authorization).await.map_err(|fault| unavailable(&fault))?;
        if status == StatusCode::OK { read(&body) } else { Err(unavailable(&status.to_string())) }
    }
}

impl Description {
    /// Whether the client says who it is in a header, as by default.
    fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

/// No secret is printed.
impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

/// Nobody may listen in: by TLS, or on this machine.
fn check_address(address: &str) -> Result<(), &'static str> {
    let url = Url::parse(address).map_err(|_| "is no address")?;
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() => {
            Err("has more than an address should")
        }
        "https" => Ok(()),
        "http" if is_here => Ok(()),
        _ => Err("must begin with https://"),
    }
}

/// As RFC 6749 has it: both parts are encoded as in a form first.
fn basic(client_id: &str, secret: &str) -> Result<HeaderValue, ApiError> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let both = format!("{}:{}", encoded(client_id), encoded(secret));
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(both)))
        .map_err(ApiError::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // Without the error's own words, which could show a part of a token.
    serde_json::from_slice(body).map_err(|_| unavailable("it answers something else than it should"))
}

fn unavailable(fault: &str) -> ApiError {
    tracing::warn!(fault, "the provider of OpenID Connect is of no use");
    ApiError::new(
        &problems::OIDC_UNAVAILABLE,
        "the provider of OpenID Connect does not answer as it should; the log has more",
    )
    .retry_after(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_listen_in_on_a_provider() {
        for right in [
            "https://id.example",
            "https://id.example:8443/realms/a",
            "http://127.0.0.1:9/",
            "http://[::1]:9",
            "http://localhost:9",
        ] {
            assert_eq!(check_address(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "id.example",
            "http://id.example",
            "http://127.0.0.1.example",
            "ftp://id.example",
            "https://a:b@id.example",
            "https://id.example/#a",
        ] {
            assert!(check_address(wrong).is_err(), "{wrong}");
        }
    }

    /// As in RFC 6749, section 2.3.1, with what has to be encoded.
    #[test]
    fn who_we_are_is_encoded_before_it_is_encoded() {
        let header = basic("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw").expect("a header");
        assert_eq!(header, "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
        let header = basic("a:b", "c d").expect("a header");
        assert_eq!(header, format!("Basic {}", BASE64_STANDARD.encode("a%3Ab:c+d")));
    }
}
