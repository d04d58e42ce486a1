use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use super::{INVALIDATE, Loaded};
use crate::platform::signals::Signal;
use crate::platform::transport::RESYNC;

/// Bytes of values kept in this process.
const CAPACITY: u64 = 32 << 20;
/// What an entry costs beside its value.
const OVERHEAD: usize = 128;

/// The level inside this process.
pub(super) struct Near {
    entries: Cache<String, Entry>,
    /// Loads under way, by the epoch in which they began: who asks after an invalidation joins none that began before.
    flights: Cache<(String, u64), Entry>,
    /// Signals not looked at yet: they are read when somebody asks, so that no task is needed.
    signals: Mutex<Receiver<Signal>>,
    /// Counts invalidations, so that a load that began before one is not kept after it.
    epoch: AtomicU64,
}

#[derive(Clone)]
struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    size: u32,
    ttl: Duration,
    /// Nothing was made stale since its load began; said once it is where an invalidation finds it, and never when the
    /// asker left before.
    is_fresh: Arc<AtomicBool>,
}

enum Stale {
    One(String),
    All,
}

impl Near {
    pub(super) fn new(signals: Receiver<Signal>) -> Self {
        let entries = Cache::builder()
            .max_capacity(CAPACITY)
            .weigher(|name: &String, entry: &Entry| {
                let name = u32::try_from(name.len()).unwrap_or(u32::MAX);
                entry.size.saturating_add(name)
            })
            .expire_after(TtlOfEntry)
            .build();
        Self {
            entries,
            // They go to all who wait, and to nobody afterwards, whether or not the asker saw the end.
            flights: Cache::builder().time_to_live(Duration::ZERO).build(),
            signals: Mutex::new(signals),
            epoch: AtomicU64::new(0),
        }
    }

    /// The value, when it is here and not stale.
    pub(super) async fn get<V: Clone + 'static>(&self, name: &str) -> Option<V> {
        self.obey_signals().await;
        self.entry(name).await.map(|entry| entry.value())
    }

    async fn entry(&self, name: &str) -> Option<Entry> {
        let entry = self.entries.get(name).await;
        entry.filter(|entry| entry.is_fresh.load(Ordering::SeqCst))
    }

    /// The value that the load brings, for all that ask meanwhile; it takes the place of what is there.
    pub(super) async fn load<V: Clone + Send + Sync + 'static, E: Send + Sync + 'static>(
        &self,
        name: &str,
        is_good: impl Fn(&V) -> bool,
        load: impl Future<Output = Result<Loaded<V>, E>> + Send,
    ) -> Result<V, Arc<E>> {
        let before = self.epoch.load(Ordering::SeqCst);
        let is_newest = || self.epoch.load(Ordering::SeqCst) == before;
        let init = async {
            // Another load may have ended since the caller looked.
            if let Some(entry) = self.entry(name).await
                && is_good(&entry.value())
            {
                return Ok(entry);
            }
            let entry = Entry::new(load.await?);
            if is_newest() {
                self.entries.insert(name.to_owned(), entry.clone()).await;
                entry.is_fresh.store(is_newest(), Ordering::SeqCst);
            }
            Ok(entry)
        };
        let flight = self.flights.try_get_with((name.to_owned(), before), init);
        Ok(flight.await?.value())
    }

    pub(super) async fn invalidate(&self, name: &str) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.entries.invalidate(name).await;
    }

    async fn obey_signals(&self) {
        while let Some(stale) = self.next_stale() {
            self.epoch.fetch_add(1, Ordering::SeqCst);
            match stale {
                Stale::One(name) => Box::pin(self.entries.invalidate(&name)).await,
                Stale::All => self.entries.invalidate_all(),
            }
        }
    }

    fn next_stale(&self) -> Option<Stale> {
        let mut signals = self.signals.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match signals.try_recv() {
                Ok(signal) if signal.topic == INVALIDATE => return Some(Stale::One(signal.key)),
                Ok(signal) if signal.topic == RESYNC => return Some(Stale::All),
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => return Some(Stale::All),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }
}

impl Entry {
    fn new<V: Send + Sync + 'static>(loaded: Loaded<V>) -> Self {
        let size = u32::try_from(loaded.size + OVERHEAD).unwrap_or(u32::MAX);
        Self {
            value: Arc::new(loaded.value),
            size,
            ttl: loaded.ttl,
            is_fresh: Arc::default(),
        }
    }

    fn value<V: Clone + 'static>(&self) -> V {
        let value = self.value.downcast_ref::<V>();
        value
            .expect("a space holds one type of value, as CacheKey demands")
            .clone()
    }
}

/// Every entry lives as long as its key's type says.
struct TtlOfEntry;

impl Expiry<String, Entry> for TtlOfEntry {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }

    fn expire_after_update(
        &self,
        _: &String,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }
}
