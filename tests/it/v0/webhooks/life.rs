use std::time::Duration;

use serde_json::{Value, json};

use super::world::World;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn a_webhook_that_nobody_asks_ends_after_a_week_and_stays_readable_for_another() {
    let world = World::new().await.for_weeks().await;
    let clock = &world.fixture.app.clock;
    let hook = world.watch_data().await;
    clock.advance(6 * DAY);
    world.fixture.create("Tasks", json!({"Name": "A"})).await;
    clock.advance(2 * DAY);
    world.fixture.create("Tasks", json!({"Name": "B"})).await;
    let listed = world.listed(&hook).await;
    assert_eq!(listed["isHookEnabled"], false);
    assert_eq!(listed["cursorForNextPayload"], 2, "it records nothing more");
    assert_eq!(world.payloads(&hook).await.len(), 1);
    assert_eq!(world.listed(&hook).await["isHookEnabled"], false);
    for (action, body) in [
        ("refresh", Value::Null),
        ("enableNotifications", json!({"enable": true})),
    ] {
        let path = world.path(&format!("/{hook}/{action}"));
        let refused = world.owner().post(&path, body).await.expect(422).json;
        assert_eq!(refused["error"]["type"], "INVALID_REQUEST_UNKNOWN");
    }
    // It does not stand in the way of a new one.
    for _ in 0..10 {
        world.watch_data().await;
    }
    clock.advance(6 * DAY);
    let path = world.path(&format!("/{hook}/payloads"));
    world.owner().get(&path).await.expect(403);
    let list = world.owner().get(&world.path("")).await.expect(200).json;
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn listing_and_refreshing_let_it_live() {
    let world = World::new().await.for_weeks().await;
    let clock = &world.fixture.app.clock;
    let hook = world.watch_data().await;
    let first = world.listed(&hook).await["expirationTime"].clone();
    clock.advance(5 * DAY);
    world.payloads(&hook).await;
    clock.advance(5 * DAY);
    let path = world.path(&format!("/{hook}/refresh"));
    let refreshed = world
        .owner()
        .post(&path, Value::Null)
        .await
        .expect(200)
        .json;
    assert!(refreshed["expirationTime"].as_str() > first.as_str());
    clock.advance(5 * DAY);
    let listed = world.listed(&hook).await;
    assert_eq!(listed["isHookEnabled"], true);
    assert_eq!(listed["expirationTime"], refreshed["expirationTime"]);
}

#[tokio::test]
async fn payloads_go_after_a_week_and_their_numbers_stay() {
    let world = World::new().await.for_weeks().await;
    let clock = &world.fixture.app.clock;
    let hook = world.watch_data().await;
    world.fixture.create("Tasks", json!({"Name": "A"})).await;
    assert_eq!(world.payloads(&hook).await.len(), 1);
    clock.advance(5 * DAY);
    world.fixture.create("Tasks", json!({"Name": "B"})).await;
    assert_eq!(world.payloads(&hook).await.len(), 2);
    clock.advance(3 * DAY);
    let page = world.page(&hook, "").await;
    assert_eq!(page["payloads"].as_array().unwrap().len(), 1);
    assert_eq!(page["cursor"], 3);
    world.fixture.app.run_once("airtable.webhooks_over").await;
    let rows = world.fixture.texts_of(&["airtable_webhook_payloads"]).await;
    let left = rows.iter().filter(|text| text.starts_with("trx")).count();
    assert_eq!(left, 1);
    clock.advance(8 * DAY);
    world.fixture.app.run_once("airtable.webhooks_over").await;
    assert_eq!(world.listed(&hook).await["isHookEnabled"], false);
    clock.advance(7 * DAY);
    world.fixture.app.run_once("airtable.webhooks_over").await;
    let rows = world.fixture.texts_of(&["airtable_webhooks"]).await;
    assert!(rows.is_empty(), "{rows:?}");
}

#[tokio::test]
async fn payloads_hold_nothing_that_the_history_has_erased() {
    let world = World::with_settings(|settings| settings.saga.undo_window = DAY)
        .await
        .for_weeks()
        .await;
    let hook = world.watch_data().await;
    world
        .fixture
        .create("Tasks", json!({"Name": "canary-4711"}))
        .await;
    let told = world.payload(&hook).await;
    assert!(told.to_string().contains("canary-4711"));
    let tables = ["airtable_webhooks", "airtable_webhook_payloads"];
    let is_readable = async || {
        let texts = world.fixture.texts_of(&tables).await;
        texts.iter().any(|text| text.contains("canary"))
    };
    assert!(!is_readable().await, "what is stored is sealed");
    world.fixture.app.clock.advance(2 * DAY);
    world.fixture.app.run_once("airtable.images").await;
    let erased = json!({
        "error": true, "code": "INTERNAL_ERROR", "payloadFormat": "v0",
        "timestamp": told["timestamp"], "baseTransactionNumber": told["baseTransactionNumber"],
    });
    assert_eq!(world.payload(&hook).await, erased);
    // Nor can it be told by who had not looked before.
    let start = told["baseTransactionNumber"].as_i64().unwrap() - 1;
    world
        .fixture
        .tamper(&[
            "DELETE FROM airtable_webhook_payloads",
            &format!("UPDATE airtable_webhooks SET log_seq = {start}, next_number = 1"),
        ])
        .await;
    assert_eq!(world.payload(&hook).await, erased);
    world.fixture.create("Tasks", json!({"Name": "B"})).await;
    let payloads = world.payloads(&hook).await;
    assert_eq!((payloads.len(), payloads[1].get("error")), (2, None));
}

#[tokio::test]
async fn a_deleted_webhook_is_gone_and_so_are_those_of_a_deleted_base() {
    let world = World::new().await.for_weeks().await;
    let hook = world.watch_data().await;
    world.watch_data().await;
    world.fixture.create("Tasks", json!({"Name": "A"})).await;
    world.payloads(&hook).await;
    let path = world.path(&format!("/{hook}"));
    let deleted = world.owner().delete(&path).await.expect(200);
    assert_eq!(deleted.text, "{}");
    world.owner().delete(&path).await.expect(403);
    let list = world.owner().get(&world.path("")).await.expect(200).json;
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 1);
    let base = format!("/api/airtable/bases/{}", world.fixture.base);
    world.owner().delete(&base).await.expect(204);
    let tables = ["airtable_webhooks", "airtable_webhook_payloads"];
    assert!(world.fixture.texts_of(&tables).await.is_empty());
}
