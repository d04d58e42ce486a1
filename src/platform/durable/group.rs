use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use sea_orm::DbErr;
use tokio::sync::oneshot;

use super::change::{Change, Head, apply};
use super::client::Durable;
use super::fault::fault;
use crate::platform::db::Dialect;
use crate::platform::sync::lock;

/// Commits that may be under way at once on PostgreSQL; SQLite has one writer.
const POSTGRES_LANES: usize = 4;
const LARGEST_BATCH: usize = 64;

type Answer = Result<Option<Head>, DbErr>;
type Queued = (Change, oneshot::Sender<Answer>);

#[derive(Default)]
struct Lane {
    queue: Mutex<VecDeque<Queued>>,
    leader: tokio::sync::Mutex<()>,
}

/// Lets changes of several runs share a commit: whoever comes while one is under way rides with the next.
pub(super) struct Group {
    durable: Durable,
    lanes: Vec<Lane>,
}

impl Group {
    pub(super) fn new(durable: &Durable) -> Self {
        let lanes = match durable.db.dialect() {
            Dialect::Sqlite => 1,
            Dialect::Postgres => POSTGRES_LANES,
        };
        Self {
            durable: durable.clone(),
            lanes: (0..lanes).map(|_| Lane::default()).collect(),
        }
    }

    /// Makes the change durable; `None` when the run is not ours any more.
    pub(super) async fn commit(&self, change: Change) -> Answer {
        let mut hasher = DefaultHasher::new();
        change.run.hash(&mut hasher);
        let lane = &self.lanes[(hasher.finish() % self.lanes.len() as u64) as usize];
        let (answer, mut answered) = oneshot::channel();
        lock(&lane.queue).push_back((change, answer));
        // Whoever gets the lock commits for all who wait, and most find their answer ready when it is their turn.
        let _leader = lane.leader.lock().await;
        loop {
            match answered.try_recv() {
                Ok(answer) => return answer,
                Err(oneshot::error::TryRecvError::Empty) => self.lead(lane).await,
                Err(oneshot::error::TryRecvError::Closed) => {
                    let message = "the commit this change was part of was given up";
                    return Err(DbErr::Custom(message.to_owned()));
                }
            }
        }
    }

    async fn lead(&self, lane: &Lane) {
        // Who is ready to commit too comes along.
        tokio::task::yield_now().await;
        let mut batch: Vec<Queued> = {
            let mut queue = lock(&lane.queue);
            let length = queue.len().min(LARGEST_BATCH);
            queue.drain(..length).collect()
        };
        // All who lock several rows lock them in this order.
        batch.sort_by_key(|(change, _)| (change.tenant, change.run));
        metrics::histogram!("durable_batch_size").record(batch.len() as f64);
        let (changes, senders): (Vec<Change>, Vec<_>) = batch.into_iter().unzip();
        let mut answers: Vec<Answer> = match self.apply(&changes).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        if answers.len() < changes.len() {
            // One of several failed and took the others with it: each by itself, so that only that one fails.
            answers.clear();
            for change in &changes {
                let alone = self.apply(std::slice::from_ref(change)).await;
                answers.push(alone.map(|mut applied| applied.pop().flatten()));
            }
        }
        for (sender, answer) in senders.into_iter().zip(answers) {
            // Who asked may have gone; the change is durable all the same.
            let _ = sender.send(answer);
        }
    }

    async fn apply(&self, changes: &[Change]) -> Result<Vec<Option<Head>>, DbErr> {
        let mut tx = self.durable.db.begin(changes[0].tenant).await?;
        let mut applied = Vec::with_capacity(changes.len());
        for of_tenant in changes.chunk_by(|one, next| one.tenant == next.tenant) {
            self.durable
                .db
                .turn_to(&mut tx, of_tenant[0].tenant)
                .await?;
            fault!("transition_in_transaction");
            let changes: Vec<&Change> = of_tenant.iter().collect();
            applied.extend(apply(&self.durable, &tx, &changes).await?);
        }
        fault!("transition_before_commit");
        tx.commit().await?;
        fault!("transition_after_commit");
        Ok(applied)
    }
}
