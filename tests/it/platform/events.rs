use std::sync::Arc;
use std::time::Duration;

use pyairtable::platform::events::deliver_pending;
use pyairtable::platform::ids::TenantId;

use super::recorder::{
    Recorder, TENANT, announce, announce_alone, backlog_of, deliver, deliver_for_long, entry,
    subscription,
};
use crate::support::TestApp;

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
async fn a_failing_event_comes_again_after_its_delay_while_other_aggregates_flow() {
    let app = TestApp::new().await;
    announce_alone(&app, "broken", 1).await;
    announce_alone(&app, "sound", 2).await;
    announce_alone(&app, "broken", 3).await;
    let recorder = Recorder::failing(3);
    let subscription = subscription("test.retry", &recorder);
    deliver(&app, &subscription).await;
    announce_alone(&app, "sound", 4).await;
    announce_alone(&app, "broken", 5).await;
    deliver(&app, &subscription).await;
    assert_eq!(recorder.seen(), [entry("sound", 2), entry("sound", 4)]);
    deliver_for_long(&app, &subscription).await;
    let broken = [1, 3, 5].map(|number| entry("broken", number));
    assert_eq!(recorder.seen()[2..], broken);
}

#[tokio::test]
async fn the_same_aggregate_id_in_another_tenant_is_not_held_back() {
    let app = TestApp::new().await;
    announce_alone(&app, "broken", 1).await;
    let tx = app.platform.db.begin(TenantId::fresh()).await.unwrap();
    announce(&tx, "broken", 2).await;
    tx.commit().await.unwrap();
    let recorder = Recorder::failing(1);
    let subscription = subscription("test.tenants", &recorder);
    deliver(&app, &subscription).await;
    assert_eq!(recorder.seen(), [entry("broken", 2)]);
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

#[tokio::test]
async fn events_that_a_handler_skips_pass_without_reaching_it() {
    let app = TestApp::new().await;
    for number in 0..250 {
        let aggregate = if number == 120 { "sound" } else { "dull" };
        announce_alone(&app, aggregate, number).await;
    }
    let recorder = Arc::new(Recorder::default());
    let subscription = subscription("test.skips", &recorder);
    deliver(&app, &subscription).await;
    assert_eq!(recorder.seen(), [entry("sound", 120)]);
    assert_eq!(
        backlog_of(&app, "test.skips").await,
        (0, 0),
        "all have passed"
    );
}

#[tokio::test]
async fn a_part_of_a_transaction_is_rolled_back_alone() {
    let app = TestApp::new().await;
    let whole = app.platform.db.begin(*TENANT).await.unwrap();
    announce(&whole, "kept", 1).await;
    let part = whole.nest().await.unwrap();
    announce(&part, "gone", 2).await;
    drop(part);
    let part = whole.nest().await.unwrap();
    announce(&part, "kept", 3).await;
    part.commit().await.unwrap();
    whole.commit().await.unwrap();
    let recorder = Arc::new(Recorder::default());
    deliver(&app, &subscription("test.parts", &recorder)).await;
    assert_eq!(recorder.seen(), [entry("kept", 1), entry("kept", 3)]);
}
