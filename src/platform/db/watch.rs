use std::time::{Duration, Instant};

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::connect::{Db, TIME};
use super::pulse::Pulse;
use crate::platform::clock::{Clock, Millis};
use crate::platform::tasks::Worker;

const INTERVAL: Duration = Duration::from_millis(500);
/// With the interval, how long a request can hang before the database is taken for dead.
const PATIENCE: Duration = Duration::from_secs(2);

/// An answer that took longer tells no time.
const PROMPT: Duration = Duration::from_millis(100);

/// The task that watches whether the database answers, and what time it has; none on SQLite.
pub fn workers(db: &Db, clock: &Clock) -> Vec<Worker> {
    let Some(options) = db.postgres_options() else {
        return Vec::new();
    };
    let (pulse, clock) = (db.pulse().clone(), clock.clone());
    vec![Worker {
        name: "database.watch",
        run: Box::new(move |stop| {
            let watch = Watch {
                options: options.clone(),
                pulse: pulse.clone(),
                clock: clock.clone(),
                connection: None,
            };
            Box::pin(watch.run(stop))
        }),
    }]
}

struct Watch {
    options: PgConnectOptions,
    pulse: Pulse,
    clock: Clock,
    /// Outside the pools, so that it never waits for requests.
    connection: Option<PgConnection>,
}

impl Watch {
    async fn run(mut self, stop: CancellationToken) {
        loop {
            let asked = timeout(PATIENCE, self.ask()).await;
            let answers = asked.unwrap_or_else(|_| {
                self.connection = None;
                self.pulse.broke();
                false
            });
            self.pulse.set_answers(answers);
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(INTERVAL) => {}
                () = self.pulse.doubted(), if answers => {}
            }
        }
    }

    /// One question; a connection that broke is made anew, for it may be alone in that.
    async fn ask(&mut self) -> bool {
        if let Some(mut known) = self.connection.take() {
            if self.ask_time(&mut known).await.is_ok() {
                self.connection = Some(known);
                return true;
            }
            self.pulse.broke();
        }
        match self.options.connect().await {
            Ok(mut made) => {
                let answers = self.ask_time(&mut made).await.is_ok();
                self.connection = answers.then_some(made);
                answers
            }
            // A server that refuses in words is there, unless it says that it is starting or stopping.
            Err(sqlx::Error::Database(refusal)) => {
                !refusal.code().is_some_and(|code| code.starts_with("57P"))
            }
            Err(error) => {
                tracing::debug!(%error, "database.unreachable");
                self.pulse.broke();
                false
            }
        }
    }

    async fn ask_time(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let asked = Instant::now();
        let now: Millis = sqlx::query_scalar(TIME).fetch_one(connection).await?;
        if asked.elapsed() < PROMPT {
            self.clock.follow(now);
        }
        Ok(())
    }
}
