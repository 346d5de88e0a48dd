//! By which name the server is called.
//!
//! A page from elsewhere can have its own name lead to 127.0.0.1 (DNS rebinding), and then counts as the same origin as the
//! server there. The browser still says by which name it asks, and that is not one of ours.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::{ApiError, error};

/// Refuses requests that do not call this machine by a name that leads nowhere else.
pub(crate) async fn only_local<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let in_header = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let named = request.uri().authority().map(axum::http::uri::Authority::as_str).or_else(in_header);
    if named.is_some_and(is_local) {
        return next(request).await;
    }
    let detail = "without login this server answers to localhost, 127.0.0.1 and [::1] only";
    ApiError::new(&error::MISDIRECTED_REQUEST, detail).into_response()
}

/// Whether this leads to the machine that asks, whoever resolves names.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) if is_port(rest) => address,
        Some(_) => return false,
        None => match host.split_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            Some(_) => return false,
            None => host,
        },
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').map_or(text.is_empty(), |port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn names_that_others_can_make_lead_here_are_not_local() {
        for host in
            ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "127.1.2.3", "[::1]", "[::1]:80"]
        {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:127.0.0.1",
            "localhost@evil.example",
            "0.0.0.0",
            "[::]",
            "[::1].evil.example",
            "192.0.2.1",
            "user:pass@localhost",
            "2130706433",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
