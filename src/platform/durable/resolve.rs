use super::change::{Change, Lease, Move};
use super::client::{ControlError, Durable};
use super::types::{Class, Entry, RunState, StepState};
use crate::platform::db::TenantTx;
use crate::platform::ids::RunId;

/// What a person decides about a run that needs attention.
#[derive(Clone, Debug)]
pub enum Resolution {
    /// Go on where it stopped.
    Continue,
    /// Take back what was done.
    TakeBack,
    /// Send the step again, with fresh attempts.
    RetryStep(String, i64),
    /// Take the step back again.
    RetryCompensation(String, i64),
    /// The step happened, with this result.
    MarkDone(String, i64, serde_json::Value),
    /// The step is taken back.
    MarkCompensated(String, i64),
    /// Go on without the step, or without taking it back.
    Skip(String, i64),
    /// End here, with everything as it is.
    Abandon,
}

/// The step that a decision is about, the states that it may be in, and the one it gets.
type Choice<'a> = (&'a str, i64, &'static [&'static [StepState]], StepState);

/// A step that may yet happen.
const OPEN: &[StepState] = &{
    use StepState::{Failed, Intent, Planned, Unknown};
    [Planned, Intent, Unknown, Failed]
};
/// A step whose compensation is stuck.
const STUCK: &[StepState] = &{
    use StepState::{CompConflict, CompFailed, CompIntent};
    [CompConflict, CompFailed, CompIntent]
};

impl Resolution {
    /// What it is called in the story, and which step it is about.
    fn meaning(&self) -> (&'static str, Option<Choice<'_>>) {
        use StepState::{Compensated, Done, Planned, Skipped};
        match self {
            Self::Continue => ("continued", None),
            Self::TakeBack => ("taken_back", None),
            Self::Abandon => ("abandoned", None),
            Self::RetryStep(path, item) => ("step_retried", Some((path, *item, &[OPEN], Planned))),
            Self::MarkDone(path, item, _) => ("marked_done", Some((path, *item, &[OPEN], Done))),
            Self::RetryCompensation(path, item) => {
                ("comp_retried", Some((path, *item, &[STUCK], Done)))
            }
            Self::MarkCompensated(path, item) => (
                "marked_compensated",
                Some((path, *item, &[STUCK], Compensated)),
            ),
            Self::Skip(path, item) => {
                ("step_skipped", Some((path, *item, &[OPEN, STUCK], Skipped)))
            }
        }
    }

    /// Where the run goes on that went so far to `before`.
    fn state(&self, before: Option<RunState>) -> RunState {
        match (self, before) {
            (Self::Abandon, _) => RunState::Resolved,
            (Self::TakeBack | Self::RetryCompensation(..) | Self::MarkCompensated(..), _)
            | (_, Some(RunState::Compensating)) => RunState::Compensating,
            _ => RunState::Running,
        }
    }
}

impl Durable {
    /// Follows a person's decision; the reason is kept in the history.
    pub async fn resolve(
        &self,
        tx: &TenantTx,
        run: RunId,
        resolution: &Resolution,
        reason: &str,
    ) -> Result<(), ControlError> {
        let run = self.locked(tx, run).await?;
        if run.state != RunState::NeedsAttention {
            return Err(ControlError::WrongState(run.state));
        }
        if matches!(resolution, Resolution::TakeBack)
            && self.journal(tx, run.id).await?.is_passing_pivot()
        {
            return Err(ControlError::PastPivot);
        }
        let (what, choice) = resolution.meaning();
        let state = resolution.state(run.held_from);
        let mut entry = Entry::new(what, Some(reason.to_owned()));
        entry.step = choice.map(|(path, item, ..)| (path.to_owned(), item));
        let lease = Lease {
            run: run.id,
            tenant: run.tenant,
            owner: None,
            epoch: run.epoch,
        };
        let to = Move {
            entries: vec![entry],
            due: (!state.is_terminal()).then_some(run.now),
            ..Move::default()
        };
        let mut change = Change::of(&lease, state, to)?;
        if let Some((path, item, from, to)) = choice {
            let journal = self.journal(tx, run.id).await?;
            let step = journal
                .step(path, item)
                .filter(|step| from.concat().contains(&step.state));
            let mut step = step.ok_or(ControlError::WrongStep)?.clone();
            let may_be_looked_up = matches!(step.plan.class, Class::Readable | Class::Reconciled)
                && matches!(step.state, StepState::Intent | StepState::Unknown);
            step.renew(match resolution {
                // What may have happened is looked up before it is sent again.
                Resolution::RetryStep(..) if may_be_looked_up => StepState::Unknown,
                _ => to,
            });
            if let Resolution::MarkDone(_, _, result) = resolution {
                step.result = Some(result.clone());
            }
            if to == StepState::Done && step.done_order == 0 {
                step.done_order = journal.next_order();
            }
            change.add(&step)?;
        }
        let done = change.apply(self, tx).await?;
        done.map(drop).ok_or(ControlError::NotFound)
    }
}
