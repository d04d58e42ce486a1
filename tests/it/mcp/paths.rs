use serde_json::json;

use super::world::World;

#[tokio::test]
async fn tools_are_listed_and_called_over_plain_http() {
    let world = World::new().await;
    for prefix in ["/api", "/api/v1"] {
        let list = world
            .owner
            .post(&format!("{prefix}/mcp/tools/list"), json!({}))
            .await
            .expect(200)
            .json;
        assert_eq!(list["tools"].as_array().unwrap().len(), 25);
        assert_eq!(list["tools"][0]["annotations"]["readOnlyHint"], true);
        let path = format!("{prefix}/mcp/tools/call");
        let body = json!({"name": "list_tables", "arguments": {"base_id": world.base}});
        let answer = world.owner.post(&path, body).await.expect(200).json;
        assert_eq!(
            (&answer["success"], &answer["result"]["table_count"]),
            (&json!(true), &json!(2))
        );
        let answer = world
            .owner
            .post(&path, json!({"name": "list_tables"}))
            .await
            .expect(200)
            .json;
        assert_eq!(
            (&answer["success"], &answer["result"]),
            (&json!(false), &json!(null))
        );
        assert_eq!(answer["error"]["code"], "invalid_argument");
    }
}

#[tokio::test]
async fn plain_http_refuses_what_is_wrong() {
    let world = World::new().await;
    let path = "/api/mcp/tools/call";
    world
        .app
        .anonymous()
        .post(path, json!({"name": "list_bases"}))
        .await
        .expect_problem(401, "unauthenticated");
    world
        .app
        .anonymous()
        .post("/api/mcp/tools/list", json!({}))
        .await
        .expect_problem(401, "unauthenticated");
    world
        .owner
        .post(path, json!({"name": "nope"}))
        .await
        .expect_problem(404, "not_found");
    assert!([400, 422].contains(&world.owner.post(path, json!({"nme": "x"})).await.status));
}
