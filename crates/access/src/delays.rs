//! Who was wrong has to wait before the next try: longer each time, and never for ever.
//!
//! Counted per account and per address, in the memory of each server. A try is counted before it is known to be wrong, so that
//! many at once gain nothing; whoever is right is forgiven.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use platform::ApiError;
use tokio::time::Instant;

use crate::problems;

/// Tries of an account before it has to wait; people mistype.
const FREE_PER_ACCOUNT: u32 = 3;

/// Tries from an address before it has to wait; many people may sit behind one.
const FREE_PER_ADDRESS: u32 = 20;

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait. Whoever has the password gets in after it, whatever others try.
const LONGEST: Duration = Duration::from_secs(60);

/// After so long without a try all is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);

/// Most of those who are remembered.
const REMEMBERED_MAX: usize = 20_000;

/// Who has been wrong.
#[derive(Debug, Default)]
pub(crate) struct Delays {
    tries: Mutex<HashMap<Key, Tries>>,
}

/// An account, by a digest of what was typed, or an address. An address of IPv6 counts with its neighbours: a customer has 2⁶⁴.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(u64),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last_at: Instant,
}

impl Delays {
    /// Count a try, or say how long to wait before the next. `account`: what was typed.
    pub(crate) fn begin(&self, account: &str, address: IpAddr) -> Result<(), ApiError> {
        let now = Instant::now();
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(account, address);
        let wait = keys.iter().filter_map(|key| tries.get(key).map(|tries| tries.wait(*key, now))).max();
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            let seconds = wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
            let detail = format!("too many tries were wrong: wait {seconds} s");
            return Err(ApiError::new(&problems::TOO_MANY_ATTEMPTS, detail).retry_after(seconds));
        }
        if tries.len() >= REMEMBERED_MAX {
            tries.retain(|_, tries| now - tries.last_at < FORGOTTEN_AFTER);
        }
        for key in keys {
            let is_room = tries.len() < REMEMBERED_MAX;
            match tries.get_mut(&key) {
                Some(tries) if now - tries.last_at >= FORGOTTEN_AFTER => {
                    *tries = Tries { count: 1, last_at: now }
                }
                Some(tries) => *tries = Tries { count: tries.count.saturating_add(1), last_at: now },
                None if is_room => {
                    tries.insert(key, Tries { count: 1, last_at: now });
                }
                None => {} // whoever has that many addresses is not held up by this
            }
        }
        Ok(())
    }

    /// The try was right. The address is forgiven this one only: whoever has one account there could try others for ever.
    pub(crate) fn forgive(&self, account: &str, address: IpAddr) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let [account, address] = keys(account, address);
        tries.remove(&account);
        if let Some(tries) = tries.get_mut(&address) {
            tries.count = tries.count.saturating_sub(1);
        }
    }
}

impl Tries {
    /// How long from `now` on the next one has to wait.
    fn wait(&self, key: Key, now: Instant) -> Duration {
        let free = match key {
            Key::Account(_) => FREE_PER_ACCOUNT,
            Key::Address(_) => FREE_PER_ADDRESS,
        };
        if self.count < free || now - self.last_at >= FORGOTTEN_AFTER {
            return Duration::ZERO;
        }
        let wait = FIRST.saturating_mul(1 << (self.count - free).min(10)).min(LONGEST);
        (self.last_at + wait).saturating_duration_since(now)
    }
}

fn keys(account: &str, address: IpAddr) -> [Key; 2] {
    let mut hasher = DefaultHasher::new();
    account.to_lowercase().hash(&mut hasher);
    let address = match address {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        address => address,
    };
    [Key::Account(hasher.finish()), Key::Address(address)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    /// How long until the next try is let through.
    async fn waits(delays: &Delays, account: &str, address: IpAddr) -> u64 {
        let begun = Instant::now();
        while delays.begin(account, address).is_err() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        begun.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_wrong_waits_longer_each_time_and_never_for_ever() {
        let delays = Delays::default();
        let mut waited = Vec::new();
        for _ in 0..14 {
            waited.push(waits(&delays, "anna@stock.example", HERE).await);
        }
        assert_eq!(waited, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
        assert_eq!(waits(&delays, "ben@stock.example", THERE).await, 0, "others do not wait");
        tokio::time::sleep(LONGEST).await;
        delays.forgive("Anna@stock.example", HERE);
        assert_eq!(waits(&delays, "anna@stock.example", HERE).await, 0, "who was right is forgiven");
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_tries_many_accounts_waits_too() {
        let delays = Delays::default();
        let mut waited = 0;
        for number in 0..25 {
            waited += waits(&delays, &format!("{number}@stock.example"), HERE).await;
        }
        assert_eq!(waited, 1 + 2 + 4 + 8 + 16);
        assert_eq!(waits(&delays, "1@stock.example", THERE).await, 0);
        tokio::time::sleep(FORGOTTEN_AFTER).await;
        assert_eq!(waits(&delays, "26@stock.example", HERE).await, 0, "all is forgotten after a while");
    }

    #[tokio::test(start_paused = true)]
    async fn tries_at_once_are_counted_before_they_are_known_to_be_wrong() {
        let delays = Delays::default();
        let let_through = (0..100).filter(|_| delays.begin("anna@stock.example", HERE).is_ok()).count();
        assert_eq!(let_through, 3);
    }
}
