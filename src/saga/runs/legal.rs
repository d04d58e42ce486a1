use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::nested::OUTER;
use super::plan::RunInput;
use super::steer::ResolveAction;
use crate::contracts::{Actor, Permission, Person};
use crate::platform::durable::{Journal, Role, Run, RunState, Step, StepState};
use crate::platform::ids::UserId;
use crate::saga::Saga;

/// What may be done about a run as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::saga) enum RunAction {
    /// Stop it and take back what it did: `POST …/cancel`.
    Cancel,
    /// Take back what it did, with a reason: `POST …/compensate`.
    Compensate,
    /// Let it go on: `POST …/resolve`.
    Continue,
    /// End it as it is: `POST …/resolve`.
    Abandon,
}

/// Who looks at runs.
pub(in crate::saga) struct Onlooker<'a> {
    pub(super) actor: &'a Actor,
    people: Option<Arc<[Person]>>,
}

impl<'a> Onlooker<'a> {
    pub(in crate::saga) async fn new(saga: &Saga, actor: &'a Actor) -> Self {
        let people = match &saga.directory {
            // A name that cannot be read is no reason to show nothing.
            Some(directory) => directory.people(actor.tenant).await.ok(),
            None => None,
        };
        Self { actor, people }
    }

    pub(super) fn name_of(&self, user: UserId) -> Option<String> {
        let people = self.people.as_ref()?;
        let person = people.iter().find(|person| person.id == user);
        person.map(|person| person.name.clone())
    }

    fn may(&self, saga: &RunInput, permission: Permission) -> bool {
        let workspace = saga.definition.workspace_id;
        self.actor.require(workspace, permission).is_ok()
    }
}

/// Whether the run is on its way back, or was when it stopped.
fn has_turned_back(journal: &Journal) -> bool {
    use StepState::{CompConflict, CompFailed, CompIntent, Compensated, Irreversible};
    let is_back = |step: &Step| {
        matches!(
            step.state,
            CompIntent | Compensated | CompConflict | CompFailed | Irreversible
        )
    };
    journal.steps().any(is_back)
}

/// Whether the point of no return is behind, or an answer may put it there.
fn may_be_past_pivot(journal: &Journal) -> bool {
    use StepState::{Failed, Planned, Skipped};
    let mut pivots = journal.steps().filter(|step| step.plan.role == Role::Pivot);
    pivots.any(|step| !matches!(step.state, Planned | Failed | Skipped))
}

/// Whether the saga around it counts on it: what that does next may build on this one's steps.
pub(super) fn has_told_outer(journal: &Journal) -> bool {
    journal.step(OUTER, 0).is_some()
}

/// What this person may do about the run now; nothing that would only lead back to where it is.
pub(super) fn run_actions(
    run: &Run,
    saga: &RunInput,
    journal: &Journal,
    onlooker: &Onlooker,
) -> Vec<RunAction> {
    use StepState::{CompConflict, CompFailed, Failed};
    match run.state {
        RunState::Pending | RunState::Running | RunState::Waiting => {
            let is_legal =
                run.cancel_at.is_none() && !may_be_past_pivot(journal) && saga.outer.is_none();
            match is_legal && onlooker.may(saga, Permission::RecordsWrite) {
                true => vec![RunAction::Cancel],
                false => Vec::new(),
            }
        }
        RunState::NeedsAttention if onlooker.may(saga, Permission::SagasManage) => {
            let has = |states: &[StepState]| {
                let mut steps = journal.steps();
                steps.any(|step| states.contains(&step.state))
            };
            let is_stuck = has(&[CompConflict, CompFailed]);
            let has_failed = has(&[Failed]) && !has_turned_back(journal);
            let mut actions = Vec::new();
            if !is_stuck && !has_failed {
                actions.push(RunAction::Continue);
            }
            if !is_stuck && !may_be_past_pivot(journal) && !has_told_outer(journal) {
                actions.push(RunAction::Compensate);
            }
            actions.push(RunAction::Abandon);
            actions
        }
        _ => Vec::new(),
    }
}

/// What this person may decide about one step of a run that needs a person.
pub(super) fn step_actions(
    run: &Run,
    saga: &RunInput,
    (step, journal): (&Step, &Journal),
    onlooker: &Onlooker,
) -> Vec<ResolveAction> {
    use ResolveAction::{MarkCompensated, MarkDone, RetryCompensation, RetryStep, Skip};
    if run.state != RunState::NeedsAttention || !onlooker.may(saga, Permission::SagasManage) {
        return Vec::new();
    }
    // Only who is asked says yes to it.
    if saga.approval(&step.plan.path).is_some() {
        return Vec::new();
    }
    match step.state {
        StepState::CompConflict | StepState::CompFailed | StepState::CompIntent => {
            vec![RetryCompensation, MarkCompensated, Skip]
        }
        // Whether it happened decides what has to be taken back.
        StepState::Intent | StepState::Unknown if has_turned_back(journal) => {
            vec![MarkDone, Skip]
        }
        StepState::Intent | StepState::Unknown => vec![RetryStep, MarkDone, Skip],
        StepState::Failed if !has_turned_back(journal) => vec![RetryStep, MarkDone, Skip],
        _ => Vec::new(),
    }
}
