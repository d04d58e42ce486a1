use std::time::Duration;

use serde_json::{Value, json};

use super::world::{World, modern};
use crate::support::Actor;

/// Calls a tool as a client that can ask a person.
async fn call(who: &Actor, name: &str, arguments: &Value, answer: Option<(&str, &str)>) -> Value {
    let mut params = json!({
        "name": name,
        "arguments": arguments,
        "_meta": {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}}},
    });
    if let Some((state, action)) = answer {
        params["requestState"] = json!(state);
        params["inputResponses"] = json!({"confirm": {"action": action, "content": {}}});
    }
    modern(who, "tools/call", params).await.expect(200).json["result"].clone()
}

fn state(result: &Value) -> &str {
    assert_eq!(result["resultType"], "input_required", "{result}");
    result["requestState"].as_str().unwrap()
}

fn fault(result: &Value) -> Value {
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    serde_json::from_str::<Value>(text).unwrap()["code"].clone()
}

#[tokio::test]
async fn a_client_that_can_ask_is_told_to_and_brings_the_answer_back() {
    let world = World::new().await;
    let ids = world.add_tasks(3).await;
    let delete = |id: &str| json!({"base_id": world.base, "table_id": "Tasks", "record_id": id});
    let arguments = delete(&ids[0]);
    let asked = call(&world.owner, "delete_record", &arguments, None).await;
    let question = &asked["inputRequests"]["confirm"];
    assert_eq!(question["method"], "elicitation/create", "{asked}");
    assert_eq!(question["params"]["mode"], "form");
    assert_eq!(question["params"]["requestedSchema"]["type"], "object");
    let message = question["params"]["message"].as_str().unwrap();
    assert!(
        message.contains("Task 0") && message.contains("1 deleted"),
        "{message}"
    );
    assert_eq!(
        asked["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "pyairtable"
    );

    let sealed = state(&asked).to_owned();
    let declined = call(
        &world.owner,
        "delete_record",
        &arguments,
        Some((&sealed, "decline")),
    )
    .await;
    assert_eq!(fault(&declined), "declined");
    // A no is final: the same state is worth nothing any more.
    let late = call(
        &world.owner,
        "delete_record",
        &arguments,
        Some((&sealed, "accept")),
    )
    .await;
    assert_eq!(fault(&late), "invalid_request_state");

    let asked = call(&world.owner, "delete_record", &arguments, None).await;
    let sealed = state(&asked).to_owned();
    let done = call(
        &world.owner,
        "delete_record",
        &arguments,
        Some((&sealed, "accept")),
    )
    .await;
    assert_eq!(done["structuredContent"]["deleted"], true, "{done}");
    let restored = world.ok("list_changes", json!({"origin": "tool"})).await;
    let undo = json!({"change_set_id": restored["changes"][0]["id"]});
    world.ok("undo_changes", undo).await;
    let replayed = call(
        &world.owner,
        "delete_record",
        &arguments,
        Some((&sealed, "accept")),
    )
    .await;
    assert_eq!(fault(&replayed), "invalid_request_state");
    let left = world.ok("get_records", json!({"table_id": "Tasks"})).await;
    assert_eq!(left["record_count"], 3);
}

#[tokio::test]
async fn a_state_is_good_for_its_caller_call_and_time_alone() {
    let world = World::new().await;
    let ids = world.add_tasks(2).await;
    let delete = |id: &str| json!({"base_id": world.base, "table_id": "Tasks", "record_id": id});
    let asked = call(&world.owner, "delete_record", &delete(&ids[0]), None).await;
    let sealed = state(&asked).to_owned();
    let key = world
        .app
        .key(&world.owner, &["data.records:read", "data.records:write"])
        .await;
    let editor = world
        .app
        .member(&world.owner, pyairtable::contracts::Role::Editor)
        .await;
    let yes = Some((sealed.as_str(), "accept"));
    for who in [&key, &editor] {
        let refused = call(who, "delete_record", &delete(&ids[0]), yes).await;
        assert_eq!(fault(&refused), "invalid_request_state");
    }
    let other = call(&world.owner, "delete_record", &delete(&ids[1]), yes).await;
    assert_eq!(fault(&other), "invalid_request_state");
    let several = json!({"base_id": world.base, "table_id": "Tasks", "record_ids": [ids[0]]});
    let other = call(&world.owner, "delete_records", &several, yes).await;
    assert_eq!(fault(&other), "invalid_request_state");
    let last = if sealed.ends_with('A') { "B" } else { "A" };
    let tampered = format!("{}{last}", &sealed[..sealed.len() - 1]);
    for forged in [tampered.as_str(), "", "x.y", &sealed[..17]] {
        let answer = Some((forged, "accept"));
        let refused = call(&world.owner, "delete_record", &delete(&ids[0]), answer).await;
        assert_eq!(fault(&refused), "invalid_request_state", "{forged}");
    }
    // No answer, or one that says nothing: the question comes again.
    let again = call(
        &world.owner,
        "delete_record",
        &delete(&ids[0]),
        Some((&sealed, "?")),
    )
    .await;
    assert_eq!(state(&again), sealed);

    // The record changes: a yes to the old plan only leads to a new question.
    let change = json!({"table_id": "Tasks", "record_id": ids[0], "fields": {"Points": 7}});
    world.ok("update_record", change).await;
    let anew = call(&world.owner, "delete_record", &delete(&ids[0]), yes).await;
    let fresh = state(&anew).to_owned();
    assert_ne!(fresh, sealed);
    world.app.clock.advance(Duration::from_secs(601));
    let late = call(
        &world.owner,
        "delete_record",
        &delete(&ids[0]),
        Some((&fresh, "accept")),
    )
    .await;
    assert_eq!(fault(&late), "invalid_request_state");
    let left = world.ok("get_records", json!({"table_id": "Tasks"})).await;
    assert_eq!(left["record_count"], 2);
}
