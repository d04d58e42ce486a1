use reqwest::Method;
use serde_json::{Value, json};

use super::world::{LEGACY, MODERN, World, legacy, modern, raw};

#[tokio::test]
async fn the_older_era_shakes_hands_and_works_without_a_session() {
    let world = World::new().await;
    let hello = json!({"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let answer = legacy(&world.owner, "initialize", hello).await.expect(200);
    assert_eq!(answer.header("mcp-session-id"), "");
    let result = &answer.json["result"];
    assert_eq!(result["protocolVersion"], LEGACY);
    assert_eq!(result["serverInfo"]["name"], "pyairtable");
    for capability in ["tools", "resources", "prompts", "completions"] {
        assert!(
            result["capabilities"][capability].is_object(),
            "{capability}"
        );
    }
    let list = legacy(&world.owner, "tools/list", json!({}))
        .await
        .expect(200)
        .json;
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 25);
    assert!(list["result"].get("resultType").is_none());
    legacy(&world.owner, "ping", json!({})).await.expect(200);
    let unknown = legacy(&world.owner, "no/such", json!({})).await;
    assert_eq!(unknown.json["error"]["code"], -32601);
}

#[tokio::test]
async fn the_newer_era_discovers_and_every_list_says_how_long_it_keeps() {
    let world = World::new().await;
    let found = modern(&world.owner, "server/discover", json!({}))
        .await
        .expect(200)
        .json;
    let versions = found["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!(MODERN)) && versions.contains(&json!(LEGACY)));
    assert!(found["result"]["instructions"].is_string());
    let methods = [
        "server/discover",
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    ];
    for method in methods {
        let result = &modern(&world.owner, method, json!({}))
            .await
            .expect(200)
            .json["result"];
        assert_eq!(result["resultType"], "complete", "{method}");
        assert!(result["ttlMs"].is_u64(), "{method}");
        assert_eq!(result["cacheScope"], "private", "{method}");
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(server["name"], "pyairtable", "{method}");
    }
}

#[tokio::test]
async fn what_the_newer_era_forbids_is_refused_with_its_own_code() {
    let world = World::new().await;
    let refused = |answer: &Value, code: i64| assert_eq!(answer["error"]["code"], code, "{answer}");
    refused(
        &modern(&world.owner, "no/such", json!({}))
            .await
            .expect(404)
            .json,
        -32601,
    );
    refused(
        &modern(&world.owner, "ping", json!({}))
            .await
            .expect(404)
            .json,
        -32601,
    );
    let unknown = json!({"name": "no_such_tool", "arguments": {}});
    refused(
        &modern(&world.owner, "tools/call", unknown).await.json,
        -32602,
    );
    refused(
        &modern(&world.owner, "tools/list", json!({"cursor": "x"}))
            .await
            .json,
        -32602,
    );

    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = |meta: Value| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let headers = |version: &str, method: &str| {
        [
            ("mcp-protocol-version", version.to_owned()),
            ("mcp-method", method.to_owned()),
        ]
    };
    let answer = raw(
        &world.owner,
        &headers(MODERN, "tools/call"),
        &body(meta.clone()),
    )
    .await;
    refused(&answer.expect(400).json, -32020);
    let answer = raw(
        &world.owner,
        &headers(MODERN, "tools/list"),
        &body(json!({})),
    )
    .await;
    refused(&answer.expect(400).json, -32602);
    let mut future = meta;
    future["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    let answer = raw(
        &world.owner,
        &headers("2099-01-01", "tools/list"),
        &body(future),
    )
    .await
    .expect(400);
    refused(&answer.json, -32022);
    assert_eq!(answer.json["error"]["data"]["requested"], "2099-01-01");
}

#[tokio::test]
async fn fast_path_and_library_answer_alike_over_http() {
    let world = World::new().await;
    world.add_tasks(30).await;
    let arguments = json!({"base_id": world.base, "table_id": "Tasks", "max_records": 20});
    let body = json!({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {"name": "get_records", "arguments": arguments}});
    let mut answers = Vec::new();
    // The second says the same in a way that only the library reads.
    for accept in [
        "application/json, text/event-stream",
        "application/json;q=1, text/event-stream",
    ] {
        let request = world
            .owner
            .request(Method::POST, "/mcp")
            .header("accept", accept);
        let request = request.header("mcp-protocol-version", LEGACY).json(&body);
        answers.push(world.owner.send(request).await.expect(200));
    }
    assert_eq!(answers[0].json, answers[1].json);
    assert_eq!(
        answers[0].header("content-type"),
        answers[1].header("content-type")
    );
    assert_eq!(
        answers[0].json["result"]["structuredContent"]["record_count"],
        20
    );
}

#[tokio::test]
async fn progress_is_told_when_asked_for_and_rises() {
    let world = World::trusting(95).await;
    let records: Vec<Value> = (0..95).map(|n| json!({"Name": n.to_string()})).collect();
    let params = json!({
        "name": "batch_create_records",
        "arguments": {"base_id": world.base, "table_id": "Tasks", "records": records},
        "_meta": {"progressToken": "p1"},
    });
    let answer = modern(&world.owner, "tools/call", params).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let events: Vec<Value> = answer
        .text
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?.trim()).ok())
        .collect();
    let (last, notes) = events.split_last().unwrap();
    assert_eq!(last["result"]["structuredContent"]["created_count"], 95);
    let steps: Vec<f64> = notes
        .iter()
        .map(|note| note["params"]["progress"].as_f64().unwrap())
        .collect();
    assert!(
        !steps.is_empty() && steps.is_sorted_by(|left, right| left < right),
        "{steps:?}"
    );
    assert!(
        notes
            .iter()
            .all(|note| note["params"]["progressToken"] == "p1")
    );
}
