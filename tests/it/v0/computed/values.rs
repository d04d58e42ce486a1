use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn values_follow_what_is_written() {
    let (fixture, [ada, bea], [paint, plan, rest]) = filled().await;
    let task = cells(&fixture, "Tasks", &plan).await;
    assert_eq!(task["Minutes"], 30);
    assert_eq!(task["Title"], "Doing: Plan");
    assert_eq!(task["For"], "for \"Bea, B.\", Ada");
    assert_eq!(task["Who"], json!(["Bea, B.", "Ada"]));
    let empty = cells(&fixture, "Tasks", &rest).await;
    assert_eq!(
        empty,
        json!({"Name": "Rest", "Minutes": 0, "Title": ": Rest", "For": "for "})
    );
    let person = cells(&fixture, "People", &ada).await;
    assert_eq!(person["Load"], 120);
    assert_eq!(person["States"], json!(["Todo", "Doing"]));
    assert_eq!(person["Busy"], "busy");

    // The answer to a write has what follows from it; so have the records it reaches.
    let task = update(
        &fixture,
        "Tasks",
        &paint,
        json!({"Hours": 1, "Status": "Doing"}),
    )
    .await;
    assert_eq!(
        (&task["Minutes"], &task["Title"]),
        (&json!(60), &json!("Doing: Paint"))
    );
    let person = cells(&fixture, "People", &ada).await;
    assert_eq!((&person["Load"], person.get("Busy")), (&json!(90), None));
    assert_eq!(person["States"], json!(["Doing", "Doing"]));

    update(&fixture, "People", &bea, json!({"Name": "Bob"})).await;
    assert_eq!(cells(&fixture, "Tasks", &plan).await["For"], "for Bob, Ada");
    let path = fixture.path(&format!("Tasks/{plan}"));
    fixture.owner.delete(&path).await.expect(200);
    let person = cells(&fixture, "People", &bea).await;
    assert_eq!(person, json!({"Name": "Bob", "Load": 0}));

    let who = update(&fixture, "Tasks", &rest, json!({"Owner": [bea]})).await["Who"].clone();
    assert_eq!(who, json!(["Bob"]));
    let refused = json!({"fields": {"Minutes": 1}});
    let path = fixture.path(&format!("Tasks/{rest}"));
    let error = fixture.owner.patch(&path, refused).await.expect(422).json["error"].clone();
    assert_eq!(error["type"], "INVALID_VALUE_FOR_COLUMN");
}

#[tokio::test]
async fn new_definitions_reach_the_records_that_are_there() {
    let (fixture, [ada, _], [paint, ..]) = filled().await;
    let tasks = fixture.table_id("Tasks").await;
    let fields = format!("/v0/meta/bases/{}/tables/{tasks}/fields", fixture.base);
    let change = async |name: &str, options: Value| {
        let id = id_of(&fixture.field("Tasks", name).await);
        let path = format!("{fields}/{id}");
        let body = json!({"options": options});
        fixture.owner.patch(&path, body).await.expect(200).json
    };
    change("Minutes", json!({"formula": "{Hours} * 3600"})).await;
    assert_eq!(cells(&fixture, "People", &ada).await["Load"], 7200);
    let mut status = fixture.field("Tasks", "Status").await["options"].clone();
    status["choices"][0]["name"] = "To do".into();
    change("Status", status).await;
    assert_eq!(
        cells(&fixture, "Tasks", &paint).await["Title"],
        "To do: Paint"
    );
    let states = cells(&fixture, "People", &ada).await["States"].clone();
    assert_eq!(states, json!(["To do", "Doing"]));
    // A choice that comes with a value is known to the lookup as well.
    let body = json!({"fields": {"Status": "Waiting"}, "typecast": true});
    let path = fixture.path(&format!("Tasks/{paint}"));
    fixture.owner.patch(&path, body).await.expect(200);
    let states = cells(&fixture, "People", &ada).await["States"].clone();
    assert_eq!(states, json!(["Waiting", "Doing"]));
    // A rule of another type: the result is told anew.
    let field = change("Minutes", json!({"formula": "{Hours} & ' h'"})).await;
    assert_eq!(field["options"]["result"]["type"], "singleLineText");
    assert_eq!(cells(&fixture, "Tasks", &paint).await["Minutes"], "1.5 h");
}
