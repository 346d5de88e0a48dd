//! How often each caller may come: a bucket of tokens for each, which fills at a steady rate.
//!
//! By the generic cell rate algorithm: all that is kept of a bucket is the moment at which it would be full again. Memory is
//! bounded: a bucket that is full says nothing that a missing one does not, and is forgotten first.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Parts with a lock each, so that callers seldom wait for each other.
const SHARDS: usize = 16;

/// Buckets that a part keeps: together about 65,000, in 2 MB.
const BUCKETS_PER_SHARD: usize = 4096;

/// Buckets of tokens by caller.
#[derive(Debug)]
pub struct Buckets {
    began: Instant,
    /// Nanoseconds in which a token comes in.
    per_token: u64,
    /// Tokens of a full bucket.
    capacity: u64,
    hasher: RandomState,
    shards: [Mutex<HashMap<u64, u64>>; SHARDS],
}

/// What is left to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Tokens that are left.
    pub tokens: u64,
    /// Until the bucket is full again.
    pub full_in: Duration,
    /// There was none: until there is one.
    pub wait: Option<Duration>,
}

impl Buckets {
    /// Buckets that take in `per_second` tokens a second, and hold as many as come in within `window`.
    pub fn new(per_second: NonZeroU32, window: Duration) -> Self {
        let per_second = u64::from(per_second.get());
        Self {
            began: Instant::now(),
            per_token: (1_000_000_000 / per_second).max(1),
            capacity: (per_second * window.as_secs()).max(1),
            hasher: RandomState::new(),
            shards: Default::default(),
        }
    }

    /// Tokens of a full bucket.
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Take a token of this caller, if there is one.
    pub fn take(&self, caller: &impl Hash) -> Left {
        self.take_at(caller, nanoseconds(self.began.elapsed()))
    }

    fn take_at(&self, caller: &impl Hash, now: u64) -> Left {
        // What is kept is a keyed hash: no address and no secret, and nobody can choose callers that share a bucket.
        let key = self.hasher.hash_one(caller);
        let shard = &self.shards[usize::try_from(key % SHARDS as u64).unwrap_or_default()];
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = shard.get(&key).copied().unwrap_or(0).max(now);
        let then_full_at = full_at + self.per_token;
        let most = now + self.per_token * self.capacity;
        if then_full_at > most {
            let wait = Duration::from_nanos(then_full_at - most);
            return Left { tokens: 0, full_in: Duration::from_nanos(full_at - now), wait: Some(wait) };
        }
        if shard.len() >= BUCKETS_PER_SHARD && !shard.contains_key(&key) {
            shard.retain(|_, full_at| *full_at > now);
        }
        // Where all are in use, whoever is new is not counted: memory stays what it is, and nobody is locked out.
        if shard.len() < BUCKETS_PER_SHARD || shard.contains_key(&key) {
            shard.insert(key, then_full_at);
        }
        let tokens = (most - then_full_at) / self.per_token;
        Left { tokens, full_in: Duration::from_nanos(then_full_at - now), wait: None }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// 10 a second, 20 at once.
    fn buckets() -> Buckets {
        Buckets::new(NonZeroU32::new(10).expect("not 0"), Duration::from_secs(2))
    }

    #[test]
    fn a_bucket_gives_what_it_holds_and_then_what_comes_in() {
        let buckets = buckets();
        for left in (0..20).rev() {
            let expected =
                Left { tokens: left, full_in: Duration::from_millis(100 * (20 - left)), wait: None };
            assert_eq!(buckets.take_at(&"a", SECOND), expected);
        }
        let refused = buckets.take_at(&"a", SECOND);
        assert_eq!((refused.tokens, refused.wait), (0, Some(Duration::from_millis(100))));
        let taken =
            (0..1000).filter(|i| buckets.take_at(&"a", SECOND + i * SECOND / 100).wait.is_none()).count();
        assert_eq!(taken, 99, "in 9.99 s, 10 a second come in");
        assert_eq!(buckets.take_at(&"a", 100 * SECOND).tokens, 19, "it is never more than full");
    }

    /// One a nanosecond is the most that can be told apart.
    #[test]
    fn no_rate_is_too_high() {
        for per_second in [1_000_000_000, 1_000_000_001, u32::MAX] {
            let buckets = Buckets::new(NonZeroU32::new(per_second).expect("not 0"), Duration::from_secs(10));
            let capacity = 10 * u64::from(per_second);
            assert_eq!(buckets.take_at(&"a", SECOND).tokens, capacity - 1, "{per_second}");
        }
    }

    #[test]
    fn callers_do_not_share_a_bucket() {
        let buckets = buckets();
        while buckets.take_at(&"a", 0).wait.is_none() {}
        assert_eq!(buckets.take_at(&"b", 0).tokens, 19);
    }

    #[test]
    fn refusals_cost_nothing() {
        let buckets = buckets();
        while buckets.take_at(&"a", 0).wait.is_none() {}
        for _ in 0..1000 {
            buckets.take_at(&"a", 0);
        }
        assert_eq!(buckets.take_at(&"a", SECOND / 10).wait, None);
    }

    #[test]
    fn memory_is_bounded_and_full_buckets_are_forgotten_first() {
        let buckets = buckets();
        let kept = || buckets.shards.iter().map(|shard| shard.lock().expect("no panic").len()).sum::<usize>();
        buckets.take_at(&"busy", 0);
        while buckets.take_at(&"busy", 0).wait.is_none() {}
        for caller in 0..200_000_u64 {
            assert_eq!(buckets.take_at(&caller, 0).wait, None, "nobody is locked out");
        }
        assert!(kept() <= SHARDS * BUCKETS_PER_SHARD, "{}", kept());
        assert!(buckets.take_at(&"busy", 0).wait.is_some(), "who is busy is remembered");
        for caller in 0..200_000_u64 {
            buckets.take_at(&(caller, "later"), SECOND);
        }
        assert!(kept() <= SHARDS * BUCKETS_PER_SHARD, "{}", kept());
        assert!(buckets.take_at(&"busy", SECOND).tokens < 19, "its bucket is not full yet");
    }
}
