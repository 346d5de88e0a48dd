//! Who is at the other end of a request: the address that it came from, and whether nobody could listen in.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::Extensions;
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
    /// The other end of the request that has these.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self::UNKNOWN)
    }

    /// Whom its address counts as, where tries and requests are counted: whoever has an IPv6 address has 2⁶⁴ of them, so that they
    /// are one.
    pub fn network(self) -> IpAddr {
        match self.address {
            IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
            address @ IpAddr::V4(_) => address,
        }
    }

    /// Nobody knows: the request did not come through the server loop.
    const UNKNOWN: Self = Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_secure: false };
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ipv6_counts_with_its_neighbours() {
        for (address, network) in [
            ("192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("::1", "::"),
        ] {
            let peer = Peer { address: address.parse().expect("an address"), is_secure: false };
            assert_eq!(peer.network(), network.parse::<IpAddr>().expect("an address"), "{address}");
        }
    }
}
