use async_trait::async_trait;

use super::seal;
use crate::contracts::{
    Actor, Answered, Approval, ApprovalState, Approvals, Asked, Asking, BaseError, BaseResult,
    CallRef,
};
use crate::platform::clock::{Millis, rfc3339};
use crate::saga::Saga;
use crate::saga::store::{self, ApprovalRow};

/// How long a question can be answered, and an answer be used.
const LIFETIME: Millis = 10 * 60_000;

#[async_trait]
impl Approvals for Saga {
    async fn use_up(&self, actor: &Actor, call: &CallRef, plan_digest: &str) -> BaseResult<bool> {
        let now = self.platform.clock.now();
        let tx = self.write(actor).await?;
        let used = store::use_approved(&tx, actor, call, plan_digest, now)
            .await
            .map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        Ok(used)
    }

    async fn ask(&self, actor: &Actor, asking: Asking<'_>) -> BaseResult<Asked> {
        let now = self.platform.clock.now();
        let tx = self.write(actor).await?;
        let same = store::same_approval(&tx, actor, asking.call, asking.plan_digest, now);
        let row = match same.await.map_err(BaseError::database)? {
            Some(row) => row,
            None => store::insert_approval(&tx, actor, &asking, now, now + LIFETIME)
                .await
                .map_err(BaseError::database)?,
        };
        tx.commit().await.map_err(BaseError::unsettled)?;
        let site = self.platform.settings.server.site();
        Ok(Asked {
            url: format!("{site}/approvals/{}", row.id),
            state: seal::seal(&self.platform.secrets, actor, &row),
            approval: shown(row, now),
        })
    }

    async fn answer(
        &self,
        actor: &Actor,
        call: &CallRef,
        plan_digest: &str,
        state: &str,
        accepted: bool,
    ) -> BaseResult<Answered> {
        let Some(id) = seal::named(state) else {
            return Ok(Answered::Invalid);
        };
        let now = self.platform.clock.now();
        let tx = self.write(actor).await?;
        let row = store::find_approval(&tx, actor.user, id)
            .await
            .map_err(BaseError::database)?;
        let is_good = |row: &ApprovalRow| {
            seal::is_ours(&self.platform.secrets, actor, row, state)
                && row.principal == actor.credential.principal()
                && (row.tool.as_str(), &row.arguments) == (call.tool, &call.arguments)
                && row.expires_at > now
        };
        let Some(row) = row.filter(is_good) else {
            return Ok(Answered::Invalid);
        };
        let open = [ApprovalState::Pending, ApprovalState::Approved];
        if accepted && row.plan_digest != plan_digest && open.contains(&row.state) {
            return Ok(Answered::Changed);
        }
        let (to, answered) = match accepted {
            true => (ApprovalState::Used, Answered::Go),
            false => (ApprovalState::Rejected, Answered::Declined),
        };
        let moved = store::move_approval(&tx, actor.user, id, &open, to, now)
            .await
            .map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        Ok(if moved { answered } else { Answered::Invalid })
    }
}

/// The question as a person sees it.
pub(super) fn shown(row: ApprovalRow, now: Millis) -> Approval {
    let is_open = matches!(row.state, ApprovalState::Pending | ApprovalState::Approved);
    Approval {
        id: row.id,
        tool: row.tool,
        title: row.title,
        state: if is_open && row.expires_at <= now {
            ApprovalState::Expired
        } else {
            row.state
        },
        created_at: rfc3339(row.created_at),
        expires_at: rfc3339(row.expires_at),
        client: row.client,
        plan: row.plan,
    }
}
