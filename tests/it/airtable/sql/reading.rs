use serde_json::json;

use crate::v0::fixture::Fixture;

#[tokio::test]
async fn every_type_of_cell_is_a_value_of_sql() {
    let fixture = Fixture::new().await;
    let (ada, bob) = fixture.people_and_tasks().await;
    let rows = fixture
        .rows("SELECT Name, Hours, Done, Due, Status, Tags, Owner FROM Tasks ORDER BY Name")
        .await;
    let tags = "[\"home\",\"blue\"]";
    assert_eq!(
        rows,
        json!([
            [
                "Build",
                4,
                1,
                "2026-03-01",
                "Todo",
                tags,
                format!("[\"{bob}\",\"{ada}\"]")
            ],
            [
                "Plan",
                1.5,
                1,
                "2026-03-01",
                "Todo",
                tags,
                format!("[\"{ada}\"]")
            ],
            ["Rest", 0.5, 0, "2026-03-01", "Todo", tags, null],
        ])
    );
    let types = fixture
        .rows("SELECT typeof(Hours), typeof(Done), typeof(id), length(id), created_time LIKE '____-__-__T%Z' FROM Tasks LIMIT 1")
        .await;
    assert_eq!(types, json!([["real", "integer", "text", 17, 1]]));
    let answer = fixture
        .ask(json!({"sql": "SELECT ?, ?2 + 1, ?3 AS x, x'ff' AS x", "params": ["it's", 2, null]}))
        .await
        .expect(200)
        .json;
    assert_eq!(answer["columns"], json!(["?", "?2 + 1", "x", "x"]));
    assert_eq!(answer["rows"], json!([["it's", 3, null, "/w=="]]));
    assert_eq!(
        (&answer["row_count"], &answer["truncated"]),
        (&json!(1), &json!(false))
    );
    assert!(answer["elapsed_ms"].is_number());
}

#[tokio::test]
async fn tables_join_over_their_links() {
    let fixture = Fixture::new().await;
    let (ada, bob) = fixture.people_and_tasks().await;
    let joined = fixture
        .rows(
            "SELECT p.Name, COUNT(*), SUM(t.Hours) FROM People p \
             JOIN \"Tasks.Owner\" o ON o.linked_id = p.id JOIN Tasks t ON t.id = o.record_id \
             GROUP BY p.id ORDER BY p.Name",
        )
        .await;
    assert_eq!(joined, json!([["Ada", 2, 5.5], ["Bob", 1, 4]]));
    let places = fixture
        .rows("SELECT linked_id, position FROM \"Tasks.Owner\" JOIN Tasks t ON t.id = record_id WHERE t.Name = 'Build' ORDER BY position")
        .await;
    assert_eq!(places, json!([[bob, 1], [ada, 2]]));
    // The other side of the link has a table of its own, and arrays can be taken apart too.
    let other = fixture.rows("SELECT COUNT(*) FROM \"People.Tasks\"").await;
    assert_eq!(other, json!([[3]]));
    let parts = fixture
        .rows("SELECT j.value, COUNT(*) FROM Tasks, json_each(Tasks.Tags) j GROUP BY 1 ORDER BY 1")
        .await;
    assert_eq!(parts, json!([["blue", 3], ["home", 3]]));
    let window = fixture
        .rows("WITH t AS (SELECT Name, rank() OVER (ORDER BY Hours DESC) r FROM Tasks) SELECT Name FROM t WHERE r = 1")
        .await;
    assert_eq!(window, json!([["Build"]]));
}

#[tokio::test]
async fn any_name_can_be_asked_for() {
    let fixture = Fixture::new().await;
    let body = json!({"workspaceId": fixture.workspace, "name": "Odd", "tables": [
        {"name": "Überblick 🚀 \"x\"", "fields": [
            {"name": "ID", "type": "singleLineText"},
            {"name": "Größe 📏", "type": "number", "options": {"precision": 0}},
            {"name": "select", "type": "singleLineText"},
        ]},
        {"name": "sqlite_master", "fields": [{"name": "A", "type": "singleLineText"}]},
    ]});
    let made = fixture
        .owner
        .post("/v0/meta/bases", body)
        .await
        .expect(200)
        .json;
    let base = made["id"].as_str().unwrap();
    let table = made["tables"][0]["id"].as_str().unwrap();
    let record = json!({"fields": {"ID": "one", "Größe 📏": 7, "select": "x"}});
    fixture
        .owner
        .post(&format!("/v0/{base}/{table}"), record)
        .await
        .expect(200);
    let path = format!("/api/airtable/bases/{base}/query");
    let sql =
        "SELECT \"ID\", \"Größe 📏\" / 2, \"select\", length(_id) FROM \"Überblick 🚀 \"\"x\"\"\"";
    let answer = fixture
        .owner
        .post(&path, json!({"sql": sql}))
        .await
        .expect(200);
    assert_eq!(answer.json["rows"], json!([["one", 3, "x", 17]]));
    let tables = fixture
        .owner
        .get(&format!("{path}/tables"))
        .await
        .expect(200)
        .json;
    assert_eq!(tables["items"][0]["name"], "Überblick 🚀 \"x\"");
    assert_eq!(
        tables["items"][0]["columns"][0],
        json!({"name": "_id", "type": "TEXT"})
    );
    assert_eq!(tables["items"][1]["name"], "_sqlite_master");
}

#[tokio::test]
async fn an_answer_has_what_was_just_written() {
    let fixture = Fixture::new().await;
    fixture.people_and_tasks().await;
    let sum = "SELECT SUM(Hours), COUNT(Owner) FROM Tasks";
    assert_eq!(fixture.rows(sum).await, json!([[6, 2]]));
    let record = fixture
        .create("Tasks", json!({"Name": "More", "Hours": 10}))
        .await;
    assert_eq!(fixture.rows(sum).await, json!([[16, 2]]));
    let path = fixture.path(&format!("Tasks/{record}"));
    fixture.owner.delete(&path).await.expect(200);
    assert_eq!(fixture.rows(sum).await, json!([[6, 2]]));
    // A renamed field, and one more table of links, are there at once.
    let hours = fixture.field("Tasks", "Hours").await;
    let table = fixture.table_id("Tasks").await;
    let path = format!(
        "/v0/meta/bases/{}/tables/{table}/fields/{}",
        fixture.base,
        hours["id"].as_str().unwrap()
    );
    fixture
        .owner
        .patch(&path, json!({"name": "Time"}))
        .await
        .expect(200);
    assert_eq!(
        fixture.rows("SELECT SUM(\"Time\") FROM Tasks").await,
        json!([[6]])
    );
    let gone = fixture.refusal(sum, "invalid_sql").await;
    assert!(gone.contains("no such column: Hours"), "{gone}");
}
