use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyairtable::platform::db::TenantTx;
use pyairtable::platform::events::{
    Event, EventHandler, HandlerError, NewEvent, Subscription, append, deliver_pending,
};
use pyairtable::platform::ids::TenantId;
use serde_json::json;

use crate::support::TestApp;

/// Remembers what it was handed, and fails the first `failures` times.
#[derive(Default)]
struct Recorder {
    seen: Mutex<Vec<(String, i64)>>,
    failures: AtomicUsize,
}

#[async_trait::async_trait]
impl EventHandler for Recorder {
    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        let fails = self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if fails.is_ok() {
            return Err("not yet".into());
        }
        let number = event.payload["number"].as_i64().unwrap();
        self.seen
            .lock()
            .unwrap()
            .push((event.aggregate_id.clone(), number));
        Ok(())
    }
}

impl Recorder {
    fn seen(&self) -> Vec<(String, i64)> {
        self.seen.lock().unwrap().clone()
    }
}

fn subscription(name: &'static str, recorder: &Arc<Recorder>) -> Subscription {
    Subscription {
        name,
        event_types: &["test.counted"],
        handler: recorder.clone(),
    }
}

async fn announce(tx: &TenantTx, aggregate: &str, number: i64) {
    let event = NewEvent {
        aggregate_type: "test",
        aggregate_id: aggregate.to_owned(),
        event_type: "test.counted",
        payload: json!({ "number": number }),
        occurred_at: 0,
    };
    append(tx, event).await.unwrap();
}

async fn announce_alone(app: &TestApp, aggregate: &str, number: i64) {
    let tx = app.platform.db.begin(TenantId::fresh()).await.unwrap();
    announce(&tx, aggregate, number).await;
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn two_consumers_of_one_subscription_handle_every_event_once_and_in_order() {
    let app = TestApp::new().await;
    for number in 0..60 {
        announce_alone(&app, if number % 2 == 0 { "even" } else { "odd" }, number).await;
    }
    let recorder = Arc::new(Recorder::default());
    let subscription = subscription("test.twice", &recorder);
    let (db, clock) = (&app.platform.db, &app.clock);
    let first = deliver_pending(db, clock, &subscription);
    let second = deliver_pending(db, clock, &subscription);
    let (first, second) = tokio::join!(first, second);
    let handled = first.unwrap() + second.unwrap();

    let seen = recorder.seen();
    assert!(handled >= 60, "every event passes the cursor");
    assert_eq!(seen.len(), 60, "none twice, none lost");
    for aggregate in ["even", "odd"] {
        let numbers: Vec<i64> = seen
            .iter()
            .filter(|(id, _)| id == aggregate)
            .map(|(_, number)| *number)
            .collect();
        assert!(
            numbers.is_sorted(),
            "{aggregate} came out of order: {numbers:?}"
        );
    }
}

#[tokio::test]
async fn an_event_of_a_transaction_that_commits_late_is_not_skipped() {
    let app = TestApp::new().await;
    let late = app.platform.db.begin(TenantId::fresh()).await.unwrap();
    announce(&late, "late", 1).await;
    let platform = app.platform.clone();
    let early = tokio::spawn(async move {
        let tx = platform.db.begin(TenantId::fresh()).await.unwrap();
        announce(&tx, "early", 2).await;
        tx.commit().await.unwrap();
    });
    // Where two writers may be open at once, the second is through by now; where not, it waits for the first.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let recorder = Arc::new(Recorder::default());
    let subscription = subscription("test.late", &recorder);
    let (db, clock) = (app.platform.db.clone(), app.clock.clone());
    let reader = deliver_pending(&db, &clock, &subscription);
    let _ = tokio::time::timeout(Duration::from_secs(2), reader).await;
    late.commit().await.unwrap();
    early.await.unwrap();
    app.clock.advance(Duration::from_secs(60));
    deliver_pending(&db, &clock, &subscription).await.unwrap();

    let mut numbers: Vec<i64> = recorder
        .seen()
        .into_iter()
        .map(|(_, number)| number)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test]
async fn a_failing_handler_gets_the_event_again_after_its_delay() {
    let app = TestApp::new().await;
    announce_alone(&app, "one", 1).await;
    announce_alone(&app, "two", 2).await;
    let recorder = Arc::new(Recorder {
        failures: AtomicUsize::new(1),
        ..Recorder::default()
    });
    let subscription = subscription("test.retry", &recorder);
    let (db, clock) = (&app.platform.db, &app.clock);
    deliver_pending(db, clock, &subscription).await.unwrap();
    assert_eq!(
        recorder.seen(),
        [],
        "the failed event holds back those behind it"
    );
    app.clock.advance(Duration::from_secs(5));
    deliver_pending(db, clock, &subscription).await.unwrap();
    assert_eq!(
        recorder.seen(),
        [("one".to_owned(), 1), ("two".to_owned(), 2)]
    );
}

#[tokio::test]
async fn an_event_that_always_fails_parks_only_its_aggregate() {
    let app = TestApp::new().await;
    announce_alone(&app, "broken", 1).await;
    announce_alone(&app, "sound", 2).await;
    announce_alone(&app, "broken", 3).await;
    let recorder = Arc::new(Recorder {
        failures: AtomicUsize::new(10),
        ..Recorder::default()
    });
    let subscription = subscription("test.dead", &recorder);
    for _ in 0..12 {
        deliver_pending(&app.platform.db, &app.clock, &subscription)
            .await
            .unwrap();
        app.clock.advance(Duration::from_secs(120));
    }
    assert_eq!(recorder.seen(), [("sound".to_owned(), 2)]);
}

#[tokio::test]
async fn an_event_of_a_rolled_back_transaction_never_happened() {
    let app = TestApp::new().await;
    let tx = app.platform.db.begin(TenantId::fresh()).await.unwrap();
    announce(&tx, "gone", 1).await;
    drop(tx);
    announce_alone(&app, "kept", 2).await;
    let recorder = Arc::new(Recorder::default());
    let subscription = subscription("test.rollback", &recorder);
    deliver_pending(&app.platform.db, &app.clock, &subscription)
        .await
        .unwrap();
    assert_eq!(recorder.seen(), [("kept".to_owned(), 2)]);
}
