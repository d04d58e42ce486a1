use pyairtable::contracts::Role;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn who_may_not_write_may_look_but_not_undo() {
    let world = World::new().await;
    world
        .fixture
        .create("Tasks", json!({"Name": "Paint"}))
        .await;
    let change = world.last_id().await;
    let viewer = world.fixture.app.member(world.owner(), Role::Viewer).await;
    viewer
        .get(&format!("/api/saga/changes/{change}"))
        .await
        .expect(200);
    let undo = format!("/api/saga/changes/{change}/undo");
    viewer.post(&undo, json!({})).await.expect(403);
    assert_eq!(world.records("Tasks").await.as_array().unwrap().len(), 1);

    let reader = world
        .fixture
        .app
        .key(world.owner(), &["data.records:read"])
        .await;
    reader
        .get(&format!("/api/saga/changes/{change}"))
        .await
        .expect(200);
    reader.post(&undo, json!({})).await.expect(403);
    let schema_only = world
        .fixture
        .app
        .key(world.owner(), &["schema.bases:read"])
        .await;
    schema_only
        .get(&format!("/api/saga/changes/{change}"))
        .await
        .expect(404);
    world
        .fixture
        .app
        .anonymous()
        .get("/api/saga/changes")
        .await
        .expect(401);
}

#[tokio::test]
async fn another_tenants_change_set_is_unknown() {
    let world = World::new().await;
    world
        .fixture
        .create("Tasks", json!({"Name": "Paint"}))
        .await;
    let change = world.last_id().await;
    let stranger = world.fixture.app.other_tenant().await;
    assert_eq!(
        stranger.get("/api/saga/changes").await.expect(200).json["items"],
        json!([])
    );
    for (path, body) in [("", None), ("/records", None), ("/undo", Some(json!({})))] {
        let ask = |id: &str| {
            let path = format!("/api/saga/changes/{id}{path}");
            let (stranger, body) = (stranger.clone(), body.clone());
            async move {
                match body {
                    Some(body) => stranger.post(&path, body).await,
                    None => stranger.get(&path).await,
                }
            }
        };
        let foreign = ask(&change).await.expect(404);
        let unknown = ask("chg00000000000000").await.expect(404);
        let bare = |text: &str| text.split("\"request_id\"").next().unwrap().to_owned();
        assert_eq!(bare(&foreign.text), bare(&unknown.text));
    }
    assert_eq!(world.records("Tasks").await.as_array().unwrap().len(), 1);
}
