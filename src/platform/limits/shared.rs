use std::time::Duration;

use super::{Digested, Rate};
use crate::platform::redis::{RedisHandle, Script, Unavailable};

/// GCRA on the clock of Redis, in microseconds: the key holds when the counter is back at rest.
const GCRA: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local rest = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + interval
local wait = rest - now - tolerance
if wait > 0 then return { string.format('%.0f', wait) } end
redis.call('SET', KEYS[1], string.format('%.0f', rest), 'PX', math.ceil((rest - now) / 1000))
return { '0' }
";

/// Counters in Redis, which all instances share.
#[derive(Clone)]
pub(super) struct Counters {
    redis: RedisHandle,
    gcra: Script,
}

impl Counters {
    pub(super) fn new(redis: RedisHandle) -> Self {
        Self {
            redis,
            gcra: Script::new(GCRA),
        }
    }

    /// Counts one request; `Some` is how long to wait.
    pub(super) async fn check(
        &self,
        class: &'static str,
        key: Digested,
        rate: Rate,
    ) -> Result<Option<Duration>, Unavailable> {
        let name = format!(
            "limit:{class}:{}:{}:{:032x}",
            rate.requests,
            rate.seconds,
            u128::from_be_bytes(key)
        );
        let interval = rate.interval().as_micros();
        let tolerance = interval * u128::from(rate.burst);
        let args = [interval.to_string(), tolerance.to_string()];
        let args = args.each_ref().map(String::as_bytes);
        let reply = self.redis.eval(&self.gcra, &[&name], &args).await?;
        let wait = reply.into_iter().next().flatten().ok_or(Unavailable)?;
        let wait = std::str::from_utf8(&wait)
            .ok()
            .and_then(|wait| wait.parse().ok());
        let wait = Duration::from_micros(wait.ok_or(Unavailable)?);
        Ok((!wait.is_zero()).then_some(wait))
    }
}
