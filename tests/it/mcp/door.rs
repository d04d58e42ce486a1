use reqwest::Method;
use serde_json::json;

use super::world::{ACCEPT, World, legacy, modern, raw};
use crate::support::TestApp;

#[tokio::test]
async fn nobody_gets_in_without_a_valid_credential() {
    let app = TestApp::new().await;
    let answer = modern(&app.anonymous(), "tools/list", json!({}))
        .await
        .expect(401);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let stranger = app.anonymous().with_token("pya_nonsense");
    let answer = legacy(&stranger, "tools/list", json!({})).await.expect(401);
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_turned_away() {
    let world = World::new().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_bases"}});
    for body in [list, call] {
        for value in ["http://evil.example", "http://203.0.113.9", "null"] {
            let headers = [
                ("origin", value.to_owned()),
                ("mcp-protocol-version", "2025-11-25".to_owned()),
            ];
            raw(&world.owner, &headers, &body).await.expect(403);
        }
        let request = world
            .owner
            .request(Method::POST, "/mcp")
            .header("host", "evil.example");
        let answer = world
            .owner
            .send(request.header("accept", ACCEPT).json(&body))
            .await;
        assert!([403, 421].contains(&answer.status), "{}", answer.text);
        let own = [("origin", world.app.url.clone())];
        raw(&world.owner, &own, &body).await.expect(200);
    }
}

#[tokio::test]
async fn only_posts_of_json_are_served() {
    let world = World::new().await;
    for method in [Method::GET, Method::DELETE] {
        let request = world
            .owner
            .request(method, "/mcp")
            .header("accept", "text/event-stream");
        let answer = world.owner.send(request).await.expect(405);
        assert_eq!(answer.header("allow"), "POST");
    }
    let request = world
        .owner
        .request(Method::POST, "/mcp")
        .header("accept", "application/json");
    world.owner.send(request.json(&json!({}))).await.expect(406);
    let request = world
        .owner
        .request(Method::POST, "/mcp")
        .header("accept", ACCEPT);
    world.owner.send(request.body("{}")).await.expect(415);
    let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let answer = raw(
        &world.owner,
        &[("mcp-protocol-version", "2025-11-25".to_owned())],
        &note,
    )
    .await;
    assert_eq!(answer.expect(202).text, "");
}

#[tokio::test]
async fn plain_tool_calls_are_guarded_too() {
    let world = World::new().await;
    let call = json!({"name": "list_bases"});
    for (path, body) in [("list", json!({})), ("call", call)] {
        let path = format!("/api/mcp/tools/{path}");
        let from = |origin: String| {
            let request = world.owner.request(Method::POST, &path);
            world
                .owner
                .send(request.header("origin", origin).json(&body))
        };
        for foreign in ["http://203.0.113.9", "http://evil.example", "null"] {
            let refused = from(foreign.to_owned()).await;
            refused.expect_problem(403, "forbidden");
        }
        from(world.app.url.clone()).await.expect(200);
    }
}
