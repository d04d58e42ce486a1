use serde_json::{Value, json};

use super::world::World;
use crate::support::Actor;

/// Makes a record in the app; answers its change set.
async fn make(world: &World, who: &Actor, name: &str) -> String {
    let table = world.fixture.table_id("Tasks").await;
    let path = format!(
        "/api/airtable/bases/{}/tables/{table}/records",
        world.fixture.base
    );
    let body = json!({"records": [{"fields": {"Name": name}}]});
    let made = who.post(&path, body).await.expect(201).json;
    made["change_set_id"].as_str().unwrap().to_owned()
}

fn path(id: &str) -> String {
    format!("/api/saga/changes/{id}/join")
}

#[tokio::test]
async fn what_was_joined_is_shown_and_undone_as_one() {
    let world = World::new().await;
    let mut sets = Vec::new();
    for name in ["One", "Two", "Three"] {
        sets.push(make(&world, world.owner(), name).await);
    }
    let body = json!({"changes": sets[1..]});
    let joined = world
        .owner()
        .post(&path(&sets[0]), body.clone())
        .await
        .expect(200);
    assert_eq!(joined.json["id"], sets[0].as_str());
    assert_eq!(joined.json["created"], 3);
    let again = world.owner().post(&path(&sets[0]), body).await.expect(200);
    assert_eq!(again.json, joined.json);
    let listed = world
        .owner()
        .get("/api/saga/changes")
        .await
        .expect(200)
        .json;
    let listed: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert!(listed.contains(&json!(sets[0])));
    assert!(!listed.contains(&json!(sets[1])) && !listed.contains(&json!(sets[2])));
    world
        .owner()
        .get(&format!("/api/saga/changes/{}", sets[1]))
        .await
        .expect(404);
    let report = world.undo(&sets[0], json!({})).await;
    assert_eq!(report["totals"]["restored"], 3);
    assert_eq!(world.records("Tasks").await, json!([]));
    let undone = world
        .owner()
        .post(&path(&sets[0]), json!({"changes": [sets[1]]}))
        .await;
    undone.expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn only_own_changes_of_the_app_are_joined() {
    let world = World::new().await;
    let own = make(&world, world.owner(), "Mine").await;
    let theirs = make(&world, &world.colleague, "Theirs").await;
    world
        .fixture
        .create("Tasks", json!({"Name": "By a script"}))
        .await;
    let script = world.last_id().await;
    let join = async |who: &Actor, id: &str, changes: Value| {
        who.post(&path(id), json!({"changes": changes})).await
    };
    let owner = world.owner();
    join(owner, &own, json!([theirs]))
        .await
        .expect_problem(404, "not_found");
    join(owner, &theirs, json!([own]))
        .await
        .expect_problem(404, "not_found");
    join(&world.fixture.app.other_tenant().await, &own, json!([own]))
        .await
        .expect_problem(404, "not_found");
    join(owner, &own, json!([script]))
        .await
        .expect_problem(422, "invalid_request");
    let many: Vec<_> = (0..101).map(|_| own.as_str()).collect();
    for wrong in [json!([]), json!(many)] {
        let refused = join(owner, &own, wrong).await;
        let refused = refused.expect_problem(422, "invalid_request").json;
        assert_eq!(refused["errors"][0]["field"], "changes");
    }
    let report = world.undo(&own, json!({})).await;
    assert_eq!(report["totals"]["restored"], 1);
}
