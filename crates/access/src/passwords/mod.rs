//! Passwords: which are refused, and how they are hashed.
//!
//! Argon2id with 19 MiB and two passes, as OWASP has it. At most two at a time: many sign-ins at once take time, not memory.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::Invalid;
use platform::input::{Parse, Written};
use platform::{ApiError, FieldError, error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// Least and most characters of a password.
const CHARS: std::ops::RangeInclusive<usize> = 8..=128;

/// Memory of a hash in KiB, passes over it, and lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Hashes at a time.
const AT_ONCE: usize = 2;

/// How long a sign-in waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Passwords that everybody tries first, in small letters, one a line.
static COMMONEST: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("commonest.txt").lines().collect());

/// A password as it was given. It is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Refuse what is too easy to guess, at a pointer. For a password that is chosen, not for one that is given to sign in.
    pub(crate) fn check(&self, email: &str, name: &str, pointer: &str) -> Result<(), ApiError> {
        let refused = |invalid| ApiError::invalid_input(vec![FieldError::invalid(pointer, invalid)]);
        self.check_choice(email, name).map_err(refused)
    }

    /// Refuse what is too easy to guess.
    pub fn check_choice(&self, email: &str, name: &str) -> Result<(), Invalid> {
        let length = self.0.chars().count();
        if !CHARS.contains(&length) {
            let (least, most) = (CHARS.start(), CHARS.end());
            return Err(Invalid::new("wrong_length", format!("must have {least} to {most} characters")));
        }
        let small = self.0.to_lowercase();
        let stem = small.trim_end_matches(|c: char| !c.is_alphabetic());
        let own = [email, email.split('@').next().unwrap_or_default(), name].map(str::to_lowercase);
        let repeats = small.chars().collect::<HashSet<_>>().len() < 3;
        let is_common = COMMONEST.contains(small.as_str()) || COMMONEST.contains(stem);
        if is_common || repeats || own.contains(&small) {
            return Err(Invalid::new(
                "common_password",
                "is among those that are tried first: choose another one",
            ));
        }
        Ok(())
    }
}

/// How a password is written; which may be chosen is another question.
impl Parse for Password {
    const WRITTEN: Written = Written::String;

    fn parse(text: &str) -> Result<Self, Invalid> {
        match text.chars().count() {
            0 => Err(Invalid::new("empty", "must not be empty")),
            n if n > 1000 => Err(Invalid::new("too_long", "must have at most 128 characters")),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// Who hashes.
#[derive(Clone, Debug)]
pub struct Hasher {
    turns: Arc<Semaphore>,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The hash of a password, with a salt of its own.
    pub async fn hash(&self, password: Password) -> Result<String, ApiError> {
        let turn = self.turn().await?;
        let hashed = spawn_blocking(move || {
            let _turn = turn;
            hash_now(&password)
        });
        hashed.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
    }

    /// Whether it is the password of this hash. Where there is no hash it is not, after as long a time.
    pub(crate) async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, ApiError> {
        let turn = self.turn().await?;
        let verified = spawn_blocking(move || {
            let _turn = turn;
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODYS.clone());
            let hash = PasswordHash::new(&hash);
            hash.is_ok_and(|hash| argon2().verify_password(password.0.as_bytes(), &hash).is_ok()) && known
        });
        verified.await.map_err(ApiError::internal)
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let turn = tokio::time::timeout(WAIT_MAX, self.turns.clone().acquire_owned()).await;
        let busy = || ApiError::new(&error::BUSY, "too many are signing in at the moment");
        turn.map_err(|_| busy())?.map_err(ApiError::internal)
    }
}

/// The hash of no password that anybody has.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let nobodys = Password(crate::token::Secret::generate().expose().to_owned());
    hash_now(&nobodys).unwrap_or_default()
});

fn argon2() -> Argon2<'static> {
    let (memory_kib, passes, lanes) = COST;
    let params = Params::new(memory_kib, passes, lanes, None).expect("the cost is in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &Password) -> argon2::password_hash::Result<String> {
    Ok(argon2().hash_password(password.0.as_bytes())?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(password: &str) -> Option<&'static str> {
        let password = Password::parse(password).expect("a password");
        password.check_choice("anna@stock.example", "Anna Nagy").err().map(|invalid| invalid.code)
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in [
            "password",
            "Password1!",
            "12345678",
            "qwertyuiop",
            "aaaaaaaaaa",
            "stockbook",
            "ANNA NAGY",
            "anna@stock.example",
            "letmein123",
            "iloveyou",
            "abababab",
        ] {
            assert_eq!(refusal(common), Some("common_password"), "{common}");
        }
        for length in ["short1!", &"x7".repeat(65)] {
            assert_eq!(refusal(length), Some("wrong_length"), "{length}");
        }
        for good in ["correct horse", "päßwörter", "tr0ub4dor&3", &"x7y".repeat(42)] {
            assert_eq!(refusal(good), None, "{good}");
        }
        assert!(COMMONEST.len() > 200);
        assert!(COMMONEST.iter().all(|word| word.chars().count() >= 4 && word.to_lowercase() == *word));
    }

    #[tokio::test]
    async fn a_password_is_that_of_its_hash_and_of_no_other() {
        let hasher = Hasher::new();
        let password = |text: &str| Password::parse(text).expect("a password");
        let hash = hasher.hash(password("correct horse")).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(
            hash,
            hasher.hash(password("correct horse")).await.expect("a hash"),
            "each has its own salt"
        );
        for (text, hash, right) in [
            ("correct horse", Some(hash.clone()), true),
            ("correct horse ", Some(hash.clone()), false),
            ("correct horse", Some(NOBODYS.clone()), false),
            ("correct horse", None, false),
        ] {
            assert_eq!(hasher.verify(password(text), hash).await.expect("verified"), right, "{text}");
        }
    }
}
