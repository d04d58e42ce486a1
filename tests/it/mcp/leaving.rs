use std::collections::HashMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{ACCEPT, LEGACY, World};

const STEP: usize = 10;

fn batch(world: &World, prefix: &str, count: usize, key: Option<&str>) -> Value {
    let records: Vec<Value> = (0..count)
        .map(|n| json!({"Name": format!("{prefix}-{n}")}))
        .collect();
    let mut arguments = json!({"base_id": world.base, "table_id": "People", "records": records});
    if let Some(key) = key {
        arguments["idempotency_key"] = json!(key);
    }
    json!({"name": "batch_create_records", "arguments": arguments})
}

/// Sends a call whose connection breaks when the future is dropped.
async fn send(world: &World, id: usize, params: &Value, accept: &str) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
    let request = world
        .owner
        .request(Method::POST, "/mcp")
        .header("accept", accept)
        .header("mcp-protocol-version", LEGACY)
        .json(&body);
    let answer = world.owner.send(request).await.expect(200).json;
    assert_eq!(answer["id"], id);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    serde_json::from_str(text).unwrap()
}

/// The tool calls' change sets, oldest first, once none of them is open any more.
async fn settled(world: &World) -> Vec<Value> {
    loop {
        let page = world
            .owner
            .get("/api/saga/changes?origin=tool&limit=200")
            .await;
        let mut sets = page.expect(200).json["items"].as_array().unwrap().clone();
        if sets.iter().all(|set| set["state"] != "open") {
            sets.reverse();
            return sets;
        }
    }
}

async fn names(world: &World) -> HashMap<String, usize> {
    let (mut names, mut cursor) = (HashMap::new(), Value::Null);
    loop {
        let page = json!({"table_id": "People", "cursor": cursor});
        let page = world.ok("get_records", page).await;
        for record in page["records"].as_array().unwrap() {
            let name = record["fields"]["Name"].as_str().unwrap();
            *names.entry(name.to_owned()).or_default() += 1;
        }
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            return names;
        }
    }
}

#[tokio::test]
async fn no_step_begins_once_the_caller_has_left_and_what_was_done_can_be_undone() {
    let world = World::trusting(10_000).await;
    // The second is read by the library, which holds the connection in its own way.
    for accept in [ACCEPT, "application/json;q=0.9, text/event-stream"] {
        let params = batch(&world, "left", 2000, None);
        let before = names(&world).await.len();
        let leaving = async { while names(&world).await.len() == before {} };
        tokio::select! {
            answer = send(&world, 1, &params, accept) => panic!("all was done: {answer}"),
            () = leaving => {}
        }
        let sets = settled(&world).await;
        let cut = sets.last().unwrap();
        assert_eq!(cut["state"], "partial", "{accept}");
        let done = names(&world).await.len();
        assert!(done > 0 && done < 2000 && done % STEP == 0, "{done}");
        assert_eq!(cut["created"], done);
        let undo = json!({"change_set_id": cut["id"]});
        let undone = world.ok("undo_changes", undo).await;
        assert_eq!(undone["totals"]["restored"], done);
        assert_eq!(names(&world).await.len(), 0);
    }
}

#[tokio::test]
async fn calls_cut_at_random_and_sent_again_with_their_key_double_nothing() {
    let world = World::trusting(1000).await;
    for call in 0..40 {
        let key = format!("key {call}");
        let params = batch(&world, &key, 3 * STEP, Some(&key));
        let moment = Duration::from_micros(getrandom::u32().unwrap() as u64 % 40_000);
        let cut = tokio::time::timeout(moment, send(&world, call, &params, ACCEPT)).await;
        let answer = send(&world, 1000 + call, &params, ACCEPT).await;
        let made = answer["created_count"].as_u64();
        match &cut {
            Ok(first) => assert_eq!(first["results"], answer["results"]),
            Err(_) => assert!(made == Some(30) || answer["code"] == "partial", "{answer}"),
        }
        let third = send(&world, 2000 + call, &params, ACCEPT).await;
        assert_eq!(third["deduplicated"], true);
        assert_eq!(third["results"], answer["results"]);
    }
    let sets = settled(&world).await;
    assert!(sets.len() <= 40, "{} change sets for 40 calls", sets.len());
    let doubled = names(&world)
        .await
        .into_iter()
        .filter(|(_, count)| *count > 1);
    assert_eq!(doubled.collect::<Vec<_>>(), []);
}

#[tokio::test]
async fn without_a_key_nothing_is_doubled_while_the_first_is_unfinished() {
    let world = World::trusting(1000).await;
    let mut known = 0;
    for call in 0..40 {
        let name = format!("call {call}");
        let params = batch(&world, &name, 3 * STEP, None);
        let moment = Duration::from_micros(getrandom::u32().unwrap() as u64 % 40_000);
        let cut = tokio::time::timeout(moment, send(&world, call, &params, ACCEPT)).await;
        send(&world, 1000 + call, &params, ACCEPT).await;
        let sets = settled(&world).await;
        let own = &sets[known..];
        assert!((1..=2).contains(&own.len()), "{}", own.len());
        if let [first, second] = own {
            assert!(first["finished_at"].as_str() <= second["started_at"].as_str());
        }
        assert!(cut.is_err() || own.len() == 2);
        let most = own.len();
        let all = names(&world).await;
        let mine = all
            .iter()
            .filter(|(known, _)| known.starts_with(&format!("{name}-")));
        assert!(mine.into_iter().all(|(_, count)| *count <= most));
        known = sets.len();
    }
}
