//! Secrets that are made here: of 256 random bits, kept as their SHA-256 only.

use rand::RngExt as _;
use rand::distr::Alphanumeric;
use sha2::{Digest, Sha256};

/// How every API key begins, so that a scanner of leaked secrets knows it.
pub const API_KEY: &str = "sb_live_";

/// Letters and digits that carry 256 bits: 43 of 62 kinds.
const SECRET_CHARS: usize = 43;

/// Letters and digits of the checksum of an API key.
const CHECKSUM_CHARS: usize = 6;

/// Of an API key, what may be shown: enough to tell it from others.
const PREFIX_CHARS: usize = API_KEY.len() + 6;

/// A secret that has just been made. It is shown once, and nothing that is kept leads back to it.
pub struct Secret(String);

/// What is kept of a secret.
pub type Hash = [u8; 32];

impl Secret {
    /// A new one, for a cookie or to be used once.
    pub fn generate() -> Self {
        Self(random())
    }

    /// A new API key. Its checksum lets a server and a scanner of leaked secrets refuse what is none without asking.
    pub fn generate_api_key() -> Self {
        let body = format!("{API_KEY}{}", random());
        let checksum = checksum(&body);
        Self(body + &checksum)
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> Hash {
        hash(&self.0)
    }

    /// How it begins.
    pub fn prefix(&self) -> &str {
        self.0.get(..PREFIX_CHARS).unwrap_or_default()
    }
}

/// Not to be printed by accident.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret).into()
}

/// Whether this can be an API key: its form and checksum are right.
pub fn is_api_key(text: &str) -> bool {
    let body = text.len().checked_sub(CHECKSUM_CHARS).and_then(|end| text.split_at_checked(end));
    body.is_some_and(|(body, end)| body.strip_prefix(API_KEY).is_some_and(is_secret) && checksum(body) == end)
}

/// Whether this can be a secret without a checksum.
pub fn is_secret(text: &str) -> bool {
    text.len() == SECRET_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn random() -> String {
    rand::rng().sample_iter(Alphanumeric).take(SECRET_CHARS).map(char::from).collect()
}

fn checksum(body: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |byte: &u8| char::from(DIGITS[usize::from(byte % 62)]);
    hash(body).iter().take(CHECKSUM_CHARS).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_key_with_any_character_changed_or_missing_is_none() {
        let key = Secret::generate_api_key();
        let text = key.expose();
        assert!(is_api_key(text), "{text}");
        assert!(text.starts_with(key.prefix()) && key.prefix().len() == 14);
        for i in 0..text.len() {
            let mut changed = text.to_owned();
            changed.replace_range(i..=i, if &text[i..=i] == "A" { "B" } else { "A" });
            assert!(!is_api_key(&changed), "{changed} for {text}");
            assert!(!is_api_key(&text[..i]), "{}", &text[..i]);
        }
        assert!(!is_api_key(&format!("{text}A")));
        assert!(!is_api_key("ü"));
    }

    #[test]
    fn no_two_secrets_are_alike_and_none_shows_itself() {
        let secrets: Vec<Secret> = (0..100).map(|_| Secret::generate()).collect();
        let hashes: std::collections::HashSet<Hash> = secrets.iter().map(Secret::hash).collect();
        assert_eq!(hashes.len(), 100);
        for secret in &secrets {
            assert!(is_secret(secret.expose()));
            assert!(!format!("{secret:?}").contains(secret.expose()));
        }
    }
}
