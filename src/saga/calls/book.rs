use async_trait::async_trait;
use sea_orm::DbErr;

use crate::contracts::{
    Actor, BaseError, BaseResult, CallEnd, CallRef, Calls, ChangeSetState, DoneBefore, KnownCall,
};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::ChangeSetId;
use crate::saga::Saga;
use crate::saga::store::{self, CallRow};

/// How long the answer to a call with a key is kept.
const KEPT: Millis = 24 * 3_600_000;
/// How long the answer to a call without one is kept for those who wait for it in other processes.
const KEPT_FOR_WAITING: Millis = 60_000;
/// How long after its last sign of life whoever works on a call counts as gone.
const LEASE: Millis = 20_000;

#[async_trait]
impl Calls for Saga {
    async fn look(
        &self,
        actor: &Actor,
        call: &CallRef,
        waiting: Option<ChangeSetId>,
    ) -> BaseResult<Option<KnownCall>> {
        let now = self.platform.clock.now();
        let tx = self.read(actor).await?;
        let row = store::find_call(&tx, actor, call)
            .await
            .map_err(BaseError::database)?;
        let known = row.and_then(|row| known(row, call, waiting, now));
        if let Some(KnownCall::Abandoned(change)) = known
            && let Some(done) = done_before(&tx, change)
                .await
                .map_err(BaseError::database)?
        {
            return Ok(Some(KnownCall::LeftBehind(done)));
        }
        Ok(known)
    }

    async fn begin(
        &self,
        actor: &Actor,
        call: &CallRef,
        change: ChangeSetId,
        abandoned: Option<ChangeSetId>,
    ) -> BaseResult<bool> {
        let now = self.platform.clock.now();
        let tx = self.write(actor).await?;
        let row = store::find_call(&tx, actor, call)
            .await
            .map_err(BaseError::database)?;
        if let Some(row) = row {
            let is_over = match known(row.clone(), call, None, now) {
                None => true,
                Some(KnownCall::Abandoned(change)) if Some(change) == abandoned => {
                    let done = done_before(&tx, change)
                        .await
                        .map_err(BaseError::database)?;
                    done.is_none()
                }
                Some(_) => false,
            };
            if !is_over {
                return Ok(false);
            }
            store::delete_call(&tx, actor, call, row.change)
                .await
                .map_err(BaseError::database)?;
        }
        let begun = store::insert_call(&tx, actor, call, change, now + LEASE, now + KEPT)
            .await
            .map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        Ok(begun)
    }

    async fn keep_alive(
        &self,
        actor: &Actor,
        call: &CallRef,
        change: ChangeSetId,
    ) -> BaseResult<()> {
        let until = self.platform.clock.now() + LEASE;
        let tx = self.write(actor).await?;
        store::renew_call(&tx, actor, call, change, until)
            .await
            .map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::unsettled)
    }

    async fn finish(
        &self,
        actor: &Actor,
        call: &CallRef,
        change: ChangeSetId,
        end: CallEnd<'_>,
    ) -> BaseResult<bool> {
        let now = self.platform.clock.now();
        let tx = self.write(actor).await?;
        store::close_set(&tx, change, end.is_partial, now)
            .await
            .map_err(BaseError::database)?;
        let set = store::find_set(&tx, change)
            .await
            .map_err(BaseError::database)?;
        if end.outcome.is_error && set.is_none() {
            // Nothing happened: it may well succeed next time, under the same key.
            store::delete_call(&tx, actor, call, change)
                .await
                .map_err(BaseError::database)?;
        } else {
            let kept = match call.key {
                Some(_) => KEPT,
                None => KEPT_FOR_WAITING,
            };
            store::end_call(&tx, actor, call, change, end.outcome, now + kept)
                .await
                .map_err(BaseError::database)?;
        }
        tx.commit().await.map_err(BaseError::unsettled)?;
        Ok(set.is_some())
    }
}

/// What was written under a change set, whoever may see it; `None` when nothing was.
async fn done_before(tx: &TenantTx, change: ChangeSetId) -> Result<Option<DoneBefore>, DbErr> {
    let Some(set) = store::find_set(tx, change).await? else {
        return Ok(None);
    };
    let parts = store::parts_of(tx, &[change]).await?;
    let tables = || parts.iter().flat_map(|part| &part.tables);
    Ok(Some(DoneBefore {
        change,
        created: tables().map(|table| table.created).sum(),
        updated: tables().map(|table| table.updated).sum(),
        deleted: tables().map(|table| table.deleted).sum(),
        is_whole: set.state == ChangeSetState::Completed,
    }))
}

fn known(
    row: CallRow,
    call: &CallRef,
    waiting: Option<ChangeSetId>,
    now: Millis,
) -> Option<KnownCall> {
    if row.expires_at <= now {
        return None;
    }
    if row.arguments != call.arguments {
        return Some(KnownCall::OtherArguments);
    }
    match row.outcome {
        Some(outcome) if call.key.is_some() || waiting == Some(row.change) => {
            Some(KnownCall::Finished(outcome))
        }
        // Without a key, what is finished can be wanted once more.
        Some(_) => None,
        None if row.alive_until > now => Some(KnownCall::Running(row.change)),
        None => Some(KnownCall::Abandoned(row.change)),
    }
}
