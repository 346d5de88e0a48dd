//! Who was wrong has to wait before the next try: longer each time, and never for ever.
//!
//! Counted per account and per network, in the memory of each server. A try is counted before it is known to be wrong, so that
//! many at once gain nothing; whoever is right is forgiven. Where somebody has come in before, they are counted by themselves: who
//! tries their account from elsewhere, all the time, takes no try away from them.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::ApiError;
use tokio::time::Instant;

use crate::problems;

/// Tries of an account before it has to wait; people mistype.
const FREE_PER_ACCOUNT: u32 = 3;

/// Tries from a network before it has to wait; many people may sit in one.
const FREE_PER_NETWORK: u32 = 20;

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);

/// After so long without a try all is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);

/// Most of those who are remembered.
const REMEMBERED_MAX: usize = 20_000;

/// How long it is remembered that somebody has come in from a network.
const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Most of those that are remembered by that; the one that was there longest ago makes room.
const KNOWN_MAX: usize = 10_000;

/// Who has been wrong, and who has been right.
#[derive(Debug, Default)]
pub(crate) struct Delays(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    tries: HashMap<Key, Tries>,
    /// When an account has come in from a network.
    known: HashMap<(Account, IpAddr), Instant>,
}

/// A digest of what was typed.
type Account = u64;

/// For whom tries are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// An account, wherever it is tried from where it is not known.
    Account(Account),
    /// A network, whatever is tried from it.
    Network(IpAddr),
    /// An account where it has come in before.
    Known(Account, IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last_at: Instant,
}

impl Delays {
    /// Count a try, or say how long to wait before the next. `account`: what was typed, if anything; `network`: that of the peer.
    pub(crate) fn begin(&self, account: Option<&str>, network: IpAddr) -> Result<(), ApiError> {
        let now = Instant::now();
        let mut memory = self.lock();
        let keys = memory.keys(account.map(digest), network, now);
        let waits = keys.iter().filter_map(|key| memory.tries.get(key).map(|tries| tries.wait(*key, now)));
        if let Some(wait) = waits.max().filter(|wait| !wait.is_zero()) {
            let seconds = wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
            let detail = format!("too many tries were wrong: wait {seconds} s");
            return Err(ApiError::new(&problems::TOO_MANY_ATTEMPTS, detail).retry_after(seconds));
        }
        for key in keys {
            memory.count(key, now);
        }
        Ok(())
    }

    /// The try was right. The network is forgiven this one only: whoever has one account there could try others for ever.
    pub(crate) fn forgive(&self, account: Option<&str>, network: IpAddr) {
        let (now, account) = (Instant::now(), account.map(digest));
        let mut memory = self.lock();
        for key in memory.keys(account, network, now) {
            match key {
                Key::Account(_) | Key::Known(..) => drop(memory.tries.remove(&key)),
                Key::Network(_) => {
                    memory.tries.entry(key).and_modify(|tries| tries.count = tries.count.saturating_sub(1));
                }
            }
        }
        if let Some(account) = account {
            memory.know(account, network, now);
        }
    }

    /// Whoever has this account has shown in another way that they are at this network.
    pub(crate) fn know(&self, account: &str, network: IpAddr) {
        self.lock().know(digest(account), network, Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// For whom a try counts.
    fn keys(&self, account: Option<Account>, network: IpAddr, now: Instant) -> Vec<Key> {
        let is_known = |account: &Account| {
            self.known.get(&(*account, network)).is_some_and(|last_at| now - *last_at < KNOWN_FOR)
        };
        match account {
            None => vec![Key::Network(network)],
            Some(account) if is_known(&account) => vec![Key::Known(account, network)],
            Some(account) => vec![Key::Account(account), Key::Network(network)],
        }
    }

    fn count(&mut self, key: Key, now: Instant) {
        if self.tries.len() >= REMEMBERED_MAX {
            self.tries.retain(|_, tries| now - tries.last_at < FORGOTTEN_AFTER);
        }
        let is_room = self.tries.len() < REMEMBERED_MAX;
        match self.tries.get_mut(&key) {
            Some(tries) if now - tries.last_at >= FORGOTTEN_AFTER => {
                *tries = Tries { count: 1, last_at: now }
            }
            Some(tries) => *tries = Tries { count: tries.count.saturating_add(1), last_at: now },
            None if is_room => drop(self.tries.insert(key, Tries { count: 1, last_at: now })),
            None => {} // whoever has that many addresses is not held up by this
        }
    }

    fn know(&mut self, account: Account, network: IpAddr, now: Instant) {
        if self.known.len() >= KNOWN_MAX && !self.known.contains_key(&(account, network)) {
            let oldest = self.known.iter().min_by_key(|(_, last_at)| **last_at).map(|(known, _)| *known);
            oldest.map(|known| self.known.remove(&known));
        }
        self.known.insert((account, network), now);
    }
}

impl Tries {
    /// How long from `now` on the next one has to wait.
    fn wait(&self, key: Key, now: Instant) -> Duration {
        let free = match key {
            Key::Account(_) | Key::Known(..) => FREE_PER_ACCOUNT,
            Key::Network(_) => FREE_PER_NETWORK,
        };
        if self.count < free || now - self.last_at >= FORGOTTEN_AFTER {
            return Duration::ZERO;
        }
        let wait = FIRST.saturating_mul(1 << (self.count - free).min(10)).min(LONGEST);
        (self.last_at + wait).saturating_duration_since(now)
    }
}

fn digest(account: &str) -> Account {
    let mut hasher = DefaultHasher::new();
    account.to_lowercase().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    /// How long until the next try is let through.
    async fn waits(delays: &Delays, account: &str, network: IpAddr) -> u64 {
        let begun = Instant::now();
        while delays.begin(Some(account), network).is_err() {
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
        delays.forgive(Some("Anna@stock.example"), HERE);
        assert_eq!(waits(&delays, "anna@stock.example", HERE).await, 0, "who was right is forgiven");
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_that_tries_many_accounts_waits_too() {
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
        let let_through = (0..100).filter(|_| delays.begin(Some("anna@stock.example"), HERE).is_ok()).count();
        assert_eq!(let_through, 3);
    }

    const ANNA: &str = "anna@stock.example";

    /// Somebody tries Anna's account all the time, and takes every try that there is.
    async fn attack(delays: &Delays, from: IpAddr) {
        for _ in 0..12 {
            waits(delays, ANNA, from).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_come_in_from_here_does_not_wait_for_those_who_try_elsewhere() {
        for (attacked_from, tried_from, minutes_later, waits_for) in [
            (THERE, HERE, 0, [0, 0, 0, 1, 2]), // as if nobody else tried
            (THERE, THERE, 0, [60, 60, 60, 60, 60]),
            (HERE, HERE, 0, [60, 60, 60, 60, 60]), // who sits in the same network cannot be told apart
            (HERE, THERE, 0, [0, 0, 0, 1, 2]),     // and is counted there, not elsewhere
            (THERE, HERE, 29 * 24 * 60, [0, 0, 0, 1, 2]),
            (THERE, HERE, 30 * 24 * 60, [60, 60, 60, 60, 60]),
        ] {
            let delays = Delays::default();
            delays.begin(Some(ANNA), HERE).expect("the first try");
            delays.forgive(Some(ANNA), HERE);
            tokio::time::sleep(Duration::from_secs(60 * minutes_later)).await;
            attack(&delays, attacked_from).await;
            let mut waited = Vec::new();
            for _ in waits_for {
                waited.push(waits(&delays, "Anna@stock.example", tried_from).await);
            }
            assert_eq!(waited, waits_for, "{attacked_from} {tried_from} {minutes_later}");
        }
    }

    /// An admin gives whoever cannot come in for others a token, with which they are known where they use it.
    #[tokio::test(start_paused = true)]
    async fn who_has_shown_in_another_way_who_they_are_does_not_wait_for_others() {
        let delays = Delays::default();
        attack(&delays, THERE).await;
        assert!(delays.begin(Some(ANNA), HERE).is_err());
        delays.know(ANNA, HERE);
        assert_eq!(waits(&delays, ANNA, HERE).await, 0);
        delays.forgive(Some(ANNA), HERE);
        assert!(delays.begin(Some(ANNA), THERE).is_err(), "that gives nobody else a try");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_come_in_longest_ago_is_forgotten_first() {
        let delays = Delays::default();
        delays.know("first@stock.example", HERE);
        for number in 0..KNOWN_MAX - 1 {
            tokio::time::advance(Duration::from_millis(1)).await;
            delays.know(&format!("{number}@stock.example"), HERE);
        }
        tokio::time::advance(Duration::from_millis(1)).await;
        delays.know("first@stock.example", HERE); // again
        delays.know("last@stock.example", HERE);
        let memory = delays.lock();
        let is_known = |account: &str| memory.known.contains_key(&(digest(account), HERE));
        let kept = ["first", "0", "1", "last"].map(|name| is_known(&format!("{name}@stock.example")));
        assert_eq!((memory.known.len(), kept), (KNOWN_MAX, [true, false, true, true]));
    }
}
