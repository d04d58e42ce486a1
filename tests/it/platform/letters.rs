use pyairtable::platform::events::{Letters, dead_letters, measure};
use pyairtable::platform::telemetry::Metrics;
use serde_json::{Value, json};

use super::recorder::{
    Recorder, announce_alone, backlog_of, deliver, deliver_for_long, entry, subscription,
};
use crate::support::TestApp;

#[tokio::test]
async fn a_replayed_dead_letter_is_followed_by_what_waited_behind_it() {
    let app = TestApp::new().await;
    let db = &app.platform.db;
    announce_alone(&app, "broken", 1).await;
    announce_alone(&app, "sound", 2).await;
    announce_alone(&app, "broken", 3).await;
    let recorder = Recorder::failing(10);
    let subscription = subscription("test.dead", &recorder);
    deliver_for_long(&app, &subscription).await;
    announce_alone(&app, "broken", 4).await;
    announce_alone(&app, "sound", 5).await;
    deliver_for_long(&app, &subscription).await;
    assert_eq!(recorder.seen(), [entry("sound", 2), entry("sound", 5)]);

    let dead = dead_letters(db, Some("test.dead"), 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (dead[0].aggregate_id.as_str(), dead[0].waiting),
        ("broken", 2)
    );
    assert_eq!(dead[0].event_type, "test.counted");
    assert_eq!(backlog_of(&app, "test.dead").await, (2, 1));
    measure(db, &app.clock).await.unwrap();
    let metrics = Metrics::install().render();
    for line in [
        "events_dead_letters{subscription=\"test.dead\"} 1\n",
        "events_waiting{subscription=\"test.dead\"} 2\n",
    ] {
        assert!(metrics.contains(line), "{line} is missing in {metrics}");
    }

    let positions = [dead[0].position];
    let letters = Letters {
        subscription: "test.dead",
        positions: &positions,
    };
    assert_eq!(letters.replay(db).await.unwrap(), 1);
    assert_eq!(letters.replay(db).await.unwrap(), 0, "it is dead no longer");
    deliver(&app, &subscription).await;
    let broken = [1, 3, 4].map(|number| entry("broken", number));
    assert_eq!(recorder.seen()[2..], broken);
    assert_eq!(backlog_of(&app, "test.dead").await, (0, 0));
}

#[tokio::test]
async fn a_discarded_dead_letter_lets_its_aggregate_flow() {
    let app = TestApp::new().await;
    let db = &app.platform.db;
    announce_alone(&app, "broken", 1).await;
    announce_alone(&app, "broken", 2).await;
    let recorder = Recorder::failing(10);
    let subscription = subscription("test.discard", &recorder);
    deliver_for_long(&app, &subscription).await;
    let letters = |subscription| Letters {
        subscription,
        positions: &[],
    };
    assert_eq!(letters("test.other").discard(db).await.unwrap(), 0);
    assert_eq!(letters("test.discard").discard(db).await.unwrap(), 1);
    deliver(&app, &subscription).await;
    assert_eq!(recorder.seen(), [entry("broken", 2)]);
    assert!(dead_letters(db, None, 10).await.unwrap().is_empty());
}

/// Runs the program beside the instance; its exit code, and what it says in JSON.
async fn events(app: &TestApp, arguments: &[&str]) -> (i32, Value) {
    use secrecy::ExposeSecret;

    let url = app.platform.settings.database.url.as_ref().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pyairtable"));
    command
        .current_dir(app.data_dir())
        .env_clear()
        .args([
            "--json",
            "--database-url",
            url.expose_secret(),
            "--data-dir",
        ])
        .arg(app.data_dir())
        .arg("events")
        .args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let text = if output.status.success() {
        output.stdout
    } else {
        // Log lines may stand before the error.
        let mut lines = output.stderr.split(|byte| *byte == b'\n');
        lines.rfind(|line| !line.is_empty()).unwrap().to_vec()
    };
    (
        output.status.code().unwrap(),
        serde_json::from_slice(&text).unwrap(),
    )
}

#[tokio::test]
async fn an_operator_decides_from_the_command_line() {
    let app = TestApp::new().await;
    for number in 1..=4 {
        announce_alone(&app, "broken", number).await;
    }
    let recorder = Recorder::failing(30);
    let subscription = subscription("test.command", &recorder);
    deliver_for_long(&app, &subscription).await;

    let (code, listed) = events(&app, &["dead"]).await;
    assert_eq!(code, 0);
    let letter = &listed["dead_letters"][0];
    assert_eq!(letter["subscription"], "test.command");
    assert_eq!(letter["waiting"], 3);
    let position = letter["position"].to_string();
    let done = events(&app, &["replay", "test.command", &position]).await;
    assert_eq!(done, (0, json!({"replayed": 1})));
    deliver_for_long(&app, &subscription).await;
    let done = events(&app, &["discard", "test.command", "--all"]).await;
    assert_eq!(done, (0, json!({"discarded": 1})));
    deliver_for_long(&app, &subscription).await;
    assert_eq!(
        events(&app, &["replay", "test.command", "--all"]).await.0,
        0
    );
    deliver(&app, &subscription).await;
    let broken = [2, 3, 4].map(|number| entry("broken", number));
    assert_eq!(recorder.seen(), broken);
    let (code, error) = events(&app, &["discard", "test.command", &position]).await;
    assert_eq!(
        (code, &error["error"]["code"]),
        (3, &json!("no_dead_letter"))
    );
}
