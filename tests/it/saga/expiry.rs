use std::time::Duration;

use serde_json::{Value, json};

use super::world::World;
use crate::v0::fixture::Fixture;

const DAY: Duration = Duration::from_secs(86_400);

async fn summary(world: &World, id: &str) -> Value {
    let path = format!("/api/saga/changes/{id}");
    world.owner().get(&path).await.expect(200).json
}

/// The same world later, in which everything that is due was cleaned up.
async fn after(world: World, time: Duration) -> World {
    let app = &world.fixture.app;
    app.clock.advance(time);
    app.run_once("airtable.images").await;
    app.run_once("saga.clean").await;
    let owner = app.sign_in_owner().await;
    let fixture = Fixture {
        owner,
        ..world.fixture
    };
    World { fixture, ..world }
}

/// How many entries of the change log have images, and of how many.
async fn images(world: &World) -> (i64, i64) {
    use sea_orm::{ConnectionTrait, Statement};

    let tx = world.fixture.begin().await;
    let sql = "SELECT COUNT(COALESCE(before, after)) AS images, COUNT(*) AS entries FROM airtable_changes";
    let select = Statement::from_string(tx.conn().get_database_backend(), sql);
    let row = tx.conn().query_one_raw(select).await.unwrap().unwrap();
    let count = |column| row.try_get("", column).unwrap();
    (count("images"), count("entries"))
}

#[tokio::test]
async fn at_the_end_of_the_window_images_are_erased_and_the_history_stays() {
    let world = World::new().await;
    let task = world.fixture.create("Tasks", json!({"Name": "Old"})).await;
    // More than a batch.
    let many: Vec<Value> = (0..10).map(|_| json!({"fields": {"Hours": 1}})).collect();
    for _ in 0..55 {
        let path = world.fixture.path("Tasks");
        let made = world.owner().post(&path, json!({"records": many})).await;
        made.expect(200);
    }
    world
        .update(world.owner(), "Tasks", &task, json!({"Name": "New"}))
        .await;
    let old = world.last_id().await;

    let world = after(world, 29 * DAY).await;
    let (kept, entries) = images(&world).await;
    assert_eq!(kept, entries, "nothing is erased within the window");
    world
        .update(world.owner(), "Tasks", &task, json!({"Name": "Newer"}))
        .await;
    let young = world.last_id().await;

    let world = after(world, 2 * DAY).await;
    assert_eq!(images(&world).await, (1, entries + 1));
    let expired = summary(&world, &old).await;
    assert_eq!(
        (&expired["expired"], &expired["updated"]),
        (&json!(true), &json!(1))
    );
    let path = format!("/api/saga/changes/{old}/undo");
    let refused = world.owner().post(&path, json!({})).await;
    refused.expect_problem(410, "undo_window_over");
    let path = format!("/api/saga/changes/{old}/records");
    let shown = world.owner().get(&path).await.expect(200).json;
    assert_eq!(shown["items"][0]["record_id"], json!(task));
    assert_eq!(shown["items"][0]["fields"], json!([]));
    let events = world.fixture.texts_of(&["event_log"]).await;
    assert!(events.iter().any(|text| text == "images.erased"));

    // What lies within the window is undone as ever.
    assert_eq!(summary(&world, &young).await["expired"], false);
    world.undo(&young, json!({})).await;
    let tasks = world.records("Tasks").await;
    assert_eq!(tasks[0]["fields"]["Name"], "New");
}

#[tokio::test]
async fn a_longer_window_brings_nothing_back_that_was_erased() {
    let world = World::new().await;
    let task = world.fixture.create("Tasks", json!({"Name": "Old"})).await;
    world
        .update(world.owner(), "Tasks", &task, json!({"Name": "New"}))
        .await;
    let change = world.last_id().await;
    let world = after(world, 31 * DAY).await;

    let app = &world.fixture.app;
    let (url, folder) = (
        app.platform.settings.database.url.clone(),
        app.data_dir().to_owned(),
    );
    let patient = crate::support::TestApp::with_settings(|settings| {
        (settings.database.url, settings.data_dir) = (url, folder);
        settings.saga.undo_window = 365 * DAY;
    })
    .await;
    patient.clock.advance(31 * DAY);
    let owner = patient.sign_in_owner().await;
    let path = format!("/api/saga/changes/{change}");
    let summary = owner.get(&path).await.expect(200).json;
    assert_eq!(summary["expired"], true);
    let refused = owner.post(&format!("{path}/undo"), json!({})).await;
    refused.expect_problem(410, "undo_window_over");
}

#[tokio::test]
async fn an_instance_that_lags_past_the_window_reads_what_is_there() {
    let world = World::new().await;
    let app = &world.fixture.app;
    let (url, folder) = (
        app.platform.settings.database.url.clone(),
        app.data_dir().to_owned(),
    );
    let late = crate::support::TestApp::with_settings(|settings| {
        (settings.database.url, settings.data_dir) = (url, folder);
        settings.airtable.refresh_interval = DAY;
    })
    .await;
    let behind = world.fixture.owner_of(&late);
    let task = world.fixture.create("Tasks", json!({"Name": "Old"})).await;
    let path = world.fixture.path(&format!("Tasks/{task}"));
    let seen = behind.get(&path).await.expect(200).json;
    assert_eq!(seen["fields"]["Name"], "Old");
    world
        .update(world.owner(), "Tasks", &task, json!({"Name": "New"}))
        .await;
    let _world = after(world, 31 * DAY).await;
    let written = behind.patch(&path, json!({"fields": {"Hours": 1}})).await;
    assert_eq!(
        written.expect(200).json["fields"],
        json!({"Name": "New", "Hours": 1})
    );
}
