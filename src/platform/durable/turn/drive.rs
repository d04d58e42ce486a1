use super::{Stop, Turn, guarded};
use crate::platform::durable::fault::fault;
use crate::platform::durable::handler::{Handler, Settled, StepError, Undone};
use crate::platform::durable::types::{Class, Fault, Role, Run, RunState, Step, StepState};
use crate::platform::running::Running;

/// What a handler is asked to do with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Perform,
    Settle,
    Undo,
}

/// How it went, whatever it was.
pub(super) enum Answer {
    There(Settled),
    Back(Undone),
}

impl Act {
    async fn call(
        self,
        handler: &dyn Handler,
        run: &Run,
        step: &Step,
    ) -> Result<Answer, StepError> {
        Ok(match self {
            Self::Perform => Answer::There(Settled::Happened(handler.perform(run, step).await?)),
            Self::Settle => Answer::There(handler.settle(run, step).await?),
            Self::Undo => Answer::Back(handler.compensate(run, step).await?),
        })
    }
}

impl Turn<'_> {
    /// Brings those of the steps forward, or back, whose time has come; else rests until it has.
    pub(super) async fn drive(&mut self, wanted: Vec<usize>) -> Result<(), Stop> {
        let now = self.now();
        let times = wanted.iter().map(|at| self.journal.steps[*at].next_at);
        let (first, is_ready) = (times.min().unwrap_or(now), |at: &usize| {
            self.journal.steps[*at].next_at <= now
        });
        if first > now {
            return self.rest(first).await;
        }
        let ready: Vec<usize> = wanted.into_iter().filter(is_ready).collect();
        // A step may have used up its attempts by ending its owner each time.
        let is_spent = |at: &usize| {
            let step = &self.journal.steps[*at];
            step.is_spent || step.attempts >= self.policy_of(*at).attempts
        };
        if let Some(at) = ready.iter().copied().find(is_spent) {
            return self.give_up(at).await;
        }
        let acts = ready
            .into_iter()
            .filter_map(|at| Some((at, self.begin(at)?)));
        let acts: Vec<(usize, Act)> = acts.collect();
        let has_effect = |(at, act): &(usize, Act)| {
            *act != Act::Settle && self.journal.steps[*at].plan.class != Class::Pure
        };
        if acts.iter().any(has_effect) {
            self.announce().await?;
        }
        self.attempt(acts).await
    }

    /// Counts an attempt, or says why there is none.
    fn begin(&mut self, at: usize) -> Option<Act> {
        let now = self.now();
        if let Some(until) = self.breaker_until(at, now) {
            let step = &mut self.journal.steps[at];
            (step.next_at, step.is_dirty) = (until, true);
            return None;
        }
        if self.journal.steps[at].state == StepState::Intent {
            self.change(at, StepState::Unknown, "step_unknown");
        }
        let step = &mut self.journal.steps[at];
        let act = match (step.state, step.plan.class) {
            (StepState::Done | StepState::CompIntent, _) => Act::Undo,
            (StepState::Unknown, Class::Readable | Class::Reconciled) => return Some(Act::Settle),
            (StepState::Unknown, Class::Blind) => {
                let text = "Nobody knows whether this was sent; it is not sent again";
                step.error = Some(Fault::new("may_have_been_sent", text));
                self.change(at, StepState::Failed, "step_failed");
                return None;
            }
            _ => Act::Perform,
        };
        match (act, step.state) {
            (Act::Undo, StepState::Done) => (step.attempts, step.first_at) = (0, Some(now)),
            // An earlier attempt may have happened, whatever becomes of this one.
            (_, StepState::Unknown) => step.probes = 1,
            _ => {}
        }
        step.attempts += 1;
        step.first_at.get_or_insert(now);
        if act == Act::Undo {
            self.change(at, StepState::CompIntent, "comp_intent");
        } else if step.plan.class != Class::Pure {
            self.change(at, StepState::Intent, "step_intent");
        }
        Some(act)
    }

    /// Intents are durable, and the lease outlives the attempt, before the first byte leaves.
    async fn announce(&mut self) -> Result<(), Stop> {
        fault!("before_intent");
        self.keep(self.onward()).await?;
        fault!("after_intent");
        let attempt = self.handler.policy().attempt;
        if !self.hold.lasts(attempt) {
            self.keep(self.onward()).await?;
        }
        if self.hold.lasts(attempt) {
            Ok(())
        } else {
            Err(Stop::Fenced)
        }
    }

    /// All at the same time, and each result durable as it arrives.
    async fn attempt(&mut self, acts: Vec<(usize, Act)>) -> Result<(), Stop> {
        let (hold, handler, run) = (self.hold, self.handler, self.run.clone());
        let call = |(at, act): (usize, Act)| {
            let (run, step) = (run.clone(), self.journal.steps[at].clone());
            let patience = self.policy_of(at).attempt;
            async move {
                let outcome = guarded(hold, patience, act.call(handler, &run, &step)).await;
                (at, act, outcome)
            }
        };
        let mut running = Running::of(acts.into_iter().map(call));
        let mut held = None;
        while let Some((at, act, outcome)) = running.next().await {
            let outcome = outcome?.unwrap_or_else(|fault| Err(StepError::Unknown(fault)));
            fault!("after_effect");
            held = self.record(at, act, outcome).or(held);
            let step = &self.journal.steps[at];
            if step.state == StepState::Done && step.plan.class == Class::Pure {
                running.beside(self.ride()).await?;
            } else {
                running.beside(self.keep(self.onward())).await?;
                fault!("after_result");
            }
        }
        match held {
            Some(fault) => self.hold(fault).await,
            None => Ok(()),
        }
    }

    /// Gives a step up: behind the pivot, when it may have happened, and where the policy says so, to a person;
    /// else to the handler.
    async fn give_up(&mut self, at: usize) -> Result<(), Stop> {
        let step = &mut self.journal.steps[at];
        let fault = Fault::new("exhausted", "All attempts were used up");
        let fault = step.error.get_or_insert(fault).clone();
        let is_unknown = step.state == StepState::Unknown;
        step.is_dirty = true;
        self.tell("exhausted", Some(fault.code.clone()));
        if self.handler.policy().holds || is_unknown || self.journal.is_past_pivot() {
            return self.hold(fault).await;
        }
        self.change(at, StepState::Failed, "step_failed");
        Ok(())
    }

    /// The newest step that is still to be taken back, and that no stuck one holds back.
    pub(super) fn next_undo(&mut self) -> Option<usize> {
        for at in self.journal.undo_order() {
            match self.journal.steps[at].plan.role {
                Role::Neutral => {}
                Role::Pivot | Role::Retriable => {
                    self.change(at, StepState::Irreversible, "step_irreversible");
                }
                Role::Compensatable if self.is_held_back(at) => {}
                Role::Compensatable => return Some(at),
            }
        }
        None
    }

    fn is_stuck(step: &Step) -> bool {
        matches!(step.state, StepState::CompConflict | StepState::CompFailed)
    }

    fn is_held_back(&self, at: usize) -> bool {
        let own = &self.journal.steps[at];
        let mut stuck = self.journal.steps().filter(|step| Self::is_stuck(step));
        stuck.any(|step| self.handler.holds_back(step, own))
    }

    pub(super) async fn end_back(&mut self) -> Result<(), Stop> {
        if self.journal.steps().any(Self::is_stuck) {
            let message = "Some steps could not be taken back";
            return self.hold(Fault::new("compensation_stuck", message)).await;
        }
        self.tell("compensated", None);
        self.park(RunState::Compensated).await
    }

    fn breaker_until(&self, at: usize, now: i64) -> Option<i64> {
        let destination = self.journal.steps[at].plan.destination.as_ref()?;
        self.kernel.breakers.closed_until(destination, now)
    }
}
