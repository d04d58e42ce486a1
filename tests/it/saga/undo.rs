use serde_json::{Value, json};

use super::world::{World, undo};

#[tokio::test]
async fn an_undone_update_is_as_before_and_undone_again_is_nothing() {
    let world = World::new().await;
    let ann = world.fixture.create("People", json!({"Name": "Ann"})).await;
    let fields = json!({"Name": "Paint", "Hours": 2.5, "Done": true, "Due": "2026-01-02", "Tags": ["home"], "Owner": [ann]});
    let task = world.fixture.create("Tasks", fields).await;
    let before = (world.records("Tasks").await, world.records("People").await);
    let fields = json!({"Name": "Varnish", "Hours": null, "Done": false, "Due": "2027-01-02", "Status": "Doing", "Tags": ["blue"], "Owner": []});
    world.update(world.owner(), "Tasks", &task, fields).await;

    let change = world.last_id().await;
    let report = world.undo(&change, json!({})).await;
    assert_eq!(
        report["totals"],
        json!({"restored": 2, "already": 0, "conflict": 0, "irreversible": 0})
    );
    assert_eq!(
        (world.records("Tasks").await, world.records("People").await),
        before
    );

    let again = world.undo(&change, json!({})).await;
    assert_eq!(again["totals"]["already"], 2);
    assert_eq!(again["undo"], json!(null));
    assert_eq!(
        (world.records("Tasks").await, world.records("People").await),
        before
    );
    let path = format!("/api/saga/changes/{change}");
    let summary = world.owner().get(&path).await.expect(200).json;
    assert_eq!(summary["undone_by"], report["undo"]);
}

#[tokio::test]
async fn a_deleted_record_comes_back_with_its_id_times_and_links_on_both_sides() {
    let world = World::new().await;
    let ann = world.fixture.create("People", json!({"Name": "Ann"})).await;
    let mut tasks = Vec::new();
    for name in ["First", "Second", "Third"] {
        tasks.push(
            world
                .fixture
                .create(
                    "Tasks",
                    json!({"Name": name, "Owner": [ann], "Tags": ["home", "blue"]}),
                )
                .await,
        );
    }
    let before = (world.records("Tasks").await, world.records("People").await);
    world
        .fixture
        .app
        .clock
        .advance(std::time::Duration::from_secs(300));
    world.delete(world.owner(), "Tasks", &tasks[1]).await;

    let report = world.undo(&world.last_id().await, json!({})).await;
    let back = report["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|record| record["kind"] == "deleted")
        .unwrap();
    assert_eq!(back["record_id"], json!(tasks[1]));
    assert_eq!(back["new_record_id"], json!(tasks[1]));
    assert_eq!(back["outcome"], "restored");
    assert_eq!(
        (world.records("Tasks").await, world.records("People").await),
        before
    );
}

#[tokio::test]
async fn what_a_colleague_changed_since_is_left_and_named() {
    let world = World::new().await;
    let task = world
        .fixture
        .create("Tasks", json!({"Name": "Paint", "Hours": 1.5}))
        .await;
    world
        .update(
            world.owner(),
            "Tasks",
            &task,
            json!({"Name": "Varnish", "Hours": 2.5}),
        )
        .await;
    let change = world.last_id().await;
    world
        .update(&world.colleague, "Tasks", &task, json!({"Hours": 9.5}))
        .await;

    let rehearsed = world.undo(&change, json!({"dry_run": true})).await;
    assert_eq!(rehearsed["undo"], json!(null));
    assert_eq!(
        world.fixture.get("Tasks", &task).await["fields"]["Name"],
        "Varnish"
    );
    let report = world.undo(&change, json!({})).await;
    assert_eq!(rehearsed["records"], report["records"]);
    assert_eq!(report["totals"]["conflict"], 1);
    assert_eq!(world.last_change().await["state"], "partial");
    let conflict = &report["records"][0]["conflicts"][0];
    assert_eq!(
        (
            &conflict["code"],
            &conflict["field"],
            &conflict["before"],
            &conflict["current"],
            &conflict["by"]
        ),
        (
            &json!("changed_since"),
            &json!("Hours"),
            &json!(1.5),
            &json!(9.5),
            &json!("Mia Member")
        )
    );
    assert!(conflict["at"].is_string());
    let fields = world.fixture.get("Tasks", &task).await["fields"].clone();
    assert_eq!(
        (&fields["Name"], &fields["Hours"]),
        (&json!("Paint"), &json!(9.5))
    );

    let path = format!("/api/saga/changes/{change}/undo");
    world
        .colleague
        .post(&path, json!({"force": true}))
        .await
        .expect(403);
    let forced = world.undo(&change, json!({"force": true})).await;
    assert_eq!(forced["totals"]["restored"], 1);
    assert_eq!(
        world.fixture.get("Tasks", &task).await["fields"]["Hours"],
        1.5
    );
    // The value that was overwritten is itself kept.
    let forced = forced["undo"].as_str().unwrap();
    world.undo(forced, json!({})).await;
    assert_eq!(
        world.fixture.get("Tasks", &task).await["fields"]["Hours"],
        9.5
    );
}

#[tokio::test]
async fn a_made_record_goes_unless_somebody_has_touched_it() {
    let world = World::new().await;
    let ann = world.fixture.create("People", json!({"Name": "Ann"})).await;
    let plain = world
        .fixture
        .create("Tasks", json!({"Name": "Plain", "Owner": [ann]}))
        .await;
    let plain_change = world.last_id().await;
    let touched = world
        .fixture
        .create("Tasks", json!({"Name": "Touched"}))
        .await;
    let touched_change = world.last_id().await;
    // A link from the other side counts as a touch.
    world
        .update(
            &world.colleague,
            "People",
            &ann,
            json!({"Tasks": [plain, touched]}),
        )
        .await;

    let report = world.undo(&plain_change, json!({})).await;
    assert_eq!(report["totals"]["restored"], 2, "{report}");
    world
        .owner()
        .get(&world.fixture.path(&format!("Tasks/{plain}")))
        .await
        .expect(403);
    let report = world.undo(&touched_change, json!({})).await;
    assert_eq!(report["records"][0]["outcome"], "conflict", "{report}");
    assert_eq!(report["records"][0]["conflicts"][0]["field"], "Owner");
    world.fixture.get("Tasks", &touched).await;
}

#[tokio::test]
async fn single_records_and_fields_can_be_undone() {
    let world = World::new().await;
    let mut tasks = Vec::new();
    for name in ["One", "Two"] {
        tasks.push(
            world
                .fixture
                .create("Tasks", json!({"Name": name, "Hours": 1.5}))
                .await,
        );
    }
    let records: Vec<Value> = tasks
        .iter()
        .map(|id| json!({"id": id, "fields": {"Name": "New", "Hours": 5.5}}))
        .collect();
    let path = world.fixture.path("Tasks");
    world
        .owner()
        .patch(&path, json!({"records": records}))
        .await
        .expect(200);
    let change = world.last_id().await;
    let hours = world.fixture.field("Tasks", "Hours").await["id"].clone();

    world
        .undo(&change, json!({"records": [tasks[0]], "fields": [hours]}))
        .await;
    assert_eq!(world.last_change().await["state"], "partial");
    let values = |record: &Value| json!([record["fields"]["Name"], record["fields"]["Hours"]]);
    let now = world.records("Tasks").await;
    assert_eq!(
        [values(&now[0]), values(&now[1])],
        [json!(["New", 1.5]), json!(["New", 5.5])]
    );
    let report = world.undo(&change, json!({})).await;
    assert_eq!(report["totals"]["restored"], 2);
    assert_eq!(world.last_change().await["state"], "completed");
    let now = world.records("Tasks").await;
    assert_eq!(
        [values(&now[0]), values(&now[1])],
        [json!(["One", 1.5]), json!(["Two", 1.5])]
    );
}

#[tokio::test]
async fn links_and_choices_that_are_gone_are_said_to_be_lost() {
    let world = World::new().await;
    let ann = world.fixture.create("People", json!({"Name": "Ann"})).await;
    let task = world
        .fixture
        .create("Tasks", json!({"Name": "Paint", "Owner": [ann]}))
        .await;
    world.delete(world.owner(), "Tasks", &task).await;
    let change = world.last_id().await;
    world.delete(&world.colleague, "People", &ann).await;

    let report = world.undo(&change, json!({})).await;
    let back = report["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|record| record["kind"] == "deleted")
        .unwrap();
    assert_eq!(back["outcome"], "restored");
    assert_eq!(back["conflicts"][0]["code"], "linked_record_deleted");
    let gone = report["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|record| record["kind"] == "updated")
        .unwrap();
    assert_eq!(gone["outcome"], "conflict");
    assert_eq!(gone["conflicts"][0]["code"], "record_deleted");
    assert_eq!(gone["conflicts"][0]["by"], "Mia Member");
    assert_eq!(
        world.fixture.get("Tasks", &task).await["fields"],
        json!({"Name": "Paint"})
    );
}

#[tokio::test]
async fn what_cannot_be_undone_is_said() {
    let world = World::new().await;
    let path = world.fixture.path("Tasks");
    let body =
        json!({"records": [{"fields": {"Name": "Paint", "Status": "Urgent"}}], "typecast": true});
    world.owner().post(&path, body).await.expect(200);
    let report = world.undo(&world.last_id().await, json!({})).await;
    assert_eq!(
        report["irreversible"],
        json!(["Field \"Status\" of \"Tasks\" got the choices Urgent"])
    );
    assert_eq!(report["totals"]["restored"], 1);
}

#[tokio::test]
async fn an_old_change_is_not_undone() {
    let world = World::new().await;
    world
        .fixture
        .create("Tasks", json!({"Name": "Paint"}))
        .await;
    let change = world.last_id().await;
    world
        .fixture
        .app
        .clock
        .advance(std::time::Duration::from_secs(31 * 86_400));
    let key = world.fixture.app.platform.clock.now();
    assert!(key > 0);
    let path = format!("/api/saga/changes/{change}/undo");
    let answer = undo_after_a_month(&world, &path).await;
    assert_eq!(answer["code"], "undo_window_over");
}

/// The session is over after a month; a key that was made then is not.
async fn undo_after_a_month(world: &World, path: &str) -> Value {
    let body = json!({"email": "owner@example.org", "password": "correct horse battery staple"});
    let session = world
        .fixture
        .app
        .anonymous()
        .post("/api/auth/login", body)
        .await
        .expect(200);
    let cookie = session
        .headers
        .get_all("set-cookie")
        .iter()
        .find_map(|cookie| {
            cookie
                .to_str()
                .unwrap()
                .strip_prefix("pyairtable_access=")?
                .split(';')
                .next()
                .map(str::to_owned)
        });
    let token = session.json["access_token"]
        .as_str()
        .map(str::to_owned)
        .or(cookie)
        .unwrap();
    let owner = world.owner().with_token(token);
    owner.post(path, json!({})).await.expect(410).json
}

#[tokio::test]
async fn an_editor_undoes_what_somebody_else_did() {
    let world = World::new().await;
    let task = world
        .fixture
        .create("Tasks", json!({"Name": "Paint"}))
        .await;
    world
        .update(world.owner(), "Tasks", &task, json!({"Name": "Varnish"}))
        .await;
    let report = undo(&world.colleague, &world.last_id().await, json!({})).await;
    assert_eq!(report["totals"]["restored"], 1);
    assert_eq!(world.last_change().await["user"], "Mia Member");
}
