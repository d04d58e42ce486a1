use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn a_payload_tells_who_made_which_record_when() {
    let world = World::new().await;
    let hook = world.watch_data().await;
    let ada = world.fixture.create("People", json!({"Name": "Ada"})).await;
    let fields = json!({"Name": "Saw", "Hours": 1.5, "Done": true, "Due": "2024-03-05",
        "Status": "Doing", "Tags": ["home", "blue"], "Owner": [ada]});
    let task = world.fixture.create("Tasks", fields).await;
    let payloads = world.payloads(&hook).await;
    assert_eq!(payloads.len(), 2);
    let payload = &payloads[1];
    assert_eq!(payload["payloadFormat"], "v0");
    let (earlier, number) = (&payloads[0], payload["baseTransactionNumber"].as_i64());
    assert!(number > earlier["baseTransactionNumber"].as_i64());
    let record = world.fixture.get("Tasks", &task).await;
    assert_eq!(payload["timestamp"], record["createdTime"]);
    let me = world.owner().get("/v0/meta/whoami").await.expect(200).json;
    let user = json!({"id": me["id"], "email": "owner@example.org", "name": "Olga Owner", "permissionLevel": "create"});
    assert_eq!(
        payload["actionMetadata"],
        json!({"source": "publicApi", "sourceMetadata": {"user": user}})
    );
    assert_eq!(payload.get("createdTablesById"), None);
    let tables = &payload["changedTablesById"];
    let made = &tables[&world.tasks]["createdRecordsById"][&task];
    assert_eq!(made["createdTime"], record["createdTime"]);
    let choice = async |field: &str, at: usize| {
        let field = world.fixture.field("Tasks", field).await;
        field["options"]["choices"][at].clone()
    };
    let cells = json!({
        world.field("Name").await: "Saw",
        world.field("Hours").await: 1.5,
        world.field("Done").await: true,
        world.field("Due").await: "2024-03-05",
        world.field("Status").await: choice("Status", 1).await,
        world.field("Tags").await: [choice("Tags", 0).await, choice("Tags", 1).await],
        world.field("Owner").await: [{"id": ada, "name": "Ada"}],
    });
    assert_eq!(made["cellValuesByFieldId"], cells);
    // The other side of the link has changed too.
    let back = world.fixture.field("People", "Tasks").await;
    let linked = &tables[&world.people]["changedRecordsById"][&ada]["current"];
    let back = back["id"].as_str().unwrap();
    assert_eq!(
        linked["cellValuesByFieldId"],
        json!({back: [{"id": task, "name": "Saw"}]})
    );
}

#[tokio::test]
async fn changed_cells_alone_are_told_and_a_cleared_one_is_null() {
    let world = World::new().await;
    let task = world
        .fixture
        .create("Tasks", json!({"Name": "Saw", "Hours": 1, "Done": true}))
        .await;
    let hook = world.watch_data().await;
    world.update(&task, json!({"Hours": 2, "Done": null})).await;
    let told = world.told(&hook).await;
    let cells = json!({world.field("Hours").await: 2, world.field("Done").await: null});
    assert_eq!(
        told,
        json!({"changedRecordsById": {&task: {"current": {"cellValuesByFieldId": cells}}}})
    );
    // What changes nothing is no transaction.
    world.update(&task, json!({"Hours": 2})).await;
    assert_eq!(world.payloads(&hook).await.len(), 1);
    world.delete(&task).await;
    let payloads = world.payloads(&hook).await;
    assert_eq!(
        payloads[1]["changedTablesById"],
        json!({&world.tasks: {"destroyedRecordIds": [task]}})
    );
}

#[tokio::test]
async fn one_request_is_one_payload_whatever_it_does() {
    let world = World::new().await;
    let hook = world.watch_data().await;
    let records = json!({"records": [{"fields": {"Name": "A"}}, {"fields": {"Name": "B"}}]});
    let path = world.fixture.path("Tasks");
    world.owner().post(&path, records.clone()).await.expect(200);
    let upsert = json!({"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [
        {"fields": {"Name": "A", "Hours": 4}}, {"fields": {"Name": "C"}}]});
    world.owner().patch(&path, upsert).await.expect(200);
    let payloads = world.payloads(&hook).await;
    assert_eq!(payloads.len(), 2);
    let count = |at: usize, part: &str| {
        let table: &Value = &payloads[at]["changedTablesById"][&world.tasks];
        table[part].as_object().map_or(0, serde_json::Map::len)
    };
    assert_eq!(count(0, "createdRecordsById"), 2);
    assert_eq!(
        [
            count(1, "createdRecordsById"),
            count(1, "changedRecordsById")
        ],
        [1, 1]
    );
}

#[tokio::test]
async fn new_tables_and_changed_definitions_are_told() {
    let world = World::new().await;
    let all = json!({"dataTypes": ["tableData", "tableFields", "tableMetadata"]});
    let includes = json!({"includePreviousFieldDefinitions": true});
    let hook = world.watch(all, includes).await;
    let path = format!("/v0/meta/bases/{}/tables", world.fixture.base);
    let table = json!({"name": "Places", "description": "Where", "fields": [{"name": "City", "type": "singleLineText"}]});
    let made = world.owner().post(&path, table).await.expect(200).json;
    let (id, field) = (&made["id"], &made["fields"][0]["id"]);
    let hours = world.field("Hours").await;
    world.rename_field(&hours, "Time").await;
    world
        .describe_tasks(json!({"name": "Chores", "description": "To do"}))
        .await;
    let payloads = world.payloads(&hook).await;
    assert_eq!(payloads.len(), 3);
    let (id, field) = (id.as_str().unwrap(), field.as_str().unwrap());
    assert_eq!(
        payloads[0]["createdTablesById"],
        json!({id: {
            "metadata": {"name": "Places", "description": "Where"},
            "fieldsById": {field: {"name": "City", "type": "singleLineText"}},
            "recordsById": {},
        }})
    );
    assert_eq!(payloads[0].get("changedTablesById"), None);
    let told = |at: usize| payloads[at]["changedTablesById"][&world.tasks].clone();
    let change = json!({"current": {"name": "Time"}, "previous": {"name": "Hours"}});
    assert_eq!(told(1), json!({"changedFieldsById": {&hours: change}}));
    let change = json!({
        "current": {"name": "Chores", "description": "To do"},
        "previous": {"name": "Tasks", "description": null},
    });
    assert_eq!(told(2), json!({"changedMetadata": change}));
}
