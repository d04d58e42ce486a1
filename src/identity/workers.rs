use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::service::{CHANGED, Identity};
use super::store;
use crate::platform::clock::Millis;
use crate::platform::ids::ApiKeyId;
use crate::platform::tasks::Worker;
use crate::platform::transport::RESYNC;

const NOTES_AT_ONCE: usize = 200;
const CLEAN_EVERY: Duration = Duration::from_secs(3600);
const DEAD_SESSIONS_KEPT: Millis = 30 * 86_400_000;

/// The long-running tasks of identity.
pub(crate) fn all(identity: &Identity) -> Vec<Worker> {
    vec![
        worker(identity, "identity.forget", |identity, stop| {
            Box::pin(forget(identity, stop))
        }),
        worker(identity, "identity.key_use", |identity, stop| {
            Box::pin(note_use(identity, stop))
        }),
        worker(identity, "identity.clean", |identity, stop| {
            Box::pin(clean(identity, stop))
        }),
    ]
}

fn worker(
    identity: &Identity,
    name: &'static str,
    run: fn(Identity, CancellationToken) -> BoxFuture<'static, ()>,
) -> Worker {
    let identity = identity.clone();
    Worker {
        name,
        run: Box::new(move |stop| run(identity.clone(), stop)),
    }
}

/// Drops cached rights when another instance, or the command line, changed some.
async fn forget(identity: Identity, stop: CancellationToken) {
    let mut hints = identity.platform().signals.subscribe();
    loop {
        let hint = tokio::select! {
            () = stop.cancelled() => return,
            hint = hints.recv() => hint,
        };
        match hint {
            Ok(signal) if signal.topic == CHANGED => match signal.key.parse() {
                Ok(user) => identity.forget_person(user),
                Err(_) => identity.forget_cached(),
            },
            Ok(signal) if signal.topic != RESYNC => {}
            Ok(_) | Err(RecvError::Lagged(_)) => identity.forget_cached(),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Writes down when keys were used, many at once and away from the requests.
async fn note_use(identity: Identity, stop: CancellationToken) {
    let queue = identity.credentials().to_note();
    let mut queue = queue.lock().await;
    let mut keys = Vec::with_capacity(NOTES_AT_ONCE);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = queue.recv_many(&mut keys, NOTES_AT_ONCE) => {}
        }
        if let Err(error) = write_use(&identity, &keys).await {
            tracing::warn!(%error, "identity.key_use_not_noted");
        }
        keys.clear();
    }
}

async fn write_use(identity: &Identity, keys: &[ApiKeyId]) -> Result<(), Error> {
    let tx = identity.platform().db.system().await?;
    store::touch_keys(&tx, keys, identity.now()).await?;
    Ok(tx.commit().await?)
}

/// Deletes sessions that ended long ago.
async fn clean(identity: Identity, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CLEAN_EVERY) => {}
        }
        match delete_dead(&identity).await {
            Ok(deleted) => tracing::debug!(deleted, "identity.cleaned"),
            Err(error) => tracing::warn!(%error, "identity.clean_failed"),
        }
    }
}

async fn delete_dead(identity: &Identity) -> Result<u64, Error> {
    let tx = identity.platform().db.system().await?;
    let deleted = store::delete_dead_sessions(&tx, identity.now() - DEAD_SESSIONS_KEPT).await?;
    tx.commit().await?;
    Ok(deleted)
}
