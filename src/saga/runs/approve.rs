use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::plan::{RunInput, plan_step};
use super::service::RunError;
use crate::contracts::{Actor, Permission};
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::durable::{
    ControlError, Decision, Fault, Journal, Next, Run, RunState, StepError,
};
use crate::platform::ids::{RunId, UserId};
use crate::saga::Saga;
use crate::saga::definition::{Action, Approval, Definition, Outcome, StepDefinition};

const LONGEST_REASON: usize = 1000;
/// What signals with answers are called, before the step.
pub(super) const ANSWERS: &str = "approval/";

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// Let it go on.
    Approve,
    /// Have it taken back.
    Reject,
}

/// What a person says to a saga that asks.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct AnswerRequest {
    /// Yes or no.
    decision: Verdict,
    /// Why; a no needs a reason. Kept in the run's story.
    #[serde(default)]
    reason: Option<String>,
}

impl AnswerRequest {
    fn reason(&self) -> Result<Option<String>, RunError> {
        let reason = self.reason.as_deref().map(str::trim).unwrap_or_default();
        let is_missing = reason.is_empty() && self.decision == Verdict::Reject;
        if is_missing || reason.len() > LONGEST_REASON {
            return Err(RunError::field("reason", "must have 1 to 1000 characters"));
        }
        Ok((!reason.is_empty()).then(|| reason.to_owned()))
    }
}

/// What one person said; as it lies in the run's journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) approved: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    pub(super) at: Millis,
}

/// What was said so far, in the order it was said.
pub(super) fn answers(journal: &Journal, step: &str) -> Vec<Answer> {
    let said = journal.signals(&format!("{ANSWERS}{step}"));
    let said = said.into_iter();
    said.filter_map(|(_, answer)| Answer::deserialize(answer).ok())
        .collect()
}

/// Waits until enough people have answered, or the time is over.
pub(super) fn asked(
    run: &Run,
    (saga, step, approval): (&RunInput, &StepDefinition, &Approval),
    journal: &Journal,
) -> Result<Decision, Fault> {
    // What cannot be asked is not asked.
    let mut plan = plan_step(saga, step, journal)?;
    let answers = answers(journal, &step.id);
    let until = until(run, step, approval);
    let Some((is_yes, decided_by)) = verdict(approval, &answers, until <= run.now) else {
        let mut cursor = run.cursor.clone();
        cursor[&step.id] = until.into();
        let next = Next::Wait {
            what: step.id.clone(),
            until: Some(until),
        };
        return Ok(Decision {
            next,
            cursor: Some(cursor),
        });
    };
    let said = answers.iter().map(|answer| {
        json!({"user_id": answer.user, "name": answer.name, "approved": answer.approved,
            "reason": answer.reason, "at": rfc3339(answer.at)})
    });
    let said: Vec<Value> = said.collect();
    plan.plan["arguments"] = json!({"approved": is_yes, "decided_by": decided_by, "answers": said});
    Ok(Next::Steps(vec![plan]).into())
}

fn until(run: &Run, step: &StepDefinition, approval: &Approval) -> Millis {
    let known = run.cursor[&step.id].as_i64();
    let patience = Millis::try_from(approval.deadline * 1000).unwrap_or(Millis::MAX / 4);
    known.unwrap_or(run.now + patience)
}

/// Whether it is decided, how, and by what.
fn verdict(approval: &Approval, answers: &[Answer], is_late: bool) -> Option<(bool, &'static str)> {
    if answers.iter().any(|answer| !answer.approved) {
        return Some((false, "people"));
    }
    if answers.len() >= approval.quorum {
        return Some((true, "people"));
    }
    let silence = approval.outcome == Outcome::Approve;
    is_late.then_some((silence, "deadline"))
}

/// What the people's verdict makes of the step.
pub(super) fn answered(verdict: &Map<String, Value>) -> Result<Value, StepError> {
    if verdict.get("approved") == Some(&Value::Bool(true)) {
        return Ok(Value::Object(verdict.clone()));
    }
    let no = verdict.get("answers").and_then(Value::as_array);
    let no = no.and_then(|said| said.iter().find(|answer| answer["approved"] == false));
    let fault = match no {
        Some(answer) => {
            let (name, reason) = (answer["name"].as_str(), answer["reason"].as_str());
            let (name, reason) = (name.unwrap_or_default(), reason.unwrap_or_default());
            Fault::new("approval_rejected", format!("{name} said no: {reason}"))
        }
        None => Fault::new("approval_overdue", "Too few people said yes in time"),
    };
    Err(StepError::Permanent(fault))
}

impl RunInput {
    /// The question that a step of this name is.
    pub(super) fn approval(&self, step: &str) -> Option<&Approval> {
        let mut steps = self.definition.steps.iter();
        match &steps.find(|defined| defined.id == step)?.action {
            Action::Approval(approval) => Some(approval),
            _ => None,
        }
    }

    /// Whether this person may answer it, as far as their rights go.
    pub(super) fn may_answer(&self, actor: &Actor, approval: &Approval) -> Result<(), RunError> {
        let is_starter = self.starter.user() == actor.user;
        if is_starter && !approval.self_approval {
            return Err(RunError::OwnSaga);
        }
        let role = actor.role_in(self.definition.workspace_id);
        let has_role = approval.role().is_some_and(|needed| role >= Some(needed));
        match has_role || approval.people().contains(&actor.user) {
            true => Ok(()),
            false => Err(RunError::NotAsked),
        }
    }
}

/// Until when the run waits for answers to this step, which it must be doing.
pub(super) fn open_until(run: &Run, step: &str) -> Result<Millis, RunError> {
    let is_asking = run.state == RunState::Waiting && run.waits_for.as_deref() == Some(step);
    if !is_asking || run.cancel_at.is_some() {
        return Err(ControlError::WrongState(run.state).into());
    }
    let until = run.cursor[step].as_i64().unwrap_or(Millis::MAX);
    match until > run.now {
        true => Ok(until),
        false => Err(RunError::Overdue),
    }
}

impl Saga {
    /// Takes a person's answer to a run that asks; the same once more changes nothing.
    pub(in crate::saga) async fn answer_run(
        &self,
        actor: &Actor,
        (id, step): (RunId, &str),
        request: AnswerRequest,
    ) -> Result<(), RunError> {
        let reason = request.reason()?;
        let durable = &self.platform.durable;
        let tx = self.platform.db.begin(actor.tenant).await?;
        let right = (id, Permission::RecordsRead);
        let (run, saga, journal) = self.run(&tx, actor, right).await?;
        let approval = saga.approval(step).ok_or(RunError::NotFound)?;
        saga.may_answer(actor, approval)?;
        let approved = request.decision == Verdict::Approve;
        if let Some(same) = said_before(actor, (&journal, step), approved) {
            return same;
        }
        if journal.step(step, 0).is_some() {
            return Err(RunError::Decided);
        }
        open_until(&run, step)?;
        let answer = Answer {
            user: actor.user,
            name: actor.name.to_string(),
            approved,
            reason,
            at: run.now,
        };
        let (name, key) = (format!("{ANSWERS}{step}"), actor.user.to_string());
        let answer = json!(answer);
        if !durable.signal(&tx, id, (&name, &key), &answer).await? {
            let journal = durable.journal(&tx, id).await?;
            return said_before(actor, (&journal, step), approved).unwrap_or(Ok(()));
        }
        // From here on nobody else moves the run, which may have gone on meanwhile.
        open_until(&durable.find(&tx, id).await?, step)?;
        tx.commit().await?;
        durable.wake();
        let word = if approved { "approve" } else { "reject" };
        metrics::counter!("saga_approvals_total", "decision" => word).increment(1);
        tracing::info!(run = %id, user = %actor.user, step, decision = word, "saga.answered");
        Ok(())
    }

    /// Whoever a definition asks must be there.
    pub(super) async fn check_approvers(
        &self,
        actor: &Actor,
        definition: &Definition,
    ) -> Result<(), RunError> {
        let Some(directory) = &self.directory else {
            return Ok(());
        };
        for step in &definition.steps {
            let Action::Approval(approval) = &step.action else {
                continue;
            };
            let people = directory.people(actor.tenant).await;
            let people = people.map_err(RunError::Unproved)?;
            let is_there = |user: &UserId| people.iter().any(|person| person.id == *user);
            if let Some(user) = approval.people().into_iter().find(|user| !is_there(user)) {
                let place = format!("steps.{}.action.approval.approvers", step.id);
                return Err(RunError::field(
                    &place,
                    format!("there is no person {user}"),
                ));
            }
        }
        Ok(())
    }
}

/// What becomes of an answer of somebody who has answered.
fn said_before(
    actor: &Actor,
    (journal, step): (&Journal, &str),
    approved: bool,
) -> Option<Result<(), RunError>> {
    let mut said = answers(journal, step).into_iter();
    let said = said.find(|answer| answer.user == actor.user)?;
    Some(match said.approved == approved {
        true => Ok(()),
        false => Err(RunError::Decided),
    })
}
