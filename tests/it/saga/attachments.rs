use serde_json::{Value, json};

use super::world::{last_change, undo};
use crate::airtable::attachments::world::{Part, World};

impl World {
    /// Takes back the newest change; answers the id of the change that the undo is.
    async fn undo_last(&self) -> String {
        let last = last_change(self.owner()).await;
        self.undo_of(last["id"].as_str().unwrap()).await
    }

    async fn undo_of(&self, change: &str) -> String {
        let done = undo(self.owner(), change, json!({})).await;
        assert_eq!(done["totals"]["conflict"], 0, "{done}");
        assert_eq!(done["totals"]["restored"], 1, "{done}");
        done["undo"].as_str().unwrap().to_owned()
    }

    async fn with_uploaded_file(&self) -> String {
        let record = self.record(json!([])).await;
        let part = [Part::file("a.txt", "text/plain", b"text")];
        self.upload(&record, &part).await.expect(201);
        record
    }
}

async fn works(world: &World, record: &str) -> bool {
    let files = world.files(record).await;
    files.len() == 1 && world.follow(&files[0]["url"]).await.expect(200).text == "text"
}

#[tokio::test]
async fn an_upload_is_undone_and_done_again() {
    let world = World::new().await;
    let record = world.with_uploaded_file().await;
    let before = world.files(&record).await;
    let undone = world.undo_last().await;
    assert!(world.files(&record).await.is_empty());
    world.undo_of(&undone).await;
    assert_eq!(world.files(&record).await, before);
    assert!(works(&world, &record).await);
}

#[tokio::test]
async fn a_cleared_cell_and_a_deleted_record_bring_their_files_back() {
    let world = World::new().await;
    let record = world.with_uploaded_file().await;
    let before = world.files(&record).await;
    world.set(&record, Value::Null).await.expect(200);
    world.undo_last().await;
    assert_eq!(world.files(&record).await, before);
    let path = world.fixture.path(&format!("Tasks/{record}"));
    world.owner().delete(&path).await.expect(200);
    world.undo_last().await;
    assert_eq!(world.files(&record).await, before);
    assert!(works(&world, &record).await);
    // What came back is not removed with what is gone.
    let week = std::time::Duration::from_secs(40 * 24 * 3600);
    world.fixture.app.clock.advance(week);
    world.fixture.app.run_once("airtable.files").await;
    assert_eq!(world.stored(), 1);
}

#[tokio::test]
async fn the_undo_of_a_write_by_url_does_not_mind_that_the_file_has_come() {
    let world = World::new().await;
    let from = world.with_uploaded_file().await;
    let url = world.files(&from).await[0]["url"].clone();
    let record = world.record(json!([])).await;
    world.set(&record, json!([{"url": url}])).await.expect(200);
    let written = last_change(world.owner()).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    world.run().await;
    assert!(works(&world, &record).await);
    assert_eq!(
        last_change(world.owner()).await["id"],
        written,
        "the rest is nobody's change"
    );
    let undone = world.undo_of(&written).await;
    assert!(world.files(&record).await.is_empty());
    world.undo_of(&undone).await;
    assert!(works(&world, &record).await);
}

#[tokio::test]
async fn a_file_that_comes_while_its_write_is_undone_is_there_when_it_is_done_again() {
    let world = World::new().await;
    let from = world.with_uploaded_file().await;
    let url = world.files(&from).await[0]["url"].clone();
    let record = world.record(json!([])).await;
    world.set(&record, json!([{"url": url}])).await.expect(200);
    let undone = world.undo_last().await;
    world.run().await;
    assert!(world.files(&record).await.is_empty());
    world.undo_of(&undone).await;
    assert!(works(&world, &record).await);
}

#[tokio::test]
async fn a_record_made_with_a_url_is_taken_back_after_its_file_has_come() {
    let world = World::new().await;
    let from = world.with_uploaded_file().await;
    let url = world.files(&from).await[0]["url"].clone();
    let record = world.record(json!([{"url": url}])).await;
    let made = last_change(world.owner()).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    world.run().await;
    let undone = world.undo_of(&made).await;
    let path = world.fixture.path(&format!("Tasks/{record}"));
    world.owner().get(&path).await.expect(403);
    world.undo_of(&undone).await;
    assert!(works(&world, &record).await);
}
