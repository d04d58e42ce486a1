use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Stop, Turn};
use crate::platform::clock::Millis;
use crate::platform::durable::change::Change;
use crate::platform::durable::kernel::length;
use crate::platform::durable::types::{Entry, Fault, RunState, StepState};
use crate::platform::events;

/// Results without effect ride with the next commit, but not longer and not more than this.
const RIDE: Duration = Duration::from_millis(100);
const RIDERS: usize = 64;
/// A lease lasts so much longer than the attempt that is made under it.
const SLACK: Duration = Duration::from_secs(5);

impl Turn<'_> {
    /// Leaves the run to a person.
    pub(super) async fn hold(&mut self, fault: Fault) -> Result<(), Stop> {
        metrics::counter!("durable_needs_attention_total", "kind" => self.run.kind.clone())
            .increment(1);
        tracing::warn!(run = %self.run.id, code = fault.code, "durable.needs_attention");
        self.tell("needs_attention", Some(fault.code.clone()));
        self.to.error = Some(fault);
        // A step that never reached the store is no step: the handler plans it again.
        for step in &mut self.journal.steps {
            step.is_dirty &= step.stored.is_some() || step.state != StepState::Planned;
        }
        self.park(RunState::NeedsAttention).await
    }

    /// Goes on at this time.
    pub(super) async fn rest(&mut self, until: Millis) -> Result<(), Stop> {
        let state = self.onward();
        // A deadline that has passed is known by now; it must not call the run again and again.
        let deadline = self.run.deadline.filter(|deadline| *deadline > self.now());
        self.to.due = match deadline {
            Some(deadline) if state == RunState::Running => Some(until.min(deadline)),
            _ => Some(until),
        };
        self.park(state).await
    }

    pub(super) async fn park(&mut self, state: RunState) -> Result<(), Stop> {
        if !state.is_terminal() && state != RunState::NeedsAttention {
            self.to.seen = Some(if self.is_stale { -1 } else { self.run.seq });
        }
        self.commit(state).await?;
        Err(Stop::Parked)
    }

    /// Makes all that happened so far durable and goes on, with a lease that outlives the next attempt.
    pub(super) async fn keep(&mut self, state: RunState) -> Result<(), Stop> {
        let lease = self.kernel.lease(self.handler.policy().attempt + SLACK);
        let asked = Instant::now();
        self.to.keeps = Some(length(lease));
        self.commit(state).await?;
        self.hold.extend(asked, lease);
        Ok(())
    }

    /// Lets a result without effect ride with the next commit for a while.
    pub(super) async fn ride(&mut self) -> Result<(), Stop> {
        let since = *self.riding_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= RIDE || self.to.entries.len() >= RIDERS {
            self.keep(self.onward()).await?;
        }
        Ok(())
    }

    /// The state of a run that has work to do.
    pub(super) fn onward(&self) -> RunState {
        match self.run.state {
            RunState::Compensating => RunState::Compensating,
            _ => RunState::Running,
        }
    }

    async fn commit(&mut self, state: RunState) -> Result<(), Stop> {
        let mut to = std::mem::take(&mut self.to);
        if self.run.state == RunState::Pending {
            to.entries.insert(0, Entry::new("running", None));
        }
        let cursor = to.cursor.clone();
        let expected = self.run.seq + to.entries.len() as i64;
        let mut change = Change::of(&self.hold.lease, state, to)?;
        let mut dirty = self.journal.steps.iter().filter(|step| step.is_dirty);
        dirty.try_for_each(|step| change.add(step))?;
        let Some(head) = self.kernel.group.commit(change).await? else {
            metrics::counter!("durable_fenced_total").increment(1);
            return Err(Stop::Fenced);
        };
        self.kernel.durable.signals.publish(events::APPENDED, "");
        for step in self.journal.steps.iter_mut().filter(|step| step.is_dirty) {
            (step.stored, step.is_dirty) = (Some(step.state), false);
        }
        (self.riding_since, self.read_at) = (None, Instant::now());
        self.is_stale |= head.seq != expected;
        let run = Arc::make_mut(&mut self.run);
        run.cursor = cursor.unwrap_or_else(|| std::mem::take(&mut run.cursor));
        (run.state, run.seq, run.bytes) = (state, head.seq, head.bytes);
        (run.cancel_at, run.deadline, run.now) = (head.cancel_at, head.deadline, head.now);
        Ok(())
    }
}
