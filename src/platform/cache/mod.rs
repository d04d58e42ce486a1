//! The two-level cache: in process, then Redis where there is one; other instances are told what became stale.

mod far;
mod near;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::redis::RedisHandle;
use super::signals::Signals;

/// Topic of the signals that name stale entries.
const INVALIDATE: &str = "cache.invalidate";
/// What a value weighs that cannot be written as JSON.
const UNKNOWN_SIZE: usize = 1024;

/// Names one cached value and knows its type.
pub trait CacheKey: Send + Sync {
    /// Name of this kind of entry, such as `identity.caller`; no other kind has it.
    const SPACE: &'static str;
    /// How long a value is believed; the bound on staleness when Redis fails at the wrong moment.
    const TTL: Duration;
    /// What is cached.
    type Value: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// Which one, unique inside the space and tenant-scoped where the value is.
    fn key(&self) -> String;
}

/// The cache; cheap to clone.
#[derive(Clone)]
pub struct Cache {
    near: Arc<near::Near>,
    far: Option<far::Far>,
    signals: Signals,
}

impl Cache {
    /// A cache that keeps values in Redis too where there is one.
    pub fn new(signals: Signals, redis: Option<RedisHandle>) -> Self {
        Self {
            near: Arc::new(near::Near::new(signals.subscribe())),
            far: redis.map(far::Far::new),
            signals,
        }
    }

    /// The cached value, or the loader's, which runs once for all that ask meanwhile; its error is not cached.
    pub async fn get_or_load<K, E>(
        &self,
        key: &K,
        loader: impl Future<Output = Result<K::Value, E>> + Send,
    ) -> Result<K::Value, Arc<E>>
    where
        K: CacheKey,
        E: Send + Sync + 'static,
    {
        let name = name(key);
        match self.near.get(&name).await {
            Some(value) => Ok(value),
            None => self.miss::<K, E>(name, |_| true, loader).await,
        }
    }

    /// The same for callers that do not take every cached value; one that is not taken stays until another is loaded.
    pub async fn get_good_or_load<K, E>(
        &self,
        key: &K,
        is_good: impl Fn(&K::Value) -> bool + Send + Sync,
        loader: impl Future<Output = Result<K::Value, E>> + Send,
    ) -> Result<K::Value, Arc<E>>
    where
        K: CacheKey,
        E: Send + Sync + 'static,
    {
        let name = name(key);
        match self.near.get(&name).await.filter(&is_good) {
            Some(value) => Ok(value),
            None => self.miss::<K, E>(name, is_good, loader).await,
        }
    }

    /// The value in this process, whether or not a caller would take it.
    pub async fn peek<K: CacheKey>(&self, key: &K) -> Option<K::Value> {
        self.near.get(&name(key)).await
    }

    /// Makes the value stale here, in Redis and in the other instances.
    pub async fn invalidate<K: CacheKey>(&self, key: &K) {
        let name = name(key);
        // Redis first, else another instance could fetch the stale value right after it was told.
        if let Some(far) = &self.far {
            far.invalidate(&name).await;
        }
        Box::pin(self.near.invalidate(&name)).await;
        self.signals.publish(INVALIDATE, name);
    }

    /// Boxed, since the states of a miss would make every caller's future tens of kilobytes large.
    fn miss<'a, K, E>(
        &'a self,
        name: String,
        is_good: impl Fn(&K::Value) -> bool + Send + Sync + 'a,
        loader: impl Future<Output = Result<K::Value, E>> + Send + 'a,
    ) -> BoxFuture<'a, Result<K::Value, Arc<E>>>
    where
        K: CacheKey + 'a,
        E: Send + Sync + 'static,
    {
        Box::pin(async move {
            let load = self.load::<K, E>(&name, &is_good, loader);
            self.near.load(&name, &is_good, load).await
        })
    }

    async fn load<K: CacheKey, E>(
        &self,
        name: &str,
        is_good: impl Fn(&K::Value) -> bool,
        loader: impl Future<Output = Result<K::Value, E>> + Send,
    ) -> Result<Loaded<K::Value>, E> {
        let Some(far) = &self.far else {
            let value = loader.await?;
            let size = serde_json::to_vec(&value).map_or(UNKNOWN_SIZE, |bytes| bytes.len());
            return Ok(Loaded {
                value,
                size,
                ttl: K::TTL,
            });
        };
        let found = far.get(name).await;
        let decoded = found.as_ref().and_then(far::Found::decode::<K::Value>);
        if let Some(loaded) = decoded.filter(|loaded| is_good(&loaded.value)) {
            return Ok(loaded);
        }
        let value = loader.await?;
        let bytes = serde_json::to_vec(&value).unwrap_or_default();
        let size = bytes.len().max(1);
        if let Some(found) = found.filter(|_| !bytes.is_empty()) {
            far.put(name, &found.generation, &bytes, K::TTL).await;
        }
        Ok(Loaded {
            value,
            size,
            ttl: K::TTL,
        })
    }
}

/// A value on its way into the near level.
struct Loaded<V> {
    value: V,
    size: usize,
    ttl: Duration,
}

fn name<K: CacheKey>(key: &K) -> String {
    format!("{}/{}", K::SPACE, key.key())
}
