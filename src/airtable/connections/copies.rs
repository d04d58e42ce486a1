use super::super::mirror::Status;
use super::super::remote::{Copied, Offer};
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
        if row.is_complete != (offer.copied == Copied::Whole) {
            // Who hears that the copy is whole is answered by it.
            self.forget_offers(actor.tenant).await;
        }
        Ok(Status::of(&row, self.now()))
    }

    /// Stops or continues a copy.
    pub(in crate::airtable) async fn pause_mirror(
        &self,
        actor: &Actor,
        base: BaseId,
        is_paused: bool,
    ) -> BaseResult<Status> {
        let connection = self.may_steer(actor, base).await?.connection;
        let tx = self.platform.db.begin(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let done = store::pause_mirror(&tx, base, is_paused, self.now()).await;
        if !done.map_err(BaseError::database)? {
            return Err(not_found());
        }
        let change = match is_paused {
            true => ConnectionChange::Paused,
            false => ConnectionChange::Continued,
        };
        self.announce_connection(&tx, actor, (connection, Some(base)), change)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.rounds.wake();
        tracing::info!(%base, is_paused, by = %actor.user, "airtable.mirror_paused");
        self.mirror_status(actor, base).await
    }

    /// Lets everything be compared in the next round.
    pub(in crate::airtable) async fn resync_mirror(
        &self,
        actor: &Actor,
        base: BaseId,
    ) -> BaseResult<Status> {
        let connection = self.may_steer(actor, base).await?.connection;
        let tx = self.platform.db.begin(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let woken = store::wake_mirror(&tx, base, self.now(), true).await;
        if !woken.map_err(BaseError::database)? {
            return Err(not_found());
        }
        let place = (connection, Some(base));
        self.announce_connection(&tx, actor, place, ConnectionChange::Compared)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.rounds.wake();
        tracing::info!(%base, by = %actor.user, "airtable.mirror_resync");
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
