use serde_json::{Value, json};

use crate::v0::fixture::Fixture;

/// The choices of a select of `Tasks`.
async fn choices(fixture: &Fixture, field: &str) -> Vec<Value> {
    let field = fixture.field("Tasks", field).await;
    field["options"]["choices"].as_array().unwrap().clone()
}

async fn path(fixture: &Fixture, field: &str) -> String {
    let table = fixture.table_id("Tasks").await;
    format!(
        "/api/airtable/bases/{}/tables/{table}/fields/{field}",
        fixture.base
    )
}

#[tokio::test]
async fn choices_are_renamed_recoloured_ordered_and_added_with_their_cells_kept() {
    let fixture = Fixture::new().await;
    let task = fixture.create("Tasks", json!({"Status": "Doing"})).await;
    let [todo, mut doing, archived]: [Value; 3] =
        choices(&fixture, "Status").await.try_into().unwrap();
    doing["name"] = json!("At work");
    doing["color"] = json!("redBright");
    let wanted = json!([archived, doing, todo, {"name": "Later"}]);
    let path = path(&fixture, "Status").await;
    let body = json!({"options": {"choices": wanted}});
    let changed = fixture.owner.patch(&path, body).await.expect(200).json;
    let names = |choices: &Value| -> Vec<String> {
        let choices = choices.as_array().unwrap().iter();
        choices
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let after = &changed["field"]["options"]["choices"];
    assert_eq!(names(after), ["Archived", "At work", "Todo", "Later"]);
    assert_eq!(after[1], doing);
    assert_eq!(
        fixture.get("Tasks", &task).await["fields"]["Status"],
        "At work"
    );
}

#[tokio::test]
async fn a_choice_in_use_goes_only_together_with_its_cells() {
    let fixture = Fixture::new().await;
    let one = json!({"Name": "One", "Status": "Doing", "Tags": ["home", "blue"]});
    let one = fixture.create("Tasks", one).await;
    let two = json!({"Name": "Two", "Status": "Todo", "Tags": ["blue"]});
    let two = fixture.create("Tasks", two).await;
    let without = |choices: &[Value], name: &str| {
        let left: Vec<_> = choices.iter().filter(|it| it["name"] != name).collect();
        json!({"options": {"choices": left}})
    };
    let status = choices(&fixture, "Status").await;
    let path_of_status = path(&fixture, "Status").await;
    let send = async |path: &str, body: Value| fixture.owner.patch(path, body).await;
    // Nobody has it.
    send(&path_of_status, without(&status, "Archived"))
        .await
        .expect(200);
    let status = choices(&fixture, "Status").await;
    let refused = send(&path_of_status, without(&status, "Doing")).await;
    let refused = refused.expect_problem(409, "choice_in_use").json;
    assert_eq!(refused["detail"], "1 record has \"Doing\"");
    assert_eq!(choices(&fixture, "Status").await.len(), 2);
    let mut clear = without(&status, "Doing");
    clear["clear_cells"] = json!(true);
    send(&path_of_status, clear).await.expect(200);
    let tags = choices(&fixture, "Tags").await;
    let mut clear = without(&tags, "blue");
    clear["clear_cells"] = json!(true);
    let changed = send(&path(&fixture, "Tags").await, clear)
        .await
        .expect(200)
        .json;
    let one = fixture.get("Tasks", &one).await["fields"].clone();
    assert_eq!(one, json!({"Name": "One", "Tags": ["home"]}));
    let two = fixture.get("Tasks", &two).await["fields"].clone();
    assert_eq!(two, json!({"Name": "Two", "Status": "Todo"}));
    // The history tells of the cells, and an undo says that the choice is gone.
    let set = changed["change_set_id"].as_str().unwrap();
    let change = format!("/api/saga/changes/{set}");
    assert_eq!(
        fixture.owner.get(&change).await.expect(200).json["updated"],
        2
    );
    let undone = fixture
        .owner
        .post(&format!("{change}/undo"), json!({}))
        .await;
    let undone = undone.expect(200).json;
    assert_eq!(
        undone["records"][0]["conflicts"][0]["code"],
        "choice_removed"
    );
}

#[tokio::test]
async fn scripts_cannot_take_choices_away() {
    let fixture = Fixture::new().await;
    let left = choices(&fixture, "Status").await.split_off(1);
    let table = fixture.table_id("Tasks").await;
    let field = fixture.field("Tasks", "Status").await["id"].clone();
    let id = field.as_str().unwrap();
    let path = format!("/v0/meta/bases/{}/tables/{table}/fields/{id}", fixture.base);
    let body = json!({"options": {"choices": left}});
    fixture.owner.patch(&path, body.clone()).await.expect(422);
    let mut clear = body;
    clear["clear_cells"] = json!(true);
    fixture.owner.patch(&path, clear).await.expect(422);
    assert_eq!(choices(&fixture, "Status").await.len(), 3);
}
