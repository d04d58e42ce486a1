use serde_json::json;

use super::fixture::Fixture;

#[tokio::test]
async fn strings_become_values_choices_and_links() {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let fields = json!({
        "Name": 7, "Hours": "2.5", "Done": "yes", "Due": "2024-04-01", "Status": "Brand new",
        "Tags": "home, garden", "Owner": "Ada, Bela",
    });
    let body =
        json!({"records": [{"fields": fields}], "typecast": true, "returnFieldsByFieldId": false});
    let made = fixture
        .owner
        .post(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    let cells = &made["records"][0]["fields"];
    let bela = cells["Owner"][1].as_str().unwrap();
    assert_eq!(fixture.get("People", bela).await["fields"]["Name"], "Bela");
    assert_eq!(
        *cells,
        json!({
            "Name": "7", "Hours": 2.5, "Done": true, "Due": "2024-04-01", "Status": "Brand new",
            "Tags": ["home", "garden"], "Owner": [ada, bela],
        })
    );
    let status = fixture.field("Tasks", "Status").await;
    let choices = status["options"]["choices"].as_array().unwrap();
    assert_eq!(choices.last().unwrap()["name"], "Brand new");
    assert!(
        choices.last().unwrap()["id"]
            .as_str()
            .unwrap()
            .starts_with("sel")
    );
}

#[tokio::test]
async fn an_editor_links_by_name_but_makes_no_choice() {
    let fixture = Fixture::new().await;
    let editor = fixture
        .app
        .member(&fixture.owner, pyairtable::contracts::Role::Editor)
        .await;
    let body = json!({"fields": {"Name": "X", "Status": "Unheard of"}, "typecast": true});
    let answer = editor.post(&fixture.path("Tasks"), body).await;
    assert!([403, 422].contains(&answer.status), "{}", answer.text);
    let body = json!({"fields": {"Name": "X", "Owner": "Nora"}, "typecast": true});
    editor.post(&fixture.path("Tasks"), body).await.expect(200);
    assert_eq!(fixture.names("People").await, ["Nora"]);
}

#[tokio::test]
async fn a_record_made_by_name_is_found_again_by_the_same_request() {
    let fixture = Fixture::new().await;
    let body = json!({"name": "Sizes", "fields": [
        {"name": "Size", "type": "number", "options": {"precision": 2}},
    ]});
    let path = format!("/v0/meta/bases/{}/tables", fixture.base);
    let sizes = fixture.owner.post(&path, body).await.expect(200).json;
    let link = json!({"name": "Sizes", "type": "multipleRecordLinks", "options": {"linkedTableId": sizes["id"]}});
    fixture.add_field(link).await.expect(200);
    let rows =
        ["7", "7.00, unknown", "unknown, 7"].map(|sizes| json!({"fields": {"Sizes": sizes}}));
    let body = json!({"records": rows, "typecast": true});
    let made = fixture
        .owner
        .post(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    let links = |row: usize| made["records"][row]["fields"]["Sizes"].clone();
    let (seven, unknown) = (&links(1)[0], &links(1)[1]);
    assert_eq!(links(0), json!([seven]));
    assert_eq!(links(2), json!([unknown, seven]));
    let all = fixture.owner.get(&fixture.path("Sizes")).await.expect(200);
    assert_eq!(all.json["records"].as_array().unwrap().len(), 2);
    // And by the next one, although a number reads otherwise than it was written.
    let body = json!({"fields": {"Sizes": "7"}, "typecast": true});
    let next = fixture.owner.post(&fixture.path("Tasks"), body).await;
    assert_eq!(next.expect(200).json["fields"]["Sizes"], json!([seven]));
}

#[tokio::test]
async fn names_lead_to_the_oldest_record_that_bears_them_by_then() {
    let fixture = Fixture::new().await;
    let tasks = fixture.table_id("Tasks").await;
    let link =
        json!({"name": "Next", "type": "multipleRecordLinks", "options": {"linkedTableId": tasks}});
    fixture.add_field(link).await.expect(200);
    let mut ids = Vec::new();
    for name in ["Old", "Twin", "Twin", "Last"] {
        ids.push(fixture.create("Tasks", json!({"Name": name})).await);
    }
    let body = json!({"typecast": true, "records": [
        {"id": ids[3], "fields": {"Next": "Twin, Old"}},
        {"id": ids[0], "fields": {"Name": "New"}},
        {"id": ids[1], "fields": {"Next": "New"}},
        {"id": ids[2], "fields": {"Next": "Old"}},
    ]});
    let done = fixture
        .owner
        .patch(&fixture.path("Tasks"), body)
        .await
        .expect(200)
        .json;
    let links = |row: usize| done["records"][row]["fields"]["Next"].clone();
    assert_eq!(links(0), json!([ids[1], ids[0]]));
    assert_eq!(links(2), json!([ids[0]]));
    let made = links(3)[0].as_str().unwrap().to_owned();
    assert!(!ids.contains(&made));
    assert_eq!(fixture.get("Tasks", &made).await["fields"]["Name"], "Old");
}
