use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::{Digested, Rate};
use crate::platform::clock::{Clock, Millis};

/// After so many checks the keys that are back at rest are forgotten.
const CHECKS_BETWEEN_SWEEPS: u32 = 8192;

type Counter =
    RateLimiter<Digested, DefaultKeyedStateStore<Digested>, Steady, NoOpMiddleware<Duration>>;

/// Counters of this process, one set for each class and rate.
pub(super) struct Counters {
    clock: Steady,
    by_class: RwLock<HashMap<(&'static str, Rate), Arc<Counter>>>,
    checks: AtomicU32,
}

impl Counters {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock: Steady::new(clock),
            by_class: RwLock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts one request; `Some` is how long to wait.
    pub(super) fn check(&self, class: &'static str, key: Digested, rate: Rate) -> Option<Duration> {
        let check = self.checks.fetch_add(1, Ordering::Relaxed);
        if check.is_multiple_of(CHECKS_BETWEEN_SWEEPS) {
            self.sweep();
        }
        let counter = self.counter(class, rate);
        let refused = counter.check_key(&key).err()?;
        Some(refused.wait_time_from(self.clock.now()))
    }

    fn counter(&self, class: &'static str, rate: Rate) -> Arc<Counter> {
        let name = (class, rate);
        let known = self
            .by_class
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
            .cloned();
        known.unwrap_or_else(|| {
            let mut by_class = self
                .by_class
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            by_class
                .entry(name)
                .or_insert_with(|| Arc::new(self.make(rate)))
                .clone()
        })
    }

    fn make(&self, rate: Rate) -> Counter {
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(rate.interval())
            .unwrap_or_else(|| Quota::per_minute(burst))
            .allow_burst(burst);
        RateLimiter::dashmap_with_clock(quota, self.clock.clone())
    }

    fn sweep(&self) {
        for counter in self
            .by_class
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            counter.retain_recent();
        }
    }
}

/// The platform's clock as a steady one: a wall clock set back must not lock anybody out.
#[derive(Clone)]
struct Steady {
    clock: Clock,
    /// What the wall clock showed last, and the steady time then.
    last: Arc<Mutex<(Millis, Duration)>>,
}

impl Steady {
    fn new(clock: Clock) -> Self {
        let last = Arc::new(Mutex::new((clock.now(), Duration::ZERO)));
        Self { clock, last }
    }
}

impl governor::clock::Clock for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = self.clock.now();
        let passed = u64::try_from(wall.saturating_sub(last.0)).unwrap_or(0);
        *last = (wall, last.1 + Duration::from_millis(passed));
        last.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_at_rest_are_forgotten() {
        let clock = Clock::default();
        let counters = Counters::new(clock.clone());
        for number in 0..100_u8 {
            counters.check("test", [number; 16], Rate::per_minute(60));
        }
        let counter = counters.counter("test", Rate::per_minute(60));
        assert_eq!(counter.len(), 100);
        clock.advance(Duration::from_secs(120));
        counters.sweep();
        assert_eq!(counter.len(), 0);
    }
}
