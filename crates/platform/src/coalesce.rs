//! Point reads that share a statement: what is asked for while the last statement was on its way is read by the next one.
//!
//! A request joins only a statement that has not been sent yet, so it sees everything that was acknowledged before it was
//! made. Alone, a request is a statement of its own, without delay.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};

use crate::error::{self, ApiError};
use crate::{App, Connection};

/// How many statements are on their way at once. More would make them smaller.
const READERS: usize = 2;

/// How many requests may wait for a reader.
const WAITING_MAX: usize = 4096;

/// Most keys of a statement.
const KEYS_MAX: usize = 256;

/// Reads the values of keys, each key once.
pub type Fetch<K, V> =
    for<'t> fn(&'t mut Connection, &'t [K]) -> BoxFuture<'t, Result<HashMap<K, V>, sqlx::Error>>;

/// Reads by key that share statements.
#[derive(Debug)]
pub struct Coalesced<K, V> {
    app: App,
    fetch: Fetch<K, V>,
    readers: [OnceLock<mpsc::Sender<Asked<K, V>>>; READERS],
    next: AtomicUsize,
}

/// What is asked for, and who waits for it.
#[derive(Debug)]
struct Asked<K, V> {
    key: K,
    reply: oneshot::Sender<Result<Option<Arc<V>>, ApiError>>,
}

impl<K, V> Coalesced<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// Reads by `fetch`.
    pub fn new(app: App, fetch: Fetch<K, V>) -> Self {
        Self { app, fetch, readers: Default::default(), next: AtomicUsize::new(0) }
    }

    /// The value of a key, if there is one.
    pub async fn get(&self, key: K) -> Result<Option<Arc<V>>, ApiError> {
        let (reply, answer) = oneshot::channel();
        let reader = &self.readers[self.next.fetch_add(1, Relaxed) % READERS];
        let reader = reader.get_or_init(|| {
            let (entrance, queue) = mpsc::channel(WAITING_MAX);
            tokio::spawn(read(self.app.db().clone(), self.fetch, queue));
            entrance
        });
        let full = |_| ApiError::new(&error::BUSY, "too many reads are waiting");
        reader.try_send(Asked { key, reply }).map_err(full)?;
        answer.await.map_err(|_| ApiError::internal("a reader has ended"))?
    }
}

/// Read until nobody can ask any more. A connection is kept while there is something to read.
async fn read<K, V>(pool: PgPool, fetch: Fetch<K, V>, mut queue: mpsc::Receiver<Asked<K, V>>)
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    let mut asked = Vec::with_capacity(KEYS_MAX);
    while !asked.is_empty() || queue.recv_many(&mut asked, KEYS_MAX).await > 0 {
        let mut connection = match pool.acquire().await {
            Ok(connection) => connection,
            Err(error) => {
                answer(&mut asked, &Err(error.into()));
                continue;
            }
        };
        loop {
            let mut keys: Vec<K> = Vec::with_capacity(asked.len());
            let mut seen = std::collections::HashSet::with_capacity(asked.len());
            keys.extend(asked.iter().filter(|asked| seen.insert(&asked.key)).map(|asked| asked.key.clone()));
            let found = fetch(&mut connection, &keys).await.map_err(ApiError::from);
            let found =
                found.map(|found| found.into_iter().map(|(key, value)| (key, Arc::new(value))).collect());
            let failed = found.is_err();
            answer(&mut asked, &found);
            while asked.len() < KEYS_MAX
                && let Ok(more) = queue.try_recv()
            {
                asked.push(more);
            }
            if failed || asked.is_empty() {
                break;
            }
        }
    }
}

fn answer<K, V>(asked: &mut Vec<Asked<K, V>>, found: &Result<HashMap<K, Arc<V>>, ApiError>)
where
    K: Eq + Hash,
{
    for Asked { key, reply } in asked.drain(..) {
        let value = match found {
            Ok(found) => Ok(found.get(&key).cloned()),
            Err(error) => Err(error.clone()),
        };
        reply.send(value).ok(); // who asked may have gone
    }
}
