mod definitions;
mod keeping;
mod reading;
mod values;

use serde_json::{Value, json};

use crate::support::Actor;
use crate::v0::fixture::Fixture;

/// The fixture with computed fields on both sides of the link between tasks and people.
async fn computed() -> Fixture {
    let fixture = Fixture::new().await;
    let add = async |field: Value| drop(fixture.add_field(field).await.expect(200));
    add(formula("Minutes", "{Hours} * 60")).await;
    add(formula("Title", "{Status} & ': ' & {Name}")).await;
    add(formula("For", "'for ' & {Owner}")).await;
    let owner = id_of(&fixture.field("Tasks", "Owner").await);
    let name = id_of(&fixture.field("People", "Name").await);
    let lookup = json!({"recordLinkFieldId": owner, "fieldIdInLinkedTable": name});
    add(json!({"name": "Who", "type": "multipleLookupValues", "options": lookup})).await;
    let tasks = id_of(&fixture.field("People", "Tasks").await);
    let minutes = id_of(&fixture.field("Tasks", "Minutes").await);
    let status = id_of(&fixture.field("Tasks", "Status").await);
    let sum = json!({"recordLinkFieldId": tasks, "fieldIdInLinkedTable": minutes, "formula": "SUM(values)"});
    add_to(
        &fixture,
        "People",
        json!({"name": "Load", "type": "rollup", "options": sum}),
    )
    .await;
    let lookup = json!({"recordLinkFieldId": tasks, "fieldIdInLinkedTable": status});
    let lookup = json!({"name": "States", "type": "multipleLookupValues", "options": lookup});
    add_to(&fixture, "People", lookup).await;
    add_to(
        &fixture,
        "People",
        formula("Busy", "IF({Load} > 100, 'busy')"),
    )
    .await;
    fixture
}

fn formula(name: &str, formula: &str) -> Value {
    json!({"name": name, "type": "formula", "options": {"formula": formula}})
}

fn id_of(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

async fn add_to(fixture: &Fixture, table: &str, field: Value) -> Value {
    let table = fixture.table_id(table).await;
    let path = format!("/v0/meta/bases/{}/tables/{table}/fields", fixture.base);
    fixture.owner.post(&path, field).await.expect(200).json
}

async fn update(fixture: &Fixture, table: &str, record: &str, fields: Value) -> Value {
    let path = fixture.path(&format!("{table}/{record}"));
    let body = json!({"fields": fields});
    fixture.owner.patch(&path, body).await.expect(200).json["fields"].clone()
}

async fn cells(fixture: &Fixture, table: &str, record: &str) -> Value {
    fixture.get(table, record).await["fields"].clone()
}

/// Every record of both tables as somebody sees it.
async fn all(fixture: &Fixture, who: &Actor) -> (Value, Value) {
    let tasks = who.get(&fixture.path("Tasks")).await.expect(200).json;
    let people = who.get(&fixture.path("People")).await.expect(200).json;
    (tasks, people)
}

/// Two people, and three tasks of theirs.
async fn filled() -> (Fixture, [String; 2], [String; 3]) {
    let fixture = computed().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let bea = fixture.create("People", json!({"Name": "Bea, B."})).await;
    let task = async |fields: Value| fixture.create("Tasks", fields).await;
    let paint =
        task(json!({"Name": "Paint", "Hours": 1.5, "Status": "Todo", "Owner": [ada]})).await;
    let plan =
        task(json!({"Name": "Plan", "Hours": 0.5, "Status": "Doing", "Owner": [bea, ada]})).await;
    let rest = task(json!({"Name": "Rest"})).await;
    (fixture, [ada, bea], [paint, plan, rest])
}
