use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::journal::Journal;
use super::policy::Policy;
use super::types::{Fault, Run, Step, StepPlan};
use crate::platform::clock::Millis;

/// What a run does next.
#[derive(Clone, Debug)]
pub enum Next {
    /// Do these steps, at the same time where there are several.
    Steps(Vec<StepPlan>),
    /// Look again when a signal arrives or the time has come; `None` waits for a signal alone.
    Wait {
        /// What for, for people.
        what: String,
        /// Until when at most.
        until: Option<Millis>,
    },
    /// End well.
    Complete(Value),
    /// Take back what was done; behind the pivot, ask for a person.
    Fail(Fault),
    /// Ask for a person.
    Hold(Fault),
}

/// What a handler answers: the next thing, and what it wants to remember.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The next thing.
    pub next: Next,
    /// The new cursor, when it changes.
    pub cursor: Option<Value>,
}

impl From<Next> for Decision {
    fn from(next: Next) -> Self {
        Self { next, cursor: None }
    }
}

/// How an attempt went wrong.
#[derive(Clone, Debug)]
pub enum StepError {
    /// It did not happen and may succeed later.
    Transient {
        /// Why.
        fault: Fault,
        /// How long the other side asks to wait.
        retry_after: Option<Duration>,
    },
    /// The other side has no room now; not counted as an attempt.
    Busy {
        /// How long to wait.
        retry_after: Duration,
    },
    /// It did not happen and never will.
    Permanent(Fault),
    /// Nobody knows whether it happened.
    Unknown(Fault),
}

/// What a look at the target of an unknown step says.
#[derive(Clone, Debug)]
pub enum Settled {
    /// It happened, with this result.
    Happened(Value),
    /// It did not happen.
    NotHappened,
    /// The target is neither as before nor as after.
    Unclear(Fault),
}

/// How a compensation ended.
#[derive(Clone, Debug)]
pub enum Undone {
    /// Restored, or already as it was.
    Restored,
    /// Somebody else has changed it meanwhile; left alone.
    Conflict(Fault),
}

/// How many runs are worked on at the same time, on all instances together; what is more waits in order, and who
/// waits for a time, a signal or a person does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtOnce {
    /// Of one name in one tenant; `None` means no limit.
    pub of_a_name: Option<u32>,
    /// Of one tenant; `None` means no limit.
    pub of_a_tenant: Option<u32>,
}

/// Works the runs of one kind; it sees only what is durable and may be called again at any point.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Name of the kind, such as `saga`; runs of unknown kinds wait for a binary that knows them.
    fn kind(&self) -> &str;

    /// Retries and limits.
    fn policy(&self) -> Policy {
        Policy::default()
    }

    /// How many of its runs are worked on at the same time.
    fn at_once(&self) -> AtOnce {
        AtOnce::default()
    }

    /// Retries and limits of one step; an attempt may not take longer than the kind's.
    fn step_policy(&self, _step: &Step) -> Policy {
        self.policy()
    }

    /// Decides what comes next; called when no step is open. An error asks for a person.
    async fn next(&self, run: &Run, journal: &Journal) -> Result<Decision, Fault>;

    /// Does a step once.
    async fn perform(&self, run: &Run, step: &Step) -> Result<Value, StepError>;

    /// Looks whether an unknown step of class `Readable` or `Reconciled` happened.
    async fn settle(&self, _run: &Run, step: &Step) -> Result<Settled, StepError> {
        let message = format!("{} cannot be looked up", step.plan.name);
        Ok(Settled::Unclear(Fault::new("no_probe", message)))
    }

    /// Takes a done step back; must be idempotent.
    async fn compensate(&self, _run: &Run, step: &Step) -> Result<Undone, StepError> {
        let message = format!("{} has no compensation", step.plan.name);
        Err(StepError::Permanent(Fault::new("no_compensation", message)))
    }

    /// Whether a compensation that is stuck keeps another one from running.
    fn holds_back(&self, _stuck: &Step, _other: &Step) -> bool {
        false
    }
}
