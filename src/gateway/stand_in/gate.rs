use std::collections::{HashMap, VecDeque};

use serde::Serialize;

use super::plan::RateLimits;
use crate::platform::clock::Millis;
use crate::platform::ids::BaseId;

const SECOND: Millis = 1000;
/// So many idle bases are remembered before they are looked for and forgotten.
const MOST_IDLE: usize = 1024;

/// Lets in as many requests as Airtable does; one too many shuts it for a while.
#[derive(Default)]
pub(super) struct Gate {
    /// Of each base; of the token under the empty name.
    windows: HashMap<String, Window>,
    counts: Counts,
}

/// How many requests there were since the start.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Counts {
    admitted: u64,
    /// Refused with 429.
    refused: u64,
}

#[derive(Default)]
struct Window {
    recent: VecDeque<Millis>,
    shut_until: Millis,
}

impl Gate {
    /// Whether a request is let in now.
    pub(super) fn admit(&mut self, path: &str, limits: RateLimits, now: Millis) -> bool {
        let is_admitted = self.admits(path, limits, now);
        match is_admitted {
            true => self.counts.admitted += 1,
            false => self.counts.refused += 1,
        }
        is_admitted
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    fn admits(&mut self, path: &str, limits: RateLimits, now: Millis) -> bool {
        if !limits.enabled {
            return true;
        }
        self.forget_idle(now);
        let lock_out = Millis::from(limits.lock_out) * SECOND;
        let mut admit = |key: &str, limit: u32| {
            let window = self.windows.entry(key.to_owned()).or_default();
            window.admit(limit as usize, lock_out, now)
        };
        admit("", limits.per_token) && base_of(path).is_none_or(|base| admit(base, limits.per_base))
    }

    fn forget_idle(&mut self, now: Millis) {
        if self.windows.len() > MOST_IDLE {
            self.windows.retain(|_, window| !window.is_idle(now));
        }
    }
}

impl Window {
    fn admit(&mut self, limit: usize, lock_out: Millis, now: Millis) -> bool {
        if now < self.shut_until {
            return false;
        }
        while self.recent.front().is_some_and(|at| now - at >= SECOND) {
            self.recent.pop_front();
        }
        if self.recent.len() >= limit {
            self.shut_until = now + lock_out;
            self.recent.clear();
            return false;
        }
        self.recent.push_back(now);
        true
    }

    fn is_idle(&self, now: Millis) -> bool {
        let is_quiet = self.recent.back().is_none_or(|at| now - at >= SECOND);
        is_quiet && now >= self.shut_until
    }
}

/// The base that a path is about.
fn base_of(path: &str) -> Option<&str> {
    let mut parts = path.strip_prefix("/v0/")?.split('/');
    let mut base = parts.next()?;
    if base == "meta" {
        base = parts.nth(1)?;
    }
    base.parse::<BaseId>().ok().map(|_| base)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "/v0/app00000000000001/Tasks";
    const TWO: &str = "/v0/meta/bases/app00000000000002/tables";

    fn admitted(gate: &mut Gate, path: &str, times: std::ops::Range<Millis>) -> usize {
        let limits = RateLimits::default();
        times.filter(|now| gate.admit(path, limits, *now)).count()
    }

    #[test]
    fn the_sixth_request_of_a_second_shuts_the_base_for_thirty_seconds() {
        let mut gate = Gate::default();
        assert_eq!(admitted(&mut gate, ONE, 0..6), 5);
        assert_eq!(admitted(&mut gate, TWO, 6..8), 2, "another base is open");
        assert_eq!(admitted(&mut gate, ONE, 1000..1001), 0);
        assert_eq!(admitted(&mut gate, ONE, 30_000..30_005), 0);
        assert_eq!(admitted(&mut gate, ONE, 30_005..30_006), 1);
    }

    #[test]
    fn any_window_of_one_second_has_at_most_five() {
        let mut gate = Gate::default();
        let limits = RateLimits::default();
        let steady = (0..100).map(|number| number * 200);
        let refused: Vec<Millis> = steady
            .filter(|now| !gate.admit(ONE, limits, *now))
            .collect();
        assert_eq!(refused, Vec::<Millis>::new());
        assert!(!gate.admit(ONE, limits, 19_999), "the sixth since 19.0");
    }

    #[test]
    fn a_token_has_fifty_requests_a_second_over_all_bases() {
        let mut gate = Gate::default();
        let limits = RateLimits::default();
        let path = |number: i64| format!("/v0/app{number:014}/Tasks");
        let all = (0..60).filter(|number| gate.admit(&path(*number), limits, 0));
        assert_eq!(all.count(), 50);
        assert!(!gate.admit("/v0/meta/whoami", limits, 29_999));
        assert!(gate.admit("/v0/meta/whoami", limits, 30_000));
    }

    #[test]
    fn a_gate_that_is_off_lets_all_in() {
        let mut gate = Gate::default();
        let limits = RateLimits {
            enabled: false,
            ..RateLimits::default()
        };
        assert!((0..100).all(|_| gate.admit(ONE, limits, 0)));
    }

    #[test]
    fn idle_bases_are_forgotten_and_shut_ones_are_not() {
        let mut gate = Gate::default();
        assert_eq!(admitted(&mut gate, ONE, 0..6), 5);
        let limits = RateLimits {
            per_token: 100_000,
            ..RateLimits::default()
        };
        for number in 0..2000 {
            gate.admit(&format!("/v0/app{number:014}/Tasks"), limits, number * 10);
        }
        assert!(gate.windows.len() < 1200, "{}", gate.windows.len());
        assert!(!gate.admit(ONE, limits, 20_000));
    }
}
