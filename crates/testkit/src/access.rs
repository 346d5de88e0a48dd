//! People and keys, put into the database without the server: what it makes of them is what is tested.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::TestDatabase;

/// What the ledger has as who did it, where a test does not ask who.
const ADMIN: &str = "admin";

/// The API key of an admin who may do everything, and is made with the first.
pub async fn admin_key(database: &TestDatabase) -> String {
    let found: Option<i64> = sqlx::query_scalar("select id from users where name = $1")
        .bind(ADMIN)
        .fetch_optional(database.pool())
        .await
        .unwrap_or_else(|error| panic!("look for the admin: {error}"));
    let id = match found {
        Some(id) => id,
        None => user(database, ADMIN, "admin").await,
    };
    api_key_of(database, id, None).await
}

/// A user of this name and role, with an address made of the name; their key.
pub async fn user(database: &TestDatabase, name: &str, role: &str) -> i64 {
    sqlx::query_scalar(
        "insert into users (email, name, role) values ($1 || '@stock.example', $1, $2) returning id",
    )
    .bind(name)
    .bind(role)
    .fetch_one(database.pool())
    .await
    .unwrap_or_else(|error| panic!("add the user {name}: {error}"))
}

/// A new API key of a user, with these scopes or all.
pub async fn api_key_of(database: &TestDatabase, user_id: i64, scopes: Option<&[&str]>) -> String {
    let key = new_api_key();
    let hash: [u8; 32] = Sha256::digest(&key).into();
    sqlx::query(
        "insert into api_keys (token_hash, user_id, name, prefix, scopes, expires_at)
         values ($1, $2, 'test', left($3, 14), $4, now() + interval '1 day')",
    )
    .bind(hash)
    .bind(user_id)
    .bind(&key)
    .bind(scopes)
    .execute(database.pool())
    .await
    .unwrap_or_else(|error| panic!("add a key: {error}"));
    key
}

/// A new session of a user, made without a password: the secret in its cookie.
pub async fn session_of(database: &TestDatabase, user_id: i64) -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let secret = format!("{:A>43}", MADE.fetch_add(1, Ordering::Relaxed));
    let session = "insert into sessions (token_hash, user_id, expires_at)
                   values (sha256($1::text::bytea), $2, now() + interval '1 hour')";
    sqlx::query(session)
        .bind(&secret)
        .bind(user_id)
        .execute(database.pool())
        .await
        .unwrap_or_else(|error| panic!("add a session: {error}"));
    secret
}

/// What has the form of an API key, as docs/src/access.md describes it; no server knows it.
pub fn new_api_key() -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static MADE: AtomicU64 = AtomicU64::new(0);
    let number = u64::from(std::process::id()) << 32 | MADE.fetch_add(1, Ordering::Relaxed);
    let body = format!("sb_live_{number:0>43}");
    let digest: [u8; 32] = Sha256::digest(&body).into();
    let checksum = digest.iter().take(6).map(|byte| char::from(DIGITS[usize::from(byte % 62)]));
    body.chars().chain(checksum).collect()
}
