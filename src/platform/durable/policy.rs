use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::types::Step;
use crate::platform::clock::Millis;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// Delays and limits of retries; the numbers are those of the semantics.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Delay after the first failure, doubled each time.
    pub first: Duration,
    /// Longest delay.
    pub cap: Duration,
    /// Most attempts of a step before the pivot.
    pub attempts: i64,
    /// Longest time that a step before the pivot is retried.
    pub window: Duration,
    /// How long one attempt may take.
    pub attempt: Duration,
    /// Whether exhausted retries ask for a person instead of failing the step.
    pub holds: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            cap: MINUTE,
            attempts: 8,
            window: 15 * MINUTE,
            attempt: Duration::from_secs(30),
            holds: false,
        }
    }
}

impl Policy {
    /// The same with longer delays and no number of attempts, for so many hours.
    pub(super) fn for_hours(mut self, hours: u32) -> Self {
        let window = hours * HOUR;
        (self.cap, self.window, self.attempts) = (10 * MINUTE, window, i64::MAX);
        self
    }

    /// Whether another attempt is one too many.
    pub(super) fn is_exhausted(&self, step: &Step, now: Millis) -> bool {
        let began = step.first_at.unwrap_or(now);
        step.attempts >= self.attempts || now - began >= millis(self.window)
    }

    /// How long until the next attempt: full jitter below the doubled delay.
    pub(super) fn delay(&self, step: &Step) -> Millis {
        let doublings = u32::try_from(step.attempts - 1).unwrap_or(0).min(30);
        let longest = millis(self.first.saturating_mul(1 << doublings).min(self.cap)).max(1);
        // Spread by the step itself: no two alike, and the same again when a test runs again.
        let mut hasher = DefaultHasher::new();
        (&step.key, step.attempts).hash(&mut hasher);
        Millis::try_from(hasher.finish() % longest.unsigned_abs()).unwrap_or(0)
    }
}

pub(super) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 4)
}
