use serde_json::json;

use super::world::World;

#[tokio::test]
async fn bases_and_tables_are_listed() {
    let world = World::new().await;
    let bases = world.ok("list_bases", json!({})).await;
    let own = bases["bases"]
        .as_array()
        .unwrap()
        .iter()
        .find(|base| base["id"] == world.base.as_str());
    assert_eq!(own.unwrap()["name"], "Work");
    let tables = world.ok("list_tables", json!({})).await;
    assert_eq!(tables["table_count"], 2);
    assert_eq!(tables["tables"][0]["name"], "Tasks");
    assert_eq!(tables["tables"][0]["field_count"], 3);
    assert_eq!(tables["tables"][0]["view_count"], 1);
    world
        .fault(
            "list_tables",
            json!({"base_id": "appNoSuchBase0000"}),
            "not_found",
        )
        .await;
    world
        .fault("list_tables", json!({"base_id": 3}), "invalid_argument")
        .await;
}

#[tokio::test]
async fn a_base_is_described_in_the_detail_asked_for() {
    let world = World::new().await;
    let names = world.ok("describe_base", json!({"detail": "names"})).await;
    assert!(names["tables"][0].get("fields").is_none());
    let usual = world.ok("describe_base", json!({})).await;
    assert_eq!(usual["tables"][0]["fields"][1]["type"], "singleSelect");
    assert!(usual["tables"][0]["fields"][1].get("options").is_none());
    let full = world.ok("describe_base", json!({"detail": "full"})).await;
    assert_eq!(
        full["tables"][0]["fields"][1]["options"]["choices"][0]["name"],
        "Open"
    );
    world
        .fault(
            "describe_base",
            json!({"detail": "all"}),
            "invalid_argument",
        )
        .await;
}

#[tokio::test]
async fn fields_are_described_with_choices_and_the_primary_one() {
    let world = World::new().await;
    let info = world
        .ok("get_field_info", json!({"table_id": "tasks"}))
        .await;
    assert_eq!(
        info["field_types"],
        json!({"singleLineText": 1, "singleSelect": 1, "number": 1})
    );
    let fields = info["fields"].as_array().unwrap();
    let primary: Vec<bool> = fields
        .iter()
        .map(|field| field["is_primary"] == true)
        .collect();
    assert_eq!(primary, [true, false, false]);
    assert_eq!(fields[1]["choices"], json!(["Open", "Done"]));
    assert_eq!(fields[1]["choice_count"], 2);
    world
        .fault("get_field_info", json!({"table_id": "Nope"}), "not_found")
        .await;
}

#[tokio::test]
async fn the_metadata_table_is_made_once_and_updated_after() {
    let world = World::new().await;
    let first = world.ok("create_metadata_table", json!({})).await;
    assert_eq!(first["table_created"], true);
    assert_eq!(
        (&first["rows_created"], &first["errors"]),
        (&json!(2), &json!([]))
    );
    let second = world.ok("create_metadata_table", json!({})).await;
    assert_eq!(second["table_created"], false);
    assert_eq!(
        (&second["rows_created"], &second["rows_updated"]),
        (&json!(0), &json!(2))
    );
    let rows = world
        .ok("get_records", json!({"table_id": "Table Metadata"}))
        .await;
    assert_eq!(rows["record_count"], 2);
    let tasks = &rows["records"][0]["fields"];
    assert_eq!(
        (&tasks["Table Name"], &tasks["Field Count"]),
        (&json!("Tasks"), &json!(3))
    );
    assert_eq!(tasks["Purpose"], "Project/task management");
    assert_eq!(tasks["Record Count"], 0);
    world
        .fault(
            "create_metadata_table",
            json!({"base_id": "appNoSuchBase0000"}),
            "not_found",
        )
        .await;
}
