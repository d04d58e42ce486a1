use pyairtable::contracts::Role;
use serde_json::json;

use crate::v0::fixture::Fixture;

#[tokio::test]
async fn nothing_but_reading_is_possible() {
    let fixture = Fixture::new().await;
    fixture.people_and_tasks().await;
    for (sql, said) in [
        ("DELETE FROM Tasks", "nothing can be changed"),
        ("UPDATE Tasks SET Name = 'x'", "nothing can be changed"),
        (
            "INSERT INTO People (id) VALUES ('x')",
            "nothing can be changed",
        ),
        ("DROP TABLE Tasks", "nothing can be changed"),
        ("CREATE TEMP TABLE x (a)", "nothing can be changed"),
        (
            "CREATE VIRTUAL TABLE x USING fts5(a)",
            "nothing can be changed",
        ),
        ("ATTACH '/etc/passwd' AS x", "attached"),
        ("VACUUM INTO '/tmp/x'", "attached"),
        ("PRAGMA query_only = 0", "PRAGMA"),
        ("SELECT * FROM pragma_database_list", "cannot be read"),
        ("SELECT COUNT(*) FROM pragma_database_list", "PRAGMA"),
        ("BEGIN", "transactions"),
        (
            "SELECT load_extension('x')",
            "load_extension cannot be called",
        ),
        (
            "SELECT fts3_tokenizer('simple')",
            "fts3_tokenizer cannot be called",
        ),
        ("SELECT * FROM dbstat", "dbstat cannot be read"),
        (
            "SELECT readfile('/etc/passwd')",
            "no such function: readfile",
        ),
        (
            "SELECT writefile('/tmp/x', 'y')",
            "no such function: writefile",
        ),
        ("SELECT 1; DELETE FROM Tasks", "more than one statement"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        (" -- nothing", "no statement"),
        ("SELECT ?", "1 parameters and got 0"),
        ("SELEC 1", "line 1, column 1"),
        ("SELECT Name\n FROM Taks", "did you mean \"Tasks\"?"),
        ("SELECT Houres FROM Tasks", "did you mean \"Hours\"?"),
        ("SELECT t.Nme FROM Tasks t", "did you mean \"Name\"?"),
        (
            "SELECT Name FROM Tasks WHERE Name = \"Plan\"",
            "string literal",
        ),
        ("SELECT json('{')", "malformed JSON"),
    ] {
        let detail = fixture.refusal(sql, "invalid_sql").await;
        assert!(detail.contains(said), "{sql}: {detail}");
    }
    let many = "SELECT 1;".repeat(10_000);
    fixture.refusal(&many, "invalid_sql").await;
    fixture
        .refusal(&format!("SELECT '{}'", "x".repeat(200_000)), "invalid_sql")
        .await;
    // After all that the base is what it was, to statements and to others.
    assert_eq!(
        fixture.rows("SELECT COUNT(*) FROM Tasks").await,
        json!([[3]])
    );
    let injected =
        json!({"sql": "SELECT COUNT(*) FROM Tasks WHERE Name = ?", "params": ["x' OR '1'='1"]});
    assert_eq!(
        fixture.ask(injected).await.expect(200).json["rows"],
        json!([[0]])
    );
    let list = fixture
        .owner
        .get(&fixture.path("Tasks"))
        .await
        .expect(200)
        .json;
    assert_eq!(list["records"].as_array().unwrap().len(), 3);
    let body = json!({"sql": "SELECT 1", "nope": 1});
    fixture
        .ask(body)
        .await
        .expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn only_who_may_read_the_base_may_ask() {
    let fixture = Fixture::new().await;
    fixture.people_and_tasks().await;
    let viewer = fixture.app.member(&fixture.owner, Role::Viewer).await;
    let path = format!("/api/airtable/bases/{}/query", fixture.base);
    let body = json!({"sql": "SELECT COUNT(*) FROM People"});
    let rows = viewer.post(&path, body.clone()).await.expect(200).json["rows"].clone();
    assert_eq!(rows, json!([[2]]));
    fixture
        .app
        .anonymous()
        .post(&path, body.clone())
        .await
        .expect_problem(401, "unauthenticated");
    let stranger = fixture.app.other_tenant().await;
    stranger
        .post(&path, body.clone())
        .await
        .expect_problem(404, "not_found");
    stranger
        .get(&format!("{path}/tables"))
        .await
        .expect_problem(404, "not_found");
    let key = json!({"name": "k", "scopes": ["data.records:read"]});
    let key = fixture.owner.post("/api/auth/keys", key).await;
    let key = fixture
        .owner
        .with_token(key.expect(201).json["key"].as_str().unwrap());
    key.post(&path, body).await.expect_problem(404, "not_found");
}
