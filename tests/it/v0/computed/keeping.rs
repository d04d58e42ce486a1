use serde_json::json;

use super::*;

#[tokio::test]
async fn every_instance_computes_the_same() {
    let (fixture, [ada, bea], [paint, plan, rest]) = filled().await;
    let other = fixture.app.sibling().await;
    let second = fixture.owner_of(&other);
    let before = all(&fixture, &fixture.owner).await;
    assert_eq!(all(&fixture, &second).await, before);
    // Written through one, brought up to date in the other by the change log.
    update(
        &fixture,
        "Tasks",
        &rest,
        json!({"Owner": [bea, ada], "Hours": 3}),
    )
    .await;
    update(&fixture, "People", &ada, json!({"Name": "Ann"})).await;
    let path = fixture.path(&format!("Tasks/{plan}"));
    fixture.owner.delete(&path).await.expect(200);
    // A write of its own makes the lagging instance catch up.
    let path = fixture.path(&format!("Tasks/{paint}"));
    let body = json!({"fields": {"Status": "Archived"}});
    second.patch(&path, body).await.expect(200);
    let after = all(&fixture, &second).await;
    let cold = fixture.app.sibling().await;
    assert_eq!(all(&fixture, &fixture.owner_of(&cold)).await, after);
    let load = after.1["records"][0]["fields"]["Load"].clone();
    assert_eq!(load, 270);
}

#[tokio::test]
async fn an_undo_restores_what_was_written_and_computes_the_rest() {
    let (fixture, _, [paint, ..]) = filled().await;
    let before = all(&fixture, &fixture.owner).await;
    update(&fixture, "Tasks", &paint, json!({"Hours": 9, "Owner": []})).await;
    let page = fixture
        .owner
        .get("/api/saga/changes?limit=1")
        .await
        .expect(200)
        .json;
    let change = id_of(&page["items"][0]);
    let path = format!("/api/saga/changes/{change}/records");
    let records = fixture.owner.get(&path).await.expect(200).json;
    let mut changed: Vec<&str> = records["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|record| record["fields"].as_array().unwrap())
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    changed.sort_unstable();
    assert_eq!(changed, ["Hours", "Owner", "Tasks"], "{records}");
    let path = format!("/api/saga/changes/{change}/undo");
    fixture.owner.post(&path, json!({})).await.expect(200);
    assert_eq!(all(&fixture, &fixture.owner).await, before);
}

#[tokio::test]
async fn a_document_brings_definitions_along_and_values_only_where_nothing_computes_them() {
    let (fixture, ..) = filled().await;
    let path = format!("/api/airtable/bases/{}/export", fixture.base);
    let mut document = fixture.owner.get(&path).await.expect(200).json;
    document["id"] = json!("app0000000000000A");
    let fields = document["tables"][1]["fields"].as_array_mut().unwrap();
    let title = fields
        .iter_mut()
        .find(|field| field["name"] == "Title")
        .unwrap();
    title["options"]["formula"] = "FORTUNE({Name})".into();
    let path = format!(
        "/api/airtable/bases/import?workspace_id={}",
        fixture.workspace
    );
    let imported = fixture.owner.post(&path, document).await.expect(201).json;
    assert_eq!(
        imported["warnings"].as_array().unwrap().len(),
        1,
        "{imported}"
    );
    let (tasks, people) = all(&fixture, &fixture.owner).await;
    let read = async |table: &str| {
        let path = format!("/v0/app0000000000000A/{table}");
        fixture.owner.get(&path).await.expect(200).json
    };
    assert_eq!((read("Tasks").await, read("People").await), (tasks, people));
    let path = "/v0/app0000000000000A/Tasks";
    let body = json!({"fields": {"Name": "New", "Hours": 1}});
    let made = fixture.owner.post(path, body).await.expect(200).json;
    assert_eq!(
        made["fields"],
        json!({"Name": "New", "Hours": 1, "Minutes": 60, "For": "for "})
    );
}
