use sea_orm::DbErr;

use super::approve::{answers, asked, open_until};
use super::handler::SagaRuns;
use super::plan::RunInput;
use super::service::RunError;
use crate::contracts::{Actor, Credential, Permission};
use crate::platform::clock::Millis;
use crate::platform::durable::{Decision, Fault, Journal, Next, Run};
use crate::platform::ids::RunId;
use crate::saga::Saga;
use crate::saga::definition::{Approval, StepDefinition};
use crate::saga::store::{self, AskedRow};

/// How soon a run is looked at again when it could not be written down whom it asks.
const SOON: Millis = 5_000;

impl Approval {
    /// Whom it asks in this run, those who have answered aside.
    fn row<'a>(
        &self,
        run: &'a Run,
        saga: &RunInput,
        (id, journal): (&str, &Journal),
    ) -> AskedRow<'a> {
        let said = answers(journal, id);
        let starter = (!self.self_approval).then(|| saga.starter.user());
        let but = said.into_iter().map(|answer| answer.user).chain(starter);
        AskedRow {
            run: run.id,
            definition: &run.name,
            workspace: saga.definition.workspace_id,
            role: self.role(),
            people: self.people().into_iter().collect(),
            but: but.collect(),
        }
    }
}

impl SagaRuns {
    /// Waits for people, who find the run by what is written down here; the run itself is what counts.
    pub(super) async fn ask_people(
        &self,
        run: &Run,
        (saga, step, approval): (&RunInput, &StepDefinition, &Approval),
        journal: &Journal,
    ) -> Result<Decision, Fault> {
        let mut decision = asked(run, (saga, step, approval), journal)?;
        let row = approval.row(run, saga, (&step.id, journal));
        let is_over = !matches!(decision.next, Next::Wait { .. });
        if let Err(error) = self.note(run, &row, is_over).await {
            tracing::warn!(run = %run.id, %error, "saga.asked_not_noted");
            if let Next::Wait { until, .. } = &mut decision.next {
                let soon = run.now + SOON;
                *until = Some(until.map_or(soon, |until| until.min(soon)));
            }
        }
        Ok(decision)
    }

    async fn note(&self, run: &Run, row: &AskedRow<'_>, is_over: bool) -> Result<(), DbErr> {
        let tx = self.saga.platform.db.begin(run.tenant).await?;
        match is_over {
            true => store::delete_asked(&tx, run.id).await?,
            false => store::set_asked(&tx, row).await?,
        }
        tx.commit().await
    }
}

impl RunInput {
    /// Whether this person may answer the step now.
    pub(super) fn waits_for(
        &self,
        actor: &Actor,
        run: &Run,
        (step, journal): (&str, &Journal),
    ) -> bool {
        let is_asked = |approval| self.may_answer(actor, approval).is_ok();
        matches!(actor.credential, Credential::Session(_))
            && open_until(run, step).is_ok()
            && self.approval(step).is_some_and(is_asked)
            && !answers(journal, step)
                .iter()
                .any(|answer| answer.user == actor.user)
    }
}

impl Saga {
    /// Runs that wait for the actor's own word, newest first.
    pub(in crate::saga) async fn runs_asking(
        &self,
        actor: &Actor,
        definition: Option<&str>,
        (mut before, limit): (Option<RunId>, u64),
    ) -> Result<Vec<(Run, RunInput, Journal)>, RunError> {
        let tx = self.platform.db.read(actor.tenant).await?;
        let mut runs = Vec::new();
        while let missing @ 1.. = limit.saturating_sub(runs.len() as u64) {
            let page = (before, missing);
            let found = store::runs_asking(&tx, actor, definition, page).await?;
            let Some(last) = found.last() else { break };
            before = Some(*last);
            for id in found {
                let right = (id, Permission::RecordsRead);
                let (run, saga, journal) = match self.run(&tx, actor, right).await {
                    // What was written down may be older than the run, or than the actor's rights.
                    Err(RunError::NotFound | RunError::Denied(_)) => continue,
                    found => found?,
                };
                let step = run.waits_for.clone().unwrap_or_default();
                if saga.waits_for(actor, &run, (&step, &journal)) {
                    runs.push((run, saga, journal));
                }
            }
        }
        Ok(runs)
    }
}
