use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::platform::ids::WorkspaceId;

/// For whom a request is made; the first goes more often than the last where they wait for the same base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::airtable) enum Class {
    /// Somebody waits for the answer.
    Interactive,
    /// One of many requests of one piece of work.
    Batch,
}

impl Class {
    /// How much of the way its next request is put back, the smaller the more often it goes.
    fn stride(self) -> u64 {
        match self {
            Self::Interactive => 1,
            Self::Batch => 4,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Batch => "batch",
        }
    }
}

/// Whose requests share a turn in the queue.
pub(super) type Flow = (Class, WorkspaceId);

/// The queue before a gate: one request at a time stands before it, and the others get there in a fair order.
///
/// Start-time fair queueing: each flow has its own clock, which its requests move on by their stride.
#[derive(Clone, Default)]
pub(super) struct Lane(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    is_taken: bool,
    waiting: BTreeMap<(u64, u64), oneshot::Sender<Turn>>,
    /// When the next request of a flow is due at the earliest.
    due: HashMap<Flow, u64>,
    now: u64,
    number: u64,
}

/// The place before the gate; who drops it lets the next one there.
pub(super) struct Turn(Lane);

impl Lane {
    /// Waits for the place before the gate.
    pub(super) async fn turn(&self, flow: Flow) -> Turn {
        let waiting = {
            let mut queue = self.lock();
            if !queue.is_taken {
                queue.is_taken = true;
                queue.enter(flow);
                return Turn(self.clone());
            }
            let place = queue.enter(flow);
            let (call, called) = oneshot::channel();
            queue.waiting.insert(place, call);
            called
        };
        // A queue never forgets who waits in it.
        waiting.await.unwrap_or_else(|_| Turn(self.clone()))
    }

    /// Requests that wait behind the one before the gate.
    pub(super) fn waiting(&self) -> usize {
        let mut queue = self.lock();
        queue.waiting.retain(|_, call| !call.is_closed());
        queue.waiting.len()
    }

    /// Whether nobody is here, so that it can be forgotten.
    pub(super) fn is_idle(&self) -> bool {
        let queue = self.lock();
        !queue.is_taken && queue.waiting.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls the next one who still waits.
    fn pass_on(&self) {
        while let Some(call) = self.next() {
            if !call.is_closed() {
                // Who leaves at this very moment drops the turn, which passes it on.
                drop(call.send(Turn(self.clone())));
                return;
            }
        }
    }

    fn next(&self) -> Option<oneshot::Sender<Turn>> {
        let mut queue = self.lock();
        let Some(((due, _), call)) = queue.waiting.pop_first() else {
            queue.is_taken = false;
            queue.due.clear();
            return None;
        };
        queue.now = queue.now.max(due);
        Some(call)
    }
}

impl Queue {
    fn enter(&mut self, flow: Flow) -> (u64, u64) {
        let due = self.due.entry(flow).or_default();
        let place = (*due).max(self.now);
        *due = place + flow.0.stride();
        self.number += 1;
        (place, self.number)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// The order in which requests get before the gate that come in this order, one flow a letter.
    fn order(come: &[(char, Flow)]) -> String {
        let lane = Lane::default();
        let first = lane.turn((Class::Batch, WorkspaceId::from_number(99)));
        let mut before = Some(first.now_or_never().unwrap());
        let mut waiting: Vec<_> = come
            .iter()
            .map(|(letter, flow)| (*letter, Box::pin(lane.turn(*flow))))
            .collect();
        for (_, turn) in &mut waiting {
            assert!(turn.as_mut().now_or_never().is_none());
        }
        let mut order = String::new();
        while !waiting.is_empty() {
            drop(before.take());
            waiting.retain_mut(|(letter, turn)| match turn.as_mut().now_or_never() {
                Some(turn) => {
                    order.push(*letter);
                    before = Some(turn);
                    false
                }
                None => true,
            });
        }
        order
    }

    fn flow(class: Class, workspace: u128) -> Flow {
        (class, WorkspaceId::from_number(workspace))
    }

    #[test]
    fn workspaces_take_turns() {
        let (a, b) = (flow(Class::Interactive, 1), flow(Class::Interactive, 2));
        let come = [('a', a), ('a', a), ('a', a), ('a', a), ('b', b), ('b', b)];
        assert_eq!(order(&come), "ababaa");
    }

    #[test]
    fn who_waits_goes_before_a_batch_and_a_batch_still_goes() {
        let (a, b) = (flow(Class::Interactive, 1), flow(Class::Batch, 1));
        let mut come = vec![('b', b); 3];
        come.extend(vec![('a', a); 10]);
        assert_eq!(order(&come), "baaaabaaaabaa");
    }

    #[test]
    fn who_left_is_passed_over() {
        let lane = Lane::default();
        let flow = flow(Class::Interactive, 1);
        let turn = lane.turn(flow).now_or_never().unwrap();
        let mut left = Box::pin(lane.turn(flow));
        let mut stays = Box::pin(lane.turn(flow));
        assert!(left.as_mut().now_or_never().is_none());
        assert!(stays.as_mut().now_or_never().is_none());
        drop(left);
        assert_eq!(lane.waiting(), 1);
        drop(turn);
        drop(stays.as_mut().now_or_never().unwrap());
        assert!(lane.is_idle());
        assert!(lane.turn(flow).now_or_never().is_some());
    }

    #[test]
    fn a_turn_that_was_called_and_never_taken_is_passed_on() {
        let lane = Lane::default();
        let flow = flow(Class::Interactive, 1);
        let turn = lane.turn(flow).now_or_never().unwrap();
        let mut called = Box::pin(lane.turn(flow));
        assert!(called.as_mut().now_or_never().is_none());
        drop(turn);
        drop(called);
        assert!(lane.is_idle());
    }
}
