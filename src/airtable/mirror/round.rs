use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::super::schema::Kind;
use super::super::service::Airtable;
use super::super::store::{self, Hold, MirrorRow};
use super::moments::Moments;
use super::place::Mirror;
use super::status::Progress;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::clock::Millis;
use crate::platform::ids::{BaseId, RequestId, TenantId};
use crate::platform::sync::lock;

/// How often it is looked which mirrors are due.
const LOOK: Duration = Duration::from_secs(1);
/// A mirror, or a write to it, is free for others when its holder has not been heard of for so long.
pub(super) const HELD: Millis = 20_000;
/// Between a failure and the next round.
const AFTER_FAULT: Millis = 15_000;
/// Where Airtable tells of changes, what was not told is looked for all the same.
const NOTIFIED: Millis = 600_000;
/// Looking by time costs a request for each table.
const LOOKED: Millis = 30_000;
/// Airtable keeps what its webhooks noted for seven days.
const KEPT: Millis = 6 * 24 * 3_600_000;
/// Links to attachments at Airtable end after two hours.
const LINKS_END: Millis = 90 * 60_000;

/// Who works on mirrors here, and what wakes it.
pub(in crate::airtable) struct Rounds {
    holder: String,
    woken: Notify,
    /// What is worked on in this instance.
    busy: Mutex<HashSet<(TenantId, BaseId)>>,
    pub(super) moments: Moments,
}

impl Default for Rounds {
    fn default() -> Self {
        Self {
            holder: RequestId::fresh().to_string(),
            woken: Notify::new(),
            busy: Mutex::default(),
            moments: Moments::default(),
        }
    }
}

impl Rounds {
    /// Lets what is due be looked for at once.
    pub(in crate::airtable) fn wake(&self) {
        self.woken.notify_one();
    }
}

/// A mirror that is worked on, by one in an instance, since they all hold it under one name.
struct Begun {
    engine: Arc<Airtable>,
    what: (TenantId, BaseId),
}

impl Begun {
    fn new(engine: &Arc<Airtable>, what: (TenantId, BaseId)) -> Option<Self> {
        let engine = engine.clone();
        let is_free = lock(&engine.rounds.busy).insert(what);
        // Not made where it is not free: its end would free what another works on.
        is_free.then(|| Self { engine, what })
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        lock(&self.engine.rounds.busy).remove(&self.what);
    }
}

/// Somebody wanted a mirror otherwise while it was worked on, which is no fault.
#[derive(Debug, thiserror::Error)]
#[error("the mirror was paused, ended, begun anew or taken over")]
struct LetGo;

fn let_go() -> BaseError {
    BaseError {
        source: Some(LetGo.into()),
        ..BaseError::new(BaseErrorKind::Unavailable, "The copy is not kept any more")
    }
}

fn is_let_go(error: &BaseError) -> bool {
    error
        .source
        .as_ref()
        .is_some_and(|source| source.is::<LetGo>())
}

impl Airtable {
    /// The worker that copies bases at Airtable and keeps the copies in step.
    pub(in crate::airtable) async fn keep_mirrors(self: Arc<Self>, stop: CancellationToken) {
        let mut rounds = FuturesUnordered::new();
        // Nobody told of what happened while no instance ran.
        let mut by = Millis::MAX;
        loop {
            for due in self.due(by).await {
                if let Some(begun) = Begun::new(&self, due) {
                    rounds.push(async move { begun.engine.round(begun.what).await });
                }
            }
            if stop.is_cancelled() {
                // Stopped before it began: one look, to its end.
                while rounds.next().await.is_some() {}
                return;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.rounds.woken.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                Some(()) = rounds.next() => {}
            }
            by = self.now();
        }
    }

    async fn due(&self, by: Millis) -> Vec<(TenantId, BaseId)> {
        let look = async {
            let tx = self.platform.db.system_read().await?;
            store::due_mirrors(&tx, (by, self.now())).await
        };
        look.await.unwrap_or_else(|error: DbErr| {
            tracing::warn!(%error, "airtable.mirrors_not_found");
            Vec::new()
        })
    }

    async fn round(&self, (tenant, base): (TenantId, BaseId)) {
        let began = self.now();
        let row = match self.take_held(tenant, base).await {
            Ok(Some(row)) => row,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, %base, "airtable.mirror_not_held");
                return;
            }
        };
        let done = Box::pin(self.work(tenant, &row)).await;
        let is_left = done.as_ref().is_err_and(is_let_go);
        let outcome = match &done {
            Ok(_) => "done",
            Err(_) if is_left => "left",
            Err(_) => "failed",
        };
        metrics::counter!("airtable_mirror_rounds_total", "outcome" => outcome).increment(1);
        let error = done.as_ref().err().filter(|_| !is_left);
        let fault = error.map(|error| error.message.clone());
        if let Some(error) = error {
            tracing::warn!(%base, %error, cause = ?error.source, "airtable.mirror_failed");
        }
        let pause = match &done {
            Err(_) if is_left => 0,
            Err(_) => self.usual_pause().max(AFTER_FAULT),
            Ok(pause) => *pause,
        };
        let due = self.now() + pause;
        if let Err(error) = self.release(tenant, base, began, (due, fault)).await {
            tracing::warn!(%error, %base, "airtable.mirror_not_released");
        }
    }

    fn usual_pause(&self) -> Millis {
        let usual = self.platform.settings.airtable.mirror_interval.max(LOOK);
        Millis::try_from(usual.as_millis()).unwrap_or(Millis::MAX)
    }

    fn pause_of(&self, row: &MirrorRow, is_settled: bool) -> Millis {
        let usual = self.usual_pause();
        match row {
            row if row.webhook.is_none() => usual.max(LOOKED),
            row if row.is_notified && is_settled => usual.max(NOTIFIED),
            row if row.is_notified => usual.max(HELD),
            _ => usual,
        }
    }

    /// One round: what changed, and everything where that is due; answers how long the next one may wait.
    async fn work(&self, tenant: TenantId, row: &MirrorRow) -> BaseResult<Millis> {
        let offer = self.offer_of(tenant, row.base).await?;
        let gone = || BaseError::new(BaseErrorKind::NotFound, "The base is offered no longer");
        let mirror = &self.mirror_of(tenant, offer.ok_or_else(gone)?).await?;
        let now = self.now();
        let was_away = row.followed_at.is_some_and(|at| now - at > KEPT);
        let is_due = was_away || self.is_old(row, mirror, now);
        if row.is_complete && self.follow(mirror, row).await? {
            self.wake_mirror(tenant, row.base, true).await?;
        }
        let row = &self.mirror_row(tenant, row.base).await?;
        if is_due || row.wants_comparison {
            let began = self.now();
            if row.webhook.is_none() {
                // What changes while everything is compared is taken over afterwards.
                self.hook(mirror, row).await?;
            }
            let is_first = !row.is_complete;
            let drift = Box::pin(self.compare(mirror, is_first)).await?;
            let drift = if is_first { 0 } else { drift };
            self.compared(mirror, drift, began).await?;
            let row = &self.mirror_row(tenant, row.base).await?;
            if self.follow(mirror, row).await? {
                self.wake_mirror(tenant, row.base, true).await?;
            }
        }
        let is_settled = self.settle_left(mirror).await?;
        let row = self.mirror_row(tenant, row.base).await?;
        Ok(self.pause_of(&row, is_settled))
    }

    /// Whether everything was last compared too long ago.
    fn is_old(&self, row: &MirrorRow, mirror: &Mirror, now: Millis) -> bool {
        let longest = self.platform.settings.airtable.mirror_comparison;
        let longest = Millis::try_from(longest.as_millis()).unwrap_or(Millis::MAX);
        let definition = mirror.definition();
        let mut fields = definition.tables.iter().flat_map(|table| &table.fields);
        let has_links = fields.any(|field| matches!(field.kind, Kind::Attachments { .. }));
        let longest = if has_links {
            longest.min(LINKS_END)
        } else {
            longest
        };
        row.compared_at.is_none_or(|at| now - at >= longest)
    }

    async fn compared(&self, mirror: &Mirror, drift: usize, began: Millis) -> BaseResult<()> {
        let (tenant, base) = (mirror.tenant, mirror.base());
        let drift = i64::try_from(drift).unwrap_or(i64::MAX);
        let tx = self.platform.db.begin(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let by = (self.rounds.holder.as_str(), drift);
        let noted = store::note_compared(&tx, base, by, (began, self.now())).await;
        if !noted.map_err(BaseError::database)? {
            return Err(let_go());
        }
        tx.commit().await.map_err(BaseError::database)?;
        self.forget_offers(tenant).await;
        metrics::counter!("airtable_mirror_drift_total").increment(drift.unsigned_abs());
        tracing::info!(%base, drift, "airtable.mirror_compared");
        Ok(())
    }

    pub(in crate::airtable) async fn mirror_row(
        &self,
        tenant: TenantId,
        base: BaseId,
    ) -> BaseResult<MirrorRow> {
        let tx = self.platform.db.read(tenant).await;
        let found = store::find_mirror(&tx.map_err(BaseError::database)?, base).await;
        let gone = || BaseError::new(BaseErrorKind::NotFound, "The base is copied no longer");
        found.map_err(BaseError::database)?.ok_or_else(gone)
    }

    fn holding(&self) -> Hold<'_> {
        let now = self.now();
        Hold {
            by: &self.rounds.holder,
            now,
            until: now + HELD,
        }
    }

    /// Takes a mirror to work on; `None` where it stands still, is somebody else's, or gone.
    async fn take_held(&self, tenant: TenantId, base: BaseId) -> Result<Option<MirrorRow>, DbErr> {
        let tx = self.platform.db.begin(tenant).await?;
        if !store::take_mirror(&tx, base, self.holding()).await? {
            return Ok(None);
        }
        let row = store::find_mirror(&tx, base).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Says that the work goes on, and how far it is; an error when it is somebody else's by now, or nobody's any more.
    pub(super) async fn keep_held(
        &self,
        mirror: &Mirror,
        progress: Option<&Progress>,
    ) -> BaseResult<()> {
        let kept = async {
            let tx = self.platform.db.begin(mirror.tenant).await?;
            if !store::keep_mirror(&tx, mirror.base(), self.holding()).await? {
                return Ok(false);
            }
            if let Some(progress) = progress {
                let json = serde_json::to_string(progress).ok();
                store::note_progress(&tx, mirror.base(), json.as_deref()).await?;
            }
            tx.commit().await?;
            Ok::<_, DbErr>(true)
        };
        let is_kept = kept.await.map_err(BaseError::database)?;
        is_kept.then_some(()).ok_or_else(let_go)
    }

    async fn release(
        &self,
        tenant: TenantId,
        base: BaseId,
        began: Millis,
        (due, fault): (Millis, Option<String>),
    ) -> Result<(), DbErr> {
        let tx = self.platform.db.begin(tenant).await?;
        let by = (self.rounds.holder.as_str(), began);
        store::release_mirror(&tx, base, by, due, fault.as_deref()).await?;
        tx.commit().await
    }
}
