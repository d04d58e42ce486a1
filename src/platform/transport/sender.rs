use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{HEARTBEAT, Link, RESYNC, wire};
use crate::platform::ids::BootId;
use crate::platform::signals::Signal;

/// How long signals wait for company.
const BATCH: Duration = Duration::from_millis(10);

/// Sends what is published here until the stop; after a failure the others are told to look.
pub(super) async fn run(
    link: Arc<dyn Link>,
    own: BootId,
    mut outgoing: Receiver<Signal>,
    stop: CancellationToken,
) {
    let mut is_behind = false;
    loop {
        let batch = tokio::select! {
            () = stop.cancelled() => return,
            batch = collect(&mut outgoing) => batch,
        };
        let Some(mut batch) = batch else { return };
        if is_behind {
            batch.push(resync());
        }
        is_behind = send(&*link, own, batch).await.is_err();
    }
}

async fn send(link: &dyn Link, own: BootId, batch: Vec<Signal>) -> Result<(), super::Lost> {
    for payload in wire::encode(own, batch) {
        link.send(&payload).await.inspect_err(|_| {
            metrics::counter!("signals_lost_total").increment(1);
        })?;
    }
    Ok(())
}

/// The next signals, nothing when it is time for a heartbeat, `None` when no more can come.
async fn collect(outgoing: &mut Receiver<Signal>) -> Option<Vec<Signal>> {
    let first = match timeout(HEARTBEAT, outgoing.recv()).await {
        Ok(Ok(signal)) => signal,
        Ok(Err(RecvError::Lagged(_))) => resync(),
        Ok(Err(RecvError::Closed)) => return None,
        Err(_) => return Some(Vec::new()),
    };
    sleep(BATCH).await;
    let mut batch = vec![first];
    loop {
        match outgoing.try_recv() {
            Ok(signal) => batch.push(signal),
            Err(TryRecvError::Lagged(_)) => batch.push(resync()),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(batch),
        }
    }
}

fn resync() -> Signal {
    Signal {
        topic: RESYNC.to_owned(),
        key: String::new(),
    }
}
