//! Supervised background tasks: named, restarted with backoff when they end early, stopped by one token.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// A long-running task, run by name under the supervisor and restarted when it fails.
pub struct Worker {
    /// Unique name, such as `airtable.refresh`.
    pub name: &'static str,
    /// Makes one run of it; it ends when the token is cancelled.
    pub run: Box<dyn Fn(CancellationToken) -> BoxFuture<'static, ()> + Send + Sync>,
}

/// Runs tasks by name until told to stop.
#[derive(Clone, Default)]
pub struct Supervisor {
    stop: CancellationToken,
    tasks: TaskTracker,
    runtime: Option<Handle>,
}

impl Supervisor {
    /// One whose tasks run where it was made, and so outlive the thread that a request came in on.
    pub fn here() -> Self {
        Self {
            runtime: Handle::try_current().ok(),
            ..Self::default()
        }
    }

    /// The token that is cancelled at the stop.
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a worker; when it ends or panics before the stop it is started again.
    pub fn run(&self, worker: Worker) {
        let stop = self.stop.clone();
        self.spawn(worker.name, async move {
            let mut backoff = FIRST_BACKOFF;
            while !stop.is_cancelled() {
                let started = tokio::time::Instant::now();
                let run = std::panic::AssertUnwindSafe((worker.run)(stop.clone()));
                let panicked = run.catch_unwind().await.is_err();
                if stop.is_cancelled() {
                    break;
                }
                metrics::counter!("worker_restarts_total", "worker" => worker.name).increment(1);
                tracing::warn!(worker = worker.name, panicked, "worker.restart");
                if started.elapsed() > LONGEST_BACKOFF {
                    backoff = FIRST_BACKOFF;
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(backoff) => {}
                }
                backoff = (backoff * 2).min(LONGEST_BACKOFF);
            }
        });
    }

    /// Runs a future to its end under a name.
    #[expect(
        clippy::disallowed_methods,
        reason = "the supervisor is where tasks are spawned"
    )]
    pub fn spawn(&self, name: &'static str, future: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.track_future(future);
        let task = async move {
            tracing::debug!(task = name, "task.start");
            task.await;
            tracing::debug!(task = name, "task.end");
        };
        match &self.runtime {
            Some(runtime) => runtime.spawn(task),
            None => tokio::spawn(task),
        };
    }

    /// Tells all tasks to stop and waits for them; false when the deadline came first.
    pub async fn stop(&self, deadline: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(deadline, self.tasks.wait())
            .await
            .is_ok()
    }
}
