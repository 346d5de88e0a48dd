//! Signing in with a provider of OpenID Connect: by the authorization code flow with PKCE.
//!
//! `GET /oidc/sign-in` sends a browser to the provider with an [`attempt::Attempt`], which stays in a cookie of the browser for 10 minutes;
//! the provider sends it back to `GET /oidc/callback` with a code; the server exchanges the code for an ID token, believes the token
//! only if all of it is right, and begins a session as a password does.
//!
//! Invariants: who comes back is who left (state, PKCE and nonce follow from a secret in the cookie). Users are found by an address
//! that the provider has verified, and have to be active; nobody becomes one in this way unless their domain was named, and then a
//! viewer. From here a browser is led into the app only.
//!
//! The part that talks to a provider is behind the Cargo feature `oidc`; without it `absent` stands in.

mod attempt;
mod http;
mod ops;
#[cfg_attr(not(feature = "oidc"), path = "absent.rs")]
mod provider;

pub use http::routes;
pub use provider::Oidc;

/// Which provider, and whom it lets in.
#[derive(Clone)]
pub struct OidcSettings {
    /// What the provider calls itself: an address below which it describes itself.
    pub issuer: String,
    /// What the provider calls us.
    pub client_id: String,
    /// What the provider knows us by; none: it goes by PKCE alone.
    pub client_secret: Option<String>,
    /// By which address browsers reach this server, without a slash at the end.
    pub public_url: String,
    /// What people know the provider as.
    pub name: String,
    /// Whose addresses make somebody whom nobody knows a viewer: these domains.
    pub new_viewers: Vec<String>,
}

impl OidcSettings {
    /// Where the provider sends a browser back to.
    #[cfg_attr(not(feature = "oidc"), expect(dead_code, reason = "there is no provider"))]
    fn redirect_uri(&self) -> String {
        format!("{}/oidc/callback", self.public_url)
    }
}

/// Whom the provider has let in.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// Who says so.
    pub(crate) issuer: String,
    /// Their key there.
    pub(crate) subject: String,
    /// An address that the provider has verified.
    pub(crate) email: crate::Email,
    /// What they are called there.
    pub(crate) name: Option<String>,
    /// Whether they become a viewer if nobody knows them.
    pub(crate) may_be_new: bool,
}
