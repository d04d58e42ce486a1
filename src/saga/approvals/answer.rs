use super::ask::shown;
use crate::contracts::{Actor, Approval, ApprovalState, BaseError, BaseResult};
use crate::platform::ids::ApprovalId;
use crate::saga::Saga;
use crate::saga::store;

impl Saga {
    /// The open questions to this person, newest first, and whether there are more.
    pub(in crate::saga) async fn open_approvals(
        &self,
        actor: &Actor,
        before: Option<ApprovalId>,
        limit: usize,
    ) -> BaseResult<(Vec<Approval>, bool)> {
        let now = self.platform.clock.now();
        let tx = self.read(actor).await?;
        let mut rows = store::open_approvals(&tx, actor.user, now, before, limit as u64 + 1)
            .await
            .map_err(BaseError::database)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items = rows.into_iter().map(|row| shown(row, now)).collect();
        Ok((items, more))
    }

    /// A question to this person.
    pub(in crate::saga) async fn find_approval(
        &self,
        actor: &Actor,
        id: ApprovalId,
    ) -> BaseResult<Option<Approval>> {
        let tx = self.read(actor).await?;
        let row = store::find_approval(&tx, actor.user, id)
            .await
            .map_err(BaseError::database)?;
        Ok(row.map(|row| shown(row, self.platform.clock.now())))
    }

    /// Says yes or no, and answers the question as it is from then on; one that is decided otherwise, used or too old
    /// stays as it is.
    pub(in crate::saga) async fn decide(
        &self,
        actor: &Actor,
        id: ApprovalId,
        to: ApprovalState,
    ) -> BaseResult<Option<Approval>> {
        // A yes that has not been used can be taken back, a no is final.
        let open = [ApprovalState::Pending, ApprovalState::Approved];
        let now = self.platform.clock.now();
        let tx = self.write(actor).await?;
        store::move_approval(&tx, actor.user, id, &open, to, now)
            .await
            .map_err(BaseError::database)?;
        let row = store::find_approval(&tx, actor.user, id)
            .await
            .map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        Ok(row.map(|row| shown(row, now)))
    }
}
