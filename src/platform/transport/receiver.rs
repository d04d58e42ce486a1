use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{HEARTBEAT, Inbox, Link, RESYNC, wire};
use crate::platform::ids::BootId;
use crate::platform::signals::{Signal, Signals};

/// Silence this long means a dead line, since our own heartbeats come back on it.
const LONGEST_SILENCE: Duration = HEARTBEAT.saturating_mul(3);
const RETRY: Duration = Duration::from_secs(1);

/// Hands in what other instances publish until the stop; reconnects for ever.
pub(super) async fn run(
    link: Arc<dyn Link>,
    own: BootId,
    signals: Signals,
    stop: CancellationToken,
) {
    let receive = async {
        loop {
            if let Ok(inbox) = link.open().await {
                // What was said before the line stood is lost: everybody must look.
                signals.deliver(Signal {
                    topic: RESYNC.to_owned(),
                    key: String::new(),
                });
                tracing::debug!("signals.connected");
                drain(inbox, own, &signals).await;
                tracing::warn!("signals.disconnected");
            }
            sleep(RETRY).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = receive => {}
    }
}

async fn drain(mut inbox: Box<dyn Inbox>, own: BootId, signals: &Signals) {
    while let Ok(Ok(payload)) = timeout(LONGEST_SILENCE, inbox.next()).await {
        // What cannot be read came from another program on the channel.
        for signal in wire::decode(own, &payload).unwrap_or_default() {
            signals.deliver(signal);
        }
    }
}
