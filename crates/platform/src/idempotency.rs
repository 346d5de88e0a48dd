//! One key, one effect, for ever: the registry of what each key did, written in the transaction of its effect.
//!
//! Only successes are kept: what was refused may succeed later. A command without a key of the caller's gets one of
//! ours, so that a lost COMMIT is resolved by the same machinery.

use axum::http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Connection;
use crate::auth::Actor;
use crate::error::{self, ApiError};

/// The primary key of the registry.
pub(crate) const CONSTRAINT: &str = "idempotency_keys_pkey";

/// A caller's key with what it is used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// SHA-256 of caller and key.
    pub hash: [u8; 32],
    /// Whose key.
    pub caller: String,
    /// SHA-256 of path and body.
    pub request_hash: [u8; 32],
}

/// What a key did.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// SHA-256 of caller and key.
    pub key_hash: [u8; 32],
    /// The operation it was used for.
    pub operation: String,
    /// SHA-256 of path and body.
    pub request_hash: [u8; 32],
    /// The outcome, in JSON.
    pub answer: String,
}

impl RequestKey {
    /// The key in the header `Idempotency-Key`, or a new one.
    pub fn from_headers(
        headers: &HeaderMap,
        caller: &Actor,
        request_hash: [u8; 32],
    ) -> Result<Self, ApiError> {
        let mut given = headers.get_all("idempotency-key").iter().map(HeaderValue::to_str);
        let is_key =
            |key: &str| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        let key = match (given.next(), given.next()) {
            (None, _) => Uuid::now_v7().to_string(),
            (Some(Ok(key)), None) if is_key(key) => key.to_owned(),
            _ => {
                let detail = "send one, of 1 to 255 visible ASCII characters";
                return Err(ApiError::new(&error::INVALID_IDEMPOTENCY_KEY, detail));
            }
        };
        Ok(Self::new(caller, &key, request_hash))
    }

    /// A key of a caller for a request with this digest.
    pub fn new(caller: &Actor, key: &str, request_hash: [u8; 32]) -> Self {
        let caller = caller.identity();
        let hash = Sha256::new().chain_update(&caller).chain_update("\0").chain_update(key).finalize().into();
        Self { hash, caller, request_hash }
    }

    /// The recorded answer, unless the key was used for something else.
    pub fn replay(&self, operation: &str, recorded: Recorded) -> Result<String, ApiError> {
        if recorded.operation == operation && recorded.request_hash == self.request_hash {
            Ok(recorded.answer)
        } else {
            let detail = format!("it was used for another request ({}): use a new key", recorded.operation);
            Err(ApiError::new(&error::IDEMPOTENCY_KEY_REUSED, detail))
        }
    }
}

/// What these keys did, as far as they did anything. Ask after the row locks are held.
pub async fn find(db: &mut Connection, hashes: &[[u8; 32]]) -> Result<Vec<Recorded>, sqlx::Error> {
    let rows: Vec<([u8; 32], String, [u8; 32], String)> = sqlx::query_as(
        "select key_hash::bytea, operation, request_hash::bytea, answer::text from idempotency_keys where key_hash = any($1)",
    )
    .bind(hashes)
    .fetch_all(db)
    .await?;
    let recorded =
        |(key_hash, operation, request_hash, answer)| Recorded { key_hash, operation, request_hash, answer };
    Ok(rows.into_iter().map(recorded).collect())
}

/// Record what a key did: its operation and its answer in JSON.
pub(crate) async fn record(
    db: &mut Connection,
    key: &RequestKey,
    operation: &str,
    answer: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into idempotency_keys (key_hash, caller, operation, request_hash, answer) values ($1, $2, $3, $4, $5::json)",
    )
    .bind(key.hash)
    .bind(&key.caller)
    .bind(operation)
    .bind(key.request_hash)
    .bind(answer)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_one_key_or_none() {
        let key = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("idempotency-key", HeaderValue::from_static(line));
            }
            let key = RequestKey::from_headers(&headers, &Actor::named("test"), [0; 32]);
            key.map_err(|error| error.problem().code)
        };
        let one = key(&["k1"]).expect("a key");
        assert_eq!(key(&["k1"]), Ok(one.clone()));
        assert_ne!(key(&["k2"]), Ok(one));
        assert!(key(&[]).is_ok());
        for lines in [&["k1", "k2"][..], &["k1", "k1"], &[""], &["a b"]] {
            assert_eq!(key(lines), Err("invalid_idempotency_key"), "{lines:?}");
        }
    }
}
