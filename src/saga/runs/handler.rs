use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::KIND;
use super::approve::answered;
use super::nested::{INNER, OUTER, awaited, ending, result_of};
use super::plan::{Planned, RunInput, UndoPlan, fill, plan_step};
use crate::platform::clock::Millis;
use crate::platform::durable::{
    AtOnce, Decision, Fault, Handler, Journal, Next, Policy, Run, Settled, Step, StepError,
    StepState, Undone,
};
use crate::saga::Saga;
use crate::saga::definition::{Action, Scope, StepDefinition, Wait, resolve};

/// Works the runs of sagas.
pub(in crate::saga) struct SagaRuns {
    pub(super) saga: Saga,
}

impl SagaRuns {
    pub(in crate::saga) fn new(saga: Saga) -> Self {
        Self { saga }
    }

    fn wait(
        &self,
        run: &Run,
        (saga, step, wait): (&RunInput, &StepDefinition, &Wait),
        journal: &Journal,
    ) -> Result<Decision, Fault> {
        let now = run.now;
        let known = run.cursor[&step.id].as_i64();
        let until = match known {
            Some(until) => until,
            None => end_of(wait, now, saga, journal)?,
        };
        if until <= now {
            return Ok(Next::Steps(vec![plan_step(saga, step, journal)?]).into());
        }
        let mut cursor = run.cursor.clone();
        cursor[&step.id] = until.into();
        let next = Next::Wait {
            what: step.id.clone(),
            until: Some(until),
        };
        Ok(Decision {
            next,
            cursor: Some(cursor),
        })
    }
}

fn end_of(wait: &Wait, now: Millis, saga: &RunInput, journal: &Journal) -> Result<Millis, Fault> {
    let text = match wait {
        Wait::Seconds(seconds) => {
            return Ok(now + Millis::try_from(*seconds * 1000).unwrap_or(Millis::MAX / 4));
        }
        Wait::Until(text) => text,
    };
    let result = |id: &str| result_of(journal, id).cloned();
    let scope = Scope {
        input: &saga.input,
        result: &result,
    };
    let until = resolve(&Value::String(text.clone()), &scope)?;
    let instant = until
        .as_str()
        .and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let instant = instant.ok_or_else(|| {
        let message = format!("{until} is no time such as 2030-01-31T12:00:00Z");
        Fault::new("time_invalid", message)
    })?;
    Ok(instant.as_millisecond())
}

fn read<T: for<'de> Deserialize<'de>>(value: &Value) -> Result<T, StepError> {
    let read = T::deserialize(value);
    read.map_err(|error| StepError::Permanent(Fault::new("undecodable", error.to_string())))
}

fn decide(failed: Result<Decision, Fault>) -> Decision {
    failed.unwrap_or_else(|fault| Next::Fail(fault).into())
}

#[async_trait]
impl Handler for SagaRuns {
    fn kind(&self) -> &str {
        KIND
    }

    fn at_once(&self) -> AtOnce {
        let limits = &self.saga.platform.settings.saga;
        let limit = |number: u32| (number > 0).then_some(number);
        AtOnce {
            of_a_name: limit(limits.runs_per_definition),
            of_a_tenant: limit(limits.runs_per_tenant),
        }
    }

    fn step_policy(&self, step: &Step) -> Policy {
        let usual = self.policy();
        if [INNER, OUTER].contains(&step.plan.path.as_str()) {
            // The others would wait for ever.
            return Policy {
                attempts: i64::MAX,
                window: Duration::MAX,
                ..usual
            };
        }
        let Ok(planned) = Planned::deserialize(&step.plan.plan) else {
            return usual;
        };
        Policy {
            attempts: planned.attempts.unwrap_or(usual.attempts),
            attempt: planned.timeout.map_or(usual.attempt, Duration::from_secs),
            ..usual
        }
    }

    async fn next(&self, run: &Run, journal: &Journal) -> Result<Decision, Fault> {
        let saga = RunInput::of(run)?;
        for group in saga.definition.groups() {
            if let [step] = group
                && matches!(step.action, Action::Saga(_))
                && let Some(decision) = awaited(&saga, step, journal).transpose()
            {
                return Ok(decide(decision));
            }
            let planned: Vec<&Step> = group
                .iter()
                .filter_map(|step| journal.step(&step.id, 0))
                .collect();
            if let Some(step) = planned.iter().find(|step| step.state == StepState::Failed) {
                let fault = step.error.clone();
                let usual = || Fault::new("step_failed", "The step failed");
                return Ok(Next::Fail(fault.unwrap_or_else(usual)).into());
            }
            if planned.len() == group.len() {
                continue;
            }
            if let [step] = group {
                match &step.action {
                    Action::Wait(wait) => {
                        return Ok(decide(self.wait(run, (&saga, step, wait), journal)));
                    }
                    Action::Approval(approval) => {
                        let asking = self.ask_people(run, (&saga, step, approval), journal);
                        return Ok(decide(asking.await));
                    }
                    _ => {}
                }
            }
            let plans = group.iter().map(|step| plan_step(&saga, step, journal));
            let plans = plans.collect::<Result<Vec<_>, _>>();
            return Ok(decide(plans.map(|plans| Next::Steps(plans).into())));
        }
        let result = |step: &StepDefinition| {
            let result = result_of(journal, &step.id)?.clone();
            Some((step.id.clone(), result))
        };
        let output = saga.definition.steps.iter().filter_map(result).collect();
        let output = Value::Object(output);
        let ending = ending(&saga, journal, &output);
        Ok(ending.unwrap_or_else(|| Next::Complete(output).into()))
    }

    async fn perform(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        match step.plan.path.as_str() {
            OUTER => return self.tell_outer(run, step).await,
            INNER => return self.tell_inner(run, step).await,
            _ => {}
        }
        let planned: Planned = read(&step.plan.plan)?;
        match &planned.action {
            Action::Wait(_) => Ok(json!({"waited": true})),
            Action::Approval(_) => answered(&planned.arguments),
            Action::Saga(inner) => self.run_inner((run, step), &planned, inner).await,
            Action::Http(http) => self.request(http, &planned.arguments, &step.key).await,
            Action::Tool(name) => {
                let call = self.call_of(run, name, &step.key).await?;
                self.call_tool(call, &planned.arguments, step.plan.class)
                    .await
            }
        }
    }

    async fn settle(&self, run: &Run, step: &Step) -> Result<Settled, StepError> {
        let planned: Planned = read(&step.plan.plan)?;
        match &planned.action {
            Action::Tool(name) => {
                let call = self.call_of(run, name, &step.key).await?;
                self.look_up(call, &planned.arguments).await
            }
            Action::Http(http) => self.look_at_receiver(http).await,
            Action::Wait(_) | Action::Approval(_) | Action::Saga(_) => Ok(Settled::NotHappened),
        }
    }

    async fn compensate(&self, run: &Run, step: &Step) -> Result<Undone, StepError> {
        let undo: UndoPlan = read(step.plan.undo.as_ref().unwrap_or(&Value::Null))?;
        let planned: Planned = read(&step.plan.plan)?;
        if matches!(planned.action, Action::Saga(_)) {
            return self.undo_inner(run, step).await;
        }
        let Some(by) = undo.by else {
            let call = self.call_of(run, &step.plan.name, &step.key).await?;
            return self.undo_change(&call).await;
        };
        let saga = RunInput::of(run).map_err(StepError::Permanent)?;
        let own = step.plan.path.as_str();
        let result = |id: &str| match id == own {
            true => step.result.clone(),
            false => undo.results.get(id).cloned(),
        };
        let scope = Scope {
            input: &saga.input,
            result: &result,
        };
        let (action, arguments) =
            fill(&by.action, &by.arguments, &scope).map_err(StepError::Permanent)?;
        // Its own key: the receiver must not take it for the step itself.
        let key = format!("{}/undo", step.key);
        match &action {
            Action::Http(http) => self.request_undo(http, &arguments, &key).await,
            Action::Tool(name) => {
                let call = self.call_of(run, name, &key).await?;
                self.call_undo(call, &arguments).await
            }
            Action::Wait(_) | Action::Approval(_) | Action::Saga(_) => Ok(Undone::Restored),
        }
    }
}
