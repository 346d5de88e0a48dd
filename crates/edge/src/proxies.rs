//! Proxies that are believed when they say for whom they ask.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use platform::Peer;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The networks of proxies that are believed; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

/// What is no list of networks.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no network: write an address, or a network such as 10.0.0.0/8 or fd00::/8")]
pub struct NoNetwork(String);

impl FromStr for Proxies {
    type Err = NoNetwork;

    /// Addresses and networks, separated by commas.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let parsed = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            parsed.map_err(|_| NoNetwork(part.to_owned()))
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl Proxies {
    /// Whose request it is that came over a connection from `peer`.
    pub(crate) fn client(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        if !self.trust(peer.address) {
            return peer;
        }
        Peer {
            address: self.address(peer.address, headers),
            is_secure: peer.is_secure || is_last(headers, &FORWARDED_PROTO, "https"),
        }
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Each proxy appends whom it was asked by, so the list is read from its end, and only as far as it was written by
    /// proxies that are trusted: what stands before that may have been made up.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        for header in headers.get_all(FORWARDED_FOR).iter().rev() {
            for part in header.to_str().unwrap_or_default().rsplit(',') {
                let Some(address) = parse(part.trim()) else { return client };
                client = address;
                if !self.trust(client) {
                    return client;
                }
            }
        }
        client
    }
}

/// Whether the last value that the header has is this one.
fn is_last(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    let last = headers.get_all(name).iter().next_back().and_then(|header| header.to_str().ok());
    last.and_then(|text| text.rsplit(',').next()).is_some_and(|last| last.trim().eq_ignore_ascii_case(value))
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// Whose request it is: the peer, what is trusted, and the headers `X-Forwarded-For` in their order.
    fn client(peer: &str, trusted: &str, forwarded: &[&str]) -> String {
        let headers =
            forwarded.iter().map(|text| (FORWARDED_FOR, HeaderValue::from_str(text).expect("a value")));
        let peer = Peer { address: peer.parse().expect("an address"), is_secure: false };
        let proxies: Proxies = trusted.parse().expect("networks");
        proxies.client(peer, &headers.collect()).address.to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        for (peer, trusted, forwarded, expected) in [
            // Nobody is trusted, or somebody else.
            ("198.51.100.1", "", &["192.0.2.7"][..], "198.51.100.1"),
            ("198.51.100.1", "10.0.0.0/8", &["192.0.2.7"], "198.51.100.1"),
            // One proxy: the last one named is whom it was asked by; the client made up the rest.
            ("10.0.0.1", "10.0.0.0/8", &["192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", "10.0.0.1", &["127.0.0.1, 192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", "10.0.0.1", &["127.0.0.1", "192.0.2.7"], "192.0.2.7"),
            // Two proxies.
            ("10.0.0.1", "10.0.0.0/8", &["1.2.3.4, 192.0.2.7, 10.9.9.9"], "192.0.2.7"),
            ("10.0.0.1", "10.0.0.0/8", &["1.2.3.4, 192.0.2.7", "10.9.9.9"], "192.0.2.7"),
            ("10.0.0.1", "10.0.0.1/32, 203.0.113.9", &["1.2.3.4, 192.0.2.7, 203.0.113.9"], "192.0.2.7"),
            // All are trusted: the first one.
            ("10.0.0.1", "10.0.0.0/8", &["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
            // Nothing, or nonsense, is said.
            ("10.0.0.1", "10.0.0.0/8", &[], "10.0.0.1"),
            ("10.0.0.1", "10.0.0.0/8", &[""], "10.0.0.1"),
            ("10.0.0.1", "10.0.0.0/8", &["192.0.2.7, unknown"], "10.0.0.1"),
            ("10.0.0.1", "10.0.0.0/8", &["192.0.2.7, nonsense, 10.0.0.2"], "10.0.0.2"),
            // Forms of addresses.
            ("10.0.0.1", "10.0.0.1", &["192.0.2.7:4711"], "192.0.2.7"),
            ("10.0.0.1", "10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", "10.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
            ("fd00::1", "fd00::/8", &["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.1", "10.0.0.1", &["::ffff:192.0.2.7"], "192.0.2.7"),
        ] {
            assert_eq!(client(peer, trusted, forwarded), expected, "{peer} {trusted} {forwarded:?}");
        }
    }

    #[test]
    fn a_trusted_proxy_says_whether_it_was_asked_by_tls() {
        let proxies: Proxies = "10.0.0.1".parse().expect("a network");
        for (peer, said, expected) in [
            ("10.0.0.1", "https", true),
            ("10.0.0.1", "http", false),
            ("10.0.0.1", "https, http", false),
            ("198.51.100.1", "https", false),
        ] {
            let headers = HeaderMap::from_iter([(FORWARDED_PROTO, HeaderValue::from_static(said))]);
            let peer = Peer { address: peer.parse().expect("an address"), is_secure: false };
            assert_eq!(proxies.client(peer, &headers).is_secure, expected, "{peer:?} {said}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused_by_name() {
        for text in ["nonsense", "10.0.0.1, nonsense", "10.0.0.0/33"] {
            let refusal = text.parse::<Proxies>().expect_err("refused").to_string();
            assert!(refusal.contains(text.rsplit(' ').next().unwrap_or(text)), "{refusal}");
        }
        assert_eq!("".parse::<Proxies>().expect("none"), Proxies::default());
    }
}
