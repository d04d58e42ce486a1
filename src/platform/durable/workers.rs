use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::DbErr;
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::client::{DUE, Durable};
use super::kernel::Kernel;
use super::sql::MEASURE;
use super::types::RunState;
use crate::platform::clock::Millis;
use crate::platform::signals::Signal;
use crate::platform::tasks::Worker;

/// One look serves all the wake-ups of the next few milliseconds.
const GATHER: Duration = Duration::from_millis(10);
/// Of so many workers one is kept for a tenant that has none.
const KEPT: usize = 8;
const WATCH: Duration = Duration::from_secs(15);
/// Due for so long without anybody taking it, a run is stuck.
const STUCK: Millis = 5 * 60 * 1000;

impl Kernel {
    /// The tasks that work runs, keep leases and measure.
    pub fn workers(&self) -> Vec<Worker> {
        if self.inner.settings.workers == 0 {
            return Vec::new();
        }
        type Work = fn(Kernel, CancellationToken) -> BoxFuture<'static, ()>;
        let worker = |name, work: Work| {
            let kernel = self.clone();
            let run = Box::new(move |stop| work(kernel.clone(), stop));
            Worker { name, run }
        };
        vec![
            worker("durable.work", |kernel, stop| kernel.work_all(stop).boxed()),
            worker("durable.heartbeat", |kernel, stop| {
                kernel.beat_on(stop).boxed()
            }),
            worker("durable.watch", |kernel, stop| {
                kernel.watch_on(stop).boxed()
            }),
        ]
    }

    async fn work_all(self, stop: CancellationToken) {
        let mut wake_ups = self.inner.durable.signals.subscribe();
        if let Err(error) = self.void_earlier_boots().await {
            // The supervisor starts this again; until then nothing may be claimed.
            tracing::warn!(%error, "durable.void_failed");
            return;
        }
        let waits = self.has_limits() || self.inner.settings.workers >= KEPT;
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            while running.try_join_next().is_some() {}
            let workers = self.inner.settings.workers;
            let free = workers.saturating_sub(running.len());
            let claims = self.claim_keeping(free, workers / KEPT).await;
            let claims = claims.unwrap_or_else(|error| {
                tracing::warn!(%error, "durable.claim_failed");
                Vec::new()
            });
            let is_full = claims.len() == free;
            for claim in claims {
                let kernel = self.clone();
                running.spawn(async move { kernel.work(claim).await });
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.inner.settings.poll) => {}
                () = woken(&mut wake_ups), if !is_full => tokio::time::sleep(GATHER).await,
                // Where runs wait although workers are free, one that ends makes room too.
                Some(_) = running.join_next(), if is_full || waits => if !is_full {
                    tokio::time::sleep(GATHER).await;
                },
            }
            wake_ups = wake_ups.resubscribe();
        }
        self.end(running).await;
    }

    /// Steps in flight get their time; what is not over by then is fenced and settled by whoever is next.
    async fn end(&self, mut running: JoinSet<()>) {
        self.inner.is_draining.store(true, Ordering::Relaxed);
        let all = async { while running.join_next().await.is_some() {} };
        let patience = self.inner.settings.drain_timeout;
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!(left = running.len(), "durable.drain_late");
        }
        running.shutdown().await;
        if let Err(error) = self.release_all().await {
            tracing::warn!(%error, "durable.release_failed");
        }
        self.inner.over.cancel();
    }

    /// Until the work is over too, or leases would end while steps are in flight.
    async fn beat_on(self, stop: CancellationToken) {
        while !(stop.is_cancelled() && self.inner.held.all(false).is_empty()) {
            tokio::select! {
                () = self.inner.over.cancelled() => return,
                () = stop.cancelled(), if !stop.is_cancelled() => continue,
                () = tokio::time::sleep(self.inner.settings.lease / 3) => {}
            }
            if let Err(error) = self.beat().await {
                tracing::warn!(%error, "durable.heartbeat_failed");
            }
        }
    }

    async fn watch_on(self, stop: CancellationToken) {
        let look = async || loop {
            tokio::time::sleep(WATCH).await;
            match self.inner.durable.measures().await {
                Ok(measures) => measures.show(),
                Err(error) => tracing::warn!(%error, "durable.measure_failed"),
            }
        };
        stop.run_until_cancelled(look()).await;
    }
}

/// A closed or lagging channel is as good as a wake-up.
async fn woken(wake_ups: &mut Receiver<Signal>) {
    while let Ok(signal) = wake_ups.recv().await {
        if signal.topic == DUE {
            return;
        }
    }
}

/// How the runs of all tenants are doing.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    /// Open runs by state.
    pub open: HashMap<RunState, i64>,
    /// How long the run that is due longest has been so, in milliseconds.
    pub lag: Millis,
    /// Runs that have been due for five minutes and that nobody takes.
    pub stuck: i64,
}

impl Durable {
    /// Counts the open runs of all tenants.
    pub async fn measures(&self) -> Result<Measures, DbErr> {
        let tx = self.db.system_read().await?;
        let mut measures = Measures::default();
        for row in self.rows(tx.conn(), MEASURE, [STUCK.into()]).await? {
            if let Some(state) = RunState::parse(&row.try_get::<String>("", "state")?) {
                measures.open.insert(state, row.try_get("", "runs")?);
            }
            measures.lag = measures.lag.max(row.try_get("", "lag")?);
            measures.stuck += row.try_get::<i64>("", "stuck")?;
        }
        Ok(measures)
    }
}

impl Measures {
    fn show(&self) {
        for state in RunState::ALL.iter().filter(|state| !state.is_terminal()) {
            let runs = self.open.get(state).copied().unwrap_or(0);
            metrics::gauge!("durable_runs", "state" => state.as_str()).set(runs as f64);
        }
        metrics::gauge!("durable_due_lag_seconds").set(self.lag as f64 / 1000.0);
        metrics::gauge!("durable_stuck_runs").set(self.stuck as f64);
        if self.stuck > 0 {
            tracing::warn!(runs = self.stuck, "durable.stuck");
        }
    }
}
