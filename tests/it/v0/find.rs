use std::time::Duration;

use serde_json::{Value, json};

use super::fixture::{Fixture, names};

/// Large enough that records are found by indexes.
const RECORDS: usize = 700;

/// Tasks, their ids in order; three have hours, and every seventh is archived.
pub(crate) async fn many() -> (Fixture, Vec<String>) {
    let fixture = Fixture::new().await;
    let table = fixture.table_id("Tasks").await;
    let path = format!(
        "/api/airtable/bases/{}/tables/{table}/records",
        fixture.base
    );
    let mut ids = Vec::new();
    for first in [0, RECORDS / 2] {
        let cells = |number: usize| {
            let status = ["Todo", "Archived"][usize::from(number.is_multiple_of(7))];
            let hours = (number < 3).then_some(number as f64 / 2.0);
            json!({"Name": format!("Task {number}"), "Status": status, "Hours": hours})
        };
        let numbers = first..first + RECORDS / 2;
        let records: Vec<Value> = numbers.map(|it| json!({"fields": cells(it)})).collect();
        let made = fixture.owner.post(&path, json!({"records": records}));
        let made = made.await.expect(201).json;
        let made = made["records"].as_array().unwrap().iter();
        ids.extend(made.map(|record| record["id"].as_str().unwrap().to_owned()));
    }
    (fixture, ids)
}

async fn found(fixture: &Fixture, formula: &str) -> Vec<String> {
    let path = fixture.path("Tasks/listRecords");
    let body = json!({"filterByFormula": formula});
    names(&fixture.owner.post(&path, body).await.expect(200).json)
}

#[tokio::test]
async fn a_record_is_found_by_what_it_holds_after_every_change() {
    let (fixture, ids) = many().await;
    let by_name = "{Name}='Task 5'";
    assert_eq!(found(&fixture, by_name).await, ["Task 5"]);
    assert_eq!(found(&fixture, "{Name}='task 5'").await, [""; 0]);
    assert_eq!(
        found(&fixture, "AND({Hours}=1, {Status}!='Archived')").await,
        ["Task 2"]
    );
    assert_eq!(found(&fixture, "{Hours}=0").await.len(), 100);
    let ids_of = |places: [usize; 2]| {
        let [one, two] = places.map(|place| format!("RECORD_ID()='{}'", ids[place]));
        format!("OR({one}, {two}, RECORD_ID()='recNoSuchRecord00')")
    };
    assert_eq!(found(&fixture, &ids_of([9, 3])).await, ["Task 3", "Task 9"]);

    let record = fixture.path(&format!("Tasks/{}", ids[5]));
    let renamed = json!({"fields": {"Name": "Renamed"}});
    fixture.owner.patch(&record, renamed).await.expect(200);
    assert_eq!(found(&fixture, by_name).await, [""; 0]);
    assert_eq!(found(&fixture, "{Name}='Renamed'").await, ["Renamed"]);
    fixture
        .create("Tasks", json!({"Name": "Task 5", "Hours": 1}))
        .await;
    assert_eq!(found(&fixture, by_name).await, ["Task 5"]);
    assert_eq!(found(&fixture, "{Hours}=1").await, ["Task 2", "Task 5"]);
    fixture.owner.delete(&record).await.expect(200);
    assert_eq!(found(&fixture, "{Name}='Renamed'").await, [""; 0]);
    let changes = fixture
        .owner
        .get("/api/saga/changes")
        .await
        .expect(200)
        .json;
    let deleted = changes["items"][0]["id"].as_str().unwrap();
    let undo = format!("/api/saga/changes/{deleted}/undo");
    fixture.owner.post(&undo, json!({})).await.expect(200);
    assert_eq!(found(&fixture, "{Name}='Renamed'").await, ["Renamed"]);
}

#[tokio::test]
async fn a_choice_is_found_by_the_name_it_has_now_and_a_formula_by_what_it_gives_now() {
    let (fixture, ids) = many().await;
    let field =
        json!({"name": "Twice", "type": "formula", "options": {"formula": "{Name} & {Hours}"}});
    fixture.add_field(field).await.expect(200);
    assert_eq!(found(&fixture, "{Twice}='Task 10.5'").await, ["Task 1"]);
    let first = fixture.path(&format!("Tasks/{}", ids[1]));
    let longer = json!({"fields": {"Hours": 3}});
    fixture.owner.patch(&first, longer).await.expect(200);
    assert_eq!(found(&fixture, "{Twice}='Task 10.5'").await, [""; 0]);
    assert_eq!(
        found(&fixture, "{Twice}='Task 13'").await,
        ["Task 1", "Task 13"]
    );

    assert_eq!(found(&fixture, "{Status}='Doing'").await, [""; 0]);
    let status = fixture.field("Tasks", "Status").await;
    let choices = status["options"]["choices"].as_array().unwrap();
    let choices: Vec<Value> = choices
        .iter()
        .map(|choice| match choice["name"].as_str() {
            Some("Doing") => json!({"id": choice["id"], "name": "Underway"}),
            _ => choice.clone(),
        })
        .collect();
    let doing = json!({"fields": {"Status": "Doing"}});
    fixture.owner.patch(&first, doing).await.expect(200);
    assert_eq!(found(&fixture, "{Status}='Doing'").await, ["Task 1"]);
    let table = fixture.table_id("Tasks").await;
    let path = format!(
        "/v0/meta/bases/{}/tables/{table}/fields/{}",
        fixture.base,
        status["id"].as_str().unwrap()
    );
    let options = json!({"options": {"choices": choices}});
    fixture.owner.patch(&path, options).await.expect(200);
    assert_eq!(found(&fixture, "{Status}='Doing'").await, [""; 0]);
    assert_eq!(found(&fixture, "{Status}='Underway'").await, ["Task 1"]);
}

#[tokio::test]
async fn a_page_that_is_asked_for_again_follows_the_linked_names_the_time_and_the_table() {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let body = json!({"Name": "Paint", "Owner": [ada]});
    let task = fixture.create("Tasks", body).await;
    let thrice = async |formula: &str, expected: &[&str]| {
        for _ in 0..3 {
            assert_eq!(found(&fixture, formula).await, expected, "{formula}");
        }
    };
    let soon = "IS_BEFORE(NOW(), DATEADD(CREATED_TIME(), 1, 'minutes'))";
    thrice("{Owner}='Ada'", &["Paint"]).await;
    thrice("{Name}='Paint'", &["Paint"]).await;
    thrice(soon, &["Paint"]).await;
    let person = fixture.path(&format!("People/{ada}"));
    let renamed = json!({"fields": {"Name": "Grace"}});
    fixture.owner.patch(&person, renamed).await.expect(200);
    fixture.app.clock.advance(Duration::from_secs(120));
    thrice("{Owner}='Ada'", &[]).await;
    thrice("{Owner}='Grace'", &["Paint"]).await;
    thrice(soon, &[]).await;
    let record = fixture.path(&format!("Tasks/{task}"));
    let renamed = json!({"fields": {"Name": "Varnish"}});
    fixture.owner.patch(&record, renamed).await.expect(200);
    thrice("{Name}='Paint'", &[]).await;
    thrice("{Name}='Varnish'", &["Varnish"]).await;
}
