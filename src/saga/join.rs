use super::service::{Saga, not_found};
use super::store::{self, SetRow};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, ChangeSetState, ChangeSetSummary, Origin,
    Permission, Transactions,
};
use crate::platform::db::TenantTx;
use crate::platform::ids::ChangeSetId;

impl Saga {
    /// Makes what several requests of the actor wrote one change, shown and undone as one; doing so twice changes nothing
    /// the second time.
    pub(super) async fn join(
        &self,
        actor: &Actor,
        id: ChangeSetId,
        others: &[ChangeSetId],
    ) -> BaseResult<ChangeSetSummary> {
        actor.require_scope(Permission::RecordsWrite).map_err(|_| {
            BaseError::new(
                BaseErrorKind::Forbidden,
                "This credential may not write records",
            )
        })?;
        let tx = self.write(actor).await?;
        let mut finished_at = own(&tx, actor, id).await?.finished_at;
        for other in others {
            finished_at = finished_at.max(own(&tx, actor, *other).await?.finished_at);
        }
        let mut all = vec![id];
        all.extend(others);
        let undone = store::undone_by(&tx, &all).await;
        if let Some(undone) = undone.map_err(BaseError::database)?.keys().next() {
            return Err(invalid(&format!("{undone} has been undone")));
        }
        store::join_sets(&tx, id, others, finished_at)
            .await
            .map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        metrics::counter!("change_sets_joined_total").increment(others.len() as u64);
        self.find(actor, id).await
    }
}

/// A change set that the actor made in the app and that is done; those of others look unknown.
async fn own(tx: &TenantTx, actor: &Actor, id: ChangeSetId) -> BaseResult<SetRow> {
    let set = store::find_set(tx, id).await.map_err(BaseError::database)?;
    let set = set
        .filter(|set| set.user == actor.user)
        .ok_or_else(not_found)?;
    let is_fit = set.origin == Origin::App
        && set.state == ChangeSetState::Completed
        && set.expired_at.is_none();
    is_fit.then_some(set).ok_or_else(|| {
        invalid(&format!(
            "{id} was not made in the app, goes on, or is too old to be undone"
        ))
    })
}

fn invalid(message: &str) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
