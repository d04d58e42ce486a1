use serde_json::{Value, json};

use super::world::World;

/// What webhooks with these filters tell of the same changes: how many payloads each has.
async fn counts(world: &World, hooks: &[String]) -> Vec<usize> {
    let mut counts = Vec::new();
    for hook in hooks {
        counts.push(world.payloads(hook).await.len());
    }
    counts
}

async fn watch_all(world: &World, filters: impl IntoIterator<Item = Value>) -> Vec<String> {
    let mut hooks = Vec::new();
    for filters in filters {
        hooks.push(world.watch(filters, Value::Null).await);
    }
    hooks
}

#[tokio::test]
async fn data_types_and_change_types_choose_the_changes() {
    let world = World::new().await;
    let of = |types: Value| json!({"dataTypes": types});
    let data = |changes: Value| json!({"dataTypes": ["tableData"], "changeTypes": changes});
    let hooks = watch_all(
        &world,
        [
            of(json!(["tableData"])),
            of(json!(["tableFields"])),
            of(json!(["tableMetadata"])),
            of(json!(["tableData", "tableFields", "tableMetadata"])),
            data(json!(["add"])),
            data(json!(["update"])),
            data(json!(["remove"])),
            data(json!([])),
            json!({"dataTypes": ["tableFields"], "changeTypes": ["add"]}),
        ],
    )
    .await;
    let task = world.fixture.create("Tasks", json!({"Name": "Saw"})).await;
    world.update(&task, json!({"Hours": 1})).await;
    world.update(&task, json!({"Hours": 2})).await;
    world.delete(&task).await;
    let hours = world.field("Hours").await;
    world.rename_field(&hours, "Time").await;
    let note = json!({"name": "Note", "type": "singleLineText"});
    world.fixture.add_field(note).await.expect(200);
    world.describe_tasks(json!({"description": "To do"})).await;
    let counted = counts(&world, &hooks).await;
    assert_eq!(counted, [4, 2, 1, 7, 1, 2, 1, 4, 1]);
}

#[tokio::test]
async fn a_table_as_scope_leaves_the_others_out() {
    let world = World::new().await;
    let filters = json!({"dataTypes": ["tableData", "tableFields", "tableMetadata"], "recordChangeScope": world.people});
    let hook = world.watch(filters, Value::Null).await;
    let ada = world.fixture.create("People", json!({"Name": "Ada"})).await;
    world.fixture.create("Tasks", json!({"Name": "Saw"})).await;
    world.describe_tasks(json!({"description": "To do"})).await;
    // Both sides change; the scope has only one of them.
    world
        .fixture
        .create("Tasks", json!({"Name": "Nail", "Owner": [ada]}))
        .await;
    let payloads = world.payloads(&hook).await;
    assert_eq!(payloads.len(), 2);
    for payload in payloads {
        let tables = payload["changedTablesById"].as_object().unwrap().clone();
        let ids: Vec<String> = tables.into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, std::slice::from_ref(&world.people));
    }
}

#[tokio::test]
async fn a_view_as_scope_tells_records_of_the_view_until_it_is_deleted() {
    let world = World::new().await;
    let table = world.fixture.table("Tasks").await;
    let view = table["views"][0]["id"].as_str().unwrap().to_owned();
    let filters = json!({"dataTypes": ["tableData"], "recordChangeScope": view});
    let hook = world.watch(filters, Value::Null).await;
    world.fixture.create("People", json!({"Name": "Ada"})).await;
    let task = world.fixture.create("Tasks", json!({"Name": "Saw"})).await;
    world.update(&task, json!({"Hours": 1})).await;
    let payloads = world.payloads(&hook).await;
    assert_eq!(payloads.len(), 2);
    let told = &payloads[0]["changedTablesById"][&world.tasks];
    let in_view = &told["changedViewsById"][&view];
    assert!(in_view["createdRecordsById"][&task].is_object(), "{told}");
    assert_eq!(told.get("createdRecordsById"), None);
    let told = &payloads[1]["changedTablesById"][&world.tasks];
    let current = &told["changedViewsById"][&view]["changedRecordsById"][&task]["current"];
    let hours = world.field("Hours").await;
    assert_eq!(current["cellValuesByFieldId"], json!({hours: 1}));
}

#[tokio::test]
async fn a_deleted_view_ends_its_webhook_with_an_error() {
    let world = World::new().await;
    // Bases of several views come by import.
    let mut document = json!({"name": "Imported", "tables": [{
        "id": "tblWebhook0000001", "name": "T", "primaryFieldId": "fldWebhook0000001",
        "fields": [{"id": "fldWebhook0000001", "name": "Name", "type": "singleLineText"}],
        "views": [{"id": "viwWebhook0000001", "name": "One", "type": "grid"}, {"id": "viwWebhook0000002", "name": "Two", "type": "grid"}],
    }]});
    document["id"] = json!("appWebhook0000001");
    let path = format!(
        "/api/airtable/bases/import?workspace_id={}",
        world.fixture.workspace
    );
    world.owner().post(&path, document).await.expect(201);
    let hooks = "/v0/bases/appWebhook0000001/webhooks";
    let options =
        json!({"filters": {"dataTypes": ["tableData"], "recordChangeScope": "viwWebhook0000002"}});
    let body = json!({"specification": {"options": options}});
    let made = world.owner().post(hooks, body).await.expect(200).json;
    let record = json!({"fields": {"Name": "A"}});
    let table = "/v0/appWebhook0000001/T";
    world.owner().post(table, record.clone()).await.expect(200);
    let view = "/v0/meta/bases/appWebhook0000001/views/viwWebhook0000002";
    world.owner().delete(view).await.expect(200);
    world.owner().post(table, record).await.expect(200);
    let path = format!("{hooks}/{}/payloads", made["id"].as_str().unwrap());
    let page = world.owner().get(&path).await.expect(200).json;
    let payloads = page["payloads"].as_array().unwrap();
    assert_eq!(payloads.len(), 2, "{page}");
    assert!(payloads[0]["changedTablesById"].is_object());
    assert_eq!(payloads[1]["error"], true);
    assert_eq!(payloads[1]["code"], "INVALID_FILTERS");
    assert_eq!(page["cursor"], 3);
    let list = world.owner().get(hooks).await.expect(200).json;
    assert_eq!(list["webhooks"][0]["isHookEnabled"], false);
}

#[tokio::test]
async fn watched_fields_choose_records_and_definitions() {
    let world = World::new().await;
    let (name, hours) = (world.field("Name").await, world.field("Hours").await);
    let data = json!({"dataTypes": ["tableData"], "watchDataInFieldIds": [hours]});
    let schema = json!({"dataTypes": ["tableFields"], "watchSchemasOfFieldIds": [hours]});
    let hooks = watch_all(&world, [data, schema]).await;
    let silent = world.fixture.create("Tasks", json!({"Name": "Saw"})).await;
    let task = json!({"Name": "Nail", "Hours": 1});
    let told = world.fixture.create("Tasks", task).await;
    world.update(&told, json!({"Name": "Nails"})).await;
    world
        .update(&told, json!({"Name": "Nail", "Hours": 2}))
        .await;
    world.delete(&silent).await;
    world.delete(&told).await;
    world.rename_field(&name, "Title").await;
    world.rename_field(&hours, "Time").await;
    let payloads = world.payloads(&hooks[0]).await;
    let table = |at: usize| payloads[at]["changedTablesById"][&world.tasks].clone();
    assert_eq!(payloads.len(), 3);
    let made = &table(0)["createdRecordsById"][&told]["cellValuesByFieldId"];
    assert_eq!(*made, json!({&hours: 1}));
    let changed = &table(1)["changedRecordsById"][&told]["current"]["cellValuesByFieldId"];
    assert_eq!(*changed, json!({&hours: 2}));
    assert_eq!(table(2), json!({"destroyedRecordIds": [told]}));
    let change = json!({"current": {"name": "Time"}});
    assert_eq!(
        world.told(&hooks[1]).await,
        json!({"changedFieldsById": {&hours: change}})
    );
}

#[cfg(feature = "saga")]
#[tokio::test]
async fn sources_choose_by_what_a_change_came_through() {
    let world = World::new().await;
    let from = |sources: Value| json!({"dataTypes": ["tableData"], "fromSources": sources});
    let hooks = watch_all(
        &world,
        [
            from(json!(["publicApi"])),
            from(json!(["client"])),
            from(json!(["publicApi", "client"])),
            from(json!(["automation", "system", "sync", "formSubmission", "formPageSubmission", "anonymousUser", "unknown"])),
            json!({"dataTypes": ["tableData"], "sourceOptions": {"formSubmission": {"viewId": "viw00000000000000"}}}),
        ],
    )
    .await;
    world.fixture.create("Tasks", json!({"Name": "Saw"})).await;
    let changes = world
        .owner()
        .get("/api/saga/changes")
        .await
        .expect(200)
        .json;
    let id = changes["items"][0]["id"].as_str().unwrap().to_owned();
    let undo = format!("/api/saga/changes/{id}/undo");
    world.owner().post(&undo, json!({})).await.expect(200);
    assert_eq!(counts(&world, &hooks).await, [1, 1, 2, 0, 2]);
    let undone = world.payload(&hooks[1]).await;
    assert_eq!(undone["actionMetadata"]["source"], "client");
    let tables = &undone["changedTablesById"];
    assert!(tables[&world.tasks]["destroyedRecordIds"].is_array());
}
