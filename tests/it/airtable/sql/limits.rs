use std::time::Duration;

use serde_json::{Value, json};

use crate::v0::fixture::Fixture;

#[tokio::test]
async fn what_takes_too_much_is_stopped() {
    let fixture = Fixture::with_settings(|settings| {
        settings.sql.timeout = Duration::from_secs(3);
        settings.sql.rows = 100;
        settings.sql.answer = 10_000;
    })
    .await;
    fixture.people_and_tasks().await;
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    let detail = fixture
        .refusal(&format!("{endless} SELECT COUNT(*) FROM n"), "sql_limit")
        .await;
    assert!(detail.contains("sql.timeout"), "{detail}");
    for value in [
        "zeroblob(2000000000)",
        "randomblob(2000000)",
        "replace(hex(zeroblob(400000)), '0', '00000000')",
    ] {
        let detail = fixture
            .refusal(&format!("SELECT {value}"), "sql_limit")
            .await;
        assert!(detail.contains("bytes"), "{value}: {detail}");
    }
    let grouped = format!(
        "{endless} SELECT group_concat(hex(randomblob(1000))) FROM (SELECT i FROM n LIMIT 600)"
    );
    let detail = fixture.refusal(&grouped, "sql_limit").await;
    assert!(detail.contains("bytes"), "{detail}");
    let all = fixture
        .ask(json!({"sql": format!("{endless} SELECT i FROM n")}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&all["row_count"], &all["truncated_by"]),
        (&json!(100), &json!("rows"))
    );
    let large = fixture
        .ask(json!({"sql": format!("{endless} SELECT hex(zeroblob(1000)) FROM n")}))
        .await;
    let large = large.expect(200).json;
    assert_eq!(
        (&large["row_count"], &large["truncated_by"]),
        (&json!(4), &json!("bytes"))
    );
    assert_eq!(large["truncated"], true);
    let few = fixture
        .ask(json!({"sql": "SELECT Name FROM Tasks", "max_rows": 2}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&few["row_count"], &few["truncated"]),
        (&json!(2), &json!(true))
    );
    let exact = fixture
        .ask(json!({"sql": "SELECT Name FROM Tasks", "max_rows": 3}))
        .await
        .expect(200)
        .json;
    assert_eq!(exact["truncated"], false);
    fixture
        .ask(json!({"sql": "SELECT 1", "max_rows": 0}))
        .await
        .expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn memory_is_limited_for_tables_and_for_work() {
    let fixture = Fixture::with_settings(|settings| {
        settings.sql.memory = 16 * 1024 * 1024;
        settings.sql.timeout = Duration::from_secs(60);
    })
    .await;
    let note = "🚀".repeat(90_000);
    for _ in 0..5 {
        let records: Vec<Value> = (0..10).map(|_| json!({"fields": {"Name": note}})).collect();
        let path = fixture.path("Tasks");
        fixture
            .owner
            .post(&path, json!({"records": records}))
            .await
            .expect(200);
    }
    let detail = fixture
        .refusal("SELECT MAX(Name) FROM Tasks", "sql_limit")
        .await;
    assert!(detail.contains("sql.memory"), "{detail}");
    // Columns that it does not read take nothing.
    assert_eq!(
        fixture.rows("SELECT COUNT(*), MAX(Hours) FROM Tasks").await,
        json!([[50, null]])
    );
    let bomb = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                SELECT DISTINCT hex(randomblob(20000)) AS x FROM n ORDER BY x";
    let detail = fixture.refusal(bomb, "sql_limit").await;
    assert!(detail.contains("for its work (sql.memory)"), "{detail}");
}

#[tokio::test]
async fn statements_of_one_tenant_wait_for_each_other_and_for_nobody_else() {
    let fixture = Fixture::with_settings(|settings| {
        settings.sql.timeout = Duration::from_secs(2);
        settings.sql.at_once = 2;
        settings.sql.at_once_per_tenant = 1;
    })
    .await;
    let quick = (0..8).map(|_| fixture.rows("SELECT COUNT(*) FROM Tasks"));
    for rows in futures_util::future::join_all(quick).await {
        assert_eq!(rows, json!([[0]]));
    }
    let stranger = fixture.app.other_tenant().await;
    let body = json!({
        "workspace_id": fixture.app.workspace_of(&stranger).await,
        "name": "Theirs",
        "tables": [{"name": "T", "fields": [{"name": "Name", "type": "singleLineText"}]}],
    });
    let made = stranger.post("/api/airtable/bases", body).await.expect(201);
    let path = format!(
        "/api/airtable/bases/{}/query",
        made.json["id"].as_str().unwrap()
    );
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
    let stuck = (0..3).map(|_| fixture.ask(json!({"sql": endless})));
    let other = async {
        for _ in 0..20 {
            let count = json!({"sql": "SELECT COUNT(*) FROM T"});
            stranger.post(&path, count).await.expect(200);
        }
    };
    let (stuck, ()) =
        futures_util::future::join(futures_util::future::join_all(stuck), other).await;
    for answer in stuck {
        // Who got no turn in all that time is told to come again.
        let code = answer.json["code"].as_str().unwrap();
        assert!(
            ["sql_limit", "unavailable"].contains(&code),
            "{}",
            answer.text
        );
    }
    assert_eq!(fixture.rows("SELECT 1").await, json!([[1]]));
}
