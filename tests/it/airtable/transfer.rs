use serde_json::{Value, json};

use crate::v0::fixture::Fixture;

async fn export(fixture: &Fixture, base: &str) -> String {
    let answer = fixture
        .owner
        .get(&format!("/api/airtable/bases/{base}/export"))
        .await
        .expect(200);
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
    answer.text
}

async fn import(fixture: &Fixture, document: &Value) -> crate::support::Answer {
    let path = format!(
        "/api/airtable/bases/import?workspace_id={}",
        fixture.workspace
    );
    fixture.owner.post(&path, document.clone()).await
}

#[tokio::test]
async fn export_import_and_export_are_identical() {
    let fixture = Fixture::new().await;
    let body = json!({"workspace_id": fixture.workspace});
    let sample = fixture
        .owner
        .post("/api/airtable/bases/sample", body)
        .await
        .expect(201)
        .json;
    let base = sample["id"].as_str().unwrap();
    let first = export(&fixture, base).await;
    fixture
        .owner
        .delete(&format!("/api/airtable/bases/{base}"))
        .await
        .expect(204);
    let document: Value = serde_json::from_str(&first).unwrap();
    let made = import(&fixture, &document).await.expect(201).json;
    assert_eq!(made, json!({"base_id": base, "warnings": []}));
    assert_eq!(export(&fixture, base).await, first);
}

#[tokio::test]
async fn a_base_is_not_imported_over_itself() {
    let fixture = Fixture::new().await;
    let document: Value = serde_json::from_str(&export(&fixture, &fixture.base).await).unwrap();
    import(&fixture, &document)
        .await
        .expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn a_faulty_document_is_refused_with_all_its_faults() {
    let fixture = Fixture::new().await;
    let mut document: Value = serde_json::from_str(&export(&fixture, &fixture.base).await).unwrap();
    document["id"] = json!("app0000000000000A");
    document["name"] = json!("");
    document["tables"][1]["name"] = document["tables"][0]["name"].clone();
    let problem = import(&fixture, &document)
        .await
        .expect_problem(422, "invalid_request")
        .json;
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["name", "tables[1].name"]);
    fixture
        .owner
        .get("/api/airtable/bases/app0000000000000A")
        .await
        .expect(404);
}

#[tokio::test]
async fn a_document_beyond_the_limit_is_refused() {
    let fixture = Fixture::new().await;
    let path = format!(
        "/api/airtable/bases/import?workspace_id={}",
        fixture.workspace
    );
    let request = fixture.owner.request(reqwest::Method::POST, &path);
    let request = request
        .header("content-type", "application/json")
        .body("{".repeat(64));
    fixture
        .owner
        .send(request)
        .await
        .expect_problem(422, "invalid_request");
}
