use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_write_is_one_change_set_with_its_cells_before_and_after() {
    let world = World::new().await;
    let ann = world.fixture.create("People", json!({"Name": "Ann"})).await;
    let task = world
        .fixture
        .create("Tasks", json!({"Name": "Paint", "Status": "Todo"}))
        .await;
    let fields = json!({"Status": "Doing", "Owner": [ann]});
    world.update(world.owner(), "Tasks", &task, fields).await;

    let change = world.last_change().await;
    assert_eq!(change["origin"], "api");
    assert_eq!(change["title"], "patch");
    assert_eq!(change["user"], "Olga Owner");
    assert_eq!(change["state"], "completed");
    assert_eq!(change["undone_by"], json!(null));
    // The linked person changes too.
    assert_eq!(
        (&change["created"], &change["updated"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(change["bases"][0]["base"], "Work");

    let path = format!(
        "/api/saga/changes/{}/records",
        change["id"].as_str().unwrap()
    );
    let records = world.owner().get(&path).await.expect(200).json;
    let first = &records["items"][0];
    assert_eq!(
        (&first["name"], &first["kind"]),
        (&json!("Paint"), &json!("updated"))
    );
    let shown: Vec<_> = first["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| json!([field["field"], field["before"], field["after"]]))
        .collect();
    let linked = json!([{"id": ann, "name": "Ann"}]);
    assert_eq!(
        shown,
        [
            json!(["Status", "Todo", "Doing"]),
            json!(["Owner", null, linked])
        ]
    );
    assert_eq!(records["items"][1]["name"], "Ann");
    assert_eq!(records["next_cursor"], json!(null));
}

#[tokio::test]
async fn change_sets_and_their_records_come_in_pages() {
    let world = World::new().await;
    let records: Vec<_> = (0..7)
        .map(|n| json!({"fields": {"Name": format!("T{n}")}}))
        .collect();
    let path = world.fixture.path("Tasks");
    world
        .owner()
        .post(&path, json!({"records": records}))
        .await
        .expect(200);
    world.fixture.create("Tasks", json!({"Name": "Last"})).await;

    let first = world
        .owner()
        .get("/api/saga/changes?limit=1")
        .await
        .expect(200)
        .json;
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/api/saga/changes?limit=1&cursor={cursor}");
    let second = world.owner().get(&path).await.expect(200).json;
    assert_eq!(second["items"][0]["created"], 7);

    let id = second["items"][0]["id"].as_str().unwrap();
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/saga/changes/{id}/records?limit=3{cursor}");
        let page = world.owner().get(&path).await.expect(200).json;
        let items = page["items"].as_array().unwrap();
        names.extend(
            items
                .iter()
                .map(|item| item["name"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["T0", "T1", "T2", "T3", "T4", "T5", "T6"]);

    let base = &world.fixture.base;
    let here = format!("/api/saga/changes?base_id={base}&origin=api");
    let here = world.owner().get(&here).await.expect(200).json;
    assert!(here["items"].as_array().unwrap().len() >= 2);
    let tools = world
        .owner()
        .get("/api/saga/changes?origin=tool")
        .await
        .expect(200)
        .json;
    assert_eq!(tools["items"], json!([]));
    world
        .owner()
        .get("/api/saga/changes?limit=0")
        .await
        .expect(422);
    world
        .owner()
        .get("/api/saga/changes?cursor=nonsense")
        .await
        .expect(422);
    let path = format!("/api/saga/changes/{id}/records?cursor=nonsense");
    world.owner().get(&path).await.expect(422);
}

#[cfg(feature = "mcp")]
#[tokio::test]
async fn a_tool_call_of_many_transactions_is_one_change_set() {
    let world = World::new().await;
    let records: Vec<_> = (0..25).map(|n| json!({"Name": format!("T{n}")})).collect();
    let body = json!({"name": "batch_create_records", "arguments": {
        "base_id": world.fixture.base, "table_id": "Tasks", "records": records,
    }});
    let call = || world.owner().post("/api/mcp/tools/call", body.clone());
    let asked = call().await.expect(200).json;
    world.owner().approve(&asked["error"]).await;
    let called = call().await.expect(200).json;
    assert_eq!(called["success"], true, "{called}");

    let change = world.last_change().await;
    assert_eq!(
        (
            &change["origin"],
            &change["title"],
            &change["created"],
            &change["state"]
        ),
        (
            &json!("tool"),
            &json!("batch_create_records"),
            &json!(25),
            &json!("completed")
        )
    );
    let report = world.undo(change["id"].as_str().unwrap(), json!({})).await;
    assert_eq!(report["totals"]["restored"], 25);
    assert_eq!(world.records("Tasks").await, json!([]));
}

#[tokio::test]
async fn a_key_that_opts_out_leaves_no_change_sets_for_what_it_writes_directly() {
    let world = World::new().await;
    let body = json!({"name": "bulk", "records_changes": false});
    let created = world
        .owner()
        .post("/api/auth/keys", body)
        .await
        .expect(201)
        .json;
    assert_eq!(created["records_changes"], false);
    let key = world.owner().with_token(created["key"].as_str().unwrap());
    let before = world.last_id().await;
    let path = world.fixture.path("Tasks");
    let record = json!({"fields": {"Name": "Unrecorded"}});
    let made = key.post(&path, record).await.expect(200).json;
    assert_eq!(world.last_id().await, before);
    // What others do to the same record is recorded.
    let id = made["id"].as_str().unwrap();
    world
        .update(world.owner(), "Tasks", id, json!({"Name": "Recorded"}))
        .await;
    assert_ne!(world.last_id().await, before);
}
