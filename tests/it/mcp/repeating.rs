use pyairtable::platform::ids::TenantId;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::world::World;

fn creation(name: &str, key: &str) -> Value {
    json!({"table_id": "Tasks", "fields": {"Name": name}, "idempotency_key": key})
}

async fn count(world: &World) -> Value {
    let page = world.ok("get_records", json!({"table_id": "Tasks"})).await;
    page["record_count"].clone()
}

/// Makes it as if the process had died before the answer of its only call was kept.
async fn forget_answers(world: &World, statements: &[&str]) {
    let db = &world.app.platform.db;
    let system = db.system_read().await.unwrap();
    let found = system
        .conn()
        .query_one_raw(sea_orm::Statement::from_string(
            system.conn().get_database_backend(),
            "SELECT tenant_id FROM saga_calls",
        ))
        .await
        .unwrap();
    let tenant: String = found.unwrap().try_get("", "tenant_id").unwrap();
    drop(system);
    let tx = db.begin(tenant.parse::<TenantId>().unwrap()).await.unwrap();
    for statement in statements {
        tx.conn().execute_unprepared(statement).await.unwrap();
    }
    tx.commit().await.unwrap();
}

const CRASHED: &str = "UPDATE saga_calls SET state = 'running', result = NULL, alive_until = 0";

#[tokio::test]
async fn the_same_key_is_carried_out_once() {
    let world = World::new().await;
    let first = world.ok("create_record", creation("One", "k1")).await;
    assert!(first.get("deduplicated").is_none());
    let again = world.ok("create_record", creation("One", "k1")).await;
    assert_eq!(again["deduplicated"], true);
    assert_eq!(again["id"], first["id"]);
    assert_eq!(count(&world).await, 1);
    world
        .fault(
            "create_record",
            creation("Two", "k1"),
            "idempotency_key_reused",
        )
        .await;
    world.ok("create_record", creation("Two", "k2")).await;
    // Keys belong to a tool and a credential.
    let update = json!({"table_id": "Tasks", "record_id": first["id"], "fields": {"Points": 1}, "idempotency_key": "k1"});
    assert!(
        world
            .ok("update_record", update)
            .await
            .get("deduplicated")
            .is_none()
    );
    let key = world.app.key(&world.owner, &["data.records:write"]).await;
    let (success, other) = world
        .call_as(&key, "create_record", creation("One", "k1"))
        .await;
    assert!(success && other.get("deduplicated").is_none(), "{other}");
    assert_eq!(count(&world).await, 3);
    for wrong in ["", &"x".repeat(256)] {
        world
            .fault("create_record", creation("One", wrong), "invalid_argument")
            .await;
    }
    world
        .app
        .clock
        .advance(std::time::Duration::from_secs(25 * 3600));
    let (success, late) = world
        .call_as(&key, "create_record", creation("One", "k1"))
        .await;
    assert!(success && late.get("deduplicated").is_none(), "{late}");
}

#[tokio::test]
async fn a_call_that_changed_nothing_may_be_tried_again_with_its_key() {
    let world = World::new().await;
    let wrong = json!({"table_id": "Nope", "fields": {"Name": "x"}, "idempotency_key": "k"});
    world
        .fault("create_record", wrong.clone(), "not_found")
        .await;
    world.fault("create_record", wrong, "not_found").await;
    world.ok("create_record", creation("One", "k")).await;
}

#[tokio::test]
async fn a_question_is_no_answer_to_a_key() {
    let world = World::new().await;
    let made = world.ok("create_record", creation("One", "k")).await;
    let delete = json!({"table_id": "Tasks", "record_id": made["id"], "idempotency_key": "d"});
    let (_, asked) = world.call("delete_record", delete.clone()).await;
    assert_eq!(asked["code"], "approval_required");
    let done = world.ok("delete_record", delete.clone()).await;
    assert!(done.get("deduplicated").is_none());
    assert_eq!(
        world.ok("delete_record", delete).await["deduplicated"],
        true
    );
}

#[tokio::test]
async fn what_a_lost_process_did_is_told_and_not_done_again() {
    let world = World::new().await;
    world.ok("create_record", creation("One", "k")).await;
    forget_answers(&world, &[CRASHED]).await;
    let told = world
        .fault("create_record", creation("One", "k"), "already_done")
        .await;
    assert_eq!(told["details"]["created"], 1);
    assert_eq!(told["deduplicated"], true);
    assert_eq!(count(&world).await, 1);
    // It is kept as the answer.
    let again = world
        .fault("create_record", creation("One", "k"), "already_done")
        .await;
    assert_eq!(again["details"], told["details"]);

    forget_answers(
        &world,
        &[
            CRASHED,
            "UPDATE saga_calls SET change_id = 'chg00000000000000'",
        ],
    )
    .await;
    let made = world.ok("create_record", creation("One", "k")).await;
    assert!(made.get("deduplicated").is_none());
    assert_eq!(count(&world).await, 2);
}

#[tokio::test]
async fn a_tool_of_many_steps_that_died_says_that_it_is_partial() {
    let world = World::new().await;
    let batch = json!({"table_id": "Tasks", "records": [{"Name": "a"}, {"Name": "b"}], "idempotency_key": "k"});
    world.ok("batch_create_records", batch.clone()).await;
    let open = "UPDATE saga_change_sets SET state = 'open', finished_at = NULL";
    forget_answers(&world, &[CRASHED, open]).await;
    let told = world
        .fault("batch_create_records", batch.clone(), "partial")
        .await;
    let id = told["details"]["change_set_id"].clone();
    let list = world.ok("list_changes", json!({})).await;
    let change = &list["changes"][0];
    assert_eq!((&change["id"], &change["state"]), (&id, &json!("partial")));
    let undone = world.ok("undo_changes", json!({"change_set_id": id})).await;
    assert_eq!(undone["totals"]["restored"], 2);

    // Died after the change set was ended: everything was done.
    let batch = json!({"table_id": "Tasks", "records": [{"Name": "c"}], "idempotency_key": "k2"});
    world.ok("batch_create_records", batch.clone()).await;
    forget_answers(&world, &[CRASHED]).await;
    world
        .fault("batch_create_records", batch, "already_done")
        .await;
    assert_eq!(count(&world).await, 1);
}

#[tokio::test]
async fn identical_calls_at_once_are_one() {
    let world = World::new().await;
    for key in [Some("k"), None] {
        let mut call = json!({"table_id": "People", "records": (0..10).map(|n| json!({"Name": n.to_string()})).collect::<Vec<_>>()});
        if let Some(key) = key {
            call["idempotency_key"] = json!(key);
        }
        let before = world.ok("list_changes", json!({"origin": "tool"})).await;
        let answers = futures_util::future::join_all(
            (0..6).map(|_| world.ok("batch_create_records", call.clone())),
        )
        .await;
        let own = answers
            .iter()
            .filter(|answer| answer.get("deduplicated").is_none())
            .count();
        let after = world.ok("list_changes", json!({"origin": "tool"})).await;
        let made = |list: &Value| list["changes"].as_array().unwrap().len();
        assert_eq!(made(&after) - made(&before), own);
        if key.is_some() {
            assert_eq!(own, 1);
        }
    }
}
