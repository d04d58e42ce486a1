use pyairtable::contracts::Role;
use serde_json::json;

use crate::v0::fixture::Fixture;

#[tokio::test]
async fn a_base_is_made_renamed_listed_and_deleted() {
    let fixture = Fixture::new().await;
    let body = json!({"workspace_id": fixture.workspace, "name": "New", "tables": [
        {"name": "T", "fields": [{"name": "N", "type": "singleLineText"}]},
    ]});
    let made = fixture
        .owner
        .post("/api/airtable/bases", body)
        .await
        .expect(201)
        .json;
    assert_eq!(made["permission_level"], "create");
    assert_eq!(made["tables"][0]["record_count"], 0);
    let path = format!("/api/airtable/bases/{}", made["id"].as_str().unwrap());
    let renamed = fixture
        .owner
        .patch(&path, json!({"name": "Newer"}))
        .await
        .expect(200)
        .json;
    assert_eq!(renamed["name"], "Newer");
    let list = fixture
        .owner
        .get("/api/v1/airtable/bases")
        .await
        .expect(200)
        .json;
    let names: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|base| base["name"].clone())
        .collect();
    assert_eq!(names, ["Newer", "Work"]);
    assert_eq!(list["items"][0]["table_count"], 1);
    fixture.owner.delete(&path).await.expect(204);
    fixture
        .owner
        .get(&path)
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn rows_come_by_number_with_the_names_of_linked_records() {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    for hours in 0..5 {
        fixture
            .create(
                "Tasks",
                json!({"Name": format!("T{hours}"), "Hours": hours, "Owner": [ada]}),
            )
            .await;
    }
    let table = fixture.table_id("Tasks").await;
    let hours = fixture.field("Tasks", "Hours").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/airtable/bases/{}/tables/{table}/rows", fixture.base);
    let rows = fixture
        .owner
        .get(&format!("{path}?start=1&limit=2&sort={hours}:desc"))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (rows["total"].clone(), rows["start"].clone()),
        (json!(5), json!(1))
    );
    let got: Vec<_> = rows["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["fields"][&hours].clone())
        .collect();
    assert_eq!(got, [json!(3), json!(2)]);
    assert_eq!(rows["names"], json!({ada: "Ada"}));
    fixture
        .owner
        .get(&format!("{path}?limit=501"))
        .await
        .expect_problem(422, "invalid_request");
    fixture
        .owner
        .get(&format!("{path}?sort={hours}:up"))
        .await
        .expect_problem(422, "invalid_request");
    fixture
        .owner
        .get(&format!("{path}?nope=1"))
        .await
        .expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn rights_and_shapes_are_checked() {
    let fixture = Fixture::new().await;
    let path = format!("/api/airtable/bases/{}", fixture.base);
    fixture
        .app
        .anonymous()
        .get(&path)
        .await
        .expect_problem(401, "unauthenticated");
    let viewer = fixture.app.member(&fixture.owner, Role::Viewer).await;
    let base = viewer.get(&path).await.expect(200).json;
    assert_eq!(base["permission_level"], "read");
    viewer
        .patch(&path, json!({"name": "X"}))
        .await
        .expect_problem(403, "forbidden");
    viewer.delete(&path).await.expect_problem(403, "forbidden");
    fixture
        .owner
        .patch(&path, json!({"name": "X", "colour": "red"}))
        .await
        .expect_problem(422, "invalid_request");
    fixture
        .owner
        .patch(&path, json!({"name": " "}))
        .await
        .expect_problem(422, "invalid_request");
}
