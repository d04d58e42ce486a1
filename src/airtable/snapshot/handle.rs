use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use sea_orm::DbErr;
use tokio::sync::{Mutex, MutexGuard, oneshot};

use super::state::State;
use crate::platform::clock::Millis;
use crate::platform::db::{TenantTx, is_unreachable};

/// Writes that share a commit at most, so that other bases get their turn.
const MOST_WRITES: usize = 32;

/// What became of a write; the error is the group's.
pub(in crate::airtable) type Committed = Result<(), Arc<DbErr>>;

/// A base that is in memory; readers take its state, one writer at a time makes the next.
pub(in crate::airtable) struct BaseHandle {
    pub(in crate::airtable) state: ArcSwap<State>,
    open: Mutex<Option<Group>>,
    last_used: AtomicI64,
}

/// Writes in one transaction that is not committed yet.
struct Group {
    tx: TenantTx,
    /// What holds once it is committed.
    state: Arc<State>,
    writers: Vec<oneshot::Sender<Committed>>,
}

/// The right to write to a base, held by one task at a time.
pub(in crate::airtable) struct Writer<'a> {
    handle: &'a BaseHandle,
    open: MutexGuard<'a, Option<Group>>,
}

impl BaseHandle {
    pub(super) fn new(state: State) -> Self {
        Self {
            state: ArcSwap::from_pointee(state),
            open: Mutex::default(),
            last_used: AtomicI64::new(0),
        }
    }

    /// Notes that somebody used the base.
    pub(in crate::airtable) fn touch(&self, now: Millis) {
        self.last_used.store(now, Ordering::Relaxed);
    }

    pub(super) fn last_used(&self) -> Millis {
        self.last_used.load(Ordering::Relaxed)
    }

    /// Keeps other writers out; what earlier ones wrote is committed, or failed.
    pub(in crate::airtable) async fn writer(&self) -> Writer<'_> {
        let mut writer = self.next_writer().await;
        writer.commit().await;
        writer
    }

    /// Keeps other writers out; what earlier ones wrote may wait for its commit.
    pub(in crate::airtable) async fn next_writer(&self) -> Writer<'_> {
        Writer {
            handle: self,
            open: self.open.lock().await,
        }
    }
}

impl Writer<'_> {
    /// The open transaction and the state in it, where one more write may share its commit.
    pub(in crate::airtable) fn joinable(&self) -> Option<(&TenantTx, &Arc<State>)> {
        let group = self.open.as_ref();
        let group = group.filter(|group| group.writers.len() < MOST_WRITES);
        group.map(|group| (&group.tx, &group.state))
    }

    /// Leaves a write to the next commit; true when nobody else has asked for that commit yet.
    pub(in crate::airtable) async fn leave(
        &mut self,
        tx: TenantTx,
        state: Arc<State>,
    ) -> Result<(oneshot::Receiver<Committed>, bool), Arc<DbErr>> {
        let (writer, committed) = oneshot::channel();
        let Some(group) = self.open.as_mut() else {
            let writers = vec![writer];
            *self.open = Some(Group { tx, state, writers });
            return Ok((committed, true));
        };
        if let Err(error) = tx.commit().await {
            return Err(self.fail(error));
        }
        group.state = state;
        group.writers.push(writer);
        Ok((committed, false))
    }

    /// Notes that a write failed; where the database itself did, nobody knows what is left of the transaction, so that
    /// those who wait for its commit fail too.
    pub(in crate::airtable) fn fail(&mut self, error: DbErr) -> Arc<DbErr> {
        let is_lost = is_unreachable(&error);
        let error = Arc::new(error);
        if is_lost && let Some(Group { writers, .. }) = self.open.take() {
            tell(writers, &Err(error.clone()));
        }
        error
    }

    /// Commits what waits, shows it to readers and tells the writers.
    pub(in crate::airtable) async fn commit(&mut self) {
        let Some(Group { tx, state, writers }) = self.open.take() else {
            return;
        };
        let committed = tx.commit().await.map_err(Arc::new);
        if committed.is_ok() {
            self.handle.state.store(state);
        }
        tell(writers, &committed);
    }
}

fn tell(writers: Vec<oneshot::Sender<Committed>>, committed: &Committed) {
    for writer in writers {
        // A writer whose client has hung up does not listen any more.
        let _ = writer.send(committed.clone());
    }
}
