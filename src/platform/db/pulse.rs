use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};
use tokio::sync::{Notify, watch};

use super::failure::{is_unreachable, sorted};

/// Whether the database answers, as a connection of its own finds out; cheap to clone.
///
/// A server that hangs keeps its sockets open, so that only a watch with a clock of its own can tell; statements
/// need no time-out then, and a slow one is not taken for a lost one.
#[derive(Clone)]
pub(super) struct Pulse(Arc<Inner>);

struct Inner {
    answers: watch::Sender<bool>,
    /// Connections that are older may be dead.
    broken_at: watch::Sender<Option<Instant>>,
    doubt: Notify,
    is_file: bool,
}

impl Pulse {
    /// That of a server, which somebody watches.
    pub(super) fn of_server() -> Self {
        Self::new(false)
    }

    /// That of a file, which always answers, but whose connections are worth nothing after a failure.
    pub(super) fn of_file() -> Self {
        Self::new(true)
    }

    fn new(is_file: bool) -> Self {
        Self(Arc::new(Inner {
            is_file,
            answers: watch::Sender::new(true),
            broken_at: watch::Sender::new(None),
            doubt: Notify::new(),
        }))
    }

    pub(super) fn answers(&self) -> bool {
        *self.0.answers.borrow()
    }

    /// Fails at once while nobody answers.
    pub(super) fn refuse(&self) -> Result<(), DbErr> {
        if self.answers() {
            return Ok(());
        }
        Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
    }

    /// Carries a statement to its end, or to the moment when the database is found not to answer.
    pub(super) async fn race<T>(
        &self,
        statement: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let outcome = tokio::select! {
            biased;
            outcome = statement => outcome,
            () = self.stopped() => return Err(lost()),
        };
        outcome.map_err(|error| {
            let error = sorted(error);
            if is_unreachable(&error) {
                self.doubt();
            }
            error
        })
    }

    fn doubt(&self) {
        if self.0.is_file {
            // A transaction that could not be ended is still open there, and would swallow all that come after.
            self.broke();
        } else {
            self.0.doubt.notify_one();
        }
    }

    pub(super) async fn stopped(&self) {
        let mut answers = self.0.answers.subscribe();
        // The sender lives in `self`, so that this cannot fail.
        let _ = answers.wait_for(|answers| !answers).await;
    }

    /// Ready when a statement failed as if the server were gone.
    #[cfg(feature = "postgres")]
    pub(super) async fn doubted(&self) {
        self.0.doubt.notified().await;
    }

    /// Whether a connection of this age was made before the database last failed.
    pub(super) fn is_stale(&self, age: Duration) -> bool {
        let broken_at = *self.0.broken_at.borrow();
        broken_at.is_some_and(|at| age >= at.elapsed())
    }

    /// All connections are to be made anew.
    pub(super) fn broke(&self) {
        self.0.broken_at.send_replace(Some(Instant::now()));
    }

    #[cfg(feature = "postgres")]
    pub(super) fn set_answers(&self, answers: bool) {
        if self.0.answers.send_replace(answers) != answers {
            metrics::gauge!("database_answers").set(f64::from(u8::from(answers)));
            if answers {
                tracing::info!("database.up");
            } else {
                tracing::warn!("database.down");
            }
        }
    }
}

/// The error of a statement that was left because the database stopped answering.
pub(super) fn lost() -> DbErr {
    let message = "the database does not answer; whether the statement was carried out is unknown";
    DbErr::Conn(RuntimeErr::Internal(message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "postgres")]
    #[tokio::test]
    async fn a_statement_ends_when_the_database_stops_answering() {
        let pulse = Pulse::of_server();
        let statement = pulse.race(std::future::pending::<Result<(), DbErr>>());
        let (outcome, ()) = tokio::join!(statement, async { pulse.set_answers(false) });
        assert!(matches!(outcome, Err(DbErr::Conn(_))), "{outcome:?}");
        assert!(pulse.refuse().is_err());
        pulse.set_answers(true);
        assert!(pulse.refuse().is_ok());
        assert_eq!(pulse.race(async { Ok(3) }).await, Ok(3));
    }

    #[test]
    fn connections_from_before_a_loss_are_stale() {
        let pulse = Pulse::of_file();
        assert!(!pulse.is_stale(Duration::from_secs(60)));
        pulse.broke();
        assert!(pulse.is_stale(Duration::from_secs(60)));
        assert!(!pulse.is_stale(Duration::ZERO));
    }

    #[tokio::test]
    async fn a_failure_of_the_disk_leaves_the_connections_of_a_file_behind() {
        let pulse = Pulse::of_file();
        let io = std::io::Error::from(std::io::ErrorKind::Other);
        let error = RuntimeErr::SqlxError(sqlx::Error::Io(io).into());
        let failed = pulse.race(async { Err::<(), _>(DbErr::Exec(error)) }).await;
        assert!(matches!(failed, Err(DbErr::Conn(_))), "{failed:?}");
        assert!(pulse.is_stale(Duration::from_secs(1)));
        assert!(pulse.refuse().is_ok());
    }
}
