//! ID tokens: what a provider says of somebody, and whether it is to be believed (OpenID Connect Core 1.0, section 3.1.3.7).

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::{Deserialize, Deserializer, de};

/// By how many seconds clocks may differ.
const LEEWAY_S: i64 = 60;

/// What a provider says of somebody.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    /// Their key there.
    pub(super) sub: String,
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) email_verified: Truth,
    pub(super) name: Option<String>,
    pub(super) preferred_username: Option<String>,
}

/// Whether something is true. Some providers write it as text; what is not said is not true.
#[derive(Debug, Default)]
pub(super) struct Truth(bool);

impl Truth {
    pub(super) fn is_true(&self) -> bool {
        self.0
    }
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Truth;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Truth, E> {
                Ok(Truth(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Truth, E> {
                Ok(Truth(value == "true"))
            }

            fn visit_unit<E>(self) -> Result<Truth, E> {
                Ok(Truth(false))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// Of an ID token, what has to be right.
#[derive(Deserialize)]
struct Frame {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
}

/// For whom a token is.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What the ID token of an attempt has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
}

/// Why a token is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("it has not the form of a signed token")]
    Malformed,
    #[error("it is signed in a way that is not taken")]
    Algorithm,
    #[error("it is signed by a key that the provider does not have")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is for another client")]
    Audience,
    #[error("it has expired, or is not good yet")]
    Time,
    #[error("it belongs to another sign-in")]
    Nonce,
}

/// The keys of a provider (RFC 7517).
#[derive(Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

/// How a token is signed: with a key pair, never with a secret that we would have too, and never not at all.
#[derive(Clone, Copy)]
enum Algorithm {
    Rs256,
    Es256,
}

/// What a token says, if all of it is right.
pub(super) fn verify(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Fault> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Fault::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(Fault::Malformed)?;
    verify_signature(&part::<Header>(header)?, signed, &decode(signature)?, keys)?;
    check(&part(payload)?, expected)?;
    part(payload)
}

fn check(frame: &Frame, expected: &Expected<'_>) -> Result<(), Fault> {
    let &Expected { issuer, client_id, nonce, now } = expected;
    let is_ours = match &frame.aud {
        Audience::One(one) => one == client_id,
        // Who else it is for might pass it on: then it has to say that it was given to us.
        Audience::Several(all) => {
            all.iter().any(|one| one == client_id) && (all.len() == 1 || frame.azp.is_some())
        }
    };
    if frame.iss != issuer {
        return Err(Fault::Issuer);
    }
    if !is_ours || frame.azp.as_deref().is_some_and(|azp| azp != client_id) {
        return Err(Fault::Audience);
    }
    if frame.exp.saturating_add(LEEWAY_S) <= now || frame.nbf.is_some_and(|nbf| nbf > now + LEEWAY_S) {
        return Err(Fault::Time);
    }
    if frame.nonce.as_deref() != Some(nonce) {
        return Err(Fault::Nonce);
    }
    Ok(())
}

fn verify_signature(header: &Header, signed: &str, signature: &[u8], keys: &Keys) -> Result<(), Fault> {
    let algorithm = match header.alg.as_str() {
        "RS256" => Algorithm::Rs256,
        "ES256" => Algorithm::Es256,
        _ => return Err(Fault::Algorithm),
    };
    let is_meant = |key: &&Key| algorithm.takes(key) && (header.kid.is_none() || header.kid == key.kid);
    let mut meant = keys.keys.iter().filter(is_meant).peekable();
    if meant.peek().is_none() {
        return Err(Fault::UnknownKey);
    }
    let is_right = meant.any(|key| algorithm.verify(key, signed.as_bytes(), signature).is_some());
    if is_right { Ok(()) } else { Err(Fault::Signature) }
}

impl Algorithm {
    fn takes(self, key: &Key) -> bool {
        let is_kind = match self {
            Self::Rs256 => key.kty == "RSA",
            Self::Es256 => key.kty == "EC" && key.crv.as_deref() == Some("P-256"),
        };
        is_kind && key.r#use.as_deref().is_none_or(|purpose| purpose == "sig")
    }

    /// Whether this key has signed it.
    fn verify(self, key: &Key, signed: &[u8], signature: &[u8]) -> Option<()> {
        let bytes = |text: &Option<String>| decode(text.as_deref()?).ok();
        match self {
            Self::Rs256 => {
                let components = RsaPublicKeyComponents { n: bytes(&key.n)?, e: bytes(&key.e)? };
                components.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).ok()
            }
            Self::Es256 => {
                let point = [vec![4], bytes(&key.x)?, bytes(&key.y)?].concat(); // 4: both coordinates follow
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).ok()
            }
        }
    }
}

fn part<T: serde::de::DeserializeOwned>(encoded: &str) -> Result<T, Fault> {
    serde_json::from_slice(&decode(encoded)?).map_err(|_| Fault::Malformed)
}

fn decode(text: &str) -> Result<Vec<u8>, Fault> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Malformed)
}

#[cfg(test)]
mod tests;
