use std::collections::HashMap;
use std::sync::Mutex;

use super::lock;
use crate::platform::clock::Millis;

const FAILURES: u32 = 20;
const PAUSE: Millis = 30_000;

/// Failures in a row and when the last of them was, by destination; known to this process alone.
#[derive(Default)]
pub(super) struct Breakers(Mutex<HashMap<String, (u32, Millis)>>);

impl Breakers {
    /// When the destination may be called; `None` is now. After the pause one caller tries for all.
    pub(super) fn closed_until(&self, destination: &str, now: Millis) -> Option<Millis> {
        let mut circuits = lock(&self.0);
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

    pub(super) fn succeeded(&self, destination: &str) {
        lock(&self.0).remove(destination);
    }

    pub(super) fn failed(&self, destination: &str, now: Millis) {
        let mut circuits = lock(&self.0);
        let circuit = circuits.entry(destination.to_owned()).or_default();
        *circuit = (circuit.0 + 1, now);
        if circuit.0 == FAILURES {
            metrics::counter!("durable_breaker_opened_total").increment(1);
        }
    }
}
