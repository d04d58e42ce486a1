use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::KIND;
use crate::platform::durable::RunState;
use crate::platform::tasks::Worker;
use crate::saga::Saga;

const EVERY: Duration = Duration::from_secs(15);

/// The task that shows how many runs need a person.
pub(in crate::saga) fn measuring(saga: &Saga) -> Worker {
    let saga = saga.clone();
    Worker {
        name: "saga.measure",
        run: Box::new(move |stop| Box::pin(measure(saga.clone(), stop))),
    }
}

async fn measure(saga: Saga, stop: CancellationToken) {
    let durable = &saga.platform.durable;
    loop {
        match durable.count(KIND, RunState::NeedsAttention).await {
            Ok(runs) => metrics::gauge!("saga_runs_needs_attention").set(runs as f64),
            Err(error) => tracing::warn!(%error, "saga.measure_failed"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
