use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::service::Airtable;
use super::store::{self, AgedLog};
use crate::contracts::ImagesErased;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::events::{NewEvent, append};
use crate::platform::ids::BaseId;

const EVERY: Duration = Duration::from_secs(600);

impl Airtable {
    /// The worker that looks after the images in the change logs.
    pub(super) async fn keep_images(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if let Err(error) = self.seal_plain().await {
                tracing::warn!(%error, "airtable.seal_failed");
            }
            if let Err(error) = self.erase_aged().await {
                tracing::warn!(%error, "airtable.erase_failed");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Seals what a version before wrote without; that was all that it wrote.
    async fn seal_plain(&self) -> Result<(), DbErr> {
        let db = &self.platform.db;
        let mut sealed = 0;
        loop {
            let tx = db.system_read().await?;
            let Some((tenant, base, first)) = store::first_plain(&tx).await? else {
                break;
            };
            drop(tx);
            let key = self.platform.vault.of(tenant).await?;
            let tx = db.read(tenant).await?;
            let entries = store::plain_entries(&tx, base, first).await?;
            drop(tx);
            let tx = db.system().await?;
            let log = store::SealedLog { base, key: &key };
            sealed += store::seal_entries(&tx, tenant, log, &entries).await?;
            tx.commit().await?;
        }
        if sealed > 0 {
            tracing::info!(entries = sealed, "airtable.sealed");
        }
        Ok(())
    }

    /// Erases the images of what is too old to be undone.
    async fn erase_aged(&self) -> Result<(), DbErr> {
        let window = self.platform.settings.saga.undo_window.as_millis();
        let window = Millis::try_from(window).unwrap_or(Millis::MAX);
        let before = self.now().saturating_sub(window);
        loop {
            let tx = self.platform.db.system_read().await?;
            let logs = store::aged_logs(&tx, before).await?;
            drop(tx);
            if logs.is_empty() {
                return Ok(());
            }
            for log in logs {
                self.erase_log(log, before).await?;
            }
        }
    }

    /// Batch by batch: what was erased is noted afterwards, so that one that breaks off is erased once more.
    async fn erase_log(&self, log: AgedLog, before: Millis) -> Result<(), DbErr> {
        let AgedLog {
            tenant,
            base,
            mut erased,
        } = log;
        let db = &self.platform.db;
        let next = async |erased| {
            let tx = db.read(tenant).await?;
            store::aged_entries(&tx, base, erased, before).await
        };
        let mut aged = next(erased).await?;
        while let Some(stretch) = aged {
            let tx = db.system().await?;
            let entries = store::erase_entries(&tx, (tenant, base), stretch).await?;
            tx.commit().await?;
            erased = stretch.last;
            aged = next(erased).await?;
            let tx = db.begin(tenant).await?;
            if store::forget_comments(&tx, base, stretch).await? > 0 {
                store::forget_reactions(&tx, base).await?;
            }
            let is_first = store::note_erased(&tx, base, erased).await?;
            // Payloads of webhooks are copies of images, and no copy lasts longer.
            store::erase_payloads(&tx, base, erased).await?;
            if is_first && aged.is_none() {
                self.tell_erased(&tx, base, erased).await?;
            }
            tx.commit().await?;
            metrics::counter!("airtable_images_erased_total").increment(entries);
        }
        Ok(())
    }

    async fn tell_erased(&self, tx: &TenantTx, base: BaseId, through: i64) -> Result<(), DbErr> {
        tracing::info!(%base, through, "airtable.images_erased");
        let payload = serde_json::to_value(ImagesErased { base, through });
        let event = NewEvent {
            aggregate_type: "base",
            aggregate_id: base.to_string(),
            event_type: ImagesErased::TYPE,
            payload: payload.map_err(|error| DbErr::Json(error.to_string()))?,
            occurred_at: self.now(),
        };
        append(tx, event).await.map(drop)
    }
}
