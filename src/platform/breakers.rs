//! Circuit breakers: who failed often in a row is left alone for a while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::clock::Millis;

const FAILURES: u32 = 20;
const PAUSE: Millis = 30_000;

/// Failures in a row and when the last of them was, by destination; known to this process alone.
#[derive(Default)]
pub struct Breakers(Mutex<HashMap<String, (u32, Millis)>>);

impl Breakers {
    /// When the destination may be called; `None` is now. After the pause one caller tries for all.
    pub fn closed_until(&self, destination: &str, now: Millis) -> Option<Millis> {
        let mut circuits = self.lock();
        let (failures, opened_at) = circuits.get_mut(destination)?;
        if *failures < FAILURES {
            return None;
        }
        // A clock that jumped back must not keep it open.
        let is_paused = (*opened_at..*opened_at + PAUSE).contains(&now);
        let until = is_paused.then_some(*opened_at + PAUSE);
        if !is_paused {
            *opened_at = now;
        }
        until
    }

    /// The destination answered.
    pub fn succeeded(&self, destination: &str) {
        self.lock().remove(destination);
    }

    /// The destination did not answer, or in a way that it will mend.
    pub fn failed(&self, destination: &str, now: Millis) {
        let mut circuits = self.lock();
        let circuit = circuits.entry(destination.to_owned()).or_default();
        *circuit = (circuit.0 + 1, now);
        if circuit.0 == FAILURES {
            metrics::counter!("breaker_opened_total").increment(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (u32, Millis)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
