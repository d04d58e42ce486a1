use sea_orm::DbErr;
use serde::de::IgnoredAny;

use super::super::remote::{Offer, Request};
use super::super::service::{Airtable, not_found};
use super::super::store::{self, BaseRow, Counters, OfferRow};
use crate::contracts::{BaseError, BaseResult};
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, RequestId, TenantId, WorkspaceId};
use crate::platform::outbound::Method;

impl Airtable {
    /// Begins to copy an offered base, with the offer's own transaction.
    pub(in crate::airtable) async fn begin_mirror(
        &self,
        tx: &TenantTx,
        offer: &OfferRow,
        workspace: WorkspaceId,
    ) -> BaseResult<()> {
        let now = self.now();
        let row = BaseRow {
            id: offer.base,
            workspace,
            name: offer.name.clone(),
            is_mirror: true,
            // A base that was copied before is ahead of what others remember of it.
            seq: now,
            counters: Counters::default(),
        };
        let hook = format!("{}{}", RequestId::fresh(), RequestId::fresh());
        let written = async {
            store::insert_base(tx, &row, now).await?;
            store::insert_mirror(tx, (offer.base, &hook), now).await
        };
        written.await.map_err(BaseError::database)?;
        tracing::info!(base = %offer.base, "airtable.mirror_begun");
        Ok(())
    }

    /// Ends a copy and removes it; answers the webhook that Airtable is to forget when that lasts.
    pub(in crate::airtable) async fn end_mirror(
        &self,
        tx: &TenantTx,
        base: BaseId,
    ) -> BaseResult<Option<String>> {
        let removed = async {
            let Some(mirror) = store::find_mirror(tx, base).await? else {
                return Ok(None);
            };
            store::delete_mirror(tx, base).await?;
            store::delete_base(tx, base).await?;
            Ok::<_, DbErr>(mirror.webhook)
        };
        removed.await.map_err(BaseError::database)
    }

    /// What is to be done when the end of a copy lasts.
    pub(in crate::airtable) async fn mirror_ended(
        &self,
        tenant: TenantId,
        offer: Offer,
        webhook: Option<String>,
    ) {
        self.mirror_settled(tenant, offer.base).await;
        if let Some(webhook) = webhook {
            self.unhook(tenant, offer, webhook);
        }
    }

    /// Lets Airtable forget the webhook of a copy that ended; it takes ten for a base, and each lives for a week.
    fn unhook(&self, tenant: TenantId, offer: Offer, webhook: String) {
        let engine = self.shared();
        self.tasks.spawn("airtable.unhook", async move {
            let base = offer.base.to_string();
            let request = Request {
                method: Method::DELETE,
                ..Request::get(&["bases", &base, "webhooks", &webhook])
            };
            let asked = engine.asked_at::<IgnoredAny>(tenant, &offer, &request);
            if let Err(error) = asked.await {
                tracing::warn!(%base, %error, "airtable.webhook_left");
            }
        });
    }

    /// Lets nothing of a copy that ended stay in memory, and those that are due be looked for.
    pub(in crate::airtable) async fn mirror_settled(&self, tenant: TenantId, base: BaseId) {
        self.registry.remove(tenant, base);
        self.forget_offers(tenant).await;
        self.rounds.wake();
    }

    /// Makes a mirror due, for a comparison where wanted.
    pub(super) async fn wake_mirror(
        &self,
        tenant: TenantId,
        base: BaseId,
        wants_comparison: bool,
    ) -> BaseResult<()> {
        let tx = self.platform.db.begin(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let woken = store::wake_mirror(&tx, base, self.now(), wants_comparison).await;
        let is_known = woken.map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::database)?;
        self.rounds.wake();
        is_known.then_some(()).ok_or_else(not_found)
    }

    /// Lets a mirror look for what somebody here changed at Airtable by another way than through it.
    pub(in crate::airtable) async fn look_soon(&self, tenant: TenantId, base: BaseId) {
        if let Err(error) = self.wake_mirror(tenant, base, false).await {
            tracing::warn!(%base, %error, "airtable.mirror_not_woken");
        }
    }
}
