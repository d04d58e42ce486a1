use std::time::Duration;

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use crate::platform::clock::Millis;
use crate::platform::tasks::Worker;
use crate::saga::Saga;
use crate::saga::store;

const CLEAN_EVERY: Duration = Duration::from_secs(3600);
/// How long a question can still be looked at after its time is over.
const APPROVALS_KEPT: Millis = 24 * 3_600_000;

/// The long-running tasks of the context.
pub(in crate::saga) fn workers(saga: &Saga) -> Vec<Worker> {
    let saga = saga.clone();
    vec![Worker {
        name: "saga.clean",
        run: Box::new(move |stop| Box::pin(clean(saga.clone(), stop))),
    }]
}

async fn clean(saga: Saga, stop: CancellationToken) {
    loop {
        if let Err(error) = clear_away(&saga).await {
            tracing::warn!(%error, "saga.clean_failed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CLEAN_EVERY) => {}
        }
    }
}

async fn clear_away(saga: &Saga) -> Result<(), DbErr> {
    let now = saga.platform.clock.now();
    let tx = saga.platform.db.system().await?;
    store::delete_expired(&tx, now - APPROVALS_KEPT, now).await?;
    tx.commit().await?;
    expire(saga, now).await
}

/// Says of change sets that they are too old to be undone; what they replaced is erased by its owner.
async fn expire(saga: &Saga, now: Millis) -> Result<(), DbErr> {
    let before = now.saturating_sub(saga.undo_window());
    loop {
        let tx = saga.platform.db.system().await?;
        let expired = store::expire_sets(&tx, before, now).await?;
        tx.commit().await?;
        metrics::counter!("change_sets_expired_total").increment(expired);
        if expired < store::BATCH {
            return Ok(());
        }
    }
}
