use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backlog::measure;
use super::cursor::register;
use super::retention::trim;
use super::sequence::sequence;
use super::types::Subscription;
use crate::platform::clock::Clock;
use crate::platform::db::Db;
use crate::platform::settings::Events;
use crate::platform::tasks::Worker;

const LOOK_EVERY: Duration = Duration::from_secs(15);
const TRIM_EVERY: Duration = Duration::from_secs(3600);

/// Measures the log and trims it.
pub(super) fn worker(
    db: &Db,
    clock: &Clock,
    settings: &Events,
    subscriptions: &[Subscription],
) -> Worker {
    let upkeep = Upkeep {
        db: db.clone(),
        clock: clock.clone(),
        settings: settings.clone(),
        subscriptions: subscriptions.to_vec(),
    };
    Worker {
        name: "events.upkeep",
        run: Box::new(move |stop| {
            let upkeep = upkeep.clone();
            Box::pin(async move { upkeep.run(stop).await })
        }),
    }
}

#[derive(Clone)]
struct Upkeep {
    db: Db,
    clock: Clock,
    settings: Events,
    subscriptions: Vec<Subscription>,
}

impl Upkeep {
    async fn run(self, stop: CancellationToken) {
        let mut trimmed_at = None;
        loop {
            // A batch that is cut short rolls back.
            let outcome = tokio::select! {
                () = stop.cancelled() => return,
                outcome = self.look(&mut trimmed_at) => outcome,
            };
            if let Err(error) = outcome {
                tracing::warn!(%error, "events.upkeep_failed");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn look(&self, trimmed_at: &mut Option<Instant>) -> Result<(), DbErr> {
        if trimmed_at.is_none() {
            self.register_all().await?;
        }
        sequence(&self.db).await?;
        measure(&self.db, &self.clock).await?;
        if trimmed_at.is_none_or(|at| at.elapsed() >= TRIM_EVERY) {
            let events = trim(&self.db, &self.clock, &self.settings).await?;
            tracing::debug!(events, "events.trimmed");
            *trimmed_at = Some(Instant::now());
        }
        Ok(())
    }

    /// Before anything is trimmed, so that a subscription that is new or wants more finds what there is.
    async fn register_all(&self) -> Result<(), DbErr> {
        let tx = self.db.system().await?;
        for subscription in &self.subscriptions {
            register(&tx, subscription).await?;
        }
        tx.commit().await
    }
}
