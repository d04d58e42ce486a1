use std::sync::Arc;
use std::time::Duration;

use pyairtable::platform::events::trim;
use pyairtable::platform::settings::Events;
use sea_orm::{ConnectionTrait, Statement};

use super::recorder::{
    Recorder, TENANT, announce_at, backlog_of, deliver, deliver_for_long, entry, subscription,
};
use crate::support::TestApp;

const DAY: Duration = Duration::from_secs(86_400);

/// An instance that trims nothing by itself.
async fn app() -> TestApp {
    TestApp::with_settings(|settings| {
        settings.events = Events {
            keep_delivered: 36_500 * DAY,
            keep_dead: 36_500 * DAY,
        };
    })
    .await
}

async fn trimmed(app: &TestApp) -> u64 {
    let settings = Events {
        keep_delivered: 7 * DAY,
        keep_dead: 90 * DAY,
    };
    trim(&app.platform.db, &app.clock, &settings).await.unwrap()
}

async fn announce_old(app: &TestApp, aggregate: &str, number: i64) {
    let tx = app.platform.db.begin(*TENANT).await.unwrap();
    announce_at(&tx, aggregate, number, 0).await;
    tx.commit().await.unwrap();
}

async fn positions(app: &TestApp) -> Vec<i64> {
    let tx = app.platform.db.system_read().await.unwrap();
    let sql = "SELECT position FROM event_log ORDER BY position";
    let statement = Statement::from_string(tx.conn().get_database_backend(), sql);
    let rows = tx.conn().query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

#[tokio::test]
async fn an_event_is_trimmed_when_it_is_old_and_every_subscription_has_passed_it() {
    let app = app().await;
    let (quick, slow) = (Arc::new(Recorder::default()), Arc::new(Recorder::default()));
    let (quick_one, slow_one) = (
        subscription("test.quick", &quick),
        subscription("test.slow", &slow),
    );
    announce_old(&app, "one", 1).await;
    deliver(&app, &quick_one).await;
    deliver(&app, &slow_one).await;
    for number in [2, 3] {
        announce_old(&app, "one", number).await;
    }
    deliver(&app, &quick_one).await;
    assert_eq!(trimmed(&app).await, 1);
    assert_eq!(positions(&app).await, [2, 3]);
    deliver(&app, &slow_one).await;
    assert_eq!(slow.seen(), [1, 2, 3].map(|number| entry("one", number)));

    assert_eq!(trimmed(&app).await, 1);
    assert_eq!(
        positions(&app).await,
        [3],
        "places count on from the newest, which stays"
    );
    announce_old(&app, "one", 4).await;
    deliver(&app, &quick_one).await;
    assert_eq!(quick.seen().last(), Some(&entry("one", 4)));
    assert_eq!(positions(&app).await, [3, 4]);
}

#[tokio::test]
async fn an_event_is_kept_for_its_time_and_a_long_log_is_trimmed_whole() {
    let app = app().await;
    let recorder = Arc::new(Recorder::default());
    let subscription = subscription("test.aged", &recorder);
    let tx = app.platform.db.begin(*TENANT).await.unwrap();
    for number in 0..1100 {
        announce_at(&tx, "many", number, app.clock.now()).await;
    }
    tx.commit().await.unwrap();
    deliver(&app, &subscription).await;
    assert_eq!(recorder.seen().len(), 1100);
    assert_eq!(trimmed(&app).await, 0);
    app.clock.advance(7 * DAY - Duration::from_secs(3600));
    assert_eq!(trimmed(&app).await, 0);
    app.clock.advance(Duration::from_secs(7200));
    assert_eq!(trimmed(&app).await, 1099);
}

#[tokio::test]
async fn events_that_no_subscription_wants_are_trimmed_too() {
    let app = app().await;
    let recorder = Arc::new(Recorder::default());
    let mut other = subscription("test.picky", &recorder);
    other.event_types = &["test.never"];
    deliver(&app, &other).await;
    let passing = subscription("test.passing", &recorder);
    for number in 0..3 {
        announce_old(&app, "one", number).await;
    }
    deliver(&app, &passing).await;
    assert_eq!(trimmed(&app).await, 2);
}

#[tokio::test]
async fn a_dead_letter_is_given_up_after_its_time() {
    let app = app().await;
    let recorder = Recorder::failing(10);
    let subscription = subscription("test.old", &recorder);
    for number in 1..=2 {
        announce_old(&app, "broken", number).await;
    }
    announce_old(&app, "sound", 3).await;
    deliver_for_long(&app, &subscription).await;
    assert_eq!(trimmed(&app).await, 0, "what is held is not through");
    assert_eq!(backlog_of(&app, "test.old").await, (1, 1));
    app.clock.advance(91 * DAY);
    assert_eq!(trimmed(&app).await, 1);
    deliver(&app, &subscription).await;
    assert_eq!(recorder.seen(), [entry("sound", 3), entry("broken", 2)]);
    assert_eq!(backlog_of(&app, "test.old").await, (0, 0));
}
