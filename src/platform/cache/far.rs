use std::time::Duration;

use serde::de::DeserializeOwned;

use super::Loaded;
use crate::platform::redis::{RedisHandle, Script};

const GET: &str = r"
return { redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), tostring(redis.call('PTTL', KEYS[1])) }
";
/// Stores nothing when the entry was made stale after the load began.
const PUT: &str = r"
if (redis.call('GET', KEYS[2]) or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return {}
";
const INVALIDATE: &str = r"
redis.call('INCR', KEYS[2])
redis.call('PEXPIRE', KEYS[2], 3600000)
redis.call('DEL', KEYS[1])
return {}
";

/// The level in Redis; what fails there is counted and reported by the handle, and passed over here.
#[derive(Clone)]
pub(super) struct Far {
    redis: RedisHandle,
    get: Script,
    put: Script,
    invalidate: Script,
}

/// What Redis knows of an entry.
pub(super) struct Found {
    value: Option<Vec<u8>>,
    /// Counts how often the entry was made stale.
    pub(super) generation: Vec<u8>,
    ttl: Duration,
}

impl Far {
    pub(super) fn new(redis: RedisHandle) -> Self {
        let (get, put) = (Script::new(GET), Script::new(PUT));
        Self {
            redis,
            get,
            put,
            invalidate: Script::new(INVALIDATE),
        }
    }

    /// What Redis knows; `None` when it cannot be asked.
    pub(super) async fn get(&self, name: &str) -> Option<Found> {
        let keys = keys(name);
        let keys = keys.each_ref().map(String::as_str);
        let mut reply = self
            .redis
            .eval(&self.get, &keys, &[])
            .await
            .ok()?
            .into_iter();
        let value = reply.next()?;
        let generation = reply.next()?.unwrap_or_default();
        let millis = String::from_utf8(reply.next()??)
            .ok()?
            .parse::<i64>()
            .ok()?;
        let ttl = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        Some(Found {
            value,
            generation,
            ttl,
        })
    }

    pub(super) async fn put(&self, name: &str, generation: &[u8], value: &[u8], ttl: Duration) {
        let keys = keys(name);
        let keys = keys.each_ref().map(String::as_str);
        let ttl = ttl.as_millis().max(1).to_string();
        // A value that Redis did not take is loaded again.
        let _ = self
            .redis
            .eval(&self.put, &keys, &[generation, value, ttl.as_bytes()])
            .await;
    }

    pub(super) async fn invalidate(&self, name: &str) {
        let keys = keys(name);
        let keys = keys.each_ref().map(String::as_str);
        // A value that Redis could not forget leaves with its TTL, which is the promise of `CacheKey`.
        let _ = self.redis.eval(&self.invalidate, &keys, &[]).await;
    }
}

impl Found {
    /// The value, when there is one of the wanted form.
    pub(super) fn decode<V: DeserializeOwned>(&self) -> Option<Loaded<V>> {
        let bytes = self.value.as_ref()?;
        // Another version of this program may have written another form; then the loader is asked.
        let value = serde_json::from_slice(bytes).ok()?;
        Some(Loaded {
            value,
            size: bytes.len(),
            ttl: self.ttl,
        })
    }
}

/// Names of the value and of its generation, in one slot of a Redis cluster.
fn keys(name: &str) -> [String; 2] {
    [
        format!("cache:{{{name}}}"),
        format!("cache:{{{name}}}:generation"),
    ]
}
