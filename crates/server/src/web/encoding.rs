//! Which compressed form of a file a client takes.

use axum::http::{HeaderMap, header};

/// A form in which Vite leaves files beside the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// What the client takes by `Accept-Encoding`, the smallest first. Quality counts only where it is zero: what is sent
    /// is made already, so that nobody saves anything by another order.
    pub(super) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        [Self::Brotli, Self::Gzip].into_iter().filter(|encoding| takes(headers, encoding.name()))
    }

    /// Its name in HTTP.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The name of the file that has this form of `name`.
    pub(super) fn of(self, name: &str) -> String {
        match self {
            Self::Brotli => format!("{name}.br"),
            Self::Gzip => format!("{name}.gz"),
        }
    }
}

fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut taken = false;
    for part in values.flat_map(|value| value.split(',')) {
        let (name, quality) = part.split_once(';').unwrap_or((part, ""));
        let refused = quality
            .trim()
            .strip_prefix("q=")
            .is_some_and(|quality| quality.chars().all(|digit| matches!(digit, '0' | '.')));
        if name.trim().eq_ignore_ascii_case(encoding) {
            return !refused;
        }
        taken |= name.trim() == "*" && !refused;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_form_that_is_taken_is_chosen() {
        let cases: [(&str, &[Encoding]); 8] = [
            ("gzip, deflate, br, zstd", &[Encoding::Brotli, Encoding::Gzip]),
            ("gzip", &[Encoding::Gzip]),
            ("GZIP;q=0.5", &[Encoding::Gzip]),
            ("br;q=0, gzip;q=0.000", &[]),
            ("*", &[Encoding::Brotli, Encoding::Gzip]),
            ("*, br;q=0", &[Encoding::Gzip]),
            ("identity", &[]),
            ("", &[]),
        ];
        for (accepted, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accepted.parse().expect("a header"));
            assert_eq!(Encoding::accepted(&headers).collect::<Vec<_>>(), expected, "{accepted}");
        }
    }
}
