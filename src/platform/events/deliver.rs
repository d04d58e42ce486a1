use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr};
use tokio_util::sync::CancellationToken;

use super::entity::{COLUMNS, from_row};
use super::sequence::sequence;
use super::types::{Event, Subscription};
use crate::platform::clock::{Clock, Millis};
use crate::platform::db::{Db, SystemTx, is_unique_violation};
use crate::platform::ids::BootId;
use crate::platform::signals::Signals;
use crate::platform::tasks::Worker;

/// The signal that wakes subscriptions up; polling finds what it misses.
pub const APPENDED: &str = "event.appended";

const BATCH: u64 = 100;
const LEASE: Millis = 30_000;
const POLL: Duration = Duration::from_secs(1);
const GATHER: Duration = Duration::from_millis(10);
const MAX_FAILURES: i32 = 10;
const FIRST_RETRY: Millis = 200;
const LAST_RETRY: Millis = 60_000;

/// One worker for each subscription.
pub fn workers(
    db: &Db,
    clock: &Clock,
    signals: &Signals,
    subscriptions: Vec<Subscription>,
) -> Vec<Worker> {
    let owner = BootId::fresh();
    let worker = |subscription: Subscription| {
        let (db, clock, signals) = (db.clone(), clock.clone(), signals.clone());
        Worker {
            name: subscription.name,
            run: Box::new(move |stop| {
                let delivery = Delivery {
                    db: db.clone(),
                    clock: clock.clone(),
                    owner,
                    subscription: subscription.clone(),
                };
                Box::pin(delivery.run(signals.clone(), stop))
            }),
        }
    };
    subscriptions.into_iter().map(worker).collect()
}

/// Hands every pending event to a subscription and answers how many were handled; tests drive it directly.
pub async fn deliver_pending(
    db: &Db,
    clock: &Clock,
    subscription: &Subscription,
) -> Result<usize, DbErr> {
    let delivery = Delivery {
        db: db.clone(),
        clock: clock.clone(),
        owner: BootId::fresh(),
        subscription: subscription.clone(),
    };
    let handled = delivery.drain(&CancellationToken::new()).await;
    delivery.release().await?;
    handled
}

struct Delivery {
    db: Db,
    clock: Clock,
    owner: BootId,
    subscription: Subscription,
}

impl Delivery {
    async fn run(self, signals: Signals, stop: CancellationToken) {
        let mut wake_ups = signals.subscribe();
        while !stop.is_cancelled() {
            if let Err(error) = self.drain(&stop).await {
                tracing::warn!(subscription = self.subscription.name, %error, "events.deliver_failed");
            }
            let poll = tokio::time::sleep(POLL);
            tokio::pin!(poll);
            loop {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = &mut poll => break,
                    // A closed or lagging channel is as good as a wake-up.
                    signal = wake_ups.recv() => match signal {
                        Ok(signal) if signal.topic != APPENDED => {}
                        _ => break,
                    },
                }
            }
            // One look serves all the commits of the next few milliseconds.
            tokio::time::sleep(GATHER).await;
            wake_ups = wake_ups.resubscribe();
        }
        let _ = self.release().await;
    }

    async fn drain(&self, stop: &CancellationToken) -> Result<usize, DbErr> {
        let mut handled = 0;
        loop {
            sequence(&self.db).await?;
            if !self.has_pending().await? {
                return Ok(handled);
            }
            let Some(position) = self.claim().await? else {
                return Ok(handled);
            };
            let events = self.fetch(position).await?;
            let Some(newest) = events.last().map(|event| event.position) else {
                return Ok(handled);
            };
            match self.handle_all(&events, stop).await? {
                Outcome::All => self.advance(newest).await?,
                Outcome::Stopped => return Ok(handled),
            }
            handled += events.len();
        }
    }

    async fn handle_all(
        &self,
        events: &[Event],
        stop: &CancellationToken,
    ) -> Result<Outcome, DbErr> {
        for event in events {
            if stop.is_cancelled() {
                return Ok(Outcome::Stopped);
            }
            if self.is_parked(event).await? {
                self.bury(event, "an earlier event of the same aggregate failed")
                    .await?;
                continue;
            }
            if let Err(error) = self.subscription.handler.handle(event).await {
                self.update_cursor(vec![("position", (event.position - 1).into())])
                    .await?;
                return self.record_failure(event, &error.to_string()).await;
            }
            let name = self.subscription.name;
            metrics::counter!("events_delivered_total", "subscription" => name).increment(1);
        }
        Ok(Outcome::All)
    }

    /// A look without a lock, so that an idle subscription writes nothing.
    async fn has_pending(&self) -> Result<bool, DbErr> {
        let tx = self.db.system_read().await?;
        let cursor = self.cursor(&tx).await?;
        let (position, retry_at) = cursor.unwrap_or((0, 0));
        if retry_at > self.clock.now() {
            return Ok(false);
        }
        let next = self.wanted_after(position).limit(1).to_owned();
        Ok(tx.conn().query_one(&next).await?.is_some())
    }

    /// The events behind the cursor that the subscription wants, oldest first.
    fn wanted_after(&self, position: i64) -> SelectStatement {
        let mut select = Query::select()
            .columns(COLUMNS)
            .from("event_log")
            .and_where(Expr::col("position").gt(position))
            .order_by("position", sea_orm::Order::Asc)
            .to_owned();
        let types = self.subscription.event_types;
        if !types.is_empty() {
            select.and_where(Expr::col("event_type").is_in(types.iter().copied()));
        }
        select
    }

    async fn cursor(&self, tx: &SystemTx) -> Result<Option<(i64, Millis)>, DbErr> {
        let select = Query::select()
            .columns(["position", "retry_at"])
            .from("event_cursors")
            .and_where(Expr::col("name").eq(self.subscription.name))
            .to_owned();
        let row = tx.conn().query_one(&select).await?;
        row.map(|row| Ok((row.try_get("", "position")?, row.try_get("", "retry_at")?)))
            .transpose()
    }

    /// Takes or renews the lease that gives the subscription one consumer; the cursor when it is ours.
    async fn claim(&self) -> Result<Option<i64>, DbErr> {
        let tx = self.db.system().await?;
        let name = self.subscription.name;
        let make = Query::insert()
            .into_table("event_cursors")
            .columns(["name", "position"])
            .values_panic([name.into(), 0_i64.into()])
            .on_conflict(OnConflict::column("name").do_nothing().to_owned())
            .to_owned();
        tx.conn().execute(&make).await?;
        let now = self.clock.now();
        let owner = self.owner.to_string();
        let take = Query::update()
            .table("event_cursors")
            .values([
                ("owner", owner.clone().into()),
                ("lease_until", (now + LEASE).into()),
            ])
            .and_where(Expr::col("name").eq(name))
            .and_where(
                Expr::col("owner")
                    .eq(owner)
                    .or(Expr::col("lease_until").lt(now)),
            )
            .to_owned();
        let taken = tx.conn().execute(&take).await?.rows_affected() == 1;
        let cursor = self.cursor(&tx).await?;
        tx.commit().await?;
        Ok(cursor.map(|(position, _)| position).filter(|_| taken))
    }

    async fn fetch(&self, after: i64) -> Result<Vec<Event>, DbErr> {
        let tx = self.db.system_read().await?;
        let select = self.wanted_after(after).limit(BATCH).to_owned();
        let rows = tx.conn().query_all(&select).await?;
        rows.iter().map(from_row).collect()
    }

    async fn advance(&self, position: i64) -> Result<(), DbErr> {
        self.update_cursor(vec![
            ("position", position.into()),
            ("failures", 0.into()),
            ("retry_at", 0_i64.into()),
        ])
        .await
    }

    async fn release(&self) -> Result<(), DbErr> {
        self.update_cursor(vec![("lease_until", 0_i64.into())])
            .await
    }

    async fn update_cursor(&self, values: Vec<(&'static str, Expr)>) -> Result<(), DbErr> {
        let tx = self.db.system().await?;
        let update = Query::update()
            .table("event_cursors")
            .values(values)
            .and_where(Expr::col("name").eq(self.subscription.name))
            .and_where(Expr::col("owner").eq(self.owner.to_string()))
            .to_owned();
        tx.conn().execute(&update).await?;
        tx.commit().await
    }

    /// Delays the subscription, or buries the event once it has failed too often.
    async fn record_failure(&self, event: &Event, error: &str) -> Result<Outcome, DbErr> {
        let name = self.subscription.name;
        tracing::warn!(subscription = name, event = %event.id, error, "events.handler_failed");
        metrics::counter!("events_failed_total", "subscription" => name).increment(1);
        let failures = self.failures().await? + 1;
        if failures >= MAX_FAILURES {
            self.bury(event, error).await?;
            self.advance(event.position).await?;
            return Ok(Outcome::Stopped);
        }
        let delay = Ord::min(FIRST_RETRY << Ord::min(failures, 20), LAST_RETRY);
        self.update_cursor(vec![
            ("failures", failures.into()),
            ("retry_at", (self.clock.now() + delay).into()),
        ])
        .await?;
        Ok(Outcome::Stopped)
    }

    async fn failures(&self) -> Result<i32, DbErr> {
        let tx = self.db.system_read().await?;
        let select = Query::select()
            .column("failures")
            .from("event_cursors")
            .and_where(Expr::col("name").eq(self.subscription.name))
            .to_owned();
        let row = tx.conn().query_one(&select).await?;
        Ok(row
            .map(|row| row.try_get("", "failures"))
            .transpose()?
            .unwrap_or(0))
    }

    async fn is_parked(&self, event: &Event) -> Result<bool, DbErr> {
        let tx = self.db.system_read().await?;
        let select = Query::select()
            .expr(Expr::val(1))
            .from("event_dead_letters")
            .and_where(Expr::col("subscription").eq(self.subscription.name))
            .and_where(Expr::col("aggregate_id").eq(event.aggregate_id.as_str()))
            .limit(1)
            .to_owned();
        Ok(tx.conn().query_one(&select).await?.is_some())
    }

    async fn bury(&self, event: &Event, error: &str) -> Result<(), DbErr> {
        let tx = self.db.system().await?;
        let insert = Query::insert()
            .into_table("event_dead_letters")
            .columns([
                "subscription",
                "position",
                "tenant_id",
                "aggregate_id",
                "error",
                "failed_at",
            ])
            .values_panic([
                self.subscription.name.into(),
                event.position.into(),
                event.tenant.to_string().into(),
                event.aggregate_id.as_str().into(),
                error.into(),
                self.clock.now().into(),
            ])
            .to_owned();
        match tx.conn().execute(&insert).await {
            // Buried by an earlier delivery that could not advance.
            Err(error) if is_unique_violation(&error) => return Ok(()),
            outcome => outcome?,
        };
        tx.commit().await
    }
}

enum Outcome {
    All,
    Stopped,
}
