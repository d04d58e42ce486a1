use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::legal::has_told_outer;
use super::nested::stands;
use super::plan::RunInput;
use super::service::RunError;
use crate::contracts::{Actor, Permission, ToolCall};
use crate::platform::durable::{ControlError, Journal, Resolution, RunState, StepState};
use crate::platform::ids::RunId;
use crate::saga::Saga;
use crate::saga::definition::StepDefinition;

/// What a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::saga) enum ResolveAction {
    /// Go on where it stopped.
    Continue,
    /// Take back what was done.
    TakeBack,
    /// Send the step again.
    RetryStep,
    /// Take the step back again.
    RetryCompensation,
    /// The step happened; needs evidence.
    MarkDone,
    /// The step is taken back.
    MarkCompensated,
    /// Go on without the step, or without taking it back.
    Skip,
    /// End here, with everything as it is.
    Abandon,
}

/// A record that shows that a step happened.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Evidence {
    /// Its base.
    base_id: String,
    /// Its table.
    table_id: String,
    /// The record.
    record_id: String,
}

/// A decision about a run that needs a person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct ResolveRequest {
    /// What to do.
    pub(in crate::saga) action: ResolveAction,
    /// Which step; of those actions that are about one.
    #[serde(default)]
    pub(in crate::saga) step: Option<String>,
    /// Why; kept in the run's story.
    pub(in crate::saga) reason: String,
    /// For `mark_done`: a record that is there; becomes the step's result.
    #[serde(default)]
    pub(in crate::saga) evidence: Option<Evidence>,
}

/// Steps that are still to be done.
fn left(saga: &RunInput, journal: &Journal) -> Vec<String> {
    let is_left = |step: &&StepDefinition| {
        let state = stands(step, journal).map(|(_, state)| state);
        !matches!(state, Some(StepState::Done | StepState::Skipped))
    };
    let left = saga.definition.steps.iter().filter(is_left);
    left.map(|step| step.id.clone()).collect()
}

impl Saga {
    /// Asks a run to stop and take back what it did.
    pub(in crate::saga) async fn cancel(&self, actor: &Actor, id: RunId) -> Result<(), RunError> {
        let tx = self.platform.db.begin(actor.tenant).await?;
        let (_, saga, journal) = self.run(&tx, actor, (id, Permission::RecordsWrite)).await?;
        if let Some(outer) = &saga.outer {
            return Err(RunError::Inside(outer.run));
        }
        match self.platform.durable.cancel(&tx, id).await {
            Err(ControlError::PastPivot) => {
                // Nothing was written; the lock must not outlive the answer, as it would if this were rolled back.
                tx.commit().await?;
                return Err(RunError::PastPivot(left(&saga, &journal)));
            }
            done => done?,
        };
        tx.commit().await?;
        self.platform.durable.wake();
        Ok(())
    }

    /// Takes a run back: one at work is cancelled, one that needs a person is decided.
    pub(in crate::saga) async fn take_back(
        &self,
        actor: &Actor,
        id: RunId,
        reason: String,
    ) -> Result<(), RunError> {
        let tx = self.platform.db.read(actor.tenant).await?;
        let (run, ..) = self.run(&tx, actor, (id, Permission::RecordsWrite)).await?;
        drop(tx);
        if run.state != RunState::NeedsAttention {
            return self.cancel(actor, id).await;
        }
        let request = ResolveRequest {
            action: ResolveAction::TakeBack,
            step: None,
            reason,
            evidence: None,
        };
        self.resolve(actor, id, request).await
    }

    /// Follows a person's decision about a run that needs one.
    pub(in crate::saga) async fn resolve(
        &self,
        actor: &Actor,
        id: RunId,
        request: ResolveRequest,
    ) -> Result<(), RunError> {
        if request.reason.trim().is_empty() || request.reason.len() > 1000 {
            return Err(RunError::field("reason", "must have 1 to 1000 characters"));
        }
        let tx = self.platform.db.read(actor.tenant).await?;
        let right = (id, Permission::SagasManage);
        let (_, saga, journal) = self.run(&tx, actor, right).await?;
        drop(tx);
        if let Some(outer) = &saga.outer
            && request.action == ResolveAction::TakeBack
            && has_told_outer(&journal)
        {
            return Err(RunError::Inside(outer.run));
        }
        let step = request.step.as_deref();
        if step.is_some_and(|step| saga.approval(step).is_some()) {
            let problem = "is an approval; only who is asked decides about it";
            return Err(RunError::field("step", problem));
        }
        if request.action == ResolveAction::Abandon {
            self.require_fresh(actor).await?;
        }
        let resolution = self.resolution(actor, &request).await?;
        let reason = format!("{} ({})", request.reason.trim(), actor.name);
        let tx = self.platform.db.begin(actor.tenant).await?;
        let durable = &self.platform.durable;
        match durable.resolve(&tx, id, &resolution, &reason).await {
            Err(ControlError::PastPivot) => {
                tx.commit().await?;
                return Err(RunError::PastPivot(left(&saga, &journal)));
            }
            done => done?,
        }
        tx.commit().await?;
        durable.wake();
        tracing::info!(run = %id, user = %actor.user, action = ?request.action, "saga.resolved");
        Ok(())
    }

    /// What was done stays done without anybody looking again, so a session left open must not be enough.
    async fn require_fresh(&self, actor: &Actor) -> Result<(), RunError> {
        let Some(authenticator) = &self.authenticator else {
            return Ok(());
        };
        match authenticator.is_fresh(actor).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(RunError::NotFresh),
            Err(error) => Err(RunError::Unproved(error)),
        }
    }

    async fn resolution(
        &self,
        actor: &Actor,
        request: &ResolveRequest,
    ) -> Result<Resolution, RunError> {
        let step = || {
            let step = request.step.clone();
            step.ok_or_else(|| RunError::field("step", "must name a step for this action"))
        };
        Ok(match request.action {
            ResolveAction::Continue => Resolution::Continue,
            ResolveAction::TakeBack => Resolution::TakeBack,
            ResolveAction::Abandon => Resolution::Abandon,
            ResolveAction::RetryStep => Resolution::RetryStep(step()?, 0),
            ResolveAction::RetryCompensation => Resolution::RetryCompensation(step()?, 0),
            ResolveAction::MarkCompensated => Resolution::MarkCompensated(step()?, 0),
            ResolveAction::Skip => Resolution::Skip(step()?, 0),
            ResolveAction::MarkDone => {
                let (step, record) = (step()?, self.evidence(actor, request).await?);
                Resolution::MarkDone(step, 0, record)
            }
        })
    }

    /// The record named as evidence, as the person who names it reads it.
    async fn evidence(&self, actor: &Actor, request: &ResolveRequest) -> Result<Value, RunError> {
        let problem = "must name a record that is there";
        let wrong = || RunError::field("evidence", problem);
        let evidence = request.evidence.as_ref().ok_or_else(wrong)?;
        let mut arguments = Map::new();
        for (name, value) in [
            ("base_id", &evidence.base_id),
            ("table_id", &evidence.table_id),
            ("record_id", &evidence.record_id),
        ] {
            arguments.insert(name.to_owned(), json!(value));
        }
        let call = ToolCall {
            name: "get_record".to_owned(),
            arguments,
            change: None,
        };
        let tools = self.tools.get().ok_or(RunError::NoTools)?;
        let outcome = tools.call(actor, call).await.ok_or(RunError::NoTools)?;
        if outcome.is_error {
            return Err(wrong());
        }
        serde_json::from_slice(&outcome.json).map_err(|_| wrong())
    }
}
