use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::world::World;

async fn newest(world: &World) -> Value {
    world.ok("list_changes", json!({"limit": 1})).await["changes"][0].clone()
}

#[tokio::test]
async fn changes_are_listed_page_by_page_and_by_what_they_came_through() {
    let world = World::new().await;
    world.add_tasks(12).await;
    for name in ["a", "b", "c"] {
        let create = json!({"table_id": "People", "fields": {"Name": name}});
        world.ok("create_record", create).await;
    }
    let change = newest(&world).await;
    assert_eq!(
        (
            &change["title"],
            &change["origin"],
            &change["created"],
            &change["state"]
        ),
        (
            &json!("create_record"),
            &json!("tool"),
            &json!(1),
            &json!("completed")
        )
    );
    assert_eq!(change["by"], "Olga Owner");
    assert_eq!(change["bases"][0]["tables"][0]["name"], "People");
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let list = json!({"limit": 2, "cursor": cursor, "origin": "tool", "base_id": world.base});
        let page = world.ok("list_changes", list).await;
        seen.extend(page["changes"].as_array().unwrap().clone());
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let titles: Vec<&str> = seen
        .iter()
        .map(|change| change["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        [
            "create_record",
            "create_record",
            "create_record",
            "batch_create_records"
        ]
    );
    let none = world.ok("list_changes", json!({"origin": "undo"})).await;
    assert_eq!(none["changes"], json!([]));
    for wrong in [
        json!({"origin": "x"}),
        json!({"cursor": "x"}),
        json!({"limit": 0}),
        json!({"base_id": "x"}),
    ] {
        world.fault("list_changes", wrong, "invalid_argument").await;
    }
}

#[tokio::test]
async fn an_undo_is_previewed_confirmed_and_tells_each_conflict() {
    let world = World::new().await;
    let ids = world.add_tasks(3).await;
    let updates: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "fields": {"Status": "Done", "Points": 50}}))
        .collect();
    let update = json!({"table_id": "Tasks", "records": updates});
    world.ok("batch_update_records", update).await;
    let change = newest(&world).await["id"].clone();
    let editor = world.app.member(&world.owner, Role::Editor).await;
    let foreign = json!({"table_id": "Tasks", "record_id": ids[1], "fields": {"Points": 8}});
    assert!(world.call_as(&editor, "update_record", foreign).await.0);

    let preview = json!({"tool": "undo_changes", "arguments": {"change_set_id": change}});
    let preview = world.ok("preview_changes", preview).await;
    assert_eq!(preview["plan"]["tables"][0]["updated"], 3, "{preview}");
    let dry = json!({"change_set_id": change, "dry_run": true});
    let dry = world.ok("undo_changes", dry).await;
    assert_eq!(dry["dry_run"], true);
    let unchanged = json!({"table_id": "Tasks", "record_id": ids[0]});
    let unchanged = world.ok("get_record", unchanged).await;
    assert_eq!(unchanged["fields"]["Points"], 50);

    let only_status =
        json!({"change_set_id": change, "fields": ["status"], "record_ids": [ids[0]]});
    let part = world.ok("undo_changes", only_status).await;
    assert_eq!(part["totals"]["restored"], 1, "{part}");
    let undone = world
        .ok("undo_changes", json!({"change_set_id": change}))
        .await;
    assert_eq!(undone["dry_run"], false);
    assert_eq!(
        (&undone["totals"]["restored"], &undone["totals"]["conflict"]),
        (&json!(2), &json!(1))
    );
    let conflict = &undone["records"][0]["conflicts"][0];
    assert_eq!(
        (&conflict["field"], &conflict["current"], &conflict["by"]),
        (&json!("Points"), &json!(8), &json!("Mia Member"))
    );
    assert!(conflict["at"].is_string());
    assert_eq!(undone["undo_change_set_id"], newest(&world).await["id"]);
    let again = world
        .ok("undo_changes", json!({"change_set_id": change}))
        .await;
    assert_eq!(again["totals"]["restored"], 0);

    let force = json!({"change_set_id": change, "force": true});
    let (success, refused) = world.call_as(&editor, "undo_changes", force.clone()).await;
    assert!(!success);
    assert_eq!(refused["code"], "forbidden");
    let (_, asked) = world.call("undo_changes", force.clone()).await;
    assert_eq!(asked["code"], "approval_required", "force needs a yes");
    assert_eq!(
        world.ok("undo_changes", force).await["totals"]["restored"],
        1
    );

    let unknown = json!({"change_set_id": "chg00000000000000"});
    world.fault("undo_changes", unknown, "not_found").await;
    let nameless = json!({"change_set_id": change, "fields": ["Nope"]});
    world.fault("undo_changes", nameless, "unknown_field").await;
}

#[tokio::test]
async fn undoing_what_was_made_deletes_and_so_needs_a_yes() {
    let world = World::new().await;
    world.add_tasks(2).await;
    let undo = json!({"change_set_id": newest(&world).await["id"]});
    let (_, asked) = world.call("undo_changes", undo.clone()).await;
    assert_eq!(asked["plan"]["tables"][0]["deleted"], 2, "{asked}");
    assert_eq!(
        world.ok("undo_changes", undo).await["totals"]["restored"],
        2
    );
}

#[tokio::test]
async fn a_preview_changes_nothing_and_needs_the_same_rights() {
    let world = World::new().await;
    let ids = world.add_tasks(2).await;
    let before = newest(&world).await;
    let preview = |tool: &str, arguments: Value| {
        let mut arguments = arguments;
        arguments["base_id"] = json!(world.base);
        arguments["table_id"] = json!("Tasks");
        json!({"tool": tool, "arguments": arguments})
    };
    let delete = preview("delete_records", json!({"record_ids": ids}));
    let told = world.ok("preview_changes", delete.clone()).await;
    assert_eq!(told["plan"]["tables"][0]["deleted"], 2);
    let update = preview(
        "update_record",
        json!({"record_id": ids[0], "fields": {"Points": 99}}),
    );
    let told = world.ok("preview_changes", update).await;
    let cell = &told["plan"]["records"][0]["fields"][0];
    assert_eq!(
        (&cell["field"], &cell["before"], &cell["after"]),
        (&json!("Points"), &json!(0), &json!(99))
    );
    let same = preview(
        "update_record",
        json!({"record_id": ids[0], "fields": {"Points": 0}}),
    );
    assert_eq!(
        world.ok("preview_changes", same).await["changes_anything"],
        false
    );
    let metadata = json!({"tool": "create_metadata_table", "arguments": {"base_id": world.base}});
    let told = world.ok("preview_changes", metadata).await;
    assert!(
        told["plan"]["schema"]
            .to_string()
            .contains("Makes the table")
    );
    assert_eq!(newest(&world).await, before);
    assert_eq!(
        world.ok("get_records", json!({"table_id": "Tasks"})).await["record_count"],
        2
    );
    for tool in ["get_records", "no_such_tool", "preview_changes"] {
        let wrong = json!({"tool": tool, "arguments": {}});
        world
            .fault("preview_changes", wrong, "invalid_argument")
            .await;
    }
    let viewer = world.app.member(&world.owner, Role::Viewer).await;
    let (success, refused) = world.call_as(&viewer, "preview_changes", delete).await;
    assert!(!success, "{refused}");
}
