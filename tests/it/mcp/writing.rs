use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn a_record_is_created_updated_and_deleted() {
    let world = World::new().await;
    let fields = json!({"Name": "New", "Status": "Open"});
    let made = world
        .ok(
            "create_record",
            json!({"table_id": "Tasks", "fields": fields}),
        )
        .await;
    let id = made["id"].clone();
    let change =
        json!({"table_id": "Tasks", "record_id": id, "fields": {"Status": null, "Points": 5}});
    let changed = world.ok("update_record", change).await;
    assert_eq!(changed["fields"], json!({"Name": "New", "Points": 5}));
    let gone = world
        .ok(
            "delete_record",
            json!({"table_id": "Tasks", "record_id": id}),
        )
        .await;
    assert_eq!(gone, json!({"deleted": true, "id": id}));
    let (success, _) = world
        .call(
            "delete_record",
            json!({"table_id": "Tasks", "record_id": id}),
        )
        .await;
    assert!(!success);
}

#[tokio::test]
async fn wrong_values_say_what_to_do() {
    let world = World::new().await;
    let create = |fields: Value| json!({"table_id": "Tasks", "fields": fields});
    world
        .fault("create_record", create(json!({"Nope": 1})), "unknown_field")
        .await;
    world
        .fault(
            "create_record",
            create(json!({"Points": "many"})),
            "invalid_value",
        )
        .await;
    let fault = world
        .fault(
            "create_record",
            create(json!({"Status": "Later"})),
            "unknown_choice",
        )
        .await;
    assert!(fault["next"].as_str().unwrap().contains("typecast"));
    let cast = json!({"table_id": "Tasks", "fields": {"Status": "Later", "Points": "7"}, "typecast": true});
    assert_eq!(world.ok("create_record", cast).await["fields"]["Points"], 7);
    world
        .fault(
            "create_record",
            json!({"table_id": "Tasks", "fields": []}),
            "invalid_argument",
        )
        .await;
    world
        .fault(
            "create_record",
            json!({"table_id": "Tasks"}),
            "invalid_argument",
        )
        .await;
    let update = json!({"table_id": "Tasks", "record_id": "recNoSuchRecord00", "fields": {}});
    assert!(!world.call("update_record", update).await.0);
}

#[tokio::test]
async fn batches_of_any_size_report_each_record() {
    let world = World::new().await;
    let ids = world.add_tasks(34).await;
    let mut updates: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "fields": {"Status": "Done"}}))
        .collect();
    updates[17] = json!({"id": ids[17], "fields": {"Points": "many"}});
    let report = world
        .ok(
            "batch_update_records",
            json!({"table_id": "Tasks", "records": updates}),
        )
        .await;
    assert_eq!(
        (&report["updated_count"], &report["failed_count"]),
        (&json!(33), &json!(1))
    );
    assert_eq!(report["results"][0]["index"], 17);
    assert_eq!(report["results"][0]["error"]["code"], "invalid_value");
    let done = world
        .ok(
            "search_records",
            json!({"table_id": "Tasks", "query": "done"}),
        )
        .await;
    assert_eq!(done["record_count"], 33);

    let mixed = json!([{"Name": "good"}, {"fields": {"Name": "also good"}}, {"Nope": 1}]);
    let report = world
        .ok(
            "batch_create_records",
            json!({"table_id": "Tasks", "records": mixed}),
        )
        .await;
    assert_eq!(
        (&report["created_count"], &report["failed_count"]),
        (&json!(2), &json!(1))
    );
    let none = json!({"table_id": "Tasks", "records": [{"Nope": 1}]});
    world
        .fault("batch_create_records", none, "unknown_field")
        .await;
    world
        .fault(
            "batch_create_records",
            json!({"table_id": "Tasks", "records": []}),
            "invalid_argument",
        )
        .await;
    let nameless = json!({"table_id": "Tasks", "records": [{"fields": {}}]});
    let fault = world
        .fault("batch_update_records", nameless, "invalid_argument")
        .await;
    assert!(fault["message"].as_str().unwrap().contains("records[0].id"));
}

#[tokio::test]
async fn many_records_are_deleted_together() {
    let world = World::new().await;
    let ids = world.add_tasks(15).await;
    let gone = world
        .ok(
            "delete_records",
            json!({"table_id": "Tasks", "record_ids": ids[..12]}),
        )
        .await;
    assert_eq!(gone["deleted_count"], 12);
    let one_bad = json!({"table_id": "Tasks", "record_ids": [ids[13], "recNoSuchRecord00"]});
    assert!(!world.call("delete_records", one_bad).await.0);
    assert_eq!(
        world.ok("get_records", json!({"table_id": "Tasks"})).await["record_count"],
        3
    );
}

#[tokio::test]
async fn an_upsert_finds_records_by_key() {
    let world = World::new().await;
    world.add_tasks(2).await;
    let records =
        json!([{"fields": {"Name": "Task 1", "Points": 99}}, {"fields": {"Name": "Fresh"}}]);
    let arguments =
        json!({"table_id": "Tasks", "records": records, "fields_to_merge_on": ["Name"]});
    let first = world.ok("upsert_records", arguments.clone()).await;
    assert_eq!(
        (&first["created_count"], &first["updated_count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(first["records"][0]["fields"]["Points"], 99);
    let second = world.ok("upsert_records", arguments).await;
    assert_eq!(
        (&second["created_count"], &second["updated_count"]),
        (&json!(0), &json!(2))
    );
    let bad = json!({"table_id": "Tasks", "records": records, "fields_to_merge_on": ["Nope"]});
    assert!(!world.call("upsert_records", bad).await.0);
}
