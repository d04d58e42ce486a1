use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::platform::clock::Millis;
use crate::platform::ids::{BaseId, ConnectionId};
use crate::platform::sync::lock;

pub(super) const MINUTE: Duration = Duration::from_secs(60);
const MINUTES: i64 = 60;
/// So many places are counted before those of which nothing is heard any more are forgotten.
const MOST_PLACES: usize = 1024;

/// What goes on between this instance and a base at Airtable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BaseTraffic)]
pub(in crate::airtable) struct Traffic {
    /// Requests that went to Airtable within the last minute, whoever made them.
    pub(super) sent: usize,
    /// How many Airtable takes in a minute.
    pub(super) most: usize,
    /// Requests that wait for their turn.
    pub(super) waiting: usize,
    /// The longest that a request of the last minute waited for its turn, in milliseconds.
    pub(super) longest_wait_ms: u64,
    /// Seconds until Airtable takes requests again, after one that was one too many; otherwise 0.
    pub(super) shut_seconds: u64,
    /// Questions of the last hour that were answered with what is kept here.
    pub(super) kept: u64,
    /// Questions of the last hour that Airtable was asked.
    pub(super) asked: u64,
}

/// Requests of the last minute: when each went, and how long it had waited.
#[derive(Default)]
pub(super) struct Sent(Mutex<HashMap<BaseId, VecDeque<(Instant, Duration)>>>);

impl Sent {
    pub(super) fn note(&self, base: BaseId, at: Instant, waited: Duration) {
        let mut bases = lock(&self.0);
        if bases.len() > MOST_PLACES {
            bases.retain(|_, sent| sent.back().is_some_and(|last| is_recent(last, at)));
        }
        let sent = bases.entry(base).or_default();
        while sent.front().is_some_and(|first| !is_recent(first, at)) {
            sent.pop_front();
        }
        sent.push_back((at, waited));
    }

    /// How many there were, and the longest wait.
    pub(super) fn lately(&self, base: BaseId, now: Instant) -> (usize, Duration) {
        let bases = lock(&self.0);
        let sent = bases.get(&base).into_iter().flatten();
        let recent = sent.filter(|one| is_recent(one, now));
        recent.fold((0, Duration::ZERO), |(many, longest), (_, waited)| {
            (many + 1, longest.max(*waited))
        })
    }
}

fn is_recent((at, _): &(Instant, Duration), now: Instant) -> bool {
    *at + MINUTE > now
}

/// How questions were answered, minute by minute.
#[derive(Default)]
pub(super) struct Answers(Mutex<HashMap<(ConnectionId, BaseId), VecDeque<Minute>>>);

#[derive(Default)]
struct Minute {
    number: i64,
    kept: u64,
    asked: u64,
}

impl Answers {
    pub(super) fn note(&self, place: (ConnectionId, BaseId), is_kept: bool, now: Millis) {
        let number = minute(now);
        let mut places = lock(&self.0);
        if places.len() > MOST_PLACES {
            let is_fresh = |minutes: &VecDeque<Minute>| {
                let last = minutes.back();
                last.is_some_and(|last| last.number > number - MINUTES)
            };
            places.retain(|_, minutes| is_fresh(minutes));
        }
        let minutes = places.entry(place).or_default();
        while minutes
            .front()
            .is_some_and(|first| first.number <= number - MINUTES)
        {
            minutes.pop_front();
        }
        if minutes.back().is_none_or(|last| last.number < number) {
            minutes.push_back(Minute {
                number,
                ..Minute::default()
            });
        }
        if let Some(last) = minutes.back_mut() {
            last.kept += u64::from(is_kept);
            last.asked += u64::from(!is_kept);
        }
    }

    /// How many of the last hour were answered from here, and how many Airtable was asked.
    pub(super) fn lately(&self, place: (ConnectionId, BaseId), now: Millis) -> (u64, u64) {
        let oldest = minute(now) - MINUTES;
        let places = lock(&self.0);
        let minutes = places.get(&place).into_iter().flatten();
        let recent = minutes.filter(|minute| minute.number > oldest);
        recent.fold((0, 0), |(kept, asked), minute| {
            (kept + minute.kept, asked + minute.asked)
        })
    }
}

fn minute(now: Millis) -> i64 {
    now.div_euclid(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_remembered_and_no_more() {
        let (sent, base, start) = (Sent::default(), BaseId::from_number(1), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        sent.note(base, at(0), Duration::from_secs(9));
        sent.note(base, at(30), Duration::from_secs(2));
        assert_eq!(sent.lately(base, at(59)), (2, Duration::from_secs(9)));
        assert_eq!(sent.lately(base, at(60)), (1, Duration::from_secs(2)));
        assert_eq!(sent.lately(base, at(90)), (0, Duration::ZERO));
        assert_eq!(sent.lately(BaseId::from_number(2), at(59)).0, 0);
    }

    #[test]
    fn an_hour_of_answers_is_counted_for_each_place() {
        let (answers, minute) = (Answers::default(), 60_000);
        let place = |number| (ConnectionId::from_number(number), BaseId::from_number(1));
        for (at, is_kept) in [(0, true), (0, false), (30, true), (59, true)] {
            answers.note(place(1), is_kept, at * minute);
        }
        assert_eq!(answers.lately(place(1), 59 * minute), (3, 1));
        assert_eq!(answers.lately(place(1), 60 * minute), (2, 0));
        assert_eq!(answers.lately(place(2), 59 * minute), (0, 0));
    }
}
