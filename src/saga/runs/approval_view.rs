use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::approve::{answers, open_until};
use super::legal::Onlooker;
use super::nested::result_of;
use super::plan::{RunInput, fill};
use crate::contracts::Role;
use crate::platform::clock::rfc3339;
use crate::platform::durable::{Journal, Run};
use crate::platform::ids::UserId;
use crate::saga::definition::{Action, Approval, Kind, Outcome, Scope, StepDefinition, resolve};

/// Somebody who is asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Asked {
    /// Who.
    user_id: UserId,
    /// Their name; null when they are gone.
    #[schema(required)]
    name: Option<String>,
}

/// What somebody said.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Said {
    /// Who.
    user_id: UserId,
    /// Their name then.
    name: String,
    /// Yes or no.
    approved: bool,
    /// Why.
    #[schema(required)]
    reason: Option<String>,
    /// When, RFC 3339.
    at: String,
}

/// A step that is still to come, with the values that are known.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ToCome {
    /// Its name.
    id: String,
    /// Its part in the saga.
    kind: Kind,
    /// What it does.
    action: Action,
    /// With what.
    #[schema(value_type = Object)]
    arguments: Map<String, Value>,
}

/// A question to people and what they said so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ApprovalView {
    /// What they are asked.
    #[schema(required)]
    message: Option<String>,
    /// The people who may answer.
    people: Vec<Asked>,
    /// Who has this role, or a stronger one, may answer too.
    #[schema(required)]
    role: Option<Role>,
    /// How many must say yes.
    quorum: usize,
    /// What silence means.
    outcome: Outcome,
    /// Until when it can be answered, RFC 3339; null while nobody is asked.
    #[schema(required)]
    until: Option<String>,
    /// What was said so far.
    answers: Vec<Said>,
    /// Whether the caller may answer now.
    may_answer: bool,
    /// What happens after a yes; empty while nobody is asked.
    plan: Vec<ToCome>,
}

/// What a run asks people now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct OpenQuestion {
    /// The step that asks.
    step: String,
    /// What they are asked.
    #[schema(required)]
    message: Option<String>,
    /// Until when it can be answered, RFC 3339.
    until: String,
    /// Whether it waits for the caller's own word.
    may_answer: bool,
}

/// What a run asks now; `None` unless it waits for people.
pub(super) fn open_question(
    run: &Run,
    saga: &RunInput,
    journal: &Journal,
    onlooker: &Onlooker,
) -> Option<OpenQuestion> {
    let id = run.waits_for.as_deref()?;
    let approval = saga.approval(id)?;
    let until = open_until(run, id).ok()?;
    let mut steps = saga.definition.steps.iter();
    let step = steps.find(|step| step.id == id)?;
    let result = |id: &str| result_of(journal, id).cloned();
    let scope = Scope {
        input: &saga.input,
        result: &result,
    };
    Some(OpenQuestion {
        step: id.to_owned(),
        message: message(step, approval, &scope),
        until: rfc3339(until),
        may_answer: saga.waits_for(onlooker.actor, run, (id, journal)),
    })
}

/// With the values that it refers to.
fn message(step: &StepDefinition, approval: &Approval, scope: &Scope<'_>) -> Option<String> {
    match fill(&step.action, &Map::new(), scope) {
        Ok((Action::Approval(filled), _)) => filled.message,
        _ => approval.message.clone(),
    }
}

/// The question as people see it.
pub(super) fn approval_view(
    run: &Run,
    saga: &RunInput,
    (step, journal): (&StepDefinition, &Journal),
    onlooker: &Onlooker,
) -> Option<ApprovalView> {
    let approval = saga.approval(&step.id)?;
    let said = answers(journal, &step.id);
    let until = open_until(run, &step.id).ok();
    let result = |id: &str| result_of(journal, id).cloned();
    let scope = Scope {
        input: &saga.input,
        result: &result,
    };
    let steps = saga.definition.steps.iter();
    let behind = steps.skip_while(|other| other.id != step.id).skip(1);
    Some(ApprovalView {
        message: message(step, approval, &scope),
        people: people(saga, approval)
            .map(|user_id| Asked {
                user_id,
                name: onlooker.name_of(user_id),
            })
            .collect(),
        role: approval.role(),
        quorum: approval.quorum,
        outcome: approval.outcome,
        until: until.map(rfc3339),
        may_answer: saga.waits_for(onlooker.actor, run, (&step.id, journal)),
        plan: match until {
            Some(_) => behind.map(|step| to_come(step, &scope)).collect(),
            None => Vec::new(),
        },
        answers: said
            .into_iter()
            .map(|answer| Said {
                user_id: answer.user,
                name: answer.name,
                approved: answer.approved,
                reason: answer.reason,
                at: rfc3339(answer.at),
            })
            .collect(),
    })
}

fn people(saga: &RunInput, approval: &Approval) -> impl Iterator<Item = UserId> {
    let (starter, may_starter) = (saga.starter.user(), approval.self_approval);
    let named = approval.people().into_iter();
    named.filter(move |user| may_starter || *user != starter)
}

/// With every value that is known by now.
fn to_come(step: &StepDefinition, scope: &Scope<'_>) -> ToCome {
    let action = match fill(&step.action, &Map::new(), scope) {
        Ok((action, _)) => action,
        Err(_) => step.action.clone(),
    };
    let arguments = step.arguments.iter().map(|(name, value)| {
        let known = resolve(value, scope).unwrap_or_else(|_| value.clone());
        (name.clone(), known)
    });
    ToCome {
        id: step.id.clone(),
        kind: step.kind,
        action,
        arguments: arguments.collect(),
    }
}

/// Whom a question waits for, in words.
pub(super) fn whom(saga: &RunInput, approval: &Approval, onlooker: &Onlooker) -> String {
    let mut names: Vec<String> = people(saga, approval)
        .map(|user| onlooker.name_of(user))
        .map(|name| name.unwrap_or_else(|| "somebody who is gone".to_owned()))
        .collect();
    if let Some(role) = approval.role() {
        names.push(format!("anyone with the role {} at least", role.as_str()));
    }
    names.join(" or ")
}
