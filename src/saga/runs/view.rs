use sea_orm::DbErr;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::advice::next_step;
use super::approval_view::{ApprovalView, OpenQuestion, approval_view, open_question};
use super::legal::{Onlooker, RunAction, run_actions, step_actions};
use super::nested::{inner_run, stands};
use super::plan::{RunInput, title};
use super::service::RunError;
use super::steer::ResolveAction;
use super::tool::change_of;
use crate::platform::clock::rfc3339;
use crate::platform::durable::{Class, Fault, Journal, Run, RunState, Step, StepState};
use crate::platform::ids::{ChangeSetId, RunId, UserId};
use crate::saga::definition::{Action, Kind, StepDefinition};

/// Why something failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RunFailure)]
pub(in crate::saga) struct Failure {
    /// Stable code.
    code: String,
    /// One sentence.
    message: String,
    /// What to do about it.
    next: &'static str,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self {
            next: next_step(&fault.code),
            code: fault.code,
            message: fault.message,
        }
    }
}

/// Who started a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::saga) struct StartedBy {
    /// Who.
    user_id: UserId,
    /// Their name; null when they are gone.
    #[schema(required)]
    name: Option<String>,
}

/// A saga's run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::saga) struct RunView {
    /// Which.
    pub(in crate::saga) saga_id: RunId,
    /// The definition's name.
    definition: String,
    /// The definition's version.
    version: i64,
    /// `pending`, `running`, `waiting`, `compensating`, `needs_attention`, `completed`, `compensated` or `resolved`.
    pub(in crate::saga) status: &'static str,
    /// The first step that is not over; null when all are, or the run has ended.
    #[schema(required)]
    current_step: Option<String>,
    /// Steps that are done.
    steps_done: usize,
    /// Steps there are.
    total_steps: usize,
    /// What it was started with.
    #[schema(value_type = Object)]
    input: Value,
    /// The result of every step, once it is completed.
    #[schema(required, value_type = Option<Object>)]
    output: Option<Value>,
    /// Why it failed or needs a person.
    #[schema(required)]
    error: Option<Failure>,
    /// The step that waits.
    #[schema(required)]
    waits_for: Option<String>,
    /// What it asks people now; null unless it waits for their answer.
    #[schema(required)]
    asks: Option<OpenQuestion>,
    /// When it is looked at next: the end of a wait, or the next attempt, RFC 3339; null while it is worked on or over.
    #[schema(required)]
    next_at: Option<String>,
    /// Who started it.
    started_by: StartedBy,
    /// When it was started, RFC 3339.
    started_at: String,
    /// When somebody asked to cancel it, RFC 3339.
    #[schema(required)]
    cancel_requested_at: Option<String>,
    /// When it ended, RFC 3339.
    #[schema(required)]
    ended_at: Option<String>,
    /// The saga that it is part of.
    #[schema(required)]
    outer_saga_id: Option<RunId>,
    /// What the caller may do about it now.
    actions: Vec<RunAction>,
}

/// Where one step of a run stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::saga) struct StepView {
    /// Its name.
    id: String,
    /// `C`, `P`, `R` or `N`.
    kind: Kind,
    /// The tool, the request, `wait`, `approval` or the saga.
    action: String,
    /// `pending`, `planned`, `intent`, `unknown`, `done`, `failed`, `skipped`, `comp_intent`, `compensated`,
    /// `comp_conflict`, `comp_failed` or `irreversible`.
    status: &'static str,
    /// What is known when an answer is lost: `verified` (we look), `keyed` (the receiver deduplicates),
    /// `reconciled` (found by comparing) or `unverified` (nobody knows); null without effect.
    #[schema(required)]
    assurance: Option<&'static str>,
    /// How it is taken back: `undo` of its change set, a tool, a request or the saga itself; null when it is not.
    #[schema(required)]
    compensation: Option<String>,
    /// How often it was tried in its present direction.
    attempts: i64,
    /// What it gave.
    #[schema(required, value_type = Option<Object>)]
    result: Option<Value>,
    /// Why it failed.
    #[schema(required)]
    error: Option<Failure>,
    /// The run of the saga that it runs, whose own steps tell what that wrote.
    #[schema(required)]
    inner_saga_id: Option<RunId>,
    /// What it wrote, undoable at `/api/saga/changes`.
    #[schema(required)]
    change_set_id: Option<ChangeSetId>,
    /// Whom it asks, and what they said; null unless it is an approval.
    #[schema(required)]
    approval: Option<ApprovalView>,
    /// What the caller may decide about it now.
    actions: Vec<ResolveAction>,
}

fn is_over(state: StepState) -> bool {
    !matches!(
        state,
        StepState::Planned | StepState::Intent | StepState::Unknown
    )
}

/// The run as people see it.
pub(in crate::saga) fn view(
    run: Run,
    saga: RunInput,
    journal: &Journal,
    onlooker: &Onlooker,
) -> RunView {
    let actions = run_actions(&run, &saga, journal, onlooker);
    let asks = open_question(&run, &saga, journal, onlooker);
    let user_id = saga.starter.user();
    let steps = &saga.definition.steps;
    let state_of = |step: &StepDefinition| stands(step, journal).map(|(_, state)| state);
    let is_done = |state: Option<StepState>| state == Some(StepState::Done);
    let current = steps
        .iter()
        .find(|step| !state_of(step).is_some_and(is_over))
        .filter(|_| !run.state.is_terminal() && run.state != RunState::Compensating);
    RunView {
        saga_id: run.id,
        definition: run.name,
        version: run.version,
        status: run.state.as_str(),
        current_step: current.map(|step| step.id.clone()),
        steps_done: steps.iter().filter(|step| is_done(state_of(step))).count(),
        total_steps: steps.len(),
        input: saga.input,
        output: run.output,
        error: run.error.map(Failure::from),
        next_at: run
            .due
            .filter(|due| !run.is_leased && *due > run.now)
            .map(rfc3339),
        started_by: StartedBy {
            user_id,
            name: onlooker.name_of(user_id),
        },
        waits_for: run.waits_for,
        asks,
        started_at: rfc3339(run.created_at),
        cancel_requested_at: run.cancel_at.map(rfc3339),
        ended_at: run.ended_at.map(rfc3339),
        outer_saga_id: saga.outer.map(|outer| outer.run),
        actions,
    }
}

/// A run that was just started.
pub(in crate::saga) fn started_view(
    run: Run,
    journal: &Journal,
    onlooker: &Onlooker,
) -> Result<RunView, RunError> {
    let input = RunInput::of(&run).map_err(|fault| DbErr::Json(fault.message))?;
    Ok(view(run, input, journal, onlooker))
}

/// Every step of the definition, the ones that have not begun too.
pub(in crate::saga) fn steps_of(
    run: &Run,
    saga: &RunInput,
    journal: &Journal,
    onlooker: &Onlooker,
) -> Vec<StepView> {
    let step_view = |defined: &StepDefinition| {
        let step = journal.step(&defined.id, 0);
        let stands = stands(defined, journal);
        let shown = stands.map(|(shown, _)| shown);
        StepView {
            id: defined.id.clone(),
            kind: defined.kind,
            action: title(&defined.action),
            status: stands.map_or("pending", |(_, state)| state.as_str()),
            assurance: step.and_then(|step| assurance(step.plan.class)),
            compensation: taken_back_by(defined),
            attempts: step.map_or(0, |step| step.attempts),
            result: shown.and_then(|shown| shown.result.clone()),
            error: shown
                .and_then(|shown| shown.error.clone())
                .map(Failure::from),
            inner_saga_id: match defined.action {
                Action::Saga(_) => inner_run(journal, &defined.id),
                _ => None,
            },
            change_set_id: step
                .filter(|_| matches!(defined.action, Action::Tool(_)))
                .and_then(|step| written(run, step)),
            approval: approval_view(run, saga, (defined, journal), onlooker),
            actions: step.map_or_else(Vec::new, |step| {
                step_actions(run, saga, (step, journal), onlooker)
            }),
        }
    };
    saga.definition.steps.iter().map(step_view).collect()
}

fn taken_back_by(step: &StepDefinition) -> Option<String> {
    let by = || match &step.compensation {
        Some(undo) => title(&undo.action),
        None if matches!(step.action, Action::Saga(_)) => title(&step.action),
        None => "undo".to_owned(),
    };
    (step.kind == Kind::C).then(by)
}

fn written(run: &Run, step: &Step) -> Option<ChangeSetId> {
    let has_begun = step.result.is_some() && step.plan.class == Class::Readable;
    has_begun.then(|| change_of(run.id, &step.key))
}

fn assurance(class: Class) -> Option<&'static str> {
    match class {
        Class::Pure => None,
        Class::Readable => Some("verified"),
        Class::Keyed => Some("keyed"),
        Class::Reconciled => Some("reconciled"),
        Class::Blind | Class::BlindResend => Some("unverified"),
    }
}
