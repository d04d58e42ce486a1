use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::cursor::{LEASE, claim, release, void_earlier};
use super::round::Round;
use super::sequence::sequence;
use super::types::{Event, Subscription};
use super::upkeep;
use super::work::{Retry, Work};
use crate::platform::clock::{Clock, Millis};
use crate::platform::db::Db;
use crate::platform::ids::BootId;
use crate::platform::settings;
use crate::platform::signals::Signals;
use crate::platform::tasks::Worker;

/// The signal that wakes subscriptions up; polling finds what it misses.
pub const APPENDED: &str = "event.appended";

const POLL: Duration = Duration::from_secs(1);
const GATHER: Duration = Duration::from_millis(10);
/// How long a place may stay unwritten while only events pass that concern nobody.
const IDLE: Millis = 1000;

/// One worker for each subscription, and one for the upkeep of the log.
pub fn workers(
    db: &Db,
    clock: &Clock,
    signals: &Signals,
    settings: &settings::Events,
    subscriptions: Vec<Subscription>,
) -> Vec<Worker> {
    let owner = BootId::fresh();
    let upkeep = upkeep::worker(db, clock, settings, &subscriptions);
    let worker = |subscription: Subscription| {
        let (db, clock, signals) = (db.clone(), clock.clone(), signals.clone());
        Worker {
            name: subscription.name,
            run: Box::new(move |stop| {
                let delivery = Delivery::new(&db, &clock, owner, &subscription);
                Box::pin(delivery.run(signals.clone(), stop))
            }),
        }
    };
    let deliveries = subscriptions.into_iter().map(worker);
    deliveries.chain([upkeep]).collect()
}

/// Hands every pending event to a subscription and answers how many it passed; tests drive it directly.
pub async fn deliver_pending(
    db: &Db,
    clock: &Clock,
    subscription: &Subscription,
) -> Result<usize, DbErr> {
    let mut delivery = Delivery::new(db, clock, BootId::fresh(), subscription);
    let handled = delivery.drain(&CancellationToken::new()).await;
    delivery.release().await?;
    handled
}

struct Delivery {
    db: Db,
    clock: Clock,
    owner: BootId,
    subscription: Subscription,
    /// The last event passed, where that is not written down yet.
    passed: i64,
    settled_at: Millis,
}

impl Delivery {
    fn new(db: &Db, clock: &Clock, owner: BootId, subscription: &Subscription) -> Self {
        Self {
            db: db.clone(),
            clock: clock.clone(),
            owner,
            subscription: subscription.clone(),
            passed: 0,
            settled_at: 0,
        }
    }

    async fn run(mut self, signals: Signals, stop: CancellationToken) {
        let mut wake_ups = signals.subscribe();
        let name = self.subscription.name;
        if let Err(error) = void_earlier(&self.db, name, self.owner).await {
            // The lease ends by itself, only later.
            tracing::warn!(subscription = name, %error, "events.void_failed");
        }
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

    /// Costs one commit a batch, and one more where the lease has to be taken; without work none, and where all
    /// events are skipped one a second.
    async fn drain(&mut self, stop: &CancellationToken) -> Result<usize, DbErr> {
        let mut handled = 0;
        while !stop.is_cancelled() {
            let now = self.clock.now();
            let work = Work::look(&self.db, &self.subscription, self.passed, now).await?;
            if work.is_unplaced {
                sequence(&self.db).await?;
                continue;
            }
            let is_due = self.passed > 0 && now - self.settled_at >= IDLE;
            if work.is_empty() && !is_due {
                break;
            }
            let cursor = work.cursor.as_ref();
            let Some(cursor) = cursor.filter(|cursor| cursor.is_held_by(self.owner, now)) else {
                // What was seen before the lease was ours may be another's work by now, so look again.
                if claim(&self.db, &self.subscription, self.owner, now).await? {
                    self.passed = 0;
                    self.subscription.handler.begin();
                    continue;
                }
                break;
            };
            let mut round = Round::begin(self.subscription.name, cursor.position);
            self.handle(&work, &mut round, stop).await;
            handled += round.seen();
            if round.is_idle() && !is_due {
                self.passed = round.position();
                continue;
            }
            if !self.settle(&round).await? {
                break;
            }
        }
        Ok(handled)
    }

    async fn settle(&mut self, round: &Round) -> Result<bool, DbErr> {
        let now = self.clock.now();
        (self.passed, self.settled_at) = (0, now);
        round.settle(&self.db, self.owner, now).await
    }

    async fn handle(&self, work: &Work, round: &mut Round, stop: &CancellationToken) {
        let renew_at = self.clock.now() + LEASE / 2;
        // Ending early keeps the lease: what was done is committed, and the rest comes with the next look.
        let is_over = || stop.is_cancelled() || self.clock.now() > renew_at;
        for Retry { event, attempts } in &work.retries {
            if is_over() {
                return;
            }
            if round.is_blocked(event) {
                continue;
            }
            match self.attempt(event).await {
                Ok(()) => round.finish(event),
                Err(error) => round.fail(event, *attempts, self.clock.now(), error),
            }
        }
        round.block(&work.held);
        for event in &work.fresh {
            if is_over() {
                return;
            }
            if round.is_blocked(event) {
                round.hold(event);
                continue;
            }
            if self.subscription.handler.skips(event) {
                round.skip(event);
                continue;
            }
            let outcome = self.attempt(event).await;
            round.pass(event);
            if let Err(error) = outcome {
                round.fail(event, 0, self.clock.now(), error);
            }
        }
    }

    async fn attempt(&self, event: &Event) -> Result<(), String> {
        let name = self.subscription.name;
        let handled = self.subscription.handler.handle(event);
        // A handler that panics must not hold up the events of others either.
        let error = match AssertUnwindSafe(handled).catch_unwind().await {
            Ok(Ok(())) => {
                metrics::counter!("events_delivered_total", "subscription" => name).increment(1);
                return Ok(());
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the handler panicked".to_owned(),
        };
        metrics::counter!("events_failed_total", "subscription" => name).increment(1);
        tracing::warn!(subscription = name, event = %event.id, error, "events.handler_failed");
        Err(error)
    }

    async fn release(mut self) -> Result<(), DbErr> {
        if self.passed > 0 {
            self.settle(&Round::begin(self.subscription.name, self.passed))
                .await?;
        }
        release(&self.db, self.subscription.name, self.owner).await
    }
}
