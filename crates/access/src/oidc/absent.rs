//! In place of a provider, where the Cargo feature `oidc` is off: there is none, and there cannot be one.

use platform::ApiError;

use super::attempt::Attempt;
use super::{Identity, OidcSettings};

/// A provider: nobody can make one.
#[derive(Debug)]
pub enum Oidc {}

impl Oidc {
    /// # Errors
    /// Always.
    pub fn new(_: OidcSettings) -> Result<Self, String> {
        Err("this build has no OpenID Connect: it was made without the feature oidc".to_owned())
    }

    pub(crate) fn name(&self) -> &str {
        match *self {}
    }

    pub(crate) async fn address(&self, _: &Attempt) -> Result<String, ApiError> {
        match *self {}
    }

    pub(crate) async fn identify(&self, _: &Attempt, _: &str, _: i64) -> Result<Identity, ApiError> {
        match *self {}
    }

    pub(crate) fn check_issuer(&self, _: Option<&str>) -> Result<(), ApiError> {
        match *self {}
    }
}
