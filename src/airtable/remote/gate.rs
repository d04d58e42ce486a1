use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// Airtable counts requests as they arrive: what some of them take longer on the way must not put six into one second.
pub(super) const WINDOW: Duration = Duration::from_millis(1020);
/// So many idle gates are remembered before they are looked for and forgotten.
const MOST_IDLE: usize = 1024;

/// What requests are counted by, and how many of them go in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) key: String,
    pub(super) most: usize,
}

/// When requests went, as far as this process knows.
#[derive(Default)]
pub(super) struct Gates(HashMap<String, Gate>);

#[derive(Default)]
struct Gate {
    recent: VecDeque<Instant>,
    shut_until: Option<Instant>,
}

impl Gates {
    /// Counts a request that may go now; otherwise says how long it has to wait, and counts nothing.
    pub(super) fn pass(
        &mut self,
        limits: &[Limit],
        window: Duration,
        now: Instant,
    ) -> Result<(), Duration> {
        self.forget_idle(window, now);
        let mut waits = limits.iter().map(|limit| {
            let gate = self.0.get(&limit.key);
            gate.map_or(Duration::ZERO, |gate| gate.wait(limit.most, window, now))
        });
        let longest = waits.by_ref().max().unwrap_or_default();
        if !longest.is_zero() {
            return Err(longest);
        }
        for limit in limits {
            let gate = self.0.entry(limit.key.clone()).or_default();
            gate.recent.push_back(now);
            gate.recent
                .drain(..gate.recent.len().saturating_sub(limit.most));
        }
        Ok(())
    }

    /// A request that was counted at a moment took longer on its way, so that it arrived later.
    pub(super) fn delay(&mut self, limits: &[Limit], at: Instant, by: Duration) {
        for limit in limits {
            let Some(gate) = self.0.get_mut(&limit.key) else {
                continue;
            };
            let place = gate.recent.iter().position(|known| *known == at);
            if let Some(place) = place {
                gate.recent[place] += by;
                gate.recent.make_contiguous().sort_unstable();
            }
        }
    }

    /// Lets nothing through for a while.
    pub(super) fn shut(&mut self, key: &str, until: Instant) {
        let gate = self.0.entry(key.to_owned()).or_default();
        gate.shut_until = gate.shut_until.max(Some(until));
    }

    /// How long nothing goes through yet, since Airtable refused a request.
    pub(super) fn shut_for(&self, key: &str, now: Instant) -> Duration {
        let until = self.0.get(key).and_then(|gate| gate.shut_until);
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    fn forget_idle(&mut self, window: Duration, now: Instant) {
        if self.0.len() > MOST_IDLE {
            self.0.retain(|_, gate| !gate.is_idle(window, now));
        }
    }
}

impl Gate {
    fn wait(&self, most: usize, window: Duration, now: Instant) -> Duration {
        let shut = self.shut_until.unwrap_or(now);
        let full = match self.recent.len().checked_sub(most) {
            Some(place) => self.recent[place] + window,
            None => now,
        };
        shut.max(full).saturating_duration_since(now)
    }

    fn is_idle(&self, window: Duration, now: Instant) -> bool {
        let is_quiet = self.recent.back().is_none_or(|last| *last + window <= now);
        is_quiet && self.shut_until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(key: &str, most: usize) -> Limit {
        Limit {
            key: key.to_owned(),
            most,
        }
    }

    /// When requests go that come all at once, in milliseconds.
    fn times(gates: &mut Gates, limits: &[Limit], many: usize) -> Vec<u128> {
        let start = Instant::now();
        let mut now = start;
        let mut went = Vec::new();
        while went.len() < many {
            match gates.pass(limits, WINDOW, now) {
                Ok(()) => went.push((now - start).as_millis()),
                Err(wait) => now += wait,
            }
        }
        went
    }

    #[test]
    fn five_go_at_once_and_then_five_in_each_window() {
        let went = times(&mut Gates::default(), &[limit("app", 5)], 12);
        let wanted = [0, 0, 0, 0, 0, 1020, 1020, 1020, 1020, 1020, 2040, 2040];
        assert_eq!(went, wanted);
    }

    #[test]
    fn a_request_that_one_gate_holds_is_counted_by_none() {
        let mut gates = Gates::default();
        let both = [limit("app", 1), limit("token", 50)];
        let now = Instant::now();
        assert_eq!(gates.pass(&both, WINDOW, now), Ok(()));
        for _ in 0..100 {
            assert_eq!(gates.pass(&both, WINDOW, now), Err(WINDOW));
        }
        assert_eq!(
            times(&mut gates, &[limit("token", 50)], 49),
            vec![0_u128; 49]
        );
    }

    #[test]
    fn a_gate_that_was_shut_opens_again_and_others_stay_open() {
        let mut gates = Gates::default();
        let now = Instant::now();
        let long = Duration::from_secs(30);
        gates.shut("app", now + long);
        gates.shut("app", now + Duration::from_secs(1));
        assert_eq!(gates.pass(&[limit("app", 5)], WINDOW, now), Err(long));
        assert_eq!(gates.pass(&[limit("other", 5)], WINDOW, now), Ok(()));
        assert_eq!(gates.pass(&[limit("app", 5)], WINDOW, now + long), Ok(()));
    }

    #[test]
    fn a_request_that_arrived_late_holds_its_place_longer() {
        let mut gates = Gates::default();
        let (limit, start, late) = (
            [limit("app", 2)],
            Instant::now(),
            Duration::from_millis(150),
        );
        gates.pass(&limit, WINDOW, start).unwrap();
        gates.pass(&limit, WINDOW, start + late / 2).unwrap();
        gates.delay(&limit, start, late);
        let second = start + late / 2 + WINDOW;
        assert!(
            gates
                .pass(&limit, WINDOW, second - Duration::from_millis(1))
                .is_err()
        );
        gates.pass(&limit, WINDOW, second).unwrap();
        let first = start + late + WINDOW;
        assert_eq!(gates.pass(&limit, WINDOW, second), Err(first - second));
    }

    #[test]
    fn idle_gates_are_forgotten_and_shut_ones_are_not() {
        let mut gates = Gates::default();
        let now = Instant::now();
        gates.shut("shut", now + Duration::from_secs(3600));
        for number in 0..2000 {
            let at = now + Duration::from_millis(10) * number;
            let _ = gates.pass(&[limit(&number.to_string(), 5)], WINDOW, at);
        }
        assert!(gates.0.len() < 1200, "{}", gates.0.len());
        assert!(gates.0.contains_key("shut"));
    }
}
