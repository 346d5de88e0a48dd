//! Who is at the other end of a request: the address that it came from, and whether nobody could listen in.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The other end of a request, as the server loop found it: the client itself, where it came through proxies that are
/// trusted. Never what a client says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address; an IPv4 address is never written as an IPv6 one.
    pub address: IpAddr,
    /// Whether it came by TLS, to us or to a proxy that is trusted.
    pub is_secure: bool,
}

impl Peer {
    /// Nobody knows: the request did not come through the server loop.
    const UNKNOWN: Self = Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_secure: false };
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self::UNKNOWN))
    }
}
