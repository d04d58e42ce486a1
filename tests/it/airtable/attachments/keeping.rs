use std::time::Duration;

use serde_json::{Value, json};

use super::world::{Part, World};
use crate::v0::fixture::names;

const DAY: Duration = Duration::from_secs(24 * 3600);
const WINDOW: Duration = Duration::from_secs(30 * 24 * 3600);

impl World {
    async fn with_file(&self, bytes: &[u8]) -> String {
        let record = self.record(json!([])).await;
        let part = [Part::file("a.txt", "text/plain", bytes)];
        self.upload(&record, &part).await.expect(201);
        record
    }

    async fn clean(&self) {
        self.fixture.app.run_once("airtable.files").await;
    }
}

#[tokio::test]
async fn files_go_when_nobody_can_want_them_back() {
    let world = World::new().await.for_months().await;
    let cleared = world.with_file(b"cleared").await;
    let deleted = world.with_file(b"deleted").await;
    let kept = world.with_file(b"kept").await;
    let shared = world.with_file(b"kept").await;
    world.set(&cleared, Value::Null).await.expect(200);
    world.set(&shared, json!([])).await.expect(200);
    let path = world.fixture.path(&format!("Tasks/{deleted}"));
    world.owner().delete(&path).await.expect(200);
    world.fixture.app.clock.advance(WINDOW - DAY);
    world.clean().await;
    assert_eq!(world.stored(), 3);
    world.fixture.app.clock.advance(2 * DAY);
    world.clean().await;
    assert_eq!(world.stored(), 1);
    let file = world.files(&kept).await.remove(0);
    assert_eq!(world.follow(&file["url"]).await.expect(200).text, "kept");
}

#[tokio::test]
async fn files_that_no_attachment_took_go_after_a_day() {
    let world = World::new().await.for_months().await;
    let record = world.record(json!([])).await;
    // The first part is in the store when the second is refused.
    let parts = [
        Part::file("a.txt", "text/plain", b"left behind"),
        Part::file("", "text/plain", b"nameless"),
    ];
    world.upload(&record, &parts).await.expect(422);
    assert_eq!(world.stored(), 1);
    world.clean().await;
    assert_eq!(
        world.stored(),
        1,
        "its attachment may be about to be committed"
    );
    world.fixture.app.clock.advance(2 * DAY);
    world.clean().await;
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn a_deleted_base_takes_its_files_along() {
    let world = World::new().await;
    world.with_file(b"text").await;
    let path = format!("/api/airtable/bases/{}", world.fixture.base);
    world.owner().delete(&path).await.expect(204);
    world.fixture.app.clock.advance(2 * DAY);
    world.clean().await;
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn the_quota_counts_a_file_once_and_refuses_what_is_too_much() {
    let world = World::with_settings(|settings| settings.files.tenant_quota = 130).await;
    let first = world.with_file(&[b'x'; 60]).await;
    world.with_file(&[b'x'; 60]).await;
    let part = [Part::file("b.txt", "text/plain", &[b'y'; 71])];
    world
        .upload(&first, &part)
        .await
        .expect_problem(413, "too_large");
    let part = [Part::file("b.txt", "text/plain", &[b'y'; 70])];
    world.upload(&first, &part).await.expect(201);
    let part = [Part::file("c.txt", "text/plain", b"z")];
    world
        .upload(&first, &part)
        .await
        .expect_problem(413, "quota_reached");
    let path = world
        .fixture
        .path(&format!("{first}/Files/uploadAttachment"));
    let body = json!({"contentType": "a/b", "filename": "c", "file": "eg=="});
    let refused = world.owner().post(&path, body).await.expect(413);
    assert_eq!(
        refused.json["error"]["type"],
        "ATTACHMENT_STORAGE_LIMIT_REACHED"
    );
    // Another tenant has its own.
    let stranger = world.fixture.app.other_tenant().await;
    assert_eq!(
        stranger.get("/v0/meta/bases").await.expect(200).json["bases"],
        json!([])
    );
}

#[tokio::test]
async fn another_instance_sees_files_and_serves_them_from_the_shared_folder() {
    let world = World::new().await;
    let record = world.with_file(b"text").await;
    let other = world.fixture.app.sibling().await;
    let owner = world.fixture.owner_of(&other);
    let path = world.fixture.path(&format!("Tasks/{record}"));
    let seen = owner.get(&path).await.expect(200).json;
    let url = seen["fields"]["Files"][0]["url"].clone();
    assert_eq!(url, world.files(&record).await[0]["url"]);
    let served = other.anonymous().get(super::world::path_of(&url)).await;
    assert_eq!(served.expect(200).text, "text");
    let page = owner
        .get(&world.fixture.path("Tasks"))
        .await
        .expect(200)
        .json;
    assert_eq!(names(&page), ["A"]);
}

#[tokio::test]
async fn a_base_imported_from_its_own_export_shares_the_files() {
    let world = World::new().await;
    let record = world.with_file(b"text").await;
    let stranger = json!([{"url": "https://elsewhere.example/a.txt"}]);
    let linked = world.record(stranger).await;
    let owner = world.owner();
    let path = format!("/api/airtable/bases/{}/export", world.fixture.base);
    let mut document = owner.get(&path).await.expect(200).json;
    document["id"] = json!("app00000000000001");
    let import = format!(
        "/api/airtable/bases/import?workspace_id={}",
        world.fixture.workspace
    );
    owner.post(&import, document.clone()).await.expect(201);
    world.run().await;
    let path = format!("/v0/app00000000000001/Tasks/{record}");
    let copy = owner.get(&path).await.expect(200).json["fields"]["Files"][0].clone();
    let original = world.files(&record).await.remove(0);
    assert_ne!(copy["id"], original["id"]);
    assert_eq!(world.follow(&copy["url"]).await.expect(200).text, "text");
    let path = format!("/v0/app00000000000001/Tasks/{linked}");
    let kept = owner.get(&path).await.expect(200).json["fields"]["Files"][0].clone();
    assert_eq!(kept["url"], "https://elsewhere.example/a.txt");
    assert!(kept.get("error").is_none(), "an import fetches nothing");
}
