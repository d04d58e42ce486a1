use std::time::Duration;

use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::world::{World, legacy, modern};
use crate::support::Actor;

fn deletion(world: &World, id: &str) -> Value {
    json!({"base_id": world.base, "table_id": "Tasks", "record_id": id})
}

async fn count(world: &World) -> Value {
    let page = world.ok("get_records", json!({"table_id": "Tasks"})).await;
    page["record_count"].clone()
}

fn path(asked: &Value, what: &str) -> String {
    let id = asked["approval_id"].as_str().unwrap();
    format!("/api/saga/approvals/{id}{what}")
}

#[tokio::test]
async fn a_delete_waits_for_a_yes_and_one_yes_is_good_for_one_call() {
    let world = World::new().await;
    let ids = world.add_tasks(2).await;
    let delete = deletion(&world, &ids[0]);
    let (_, asked) = world.call("delete_record", delete.clone()).await;
    assert_eq!(asked["code"], "approval_required");
    assert_eq!(count(&world).await, 2);
    let url = asked["approval_url"].as_str().unwrap();
    assert!(url.ends_with(&format!(
        "/approvals/{}",
        asked["approval_id"].as_str().unwrap()
    )));
    assert!(asked["next"].as_str().unwrap().contains(url));

    let seen = world.owner.get(&path(&asked, "")).await.expect(200).json;
    assert_eq!(
        (&seen["state"], &seen["tool"], &seen["title"]),
        (
            &json!("pending"),
            &json!("delete_record"),
            &json!("Delete a record")
        )
    );
    assert_eq!(seen["plan"], asked["plan"]);
    let tasks = json!({"base": "Work", "table": "Tasks", "created": 0, "updated": 0, "deleted": 1});
    assert_eq!(seen["plan"]["tables"], json!([tasks]));
    assert_eq!(seen["plan"]["records"][0]["name"], "Task 0");
    assert_eq!(seen["plan"]["records"][0]["kind"], "deleted");
    assert_eq!(seen["plan"]["truncated"], false);
    let list = world
        .owner
        .get("/api/saga/approvals")
        .await
        .expect(200)
        .json;
    assert_eq!(list["items"], json!([seen]));
    assert_eq!(list["next_cursor"], Value::Null);

    world.owner.approve(&asked).await;
    // Another record is another call.
    let (_, other) = world.call("delete_record", deletion(&world, &ids[1])).await;
    assert_eq!(other["code"], "approval_required");
    assert_ne!(other["approval_id"], asked["approval_id"]);
    assert!(world.call("delete_record", delete.clone()).await.0);
    assert_eq!(count(&world).await, 1);
    let used = world.owner.get(&path(&asked, "")).await.json;
    assert_eq!(used["state"], "used");
    let again = world.owner.post(&path(&asked, "/approve"), json!({})).await;
    again.expect_problem(409, "approval_used");

    // The record comes back; the old yes does not delete it again.
    let changes = world.ok("list_changes", json!({"origin": "tool"})).await;
    let undo = json!({"change_set_id": changes["changes"][0]["id"]});
    assert_eq!(
        world.ok("undo_changes", undo).await["totals"]["restored"],
        1
    );
    let (_, anew) = world.call("delete_record", delete).await;
    assert_eq!(anew["code"], "approval_required", "{anew}");
    assert_eq!(count(&world).await, 2);
}

#[tokio::test]
async fn a_yes_belongs_to_one_person_and_one_credential() {
    let world = World::new().await;
    let ids = world.add_tasks(1).await;
    let key = world
        .app
        .key(&world.owner, &["data.records:read", "data.records:write"])
        .await;
    let other_key = world.app.key(&world.owner, &["data.records:write"]).await;
    let delete = deletion(&world, &ids[0]);
    let (_, asked) = world.call_as(&key, "delete_record", delete.clone()).await;

    let editor = world.app.member(&world.owner, Role::Editor).await;
    let stranger = world.app.other_tenant().await;
    for who in [&editor, &stranger] {
        for what in ["/approve", "/reject"] {
            let refused = who.post(&path(&asked, what), json!({})).await;
            refused.expect_problem(404, "not_found");
        }
        who.get(&path(&asked, "")).await.expect(404);
        let list = who.get("/api/saga/approvals").await.expect(200).json;
        assert_eq!(list["items"], json!([]));
    }
    for refused in [
        key.get("/api/saga/approvals").await,
        key.get(&path(&asked, "")).await,
        key.post(&path(&asked, "/approve"), json!({})).await,
    ] {
        refused.expect_problem(403, "session_only");
    }
    world.owner.approve(&asked).await;
    for who in [&editor, &other_key, &world.owner] {
        let (success, fault) = world.call_as(who, "delete_record", delete.clone()).await;
        assert!(!success);
        assert_eq!(fault["code"], "approval_required", "{fault}");
    }
    assert!(world.call_as(&key, "delete_record", delete).await.0);
}

#[tokio::test]
async fn what_was_approved_must_still_be_what_would_happen() {
    let world = World::new().await;
    let ids = world.add_tasks(1).await;
    let delete = deletion(&world, &ids[0]);
    let (_, asked) = world.call("delete_record", delete.clone()).await;
    world.owner.approve(&asked).await;
    let change = json!({"table_id": "Tasks", "record_id": ids[0], "fields": {"Points": 77}});
    world.ok("update_record", change).await;
    let (_, anew) = world.call("delete_record", delete.clone()).await;
    assert_eq!(anew["code"], "approval_required");
    assert_ne!(anew["approval_id"], asked["approval_id"]);
    assert!(anew["plan"].to_string().contains("77"));

    let no = world.owner.post(&path(&anew, "/reject"), json!({})).await;
    assert_eq!(no.expect(200).json["state"], "rejected");
    let yes = world.owner.post(&path(&anew, "/approve"), json!({})).await;
    yes.expect_problem(409, "approval_decided");

    let (_, third) = world.call("delete_record", delete.clone()).await;
    world.owner.approve(&third).await;
    world.app.clock.advance(Duration::from_secs(601));
    let late = world.owner.get(&path(&third, "")).await.json;
    assert_eq!(late["state"], "expired");
    let late = world.owner.post(&path(&third, "/approve"), json!({})).await;
    late.expect_problem(410, "approval_expired");
    let (_, fourth) = world.call("delete_record", delete).await;
    assert_eq!(fourth["code"], "approval_required");
    assert_eq!(count(&world).await, 1);
}

#[tokio::test]
async fn few_records_need_no_yes_and_many_choices_and_tables_do() {
    let world = World::new().await;
    let records = |count: usize| {
        let records: Vec<Value> = (0..count)
            .map(|n| json!({"Name": format!("N{n}")}))
            .collect();
        json!({"table_id": "Tasks", "records": records})
    };
    assert!(world.call("batch_create_records", records(10)).await.0);
    let (_, asked) = world.call("batch_create_records", records(11)).await;
    assert_eq!(asked["code"], "approval_required");
    assert_eq!(asked["plan"]["tables"][0]["created"], 11);

    let create =
        |status: &str| json!({"table_id": "Tasks", "fields": {"Status": status}, "typecast": true});
    assert!(world.call("create_record", create("Open")).await.0);
    let (_, asked) = world.call("create_record", create("Later")).await;
    assert_eq!(asked["code"], "approval_required");
    let said = asked["plan"]["schema"][0].as_str().unwrap();
    assert!(said.contains("Later"), "{said}");
    assert_eq!(asked["plan"]["irreversible"].as_array().unwrap().len(), 1);

    let (_, asked) = world.call("create_metadata_table", json!({})).await;
    assert_eq!(asked["code"], "approval_required");
    let said = asked["plan"]["schema"].to_string();
    assert!(said.contains("Table Metadata"), "{said}");
    assert_eq!(count(&world).await, 11);
    let made = world.ok("create_metadata_table", json!({})).await;
    assert_eq!(made["table_created"], true);
}

/// Calls a deletion by each of the ways in; answers the faults.
async fn every_way(who: &Actor, arguments: &Value) -> Vec<Value> {
    let params = json!({"name": "delete_record", "arguments": arguments});
    let text = |answer: &Value| {
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        serde_json::from_str(text).unwrap()
    };
    let old = legacy(who, "tools/call", params.clone()).await.json;
    let new = modern(who, "tools/call", params.clone()).await.json;
    assert_eq!(new["result"]["isError"], true);
    let roundabout = who
        .request(reqwest::Method::POST, "/mcp")
        .header("accept", "application/json;q=0.9, text/event-stream")
        .header("mcp-protocol-version", super::world::LEGACY)
        .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}));
    let slow = who.send(roundabout).await.json;
    assert_eq!(slow, old, "fast path and library");
    let plain = who.post("/api/mcp/tools/call", params).await.expect(200);
    vec![text(&old), text(&new), plain.json["error"].clone()]
}

#[tokio::test]
async fn every_way_in_asks_the_same_question() {
    let world = World::new().await;
    let ids = world.add_tasks(1).await;
    let faults = every_way(&world.owner, &deletion(&world, &ids[0])).await;
    assert_eq!(faults[0]["code"], "approval_required");
    assert!(faults.iter().all(|fault| *fault == faults[0]), "{faults:?}");
    world.owner.approve(&faults[0]).await;
    let arguments = deletion(&world, &ids[0]);
    let call = json!({"name": "delete_record", "arguments": arguments});
    let done = world.owner.post("/api/mcp/tools/call", call).await;
    assert_eq!(done.expect(200).json["success"], true);
}
