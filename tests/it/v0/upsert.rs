use serde_json::json;

use super::fixture::Fixture;

#[tokio::test]
async fn records_are_matched_changed_and_made() {
    let fixture = Fixture::new().await;
    let saw = fixture
        .create("Tasks", json!({"Name": "Saw", "Hours": 1, "Done": true}))
        .await;
    let body = json!({
        "performUpsert": {"fieldsToMergeOn": ["Name"]}, "typecast": false, "returnFieldsByFieldId": false,
        "records": [{"fields": {"Name": "Saw", "Hours": 4}}, {"fields": {"Name": "Drill", "Hours": 1}}],
    });
    let done = fixture
        .owner
        .patch(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(done["updatedRecords"], json!([saw]));
    assert_eq!(done["createdRecords"], json!([done["records"][1]["id"]]));
    assert_eq!(
        done["records"][0]["fields"],
        json!({"Name": "Saw", "Hours": 4, "Done": true})
    );
    let body = json!({
        "performUpsert": {"fieldsToMergeOn": ["Name"]},
        "records": [{"fields": {"Name": "Saw", "Hours": 5}}],
    });
    let replaced = fixture
        .owner
        .put(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(
        replaced["records"][0]["fields"],
        json!({"Name": "Saw", "Hours": 5})
    );
}

#[tokio::test]
async fn ambiguous_and_incomplete_keys_write_nothing() {
    let fixture = Fixture::new().await;
    for _ in 0..2 {
        fixture.create("Tasks", json!({"Name": "Twin"})).await;
    }
    let upsert = |records: serde_json::Value, fields: serde_json::Value| json!({"performUpsert": {"fieldsToMergeOn": fields}, "records": records});
    let cases = [
        upsert(
            json!([{"fields": {"Name": "New"}}, {"fields": {"Name": "Twin", "Hours": 1}}]),
            json!(["Name"]),
        ),
        upsert(json!([{"fields": {"Hours": 1}}]), json!(["Name"])),
        upsert(json!([{"fields": {"Name": "X"}}]), json!([])),
        upsert(
            json!([{"fields": {"Name": "X"}}]),
            json!(["Name", "Hours", "Due", "Status"]),
        ),
        upsert(json!([{"fields": {"Name": "X"}}]), json!(["Nope"])),
        upsert(json!([{"fields": {"Owner": []}}]), json!(["Owner"])),
        upsert(
            json!([{"id": "rec00000000000000", "fields": {"Name": "X"}}]),
            json!(["Name"]),
        ),
    ];
    for body in cases {
        fixture
            .owner
            .patch(&fixture.path("Tasks"), body)
            .await
            .expect(422);
    }
    assert_eq!(fixture.names("Tasks").await, ["Twin", "Twin"]);
}

#[tokio::test]
async fn keys_are_matched_against_the_records_as_they_were_before_the_request() {
    let fixture = Fixture::new().await;
    let saw = fixture
        .create(
            "Tasks",
            json!({"Name": "Saw", "Hours": 0, "Due": "2024-04-01"}),
        )
        .await;
    let body = json!({
        "performUpsert": {"fieldsToMergeOn": ["Name"]},
        "records": [
            {"id": saw, "fields": {"Name": "Axe"}},
            {"fields": {"Name": "Axe", "Hours": 1}},
            {"fields": {"Name": "New"}},
            {"fields": {"Name": "New"}},
        ],
    });
    let done = fixture
        .owner
        .patch(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(done["updatedRecords"], json!([saw]));
    assert_eq!(done["createdRecords"].as_array().unwrap().len(), 3);
    let keys = json!({"fieldsToMergeOn": ["Name", "Hours", "Due"]});
    let body = json!({"performUpsert": keys, "records": [
        {"fields": {"Name": "Axe", "Hours": 1, "Due": null, "Done": true}},
        {"fields": {"Name": "Axe", "Hours": -0.0, "Due": "2024-04-01", "Done": true}},
        {"fields": {"Name": "Axe", "Hours": 1, "Due": "2024-04-01", "Done": true}},
    ]});
    let done = fixture
        .owner
        .patch(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(
        done["updatedRecords"],
        json!([done["records"][0]["id"], saw])
    );
    assert_eq!(done["createdRecords"], json!([done["records"][2]["id"]]));
    let body = json!({"performUpsert": {"fieldsToMergeOn": ["Hours"]}, "records": [
        {"fields": {"Hours": 0, "Name": "First"}}, {"fields": {"Hours": 0, "Name": "Second"}},
    ]});
    let answer = fixture.owner.patch(&fixture.path("Tasks"), body).await;
    assert_eq!(answer.expect(422).json["error"]["type"], "INVALID_RECORDS");
}
