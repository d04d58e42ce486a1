use serde_json::{Value, json};

use super::family::DEEPEST;
use super::handler::SagaRuns;
use super::plan::{Outer, Planned, RunInput, plan_step, title};
use super::service::{NewSaga, require};
use super::starter::unavailable;
use crate::contracts::Permission;
use crate::platform::durable::{
    Class, ControlError, Decision, Fault, Journal, Next, Role, Run, RunState, Step, StepError,
    StepPlan, StepState, Undone,
};
use crate::platform::ids::RunId;
use crate::saga::definition::{Inner, StepDefinition};
use crate::saga::store;

/// The items of a step that runs a saga: its start, and its end.
const STARTED: i64 = 0;
const ENDED: i64 = 1;
/// The steps that no definition has, and what a saga inside waits for; no step can be called so.
pub(super) const OUTER: &str = "outer saga";
pub(super) const INNER: &str = "inner sagas";
/// The signals between the two: how the inner one went, and that the outer one goes back no more.
pub(super) const WENT: &str = "inner";
pub(super) const OVER: &str = "outer";

/// The result of a step; that of a saga inside once it has ended.
pub(super) fn result_of<'j>(journal: &'j Journal, id: &str) -> Option<&'j Value> {
    match journal.step(id, ENDED) {
        Some(_) => journal.result(id, ENDED),
        None => journal.result(id, STARTED),
    }
}

/// Where a step stands, and the row that says so; one that runs a saga is not done before that is.
pub(super) fn stands<'j>(
    defined: &StepDefinition,
    journal: &'j Journal,
) -> Option<(&'j Step, StepState)> {
    let step = journal.step(&defined.id, STARTED)?;
    let is_inner = matches!(defined.action, crate::saga::definition::Action::Saga(_));
    if !is_inner || step.state != StepState::Done {
        return Some((step, step.state));
    }
    Some(match journal.step(&defined.id, ENDED) {
        Some(ended) => (ended, ended.state),
        None => (step, StepState::Intent),
    })
}

/// The run that a step has started.
pub(super) fn inner_run(journal: &Journal, id: &str) -> Option<RunId> {
    let result = journal.step(id, STARTED)?.result.as_ref()?;
    result["saga_id"].as_str()?.parse().ok()
}

/// Starts the saga and waits until it says how it went; `None` when that is over.
pub(super) fn awaited(
    saga: &RunInput,
    step: &StepDefinition,
    journal: &Journal,
) -> Result<Option<Decision>, Fault> {
    let Some(started) = journal.step(&step.id, STARTED) else {
        let plan = plan_step(saga, step, journal)?;
        return Ok(Some(Next::Steps(vec![plan]).into()));
    };
    let run = inner_run(journal, &step.id);
    let (StepState::Done, Some(run)) = (started.state, run) else {
        return Ok(None);
    };
    if let Some(ended) = journal.step(&step.id, ENDED) {
        let fault = ended.error.clone();
        let usual = || Fault::new("step_failed", "The step failed");
        return Ok(match ended.state {
            StepState::Failed => Some(Next::Fail(fault.unwrap_or_else(usual)).into()),
            _ => None,
        });
    }
    let key = run.to_string();
    let signals = journal.signals(WENT);
    let Some((_, went)) = signals.iter().find(|(from, _)| *from == key) else {
        let what = step.id.clone();
        return Ok(Some(Next::Wait { what, until: None }.into()));
    };
    let Value::Object(went) = (*went).clone() else {
        return Err(Fault::new("undecodable", "The saga inside told nothing"));
    };
    let planned = Planned {
        action: step.action.clone(),
        arguments: went,
        timeout: None,
        attempts: None,
    };
    let mut plan = StepPlan::new(&step.id, title(&step.action), json!(planned));
    plan.item = ENDED;
    Ok(Some(Next::Steps(vec![plan]).into()))
}

/// What is left when all steps are over: the sagas around and inside have to know.
pub(super) fn ending(saga: &RunInput, journal: &Journal, output: &Value) -> Option<Decision> {
    if saga.outer.is_some() {
        if journal.step(OUTER, 0).is_none() {
            let mut plan = StepPlan::new(OUTER, OUTER, json!({"output": output}));
            plan.class = Class::Keyed;
            return Some(Next::Steps(vec![plan]).into());
        }
        let told = journal.result(OUTER, 0);
        let is_over = told.is_some_and(|told| told["over"] == true);
        if !is_over && journal.signals(OVER).is_empty() {
            let what = OUTER.to_owned();
            return Some(Next::Wait { what, until: None }.into());
        }
    }
    let inner = saga.definition.inner();
    let inner = inner.filter_map(|(step, _)| inner_run(journal, &step.id));
    let inner: Vec<RunId> = inner.collect();
    if inner.is_empty() || journal.step(INNER, 0).is_some() {
        return None;
    }
    let mut plan = StepPlan::new(INNER, INNER, json!({"inner": inner}));
    plan.class = Class::Keyed;
    // From here on nothing is taken back: the sagas inside end for good.
    plan.role = match journal.is_past_pivot() {
        true => Role::Retriable,
        false => Role::Pivot,
    };
    Some(Next::Steps(vec![plan]).into())
}

impl SagaRuns {
    /// Starts the saga that a step runs, or says how it went.
    pub(super) async fn run_inner(
        &self,
        (run, step): (&Run, &Step),
        planned: &Planned,
        inner: &Inner,
    ) -> Result<Value, StepError> {
        if step.plan.item == STARTED {
            return self.start_inner((run, step), planned, inner).await;
        }
        match planned.arguments.get("output") {
            Some(output) => Ok(output.clone()),
            None => {
                let text = |name: &str| planned.arguments.get(name).and_then(Value::as_str);
                let message = text("message").unwrap_or("The saga inside was taken back");
                let code = text("code").unwrap_or("inner_failed");
                Err(StepError::Permanent(Fault::new(code, message)))
            }
        }
    }

    async fn start_inner(
        &self,
        (run, step): (&Run, &Step),
        planned: &Planned,
        inner: &Inner,
    ) -> Result<Value, StepError> {
        let name = &inner.definition;
        let refused = |code: &str, message: String| StepError::Permanent(Fault::new(code, message));
        let saga = RunInput::of(run).map_err(StepError::Permanent)?;
        let actor = saga.starter.recall(&self.saga, run.tenant).await?;
        let tools = self.saga.tools.get();
        let tools = tools.ok_or_else(|| unavailable("This instance runs without tools"))?;
        let depth = saga.outer.map_or(0, |outer| outer.depth) + 1;
        if depth > DEEPEST {
            let message = format!("{name} would be saga {depth} inside one another");
            return Err(refused("inner_too_deep", message));
        }
        let platform = &self.saga.platform;
        let tx = platform.db.begin(run.tenant).await.map_err(later)?;
        let version = inner.version.or_else(|| saga.pins.get(name).copied());
        let row = store::find_definition(&tx, name, version).await;
        let Some(row) = row.map_err(later)? else {
            return Err(refused("inner_unknown", format!("There is no saga {name}")));
        };
        if require(&actor, row.workspace, Permission::RecordsWrite).is_err() {
            let message = format!("Who started this may not start {name}");
            return Err(refused("forbidden", message));
        }
        let start = NewSaga {
            input: Value::Object(planned.arguments.clone()),
            starter: saga.starter,
            pins: saga.pins,
            outer: Some(Outer { run: run.id, depth }),
        };
        let key = Some(format!("inner/{}", step.key));
        let tools = tools.tools(&actor);
        let started = self.saga.enqueue(&tx, &row, start, (key, &tools)).await;
        let started = started.map_err(later)?;
        let unsure = |error: sea_orm::DbErr| {
            StepError::Unknown(Fault::new("unavailable", error.to_string()))
        };
        tx.commit().await.map_err(unsure)?;
        platform.durable.wake();
        Ok(json!({"saga_id": started.id()}))
    }

    /// Tells the saga around that all steps are done.
    pub(super) async fn tell_outer(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        let saga = RunInput::of(run).map_err(StepError::Permanent)?;
        let Some(outer) = saga.outer else {
            return Ok(json!({"over": true}));
        };
        let is_over = !self.tell((run, outer.run), WENT, &step.plan.plan).await?;
        Ok(json!({"over": is_over}))
    }

    /// Tells the sagas inside that nothing is taken back any more.
    pub(super) async fn tell_inner(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        let inner = step.plan.plan["inner"].as_array().into_iter().flatten();
        for id in inner.filter_map(|id| id.as_str()?.parse().ok()) {
            self.tell((run, id), OVER, &json!({})).await?;
        }
        Ok(json!({"told": true}))
    }

    /// Hands another run a signal; false when it has ended.
    async fn tell(
        &self,
        (run, to): (&Run, RunId),
        what: &str,
        payload: &Value,
    ) -> Result<bool, StepError> {
        let platform = &self.saga.platform;
        let tx = platform.db.begin(run.tenant).await.map_err(later)?;
        let key = run.id.to_string();
        match platform
            .durable
            .signal(&tx, to, (what, &key), payload)
            .await
        {
            Ok(_) => {}
            Err(ControlError::Database(error)) => return Err(later(error)),
            Err(_) => return Ok(false),
        }
        tx.commit().await.map_err(later)?;
        platform.durable.wake();
        Ok(true)
    }

    /// Takes the saga inside back, which takes as long as its steps take.
    pub(super) async fn undo_inner(&self, run: &Run, step: &Step) -> Result<Undone, StepError> {
        let fault = |code: &str, message: &str| Fault::new(code, message);
        let result = step.result.as_ref().unwrap_or(&Value::Null);
        let Some(id) = result["saga_id"].as_str().and_then(|id| id.parse().ok()) else {
            let message = "Nobody knows which saga was started";
            return Err(StepError::Permanent(fault("undecodable", message)));
        };
        let platform = &self.saga.platform;
        let tx = platform.db.begin(run.tenant).await.map_err(later)?;
        let found = platform.durable.find(&tx, id).await;
        let inner = found.map_err(|error| match error {
            ControlError::Database(error) => later(error),
            other => StepError::Permanent(fault("inner_unknown", &other.to_string())),
        })?;
        match inner.state {
            RunState::Compensated => return Ok(Undone::Restored),
            RunState::Completed | RunState::Resolved => {
                let message = "The saga inside has ended and stays as it is";
                return Err(StepError::Permanent(fault("irreversible", message)));
            }
            RunState::NeedsAttention => {
                let message = "The saga inside needs a person";
                return Err(StepError::Permanent(fault(
                    "inner_needs_attention",
                    message,
                )));
            }
            RunState::Compensating => {}
            RunState::Pending | RunState::Running | RunState::Waiting => {
                match platform.durable.cancel(&tx, id).await {
                    Ok(_) => tx.commit().await.map_err(later)?,
                    Err(ControlError::Database(error)) => return Err(later(error)),
                    // It has gone on meanwhile; the next look tells where.
                    Err(_) => {}
                }
                platform.durable.wake();
            }
        }
        let message = "The saga inside is being taken back";
        Err(StepError::Transient {
            fault: fault("inner_going_back", message),
            retry_after: None,
        })
    }
}

fn later(error: sea_orm::DbErr) -> StepError {
    tracing::warn!(%error, "saga.inner_database");
    unavailable("The database cannot be reached right now")
}
