use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn a_sync_plans_first_and_then_does_exactly_that() {
    let world = World::new().await;
    world.add_tasks(12).await;
    world
        .ok(
            "batch_create_records",
            json!({"table_id": "People", "records": [{"Name": "Task 3"}, {"Name": "Zoe"}]}),
        )
        .await;
    let arguments = |dry_run: bool, plan: &Value| {
        json!({
            "source_base_id": world.base, "source_table_id": "Tasks",
            "target_base_id": world.base, "target_table_id": "People",
            "key_field": "Name", "dry_run": dry_run, "plan_id": plan,
        })
    };
    let plan = world.ok("sync_tables", arguments(true, &Value::Null)).await;
    assert_eq!(plan["dry_run"], true);
    let counts = [
        "create_count",
        "update_count",
        "delete_count",
        "unchanged_count",
    ];
    assert_eq!(
        counts.map(|name| plan["plan"][name].as_u64().unwrap()),
        [11, 0, 1, 1]
    );
    assert_eq!(plan["fields"], json!(["Name"]));
    assert_eq!(
        world.ok("get_records", json!({"table_id": "People"})).await["record_count"],
        2
    );

    let (_, asked) = world
        .call("sync_tables", arguments(false, &plan["plan_id"]))
        .await;
    let people =
        json!({"base": "Work", "table": "People", "created": 11, "updated": 0, "deleted": 1});
    assert_eq!(asked["plan"]["tables"], json!([people]), "{asked}");
    let done = world
        .ok("sync_tables", arguments(false, &plan["plan_id"]))
        .await;
    assert_eq!(
        done["done"],
        json!({"created": 11, "updated": 0, "deleted": 1})
    );
    assert_eq!(done["errors"], json!([]));
    world
        .fault(
            "sync_tables",
            arguments(false, &plan["plan_id"]),
            "plan_changed",
        )
        .await;
    let settled = world.ok("sync_tables", arguments(true, &Value::Null)).await;
    assert_eq!(settled["plan"]["unchanged_count"], 12);

    let mut wrong = arguments(true, &Value::Null);
    wrong["key_field"] = json!("Points");
    world.fault("sync_tables", wrong, "invalid_argument").await;
    let mut same = arguments(true, &Value::Null);
    same["target_table_id"] = json!("Tasks");
    world.fault("sync_tables", same, "invalid_argument").await;
}
