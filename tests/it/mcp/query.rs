use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_base_is_queried_by_sql() {
    let world = World::new().await;
    world.add_tasks(30).await;
    let sql =
        "SELECT Status, COUNT(*) AS n, SUM(Points) FROM Tasks WHERE Points >= ? GROUP BY Status";
    let answer = world.ok("query", json!({"sql": sql, "params": [10]})).await;
    assert_eq!(answer["columns"], json!(["Status", "n", "SUM(Points)"]));
    assert_eq!(answer["rows"], json!([["Open", 20, 390]]));
    assert_eq!(answer["truncated"], false);
    let few = world
        .ok(
            "query",
            json!({"sql": "SELECT * FROM Tasks", "max_rows": 5}),
        )
        .await;
    assert_eq!(
        (&few["row_count"], &few["truncated"]),
        (&json!(5), &json!(true))
    );
    assert!(few["notice"].as_str().unwrap().contains("more rows"));
    // The budget of an answer cuts it before the rows asked for do.
    let wide = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900) SELECT hex(zeroblob(500)) FROM n";
    let wide = world.ok("query", json!({"sql": wide})).await;
    assert_eq!(wide["truncated"], true);
    assert!(wide["row_count"].as_u64().unwrap() < 300);
    let schema = world
        .ok(
            "query",
            json!({"sql": "SELECT sql FROM sqlite_schema WHERE name = 'People'"}),
        )
        .await;
    assert!(
        schema["rows"][0][0]
            .as_str()
            .unwrap()
            .contains("created_time")
    );
    for (sql, code, said) in [
        ("SELECT Ponits FROM Tasks", "invalid_sql", "did you mean"),
        ("DELETE FROM Tasks", "invalid_sql", "only read"),
        ("SELECT zeroblob(100000000)", "sql_limit", "bytes"),
        ("", "invalid_argument", "sql"),
    ] {
        let fault = world.fault("query", json!({"sql": sql}), code).await;
        assert!(fault["message"].as_str().unwrap().contains(said), "{fault}");
    }
}
