use std::time::Duration;

use super::gate::{Limit, WINDOW};
use crate::platform::ids::BootId;
use crate::platform::redis::{RedisHandle, Script, Unavailable};

/// How long an instance counts as running after it was last heard of.
const HEARD: Duration = Duration::from_secs(60);

/// Gates on the clock of Redis, in microseconds: each the times of its last requests by their names, and a key while it is shut.
const PASS: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, wait = tonumber(ARGV[2]), 0
for place = 1, #KEYS, 2 do
  local most = tonumber(ARGV[2 + (place + 1) / 2])
  wait = math.max(wait, redis.call('PTTL', KEYS[place + 1]) * 1000)
  local full = redis.call('ZRANGE', KEYS[place], -most, -most, 'WITHSCORES')
  if #full > 0 and redis.call('ZCARD', KEYS[place]) >= most then
    wait = math.max(wait, tonumber(full[2]) + window - now)
  end
end
if wait > 0 then return { string.format('%.0f', wait) } end
for place = 1, #KEYS, 2 do
  local most = tonumber(ARGV[2 + (place + 1) / 2])
  redis.call('ZADD', KEYS[place], now, ARGV[1])
  redis.call('ZREMRANGEBYRANK', KEYS[place], 0, -most - 1)
  redis.call('PEXPIRE', KEYS[place], 2 * math.ceil(window / 1000))
end
return { '0' }
";
const DELAY: &str = r"
for _, key in ipairs(KEYS) do
  local at = redis.call('ZSCORE', key, ARGV[1])
  if at then redis.call('ZADD', key, at + ARGV[2], ARGV[1]) end
end
return {}
";
const SHUT: &str = r"
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '', 'PX', ARGV[1]) end
return {}
";
/// Answers how many instances were heard of lately, this one among them.
const HEAR: &str = r"
local now = redis.call('TIME')[1]
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return { tostring(redis.call('ZCARD', KEYS[1])) }
";

/// Gates in Redis, which all instances share.
pub(super) struct Shared {
    redis: RedisHandle,
    pass: Script,
    delay: Script,
    shut: Script,
    hear: Script,
    boot: String,
}

impl Shared {
    pub(super) fn new(redis: RedisHandle) -> Self {
        Self {
            redis,
            pass: Script::new(PASS),
            delay: Script::new(DELAY),
            shut: Script::new(SHUT),
            hear: Script::new(HEAR),
            boot: BootId::fresh().to_string(),
        }
    }

    /// Counts a request that may go now, under its name; otherwise says how long it has to wait, and counts nothing.
    pub(super) async fn pass(
        &self,
        limits: &[Limit],
        name: &str,
    ) -> Result<Result<(), Duration>, Unavailable> {
        let keys: Vec<String> = limits.iter().flat_map(|limit| keys(&limit.key)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let numbers = limits.iter().map(|limit| limit.most.to_string());
        let head = [name.to_owned(), WINDOW.as_micros().to_string()];
        let args: Vec<String> = head.into_iter().chain(numbers).collect();
        let args: Vec<&[u8]> = args.iter().map(String::as_bytes).collect();
        let wait = number(self.redis.eval(&self.pass, &keys, &args).await?)?;
        Ok(match wait {
            0 => Ok(()),
            wait => Err(Duration::from_micros(wait)),
        })
    }

    /// A request took longer on its way, so that it arrived later.
    pub(super) async fn delay(
        &self,
        limits: &[Limit],
        name: &str,
        by: Duration,
    ) -> Result<(), Unavailable> {
        let keys: Vec<String> = limits
            .iter()
            .map(|limit| keys(&limit.key)[0].clone())
            .collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let by = by.as_micros().to_string();
        let args = [name.as_bytes(), by.as_bytes()];
        self.redis.eval(&self.delay, &keys, &args).await.map(drop)
    }

    /// Lets nothing through for a while.
    pub(super) async fn shut(&self, key: &str, length: Duration) -> Result<(), Unavailable> {
        let [_, shut] = keys(key);
        let length = length.as_millis().max(1).to_string();
        let args = [length.as_bytes()];
        let reply = self.redis.eval(&self.shut, &[&shut], &args).await;
        reply.map(drop)
    }

    /// Tells the others that this instance runs; answers how many do.
    pub(super) async fn hear(&self) -> Result<u32, Unavailable> {
        let seconds = HEARD.as_secs().to_string();
        let args = [self.boot.as_bytes(), seconds.as_bytes()];
        let many = number(
            self.redis
                .eval(&self.hear, &["pace:instances"], &args)
                .await?,
        )?;
        Ok(u32::try_from(many).unwrap_or(u32::MAX))
    }
}

/// What went and whether it is shut; all in one slot of a Redis cluster, since a request passes several gates at once.
fn keys(key: &str) -> [String; 2] {
    [
        format!("pace:{{gates}}:{key}"),
        format!("pace:{{gates}}:{key}:shut"),
    ]
}

fn number(reply: crate::platform::redis::Reply) -> Result<u64, Unavailable> {
    let text = reply.into_iter().next().flatten().ok_or(Unavailable)?;
    let text = std::str::from_utf8(&text).map_err(|_| Unavailable)?;
    text.parse().map_err(|_| Unavailable)
}
