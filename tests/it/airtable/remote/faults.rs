use std::time::Duration;

use serde_json::json;

use super::world::World;

/// A plan in which one request of a method meets a fault.
fn once(method: &str, fault: &str) -> String {
    format!(
        "[limits]\nenabled = false\n[[faults]]\n{fault}\nmethods = [\"{method}\"]\nnth = 1\npath = \"/v0/app*\"\n"
    )
}

#[tokio::test]
async fn a_question_is_asked_again() {
    let faults = [
        "kind = \"status\"\nstatus = 502",
        "kind = \"status\"\nstatus = 503",
        "kind = \"reset\"\nwhen = \"before\"",
        "kind = \"reset\"\nwhen = \"after\"",
    ];
    let world = World::offered("[limits]\nenabled = false").await;
    for (number, fault) in faults.into_iter().enumerate() {
        world.airtable.plan(&once("GET", fault)).await;
        let path = world.path(&format!("Tasks?pageSize={}", number + 1));
        let answer = world.script.get(&path).await.expect(200);
        assert_eq!(answer.header("x-pyairtable-source"), "airtable");
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_made_again_since_it_is_the_same_twice() {
    let world = World::offered("[limits]\nenabled = false").await;
    let record = world.create("Before").await;
    let path = world.path(&format!("Tasks/{}", record["id"].as_str().unwrap()));
    world
        .airtable
        .plan(&once("PATCH", "kind = \"reset\"\nwhen = \"after\""))
        .await;
    let body = json!({"fields": {"Name": "After"}});
    let answer = world.script.patch(&path, body).await.expect(200);
    assert_eq!(answer.json["fields"]["Name"], "After");
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_found_again_or_made_and_never_twice() {
    let faults = [
        "kind = \"reset\"\nwhen = \"before\"",
        "kind = \"reset\"\nwhen = \"after\"",
        "kind = \"status\"\nstatus = 500\nwhen = \"after\"",
        "kind = \"latency\"\nms = [4000, 4000]\nwhen = \"after\"",
    ];
    let world = World::offered("[limits]\nenabled = false").await;
    for (number, fault) in faults.into_iter().enumerate() {
        world.airtable.plan(&once("POST", fault)).await;
        let name = format!("Lost{number}");
        let body = json!({"records": [{"fields": {"Name": name, "Hours": 2.5}}, {"fields": {"Name": name}}]});
        let made = world
            .script
            .post(&world.path("Tasks"), body)
            .await
            .expect(200)
            .json;
        assert_eq!(made["records"][0]["fields"]["Hours"], 2.5, "{made}");
        assert_eq!(world.made(&name).await, 2, "{fault}");
    }
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_told_as_done() {
    let world = World::offered("[limits]\nenabled = false").await;
    let mut ids = Vec::new();
    for name in ["One", "Two", "Three"] {
        let record = world.create(name).await;
        ids.push(record["id"].as_str().unwrap().to_owned());
    }
    let lost = once("DELETE", "kind = \"reset\"\nwhen = \"after\"");
    world.airtable.plan(&lost).await;
    let path = world.path(&format!("Tasks/{}", ids[0]));
    let gone = world.script.delete(&path).await.expect(200).json;
    assert_eq!(gone, json!({"id": ids[0], "deleted": true}));
    world.airtable.plan(&lost).await;
    let path = world.path(&format!(
        "Tasks?records%5B%5D={}&records%5B%5D={}",
        ids[1], ids[2]
    ));
    let gone = world.script.delete(&path).await.expect(200).json;
    assert_eq!(gone["records"][1], json!({"id": ids[2], "deleted": true}));
    // One whose first answer came is refused as Airtable refuses it.
    world.script.delete(&path).await.expect(422);
}

#[tokio::test]
async fn a_creation_that_cannot_be_found_again_is_said_to_be_unknown() {
    let world = World::offered("[limits]\nenabled = false").await;
    world
        .airtable
        .plan(&once("POST", "kind = \"reset\"\nwhen = \"after\""))
        .await;
    let body = json!({"fields": {}});
    let answer = world
        .script
        .post(&world.path("Tasks"), body)
        .await
        .expect(504);
    let message = answer.json["error"]["message"].as_str().unwrap();
    assert!(message.contains("may have been made or not"), "{message}");
    assert_eq!(world.airtable.ledger(0).await.len(), 1);
}

#[tokio::test]
async fn older_answers_serve_while_airtable_does_not_answer() {
    let world = World::offered("[limits]\nenabled = false").await;
    let path = world.path("Tasks");
    let known = world.script.get(&path).await.expect(200);
    let down = "[limits]\nenabled = false\n[[faults]]\nkind = \"reset\"\nwhen = \"before\"\nprobability = 1\npath = \"/v0/*\"";
    world.airtable.plan(down).await;
    world.app.clock.advance(Duration::from_secs(600));
    let stale = world.script.get(&path).await.expect(200);
    assert_eq!(stale.text, known.text);
    assert_eq!(stale.header("x-pyairtable-stale"), "true");
    assert!(stale.header("age").parse::<u64>().unwrap() >= 600);
    world.app.clock.advance(Duration::from_secs(3600));
    let gone = world.script.get(&path).await.expect(503);
    assert_eq!(gone.json["error"]["type"], "RETRIABLE_ERROR");
}

#[tokio::test]
async fn a_token_that_was_revoked_is_not_taken_for_that_of_the_caller() {
    let world = World::offered("[limits]\nenabled = false").await;
    let revoked = "[limits]\nenabled = false\n[[faults]]\nkind = \"status\"\nstatus = 401\nprobability = 1\npath = \"/v0/app*\"";
    world.airtable.plan(revoked).await;
    let answer = world.script.get(&world.path("Tasks")).await.expect(403);
    let message = answer.json["error"]["message"].as_str().unwrap();
    assert!(message.contains("connection"), "{message}");
}
