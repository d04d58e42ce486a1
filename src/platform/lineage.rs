//! Tells a database that was put back from a backup from one that only went on: a mark outside says how far it was.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio_util::sync::CancellationToken;

use super::clock::{Clock, Millis};
use super::db::{Db, SystemTx};
use super::durable::Durable;
use super::private;
use super::tasks::Worker;

/// What the backup is younger than by at most this stays unseen.
const INTERVAL: Duration = Duration::from_secs(5);
const FILE: &str = "database.mark";

const READ: &str = "SELECT id, generation, restored_at, is_holding, \
    (SELECT COALESCE(MAX(seq), 0) FROM event_log) AS place FROM database_lineage";
const BEGIN: &str = "UPDATE database_lineage SET restored_at = $1, is_holding = TRUE";
const END: &str = "UPDATE database_lineage SET is_holding = FALSE, \
    generation = CASE WHEN generation > $1 THEN generation + 1 ELSE $1 + 1 END";

/// The history of this database, as it is told inside and outside of it; cheap to clone.
#[derive(Clone)]
pub struct Lineage {
    db: Db,
    clock: Clock,
    path: Arc<PathBuf>,
    restored_at: Arc<AtomicI64>,
}

/// How far a database was: which one, how often restored, and its newest event.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    id: String,
    generation: i64,
    place: i64,
}

struct State {
    mark: Mark,
    restored_at: Millis,
    is_holding: bool,
}

impl Mark {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        Some(Self {
            id: words.next()?.to_owned(),
            generation: words.next()?.parse().ok()?,
            place: words.next()?.parse().ok()?,
        })
    }

    fn text(&self) -> String {
        format!("{} {} {}\n", self.id, self.generation, self.place)
    }

    /// Whether a database that is here has been further on; of another one nothing is known.
    fn is_before(&self, seen: &Self) -> bool {
        self.id == seen.id && (self.generation, self.place) < (seen.generation, seen.place)
    }
}

impl Lineage {
    /// The history of a database whose mark is in this folder.
    pub fn new(db: &Db, clock: &Clock, folder: &Path) -> Self {
        Self {
            db: db.clone(),
            clock: clock.clone(),
            path: Arc::new(folder.join(FILE)),
            restored_at: Arc::default(),
        }
    }

    /// When the database was last put back from a backup; what is older is not acted upon by itself. 0 for never.
    pub fn restored_at(&self) -> Millis {
        self.restored_at.load(Ordering::Relaxed)
    }

    /// At a start, before anything is worked on: holds every open run of a database that was put back from a backup.
    pub async fn check(&self, durable: &Durable) -> Result<(), DbErr> {
        let state = self.state().await?;
        let seen = self.seen();
        let is_older = seen.as_ref().is_some_and(|seen| state.mark.is_before(seen));
        // Of a hold that was broken off the mark knows nothing.
        if is_older || state.is_holding {
            self.restored(durable).await?;
        } else {
            self.restored_at.store(state.restored_at, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The database was put back from a backup: nothing that it says is under way goes on without a person.
    pub async fn restored(&self, durable: &Durable) -> Result<u64, DbErr> {
        let now = self.clock.now();
        self.update(BEGIN, now).await?;
        self.restored_at.store(now, Ordering::Relaxed);
        let held = durable.hold_open().await?;
        let known = self.seen().map_or(0, |seen| seen.generation);
        self.update(END, known).await?;
        tracing::warn!(held, "database.restored");
        Ok(held)
    }

    /// The task that moves the mark.
    pub fn worker(&self) -> Worker {
        let lineage = self.clone();
        Worker {
            name: "lineage.mark",
            run: Box::new(move |stop| Box::pin(lineage.clone().mark_on(stop))),
        }
    }

    async fn mark_on(self, stop: CancellationToken) {
        let mut written = None;
        loop {
            match self.state().await {
                Ok(state) if written.as_ref() != Some(&state.mark) => {
                    match self.write(&state.mark) {
                        Ok(()) => written = Some(state.mark),
                        Err(error) => tracing::warn!(%error, "lineage.mark_failed"),
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "lineage.unread"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => {}
            }
        }
    }

    async fn state(&self) -> Result<State, DbErr> {
        let tx = self.db.system_read().await?;
        let select = Statement::from_string(tx.conn().get_database_backend(), READ);
        let row = tx.conn().query_one_raw(select).await?;
        let row =
            row.ok_or_else(|| DbErr::RecordNotFound("database_lineage is empty".to_owned()))?;
        Ok(State {
            mark: Mark {
                id: row.try_get("", "id")?,
                generation: row.try_get("", "generation")?,
                place: row.try_get("", "place")?,
            },
            restored_at: row.try_get("", "restored_at")?,
            is_holding: row.try_get("", "is_holding")?,
        })
    }

    async fn update(&self, sql: &str, value: i64) -> Result<(), DbErr> {
        let tx: SystemTx = self.db.system().await?;
        let backend = tx.conn().get_database_backend();
        let update = Statement::from_sql_and_values(backend, sql, [value.into()]);
        tx.conn().execute_raw(update).await?;
        tx.commit().await
    }

    /// A mark that cannot be read says nothing.
    fn seen(&self) -> Option<Mark> {
        Mark::parse(&fs::read_to_string(&*self.path).ok()?)
    }

    /// Whole or not at all.
    fn write(&self, mark: &Mark) -> io::Result<()> {
        let beside = self.path.with_extension("mark.new");
        let mut file = private::options()
            .create(true)
            .truncate(true)
            .open(&beside)?;
        file.write_all(mark.text().as_bytes())?;
        fs::rename(&beside, &*self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: &str, generation: i64, place: i64) -> Mark {
        Mark {
            id: id.to_owned(),
            generation,
            place,
        }
    }

    #[test]
    fn only_the_same_database_can_be_older_than_its_mark() {
        let seen = mark("a", 1, 100);
        assert!(mark("a", 1, 99).is_before(&seen));
        assert!(!mark("a", 1, 100).is_before(&seen));
        // Restored and held by another instance since.
        assert!(!mark("a", 2, 50).is_before(&seen));
        // The backup of before an earlier restore.
        assert!(mark("a", 0, 500).is_before(&seen));
        assert!(!mark("b", 0, 0).is_before(&seen));
    }

    #[test]
    fn a_mark_is_read_as_it_was_written_and_a_torn_one_not_at_all() {
        let seen = mark("a1", 3, 12_345);
        assert_eq!(Mark::parse(&seen.text()), Some(seen));
        for torn in ["", "a1", "a1 3", "a1 x 5"] {
            assert_eq!(Mark::parse(torn), None, "{torn:?}");
        }
    }
}
