//! Rate limits: GCRA over Redis so that all instances count together, in this process when it is away.

mod address;
mod local;
mod shared;

pub use address::address_key;

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::clock::Clock;
use super::redis::RedisHandle;

/// Up to this many requests a minute, a whole minute's worth may come at once.
const FULL_BURST: u32 = 60;

/// How many requests may come in which time, and how many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    requests: u32,
    seconds: u32,
    burst: u32,
}

impl Rate {
    /// So many a minute; of high rates only a part at once.
    pub fn per_minute(requests: u32) -> Self {
        Self {
            requests,
            seconds: 60,
            burst: burst(requests),
        }
    }

    /// So many at once, and as many again spread over so many seconds.
    pub fn within(requests: u32, seconds: u32) -> Self {
        Self {
            requests,
            seconds,
            burst: requests,
        }
    }

    /// The time after which one more may come.
    fn interval(self) -> Duration {
        Duration::from_secs(self.seconds.into()) / self.requests.max(1)
    }
}

/// Slow down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests, try again in {seconds} s")]
pub struct RetryAfter {
    /// After how many seconds the next request passes; at least one.
    pub seconds: u64,
}

/// Counts requests by class and key; cheap to clone.
#[derive(Clone)]
pub struct Limiter {
    local: Arc<local::Counters>,
    shared: Option<shared::Counters>,
}

/// One counted thing, as a digest: keys are addresses and names from outside, of any length.
type Digested = [u8; 16];

impl Limiter {
    /// A limiter that counts in Redis where there is one.
    pub fn new(clock: Clock, redis: Option<RedisHandle>) -> Self {
        Self {
            local: Arc::new(local::Counters::new(clock)),
            shared: redis.map(shared::Counters::new),
        }
    }

    /// Counts one request, or says when to come back; a rate of 0 lets everything through.
    pub async fn check(
        &self,
        class: &'static str,
        key: &str,
        per_minute: u32,
    ) -> Result<(), RetryAfter> {
        self.check_rate(class, key, Rate::per_minute(per_minute))
            .await
    }

    /// Counts one request at a rate of another time than a minute.
    pub async fn check_rate(
        &self,
        class: &'static str,
        key: &str,
        rate: Rate,
    ) -> Result<(), RetryAfter> {
        if rate.requests == 0 {
            return Ok(());
        }
        let key = digest(key);
        let wait = match &self.shared {
            Some(shared) => match shared.check(class, key, rate).await {
                Ok(wait) => wait,
                Err(_) => self.local.check(class, key, rate),
            },
            None => self.local.check(class, key, rate),
        };
        wait.map_or(Ok(()), |wait| {
            metrics::counter!("limited_requests_total", "class" => class).increment(1);
            Err(RetryAfter {
                seconds: round_up(wait),
            })
        })
    }
}

/// How many requests may come at once: a minute's worth up to 60, ten seconds' worth of high rates.
fn burst(per_minute: u32) -> u32 {
    per_minute.min(FULL_BURST.max(per_minute / 6))
}

fn digest(key: &str) -> Digested {
    let digest = Sha256::digest(key.as_bytes());
    std::array::from_fn(|index| digest[index])
}

fn round_up(wait: Duration) -> u64 {
    wait.as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn passed(limiter: &Limiter, key: &str, per_minute: u32, tries: u32) -> u32 {
        let mut passed = 0;
        for _ in 0..tries {
            passed += u32::from(limiter.check("test", key, per_minute).await.is_ok());
        }
        passed
    }

    #[test]
    fn small_rates_burst_fully_and_high_ones_by_a_sixth() {
        for (per_minute, wanted) in [(1, 1), (5, 5), (20, 20), (60, 60), (61, 60), (600, 100)] {
            assert_eq!(burst(per_minute), wanted, "{per_minute}");
        }
    }

    #[tokio::test]
    async fn five_a_minute_pass_at_once_then_one_each_twelve_seconds() {
        let clock = Clock::default();
        let limiter = Limiter::new(clock.clone(), None);
        assert_eq!(passed(&limiter, "ada", 5, 8).await, 5);
        let refused = limiter.check("test", "ada", 5).await;
        assert!(
            matches!(refused, Err(RetryAfter { seconds: 11..=12 })),
            "{refused:?}"
        );
        clock.advance(Duration::from_secs(12));
        assert_eq!(passed(&limiter, "ada", 5, 3).await, 1);
        clock.advance(Duration::from_secs(600));
        assert_eq!(passed(&limiter, "ada", 5, 9).await, 5);
    }

    #[tokio::test]
    async fn twenty_in_five_minutes_pass_at_once_then_one_each_fifteen_seconds() {
        let clock = Clock::default();
        let limiter = Limiter::new(clock.clone(), None);
        let passed = async |tries: u32| {
            let mut passed = 0;
            for _ in 0..tries {
                let rate = Rate::within(20, 300);
                let answer = limiter.check_rate("test", "ada", rate).await;
                passed += u32::from(answer.is_ok());
            }
            passed
        };
        assert_eq!(passed(25).await, 20);
        clock.advance(Duration::from_secs(14));
        assert_eq!(passed(3).await, 0);
        clock.advance(Duration::from_secs(1));
        assert_eq!(passed(3).await, 1);
        clock.advance(Duration::from_secs(300));
        assert_eq!(passed(25).await, 20);
    }

    #[tokio::test]
    async fn keys_classes_and_rates_are_counted_apart() {
        let limiter = Limiter::new(Clock::default(), None);
        assert_eq!(passed(&limiter, "ada", 5, 6).await, 5);
        assert_eq!(passed(&limiter, "bob", 5, 6).await, 5);
        assert!(limiter.check("other", "ada", 5).await.is_ok());
        assert_eq!(passed(&limiter, "ada", 0, 1000).await, 1000);
    }
}
