use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::TestApp;
use crate::v0::fixture::{Fixture, names};

#[tokio::test]
async fn a_record_written_through_one_instance_is_read_through_the_other() {
    let fixture = Fixture::new().await;
    let (url, data_dir) = (
        fixture.app.platform.settings.database.url.clone(),
        fixture.app.data_dir().to_owned(),
    );
    // The same data directory holds the same instance key, so that tokens of one are good at the other.
    let other = TestApp::with_settings(|settings| {
        settings.database.url = url;
        settings.data_dir = data_dir;
    });
    let other = other.await;
    let token = fixture.owner.token().unwrap();
    let owner = other.anonymous().with_token(token);
    let page = owner.get(&fixture.path("Tasks")).await.expect(200).json;
    assert!(names(&page).is_empty());
    fixture.create("Tasks", json!({"Name": "New"})).await;
    let started = Instant::now();
    loop {
        let page = owner.get(&fixture.path("Tasks")).await.expect(200).json;
        if names(&page) == ["New"] {
            break;
        }
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "the other instance does not see the record"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // A writer that lags behind still writes on top of what the other has written.
    owner
        .post(
            &fixture.path("Tasks"),
            json!({"fields": {"Name": "Second"}}),
        )
        .await
        .expect(200);
    let page = owner.get(&fixture.path("Tasks")).await.expect(200).json;
    assert_eq!(names(&page), ["New", "Second"]);
}
