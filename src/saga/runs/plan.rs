use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::nested::result_of;
use super::starter::Starter;
use crate::platform::durable::{Class, Fault, Journal, Run, StepPlan};
use crate::platform::ids::RunId;
use crate::saga::definition::{
    Action, Approval, Definition, Http, Kind, Scope, StepDefinition, Undo, Verify, references,
    resolve, resolve_url,
};

/// What a run is started with: all of it, so that nothing that changes later changes the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::saga) struct RunInput {
    pub(in crate::saga) definition: Definition,
    pub(in crate::saga) input: Value,
    pub(in crate::saga) starter: Starter,
    /// Steps that only read.
    pub(in crate::saga) reads: BTreeSet<String>,
    /// Steps whose tools do a thing once for a change set, which does not undo it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(in crate::saga) keyed: BTreeSet<String>,
    /// Versions of the sagas inside that the definitions leave open.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::saga) pins: BTreeMap<String, i64>,
    /// The saga that it runs inside of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) outer: Option<Outer>,
}

/// The saga around one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::saga) struct Outer {
    pub(in crate::saga) run: RunId,
    /// How many there are around it.
    pub(in crate::saga) depth: usize,
}

impl RunInput {
    pub(in crate::saga) fn of(run: &Run) -> Result<Self, Fault> {
        Self::deserialize(&run.input).map_err(|error| Fault::new("undecodable", error.to_string()))
    }
}

/// All that an attempt needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Planned {
    pub(super) action: Action,
    pub(super) arguments: Map<String, Value>,
    pub(super) timeout: Option<u64>,
    pub(super) attempts: Option<i64>,
}

/// All that taking back needs, beside the step's own result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UndoPlan {
    /// Absent, the step's change set is undone.
    pub(super) by: Option<Undo>,
    /// Results of earlier steps that it refers to.
    pub(super) results: BTreeMap<String, Value>,
}

/// An action with its values put in.
pub(super) fn fill(
    action: &Action,
    arguments: &Map<String, Value>,
    scope: &Scope<'_>,
) -> Result<(Action, Map<String, Value>), Fault> {
    let Value::Object(arguments) = resolve(&Value::Object(arguments.clone()), scope)? else {
        return Err(Fault::new("undecodable", "Arguments are an object"));
    };
    let action = match action {
        Action::Http(http) => {
            let mut headers = http.headers.clone();
            for value in headers.values_mut() {
                *value = text_of(resolve(&Value::String(std::mem::take(value)), scope)?);
            }
            Action::Http(Http {
                url: resolve_url(&http.url, scope)?,
                verify: http
                    .verify
                    .as_ref()
                    .map(|it| fill_verify(it, scope).map(Box::new))
                    .transpose()?,
                headers,
                ..http.clone()
            })
        }
        Action::Approval(approval) => Action::Approval(Approval {
            message: match &approval.message {
                Some(text) => Some(text_of(resolve(&Value::String(text.clone()), scope)?)),
                None => None,
            },
            ..approval.clone()
        }),
        Action::Tool(_) | Action::Wait(_) | Action::Saga(_) => action.clone(),
    };
    Ok((action, arguments))
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        plain => plain.to_string(),
    }
}

fn fill_verify(verify: &Verify, scope: &Scope<'_>) -> Result<Verify, Fault> {
    let fill = |members: &Map<String, Value>| match resolve(&Value::Object(members.clone()), scope)?
    {
        Value::Object(members) => Ok(members),
        _ => Err(Fault::new("undecodable", "What is expected is an object")),
    };
    Ok(Verify {
        url: resolve_url(&verify.url, scope)?,
        expect: fill(&verify.expect)?,
        before: verify.before.as_ref().map(fill).transpose()?,
        ..verify.clone()
    })
}

/// The step with everything fixed that an attempt needs.
pub(super) fn plan_step(
    saga: &RunInput,
    step: &StepDefinition,
    journal: &Journal,
) -> Result<StepPlan, Fault> {
    let result = |id: &str| result_of(journal, id).cloned();
    let scope = Scope {
        input: &saga.input,
        result: &result,
    };
    let (action, arguments) = fill(&step.action, &step.arguments, &scope)
        .map_err(|fault| Fault::new(&fault.code, format!("Step {}: {}", step.id, fault.message)))?;
    let (class, destination) = class_of(saga, step, &action);
    let planned = Planned {
        action,
        arguments,
        timeout: step.timeout,
        attempts: step.retry.as_ref().map(|retry| retry.attempts),
    };
    let mut plan = StepPlan::new(&step.id, title(&step.action), json!(planned));
    plan.role = step.kind.role();
    plan.class = class;
    plan.destination = destination;
    if step.kind == Kind::C {
        let by = step.compensation.clone();
        let results = needed_results(by.as_ref(), journal)?;
        plan.undo = Some(json!(UndoPlan { by, results }));
    }
    Ok(plan)
}

fn class_of(saga: &RunInput, step: &StepDefinition, action: &Action) -> (Class, Option<String>) {
    match action {
        Action::Wait(_) | Action::Approval(_) => (Class::Pure, None),
        Action::Tool(_) if saga.reads.contains(&step.id) => (Class::Pure, None),
        Action::Tool(_) if saga.keyed.contains(&step.id) => (Class::Keyed, None),
        Action::Tool(_) => (Class::Readable, None),
        // Started once, by the key of the step.
        Action::Saga(_) => (Class::Keyed, None),
        Action::Http(http) => {
            let url = url::Url::parse(&http.url).ok();
            let host = url.and_then(|url| url.host_str().map(str::to_owned));
            let class = match http {
                Http { method, .. } if method == "GET" => Class::Pure,
                Http {
                    deduplicates: true, ..
                } => Class::Keyed,
                Http { resend: true, .. } => Class::BlindResend,
                // What is made has to be found among others; what is changed or deleted is known.
                Http {
                    method,
                    verify: Some(_),
                    ..
                } if method == "POST" => Class::Reconciled,
                Http {
                    verify: Some(_), ..
                } => Class::Readable,
                _ => Class::Blind,
            };
            (class, host)
        }
    }
}

fn needed_results(
    undo: Option<&Undo>,
    journal: &Journal,
) -> Result<BTreeMap<String, Value>, Fault> {
    let Some(undo) = undo else {
        return Ok(BTreeMap::new());
    };
    let found = references(&json!([undo.action, undo.arguments]))?;
    let steps = found
        .iter()
        .filter_map(|path| path.strip_prefix("steps.")?.split('.').next());
    Ok(steps
        .filter_map(|id| Some((id.to_owned(), result_of(journal, id)?.clone())))
        .collect())
}

/// What an action is called in a story.
pub(super) fn title(action: &Action) -> String {
    match action {
        Action::Tool(name) => name.clone(),
        Action::Http(http) => format!("{} request", http.method),
        Action::Wait(_) => "wait".to_owned(),
        Action::Approval(_) => "approval".to_owned(),
        Action::Saga(inner) => format!("saga {}", inner.definition),
    }
}
