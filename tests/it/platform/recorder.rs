use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use pyairtable::platform::clock::{Clock, Millis};
use pyairtable::platform::db::TenantTx;
use pyairtable::platform::events::{
    Event, EventHandler, HandlerError, NewEvent, Subscription, append, backlog, deliver_pending,
};
use pyairtable::platform::ids::TenantId;
use serde_json::json;

use crate::support::TestApp;

/// Whose events these are; order is kept inside a tenant's aggregate.
pub(super) static TENANT: LazyLock<TenantId> = LazyLock::new(TenantId::fresh);

/// Remembers what it was handed, and fails the first `failures` times that it sees the aggregate `broken`.
#[derive(Default)]
pub(super) struct Recorder {
    seen: Mutex<Vec<(String, i64)>>,
    failures: AtomicUsize,
}

#[async_trait::async_trait]
impl EventHandler for Recorder {
    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        if event.aggregate_id == "broken" {
            let take = |left: usize| left.checked_sub(1);
            let left = self
                .failures
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
            match left {
                Ok(left) if left % 2 == 0 => panic!("not yet"),
                Ok(_) => return Err("not yet".into()),
                Err(_) => {}
            }
        }
        let number = event.payload["number"].as_i64().unwrap();
        self.seen
            .lock()
            .unwrap()
            .push((event.aggregate_id.clone(), number));
        Ok(())
    }

    fn skips(&self, event: &Event) -> bool {
        event.aggregate_id == "dull"
    }
}

impl Recorder {
    pub(super) fn failing(times: usize) -> Arc<Self> {
        Arc::new(Self {
            failures: AtomicUsize::new(times),
            ..Self::default()
        })
    }

    pub(super) fn seen(&self) -> Vec<(String, i64)> {
        self.seen.lock().unwrap().clone()
    }
}

pub(super) fn subscription(name: &'static str, recorder: &Arc<Recorder>) -> Subscription {
    Subscription {
        name,
        event_types: &["test.counted"],
        handler: recorder.clone(),
    }
}

pub(super) async fn announce(tx: &TenantTx, aggregate: &str, number: i64) {
    announce_at(tx, aggregate, number, Clock::default().now()).await;
}

pub(super) async fn announce_at(tx: &TenantTx, aggregate: &str, number: i64, at: Millis) {
    let event = NewEvent {
        aggregate_type: "test",
        aggregate_id: aggregate.to_owned(),
        event_type: "test.counted",
        payload: json!({ "number": number }),
        occurred_at: at,
    };
    append(tx, event).await.unwrap();
}

pub(super) async fn announce_alone(app: &TestApp, aggregate: &str, number: i64) {
    let tx = app.platform.db.begin(*TENANT).await.unwrap();
    announce(&tx, aggregate, number).await;
    tx.commit().await.unwrap();
}

pub(super) async fn deliver(app: &TestApp, subscription: &Subscription) {
    let (db, clock) = (&app.platform.db, &app.clock);
    deliver_pending(db, clock, subscription).await.unwrap();
}

/// Until what fails has become a dead letter.
pub(super) async fn deliver_for_long(app: &TestApp, subscription: &Subscription) {
    for _ in 0..12 {
        deliver(app, subscription).await;
        app.clock.advance(Duration::from_secs(120));
    }
}

pub(super) fn entry(aggregate: &str, number: i64) -> (String, i64) {
    (aggregate.to_owned(), number)
}

/// Events that a subscription is not through with, and dead letters.
pub(super) async fn backlog_of(app: &TestApp, name: &str) -> (i64, i64) {
    let backlogs = backlog(&app.platform.db).await.unwrap();
    let mut named = backlogs.iter().filter(|one| one.subscription == name);
    named.next().map(|one| (one.waiting, one.dead)).unwrap()
}
