use pyairtable::platform::db::TenantTx;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::world::World;

const CANARY: &str = "canary-4711";
/// Where change sets and their images lie.
const HISTORY: [&str; 3] = ["airtable_changes", "saga_change_sets", "saga_change_parts"];

async fn is_readable_in(world: &World, tables: &[&str]) -> bool {
    let texts = world.fixture.texts_of(tables).await;
    texts.iter().any(|text| text.contains(CANARY))
}

/// The entries of a record in the change log: number, image before, image after.
async fn entries(tx: &TenantTx, record: &str) -> Vec<(i64, Option<String>, Option<String>)> {
    let sql = format!(
        "SELECT seq, before, after FROM airtable_changes WHERE record_id = '{record}' ORDER BY seq"
    );
    let select = Statement::from_string(tx.conn().get_database_backend(), sql);
    let rows = tx.conn().query_all_raw(select).await.unwrap();
    let entry = |row: &sea_orm::QueryResult| {
        let image = |column| row.try_get("", column).unwrap();
        (
            row.try_get("", "seq").unwrap(),
            image("before"),
            image("after"),
        )
    };
    rows.iter().map(entry).collect()
}

/// Rewrites an entry past the application.
async fn rewrite(world: &World, seq: i64, set: &str, images: &[&str]) {
    let tx = world.fixture.app.platform.db.system().await.unwrap();
    let base = &world.fixture.base;
    let sql = format!("UPDATE airtable_changes SET {set} WHERE base_id = '{base}' AND seq = {seq}");
    let values = images.iter().map(|image| sea_orm::Value::from(*image));
    let backend = tx.conn().get_database_backend();
    let update = Statement::from_sql_and_values(backend, sql, values);
    let done = tx.conn().execute_raw(update).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn no_cell_is_readable_in_the_history_and_undo_brings_it_back() {
    let world = World::new().await;
    let task = world.fixture.create("Tasks", json!({"Name": CANARY})).await;
    let fields = json!({"Name": format!("{CANARY} again"), "Hours": 3});
    world.update(world.owner(), "Tasks", &task, fields).await;
    let before = world.records("Tasks").await;
    assert!(is_readable_in(&world, &["airtable_records"]).await);
    world.delete(world.owner(), "Tasks", &task).await;
    let deletion = world.last_id().await;
    assert!(!is_readable_in(&world, &["airtable_records"]).await);
    assert!(!is_readable_in(&world, &HISTORY).await);

    let report = world.undo(&deletion, json!({})).await;
    assert_eq!(report["totals"]["restored"], 1);
    assert_eq!(world.records("Tasks").await, before);
    let undo = report["undo"].as_str().unwrap();
    world.undo(undo, json!({})).await;
    assert_eq!(world.records("Tasks").await, json!([]));
    assert!(!is_readable_in(&world, &HISTORY).await);
}

#[tokio::test]
async fn an_image_that_is_moved_to_another_entry_does_not_open() {
    let world = World::new().await;
    let one = world.fixture.create("Tasks", json!({"Name": "One"})).await;
    let other = world
        .fixture
        .create("Tasks", json!({"Name": "Other"}))
        .await;
    world
        .update(world.owner(), "Tasks", &one, json!({"Name": "1"}))
        .await;
    let change = world.last_id().await;
    world
        .update(world.owner(), "Tasks", &other, json!({"Name": "2"}))
        .await;
    let tx = world.fixture.begin().await;
    let (seq, own, _) = entries(&tx, &one).await.pop().unwrap();
    let (_, foreign, _) = entries(&tx, &other).await.pop().unwrap();
    drop(tx);
    let path = format!("/api/saga/changes/{change}/records");

    rewrite(&world, seq, "before = $1", &[&foreign.unwrap()]).await;
    world
        .owner()
        .get(&path)
        .await
        .expect_problem(500, "internal");
    rewrite(&world, seq, "before = $1", &[&own.unwrap()]).await;
    let shown = world.owner().get(&path).await.expect(200).json;
    assert_eq!(shown["items"][0]["fields"][0]["before"], "One");
}

#[tokio::test]
async fn images_of_an_earlier_version_are_read_and_sealed() {
    let world = World::new().await;
    let task = world.fixture.create("Tasks", json!({"Name": CANARY})).await;
    world
        .update(world.owner(), "Tasks", &task, json!({"Name": "New"}))
        .await;
    let change = world.last_id().await;
    let tx = world.fixture.begin().await;
    let (seq, ..) = entries(&tx, &task).await.pop().unwrap();
    drop(tx);
    let name = world.fixture.field("Tasks", "Name").await["id"].clone();
    let plain = |text: &str| json!({name.as_str().unwrap(): text}).to_string();
    let set = "before = $1, after = $2, is_sealed = FALSE";
    rewrite(&world, seq, set, &[&plain(CANARY), &plain("New")]).await;
    assert!(is_readable_in(&world, &HISTORY).await);
    let path = format!("/api/saga/changes/{change}/records");
    let shown = async || world.owner().get(&path).await.expect(200).json;
    let before: Value = shown().await;
    assert_eq!(before["items"][0]["fields"][0]["before"], CANARY);

    world.fixture.app.run_once("airtable.images").await;
    assert!(!is_readable_in(&world, &HISTORY).await);
    assert_eq!(shown().await["items"][0]["fields"][0]["before"], CANARY);
    world.undo(&change, json!({})).await;
    assert_eq!(world.records("Tasks").await[0]["fields"]["Name"], CANARY);
}
