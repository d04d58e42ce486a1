use serde_json::json;

use super::fixture::{Fixture, line};

#[tokio::test]
async fn whoami_shows_the_email_to_those_who_may_see_it() {
    let fixture = Fixture::new().await;
    let all = fixture.owner.get("/v0/meta/whoami").await.expect(200).json;
    assert_eq!(all["email"], "owner@example.org");
    let key = fixture
        .app
        .key(&fixture.owner, &["data.records:read"])
        .await;
    let some = key.get("/v0/meta/whoami").await.expect(200).json;
    assert_eq!(some, json!({"id": all["id"]}));
}

#[tokio::test]
async fn bases_are_listed_and_made() {
    let fixture = Fixture::new().await;
    let list = fixture.owner.get("/v0/meta/bases").await.expect(200).json;
    assert_eq!(
        list,
        json!({"bases": [{"id": fixture.base, "name": "Work", "permissionLevel": "create"}]})
    );
    let tables = json!([{"name": "T", "fields": [{"name": "N", "type": "singleLineText"}]}]);
    let answer = fixture
        .owner
        .post("/v0/meta/bases", json!({"name": "X", "tables": tables}))
        .await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_REQUEST","message":"Server error"}}"#);
    let unknown = json!({"name": "X", "tables": tables, "workspaceId": "wsp00000000000000"});
    let answer = fixture.owner.post("/v0/meta/bases", unknown).await;
    insta::assert_snapshot!(line(&answer), @r#"404 {"error":{"type":"MODEL_ID_NOT_FOUND","message":"Workspace not found"}}"#);
    fixture
        .owner
        .get("/v0/meta/bases?pageSize=5")
        .await
        .expect(422);
    fixture
        .owner
        .get("/v0/meta/bases?offset=x")
        .await
        .expect(422);
}

#[tokio::test]
async fn tables_and_fields_are_made_and_renamed() {
    let fixture = Fixture::new().await;
    let path = format!("/v0/meta/bases/{}/tables", fixture.base);
    let body = json!({"name": "Notes", "description": "For later", "fields": [{"name": "Title", "type": "singleLineText"}]});
    let made = fixture
        .owner
        .post(&path, body.clone())
        .await
        .expect(200)
        .json;
    assert_eq!(made["views"][0]["name"], "Grid view");
    assert_eq!(made["primaryFieldId"], made["fields"][0]["id"]);
    assert!(made["views"][0].get("visibleFieldIds").is_none());
    let answer = fixture.owner.post(&path, body).await.expect(422);
    assert_eq!(answer.json["error"]["type"], "DUPLICATE_TABLE_NAME");
    let table = made["id"].as_str().unwrap();
    let renamed = fixture
        .owner
        .patch(&format!("{path}/{table}"), json!({"name": "Ideas"}))
        .await
        .expect(200);
    assert_eq!(renamed.json["name"], "Ideas");
    let field = made["fields"][0]["id"].as_str().unwrap();
    let field_path = format!("{path}/{table}/fields/{field}");
    let renamed = fixture
        .owner
        .patch(
            &field_path,
            json!({"name": "Headline", "description": "Short"}),
        )
        .await
        .expect(200);
    assert_eq!(
        renamed.json,
        json!({"id": field, "name": "Headline", "type": "singleLineText", "description": "Short"})
    );
    fixture
        .owner
        .patch(&field_path, json!({}))
        .await
        .expect(422);
}

#[tokio::test]
async fn views_are_read_and_deleted() {
    let fixture = Fixture::new().await;
    let path = format!(
        "/v0/meta/bases/{}/tables?include=visibleFieldIds",
        fixture.base
    );
    let schema = fixture.owner.get(&path).await.expect(200).json;
    assert!(schema["tables"][0]["views"][0]["visibleFieldIds"].is_array());
    let path = format!("/v0/meta/bases/{}/views", fixture.base);
    let views = fixture.owner.get(&path).await.expect(200).json["views"].clone();
    assert_eq!(views.as_array().unwrap().len(), 2);
    let view = views[1]["id"].as_str().unwrap();
    let one = fixture
        .owner
        .get(&format!("{path}/{view}"))
        .await
        .expect(200)
        .json;
    assert_eq!(one, views[1]);
    fixture
        .owner
        .get(&format!("{path}/viw00000000000000"))
        .await
        .expect(403);
    // A table keeps its last view.
    fixture
        .owner
        .delete(&format!("{path}/{view}"))
        .await
        .expect(422);
}

#[tokio::test]
async fn a_view_beside_others_is_deleted() {
    let fixture = Fixture::new().await;
    let export = format!("/api/airtable/bases/{}/export", fixture.base);
    let mut document = fixture.owner.get(&export).await.expect(200).json;
    document["id"] = json!("app0000000000000A");
    let more = json!({"id": "viw0000000000000A", "name": "Board", "type": "kanban"});
    document["tables"][0]["views"]
        .as_array_mut()
        .unwrap()
        .push(more.clone());
    let import = format!(
        "/api/airtable/bases/import?workspace_id={}",
        fixture.workspace
    );
    fixture.owner.post(&import, document).await.expect(201);
    let path = "/v0/meta/bases/app0000000000000A/views/viw0000000000000A";
    assert_eq!(fixture.owner.get(path).await.expect(200).json, more);
    let answer = fixture.owner.delete(path).await.expect(200);
    assert_eq!(
        answer.json,
        json!({"id": "viw0000000000000A", "deleted": true})
    );
    fixture.owner.get(path).await.expect(403);
}
