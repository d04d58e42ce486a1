use super::Turn;
use super::drive::{Act, Answer};
use crate::platform::clock::Millis;
use crate::platform::durable::handler::{Settled, StepError, Undone};
use crate::platform::durable::policy::millis;
use crate::platform::durable::types::{Class, Fault, RunState, StepState};

/// How often and how far apart the target of a creation is looked at before it is sent again.
const PROBES: i64 = 3;
const BETWEEN_PROBES: Millis = 7_500;

impl Turn<'_> {
    /// Notes what became of an attempt; a fault is one for a person.
    pub(super) fn record(
        &mut self,
        at: usize,
        act: Act,
        outcome: Result<Answer, StepError>,
    ) -> Option<Fault> {
        use StepState::{CompConflict, CompFailed, Compensated, Done, Failed};
        use StepState::{Planned, Skipped, Unknown};
        let (now, order) = (self.now(), self.journal.next_order());
        self.tell_breaker(at, &outcome, now);
        let step = &mut self.journal.steps[at];
        let (state, what) = match outcome {
            Ok(Answer::There(Settled::Happened(result))) => {
                (step.result, step.error) = (Some(result), None);
                (step.done_order, step.next_at) = (order, 0);
                (Done, "step_done")
            }
            Ok(Answer::There(Settled::NotHappened))
                if step.plan.class == Class::Reconciled && step.probes + 1 < PROBES =>
            {
                step.probes += 1;
                step.next_at = now + BETWEEN_PROBES;
                (Unknown, "step_probed")
            }
            Ok(Answer::There(Settled::NotHappened)) => {
                (step.probes, step.next_at) = (0, 0);
                match self.run.state {
                    RunState::Compensating => (Skipped, "step_skipped"),
                    _ => (Planned, "step_resend"),
                }
            }
            Ok(Answer::Back(Undone::Restored)) => {
                step.error = None;
                (Compensated, "comp_done")
            }
            Ok(Answer::Back(Undone::Conflict(fault))) => {
                step.error = Some(fault);
                (CompConflict, "comp_conflict")
            }
            Ok(Answer::There(Settled::Unclear(fault))) => {
                (step.error, step.is_dirty) = (Some(fault.clone()), true);
                return Some(fault);
            }
            Err(StepError::Permanent(fault)) => {
                (step.error, step.is_dirty) = (Some(fault.clone()), true);
                match act {
                    Act::Settle => return Some(fault),
                    Act::Perform => (Failed, "step_failed"),
                    Act::Undo => (CompFailed, "comp_failed"),
                }
            }
            Err(error) => self.again(at, act, error),
        };
        self.change(at, state, what);
        None
    }

    /// Sets the time of the next attempt; a step without one is found by the next look.
    fn again(&mut self, at: usize, act: Act, error: StepError) -> (StepState, &'static str) {
        let (now, policy) = (self.now(), self.policy_of(at));
        let step = &mut self.journal.steps[at];
        let is_busy = matches!(error, StepError::Busy { .. });
        let (fault, retry_after, is_lost) = match error {
            StepError::Transient { fault, retry_after } => (fault, retry_after, false),
            StepError::Busy { retry_after } => {
                let fault = Fault::new("busy", "The target is busy");
                (fault, Some(retry_after), false)
            }
            StepError::Unknown(fault) | StepError::Permanent(fault) => (fault, None, true),
        };
        step.error = Some(fault);
        // Attempts to send are counted before, looks behind; to be told to wait is none.
        step.attempts += i64::from(act == Act::Settle) - i64::from(is_busy);
        step.is_spent = !is_busy && policy.is_exhausted(step, now);
        let delay = retry_after.map_or_else(|| policy.delay(step), millis);
        step.next_at = if step.is_spent { now } else { now + delay };
        metrics::counter!("durable_retried_total", "kind" => self.run.kind.clone()).increment(1);
        let is_unsure = step.probes > 0 || is_lost && step.plan.class != Class::Pure;
        match act {
            Act::Undo if step.is_spent => (StepState::CompFailed, "comp_failed"),
            Act::Undo => (StepState::CompIntent, "comp_retry"),
            Act::Perform if !is_unsure && is_busy => (StepState::Planned, "step_busy"),
            Act::Perform if !is_unsure => (StepState::Planned, "step_retry"),
            Act::Perform | Act::Settle => (StepState::Unknown, "step_unknown"),
        }
    }

    fn tell_breaker(&self, at: usize, outcome: &Result<Answer, StepError>, now: Millis) {
        let Some(destination) = &self.journal.steps[at].plan.destination else {
            return;
        };
        match outcome {
            Ok(_) => self.kernel.breakers.succeeded(destination),
            Err(StepError::Transient { .. } | StepError::Unknown(_)) => {
                self.kernel.breakers.failed(destination, now);
            }
            Err(_) => {}
        }
    }
}
