use serde_json::{Value, json};

use super::fixture::Fixture;

#[tokio::test]
async fn one_record_and_batches_are_created() {
    let fixture = Fixture::new().await;
    let body = json!({"fields": {"Name": "Saw", "Hours": 2}, "typecast": false, "returnFieldsByFieldId": false});
    let one = fixture
        .owner
        .post(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(one["fields"], json!({"Name": "Saw", "Hours": 2}));
    assert!(one["createdTime"].as_str().unwrap().ends_with('Z'));
    let records: Vec<Value> = (0..10)
        .map(|number| json!({"fields": {"Name": format!("T{number}")}}))
        .collect();
    let many = fixture
        .owner
        .post(&fixture.path("Tasks/?"), json!({"records": records}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        super::fixture::names(&many),
        (0..10)
            .map(|number| format!("T{number}"))
            .collect::<Vec<_>>()
    );
    let empty = fixture
        .owner
        .post(&fixture.path("Tasks"), json!({"fields": {}}))
        .await
        .expect(200)
        .json;
    assert_eq!(empty["fields"], json!({}));
}

#[tokio::test]
async fn patch_merges_and_put_clears() {
    let fixture = Fixture::new().await;
    let id = fixture
        .create(
            "Tasks",
            json!({"Name": "Saw", "Hours": 2, "Status": "Todo"}),
        )
        .await;
    let path = fixture.path(&format!("Tasks/{id}"));
    let merged = fixture
        .owner
        .patch(&path, json!({"fields": {"Hours": 4, "Status": null}}))
        .await
        .expect(200);
    assert_eq!(merged.json["fields"], json!({"Name": "Saw", "Hours": 4}));
    let replaced = fixture
        .owner
        .put(&path, json!({"fields": {"Hours": 3}, "typecast": false}))
        .await
        .expect(200);
    assert_eq!(replaced.json["fields"], json!({"Hours": 3}));
    let batch = json!({"records": [{"id": id, "fields": {"Name": "Drill"}}]});
    let merged = fixture
        .owner
        .patch(&fixture.path("Tasks"), batch.clone())
        .await
        .expect(200)
        .json;
    assert_eq!(
        merged["records"][0]["fields"],
        json!({"Name": "Drill", "Hours": 3})
    );
    let replaced = fixture
        .owner
        .put(&fixture.path("Tasks"), batch)
        .await
        .expect(200)
        .json;
    assert_eq!(replaced["records"][0]["fields"], json!({"Name": "Drill"}));
    assert!(replaced.get("updatedRecords").is_none());
}

#[tokio::test]
async fn records_are_deleted_alone_and_in_batches() {
    let fixture = Fixture::new().await;
    let mut ids = Vec::new();
    for name in ["A", "B", "C", "D"] {
        ids.push(fixture.create("Tasks", json!({"Name": name})).await);
    }
    let one = fixture
        .owner
        .delete(&fixture.path(&format!("Tasks/{}", ids[0])))
        .await
        .expect(200);
    assert_eq!(one.json, json!({"id": ids[0], "deleted": true}));
    let query = format!("Tasks?records[]={}&records[]={}", ids[1], ids[2]);
    let many = fixture
        .owner
        .delete(&fixture.path(&query))
        .await
        .expect(200);
    let wanted =
        json!({"records": [{"id": ids[1], "deleted": true}, {"id": ids[2], "deleted": true}]});
    assert_eq!(many.json, wanted);
    assert_eq!(fixture.names("Tasks").await, ["D"]);
}

#[tokio::test]
async fn nothing_is_written_when_one_of_a_batch_is_wrong() {
    let fixture = Fixture::new().await;
    let body = json!({"records": [{"fields": {"Name": "Good"}}, {"fields": {"Name": "Bad", "Hours": "many"}}]});
    fixture
        .owner
        .post(&fixture.path("Tasks"), body)
        .await
        .expect(422);
    assert_eq!(fixture.names("Tasks").await, Vec::<String>::new());
    let id = fixture.create("Tasks", json!({"Name": "Kept"})).await;
    let query = format!("Tasks?records[]={id}&records[]=rec00000000000000");
    fixture.owner.delete(&fixture.path(&query)).await;
    assert_eq!(fixture.names("Tasks").await, ["Kept"]);
}
