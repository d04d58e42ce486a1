use serde_json::json;

use super::fixture::Fixture;

#[tokio::test]
async fn both_sides_of_a_link_stay_in_step() {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let bob = fixture.create("People", json!({"Name": "Bob"})).await;
    let task = fixture
        .create("Tasks", json!({"Name": "Paint", "Owner": [ada, bob, ada]}))
        .await;
    assert_eq!(
        fixture.get("Tasks", &task).await["fields"]["Owner"],
        json!([ada, bob])
    );
    assert_eq!(
        fixture.get("People", &ada).await["fields"]["Tasks"],
        json!([task])
    );
    let path = fixture.path(&format!("People/{ada}"));
    fixture
        .owner
        .patch(&path, json!({"fields": {"Tasks": []}}))
        .await
        .expect(200);
    assert_eq!(
        fixture.get("Tasks", &task).await["fields"]["Owner"],
        json!([bob])
    );
    fixture
        .owner
        .delete(&fixture.path(&format!("People/{bob}")))
        .await
        .expect(200);
    assert!(
        fixture.get("Tasks", &task).await["fields"]
            .get("Owner")
            .is_none()
    );
}

#[tokio::test]
async fn a_link_field_and_its_twin_know_each_other() {
    let fixture = Fixture::new().await;
    let owner = fixture.field("Tasks", "Owner").await;
    let twin = fixture.field("People", "Tasks").await;
    assert_eq!(owner["options"]["inverseLinkFieldId"], twin["id"]);
    assert_eq!(twin["options"]["inverseLinkFieldId"], owner["id"]);
    assert_eq!(
        twin["options"]["linkedTableId"],
        fixture.table_id("Tasks").await.as_str()
    );
}

#[tokio::test]
async fn wrong_links_are_refused() {
    let fixture = Fixture::new().await;
    let task = fixture.create("Tasks", json!({"Name": "Paint"})).await;
    let cases = [
        (json!(["rec00000000000000"]), "ROW_DOES_NOT_EXIST"),
        (json!(["Ada"]), "INVALID_RECORD_ID"),
        (json!("Ada"), "INVALID_VALUE_FOR_COLUMN"),
        (json!([task]), "ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE"),
    ];
    for (value, kind) in cases {
        let body = json!({"fields": {"Owner": value}});
        let answer = fixture
            .owner
            .post(&fixture.path("Tasks"), body)
            .await
            .expect(422);
        assert_eq!(answer.json["error"]["type"], kind, "{}", answer.text);
    }
}

#[tokio::test]
async fn deleting_records_takes_them_out_of_links_without_a_twin() {
    let fixture = Fixture::new().await;
    let tasks = fixture.table_id("Tasks").await;
    let link = json!({"name": "Blocks", "type": "multipleRecordLinks", "options": {"linkedTableId": tasks}});
    let made = fixture.add_field(link).await.expect(200).json;
    assert!(made["options"].get("inverseLinkFieldId").is_none());
    let mut ids = Vec::new();
    for name in ["A", "B", "C", "D"] {
        ids.push(fixture.create("Tasks", json!({"Name": name})).await);
    }
    let [a, b, c, d] = &ids[..] else {
        panic!("four records were made")
    };
    for (record, blocks) in [
        (a, json!([b, d])),
        (b, json!([a, d])),
        (c, json!([a, d, b])),
        (d, json!([a])),
    ] {
        let path = fixture.path(&format!("Tasks/{record}"));
        let body = json!({"fields": {"Blocks": blocks}});
        fixture.owner.patch(&path, body).await.expect(200);
    }
    let path = fixture.path(&format!("Tasks?records[]={a}&records[]={b}"));
    fixture.owner.delete(&path).await.expect(200);
    let of = async |record: &str| fixture.get("Tasks", record).await["fields"]["Blocks"].clone();
    assert_eq!(of(c).await, json!([d]));
    assert_eq!(of(d).await, json!(null));
}
