use std::sync::Arc;

use async_trait::async_trait;
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::time::timeout;

use super::{HEARTBEAT, Inbox, Link, Lost};
use crate::platform::db::Db;

const CHANNEL: &str = "pyairtable_signals";
/// One connection listens, one sends: neither may wait for the pool of the requests.
const CONNECTIONS: u32 = 2;

struct Notifications(PgPool);

/// The link over LISTEN and NOTIFY; `None` on SQLite.
pub(super) fn link(db: &Db) -> Option<Arc<dyn Link>> {
    let options = db.postgres_options()?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect_lazy_with(options);
    Some(Arc::new(Notifications(pool)))
}

#[async_trait]
impl Link for Notifications {
    async fn send(&self, payload: &str) -> Result<(), Lost> {
        let notify = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(payload);
        match timeout(HEARTBEAT, notify.execute(&self.0)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(lost(&error)),
            Err(elapsed) => Err(lost(&elapsed)),
        }
    }

    async fn open(&self) -> Result<Box<dyn Inbox>, Lost> {
        let listen = async {
            let mut listener = PgListener::connect_with(&self.0).await?;
            listener.ignore_pool_close_event(true);
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        Ok(Box::new(listen.await.map_err(|error| lost(&error))?))
    }
}

#[async_trait]
impl Inbox for PgListener {
    async fn next(&mut self) -> Result<String, Lost> {
        match self.try_recv().await {
            Ok(Some(notification)) => Ok(notification.payload().to_owned()),
            // The listener would reconnect by itself, but what was missed meanwhile must be told.
            Ok(None) => Err(Lost),
            Err(error) => Err(lost(&error)),
        }
    }
}

fn lost(error: &dyn std::fmt::Display) -> Lost {
    tracing::debug!(%error, "signals.postgres.failed");
    Lost
}
