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
