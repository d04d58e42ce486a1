use super::super::mirror::Status;
use super::super::remote::Offer;
use super::super::service::{Airtable, not_found};
use super::super::store;
use crate::contracts::{Actor, BaseError, BaseResult, ConnectionChange};
use crate::platform::ids::BaseId;

impl Airtable {
    /// How a copied base stands to the one at Airtable, for the workspace's admins.
    pub(in crate::airtable) async fn mirror_status(
        &self,
        actor: &Actor,
        base: BaseId,
    ) -> BaseResult<Status> {
        let offer = self.may_steer(actor, base).await?;
        let row = self.mirror_row(actor.tenant, base).await?;
        Ok(Status::of(&row, offer.copied, self.now()))
    }

    /// Stops a copy, continues it, or lets everything be compared in the next round.
    pub(in crate::airtable) async fn steer_mirror(
        &self,
        actor: &Actor,
        base: BaseId,
        change: ConnectionChange,
    ) -> BaseResult<Status> {
        let connection = self.may_steer(actor, base).await?.connection;
        let now = self.now();
        let tx = self.platform.db.begin(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let is_known = match change {
            ConnectionChange::Compared => store::wake_mirror(&tx, base, now, true).await,
            change => {
                let is_paused = change == ConnectionChange::Paused;
                store::pause_mirror(&tx, base, is_paused, now).await
            }
        };
        if !is_known.map_err(BaseError::database)? {
            return Err(not_found());
        }
        self.announce_connection(&tx, actor, (connection, Some(base)), change)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.rounds.wake();
        tracing::info!(%base, ?change, by = %actor.user, "airtable.mirror_steered");
        self.mirror_status(actor, base).await
    }

    /// The offer of a copied base, where the actor may steer the copy.
    async fn may_steer(&self, actor: &Actor, base: BaseId) -> BaseResult<Offer> {
        let offer = self.offer_of(actor.tenant, base).await?;
        let offer = offer.ok_or_else(not_found)?;
        self.may_connect(actor, offer.workspace)?;
        Ok(offer)
    }
}
