use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr};

use super::cursor::LEASE;
use super::types::Event;
use super::work::Aggregate;
use crate::platform::clock::Millis;
use crate::platform::db::{Db, SystemTx};
use crate::platform::ids::BootId;

const MAX_ATTEMPTS: i32 = 10;
const FIRST_RETRY: Millis = 200;
const LAST_RETRY: Millis = 60_000;
const BEHIND: &str = "an earlier event of the same aggregate failed";

/// What one look at the log led to; written in one commit.
pub(super) struct Round {
    subscription: &'static str,
    /// The last event that the subscription has passed.
    position: i64,
    /// Aggregates with an event that is not through.
    blocked: HashSet<Aggregate>,
    /// Held events that are through.
    done: Vec<i64>,
    /// Events that failed, for the first time or again.
    failed: Vec<Held>,
    /// Events behind those.
    behind: Vec<Held>,
    seen: usize,
    is_idle: bool,
}

/// An event that a subscription could not handle yet.
struct Held {
    position: i64,
    aggregate: Aggregate,
    attempts: i32,
    /// When it comes again; never by itself once it is a dead letter.
    retry_at: Option<Millis>,
    error: String,
}

impl Round {
    pub(super) fn begin(subscription: &'static str, position: i64) -> Self {
        Self {
            subscription,
            position,
            blocked: HashSet::new(),
            done: Vec::new(),
            failed: Vec::new(),
            behind: Vec::new(),
            seen: 0,
            is_idle: true,
        }
    }

    /// How many events the cursor passed and how many held ones are through.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    pub(super) fn block(&mut self, aggregates: &HashSet<Aggregate>) {
        self.blocked.extend(aggregates.iter().cloned());
    }

    pub(super) fn is_blocked(&self, event: &Event) -> bool {
        self.blocked.contains(&aggregate(event))
    }

    /// Whether the cursor only passed events that do not concern the subscription.
    pub(super) fn is_idle(&self) -> bool {
        self.is_idle && self.done.is_empty() && self.failed.is_empty()
    }

    /// The last event that the subscription has passed.
    pub(super) fn position(&self) -> i64 {
        self.position
    }

    /// The cursor passes a fresh event that does not concern the subscription.
    pub(super) fn skip(&mut self, event: &Event) {
        self.position = event.position;
        self.seen += 1;
    }

    /// The cursor passes a fresh event, whatever became of it.
    pub(super) fn pass(&mut self, event: &Event) {
        self.skip(event);
        self.is_idle = false;
    }

    /// The cursor passes a fresh event that has to wait for an earlier one.
    pub(super) fn hold(&mut self, event: &Event) {
        self.pass(event);
        self.behind.push(Held {
            position: event.position,
            aggregate: aggregate(event),
            attempts: 0,
            retry_at: Some(0),
            error: BEHIND.to_owned(),
        });
    }

    /// A held event was handled.
    pub(super) fn finish(&mut self, event: &Event) {
        self.done.push(event.position);
        self.seen += 1;
    }

    /// An event failed once more; those behind it wait, other aggregates flow.
    pub(super) fn fail(&mut self, event: &Event, before: i32, now: Millis, error: String) {
        let attempts = before + 1;
        let delay = Ord::min(FIRST_RETRY << Ord::min(attempts, 20), LAST_RETRY);
        let is_dead = attempts >= MAX_ATTEMPTS;
        if is_dead {
            tracing::error!(subscription = self.subscription, event = %event.id, position = event.position, "events.dead_letter");
        }
        self.blocked.insert(aggregate(event));
        self.failed.push(Held {
            position: event.position,
            aggregate: aggregate(event),
            attempts,
            retry_at: (!is_dead).then_some(now + delay),
            error,
        });
    }

    /// Writes the round and renews the lease in one commit; false when the lease was lost, and nothing is written.
    pub(super) async fn settle(&self, db: &Db, owner: BootId, now: Millis) -> Result<bool, DbErr> {
        let tx = db.system().await?;
        let advance = Query::update()
            .table("event_cursors")
            .value("position", self.position)
            .value("lease_until", now + LEASE)
            .and_where(Expr::col("name").eq(self.subscription))
            .and_where(Expr::col("owner").eq(owner.to_string()))
            .to_owned();
        if tx.conn().execute(&advance).await?.rows_affected() == 0 {
            return Ok(false);
        }
        self.delete_done(&tx).await?;
        self.keep(&tx, &self.failed, now).await?;
        self.keep(&tx, &self.behind, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn delete_done(&self, tx: &SystemTx) -> Result<(), DbErr> {
        if self.done.is_empty() {
            return Ok(());
        }
        let delete = Query::delete()
            .from_table("event_held")
            .and_where(Expr::col("subscription").eq(self.subscription))
            .and_where(Expr::col("position").is_in(self.done.iter().copied()))
            .to_owned();
        tx.conn().execute(&delete).await.map(drop)
    }

    async fn keep(&self, tx: &SystemTx, held: &[Held], now: Millis) -> Result<(), DbErr> {
        if held.is_empty() {
            return Ok(());
        }
        let mut insert = Query::insert()
            .into_table("event_held")
            .columns([
                "subscription",
                "position",
                "tenant_id",
                "aggregate_id",
                "attempts",
                "retry_at",
                "error",
                "failed_at",
            ])
            .on_conflict(
                OnConflict::columns(["subscription", "position"])
                    .update_columns(["attempts", "retry_at", "error", "failed_at"])
                    .to_owned(),
            )
            .to_owned();
        for one in held {
            insert.values_panic([
                self.subscription.into(),
                one.position.into(),
                one.aggregate.0.to_string().into(),
                one.aggregate.1.as_str().into(),
                one.attempts.into(),
                one.retry_at.into(),
                one.error.as_str().into(),
                now.into(),
            ]);
        }
        tx.conn().execute(&insert).await.map(drop)
    }
}

fn aggregate(event: &Event) -> Aggregate {
    (event.tenant, event.aggregate_id.clone())
}
