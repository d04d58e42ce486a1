//! Bases that are not copied, and of which parts are hidden all the same.

use serde_json::{Value, json};

use super::hidden::WORDS;
use super::world::Mirrored;

/// Hidden: the hours of tasks, and with them what is computed from them.
fn without_hours() -> Value {
    json!({"access": "write", "mode": "proxy", "hidden": {"fields": ["fldTest0000000005"], "tables": []}})
}

async fn screened(offer: Value) -> Mirrored {
    Mirrored::begun(offer, |_| {}).await
}

#[tokio::test]
async fn answers_of_airtable_are_told_without_what_is_hidden() {
    let world = screened(without_hours()).await;
    let base = world.base();
    let record = world.records(world.there(), "Tasks").await.remove(0);
    let id = record["id"].as_str().unwrap();
    let paths = [
        world.path("Tasks"),
        world.path("tblTest0000000001?returnFieldsByFieldId=true&pageSize=2"),
        world.path("Tasks?fields%5B%5D=Name&sort%5B0%5D%5Bfield%5D=Name"),
        world.path("Tasks?filterByFormula=%7BName%7D%3D'Paint'"),
        world.path(&format!("Tasks/{id}")),
        world.path(&format!("Tasks/{id}?returnFieldsByFieldId=1")),
        world.path("tblTest0000000002"),
        format!("/v0/meta/bases/{base}/tables"),
    ];
    for path in paths {
        let answer = world.world.owner.get(&path).await.expect(200);
        for word in WORDS {
            let text = &answer.text;
            assert!(!text.contains(word), "{word} at {path}: {text}");
        }
    }
    let found = world.here().get(&world.path(&format!("Tasks/{id}"))).await;
    assert_eq!(found.header("x-pyairtable-source"), "cache");
    let mut wanted = record.clone();
    for hidden in ["Hours", "Twice"] {
        wanted["fields"].as_object_mut().unwrap().remove(hidden);
    }
    assert_eq!(found.expect(200).json, wanted, "and the rest is as it is");
    let body = json!({"filterByFormula": "{Name}='Paint'", "fields": ["Name"], "pageSize": 1});
    let path = world.path("Tasks/listRecords");
    let listed = world.here().post(&path, body).await.expect(200).json;
    assert_eq!(listed["records"][0]["fields"], json!({"Name": "Paint"}));
}

#[tokio::test]
async fn questions_that_name_what_is_hidden_never_get_to_airtable() {
    let world = screened(without_hours()).await;
    let asked = world.world.count("admitted").await;
    for (query, status) in [
        ("filterByFormula=Hours%3E1", 422),
        ("filterByFormula=%7BfldTest0000000005%7D%3E1", 422),
        ("filterByFormula=IF(%7BName%7D%2CTwice)", 422),
        ("sort%5B0%5D%5Bfield%5D=Hours", 422),
        ("fields%5B%5D=fldTest0000000005", 422),
        ("view=Grid%20view", 422),
        ("nonsense=1", 422),
    ] {
        let path = world.path(&format!("Tasks?{query}"));
        world.here().get(&path).await.expect(status);
    }
    // The definitions alone, once.
    assert!(world.world.count("admitted").await <= asked + 1);
}

#[tokio::test]
async fn what_is_hidden_can_be_neither_written_nor_cleared() {
    let world = screened(without_hours()).await;
    let record = world.records(world.there(), "Tasks").await.remove(0);
    let id = record["id"].as_str().unwrap();
    let (table, one) = (world.path("Tasks"), world.path(&format!("Tasks/{id}")));
    let here = world.here();
    let made = json!({"records": [{"fields": {"Name": "Made"}}], "typecast": true});
    let made = here.post(&table, made).await.expect(200).json;
    assert_eq!(made["records"][0]["fields"]["Name"], "Made");
    let changed = json!({"fields": {"Name": "Changed"}});
    let changed = here.patch(&one, changed).await.expect(200);
    assert_eq!(changed.json["fields"]["Name"], "Changed");
    let merged = json!({
        "performUpsert": {"fieldsToMergeOn": ["Name"]},
        "records": [{"fields": {"Name": "Changed", "Status": "Done"}}],
    });
    let merged = here.patch(&table, merged).await.expect(200);
    assert_eq!(merged.json["updatedRecords"], json!([id]));
    for answer in [&changed, &merged] {
        for word in WORDS {
            assert!(!answer.text.contains(word), "{word}: {}", answer.text);
        }
    }
    let hours = json!({"fields": {"Hours": 1}});
    here.post(&table, hours.clone()).await.expect(422);
    here.patch(&one, hours).await.expect(422);
    let merged = json!({
        "performUpsert": {"fieldsToMergeOn": ["Hours"]}, "records": [{"fields": {"Name": "x"}}],
    });
    here.patch(&table, merged).await.expect(422);
    let whole = json!({"fields": {"Name": "x"}});
    let refused = here.put(&one, whole).await.expect(422);
    assert!(refused.text.contains("PATCH"), "{}", refused.text);
    let there = world.there().get(&one).await.expect(200).json;
    assert_eq!(there["fields"]["Hours"], record["fields"]["Hours"]);
    here.delete(&one).await.expect(200);
    world.there().get(&one).await.expect(403);
}

#[tokio::test]
async fn a_hidden_table_is_as_good_as_none() {
    let world = screened(json!({
        "access": "write", "mode": "proxy", "hidden": {"tables": ["tblTest0000000002"]},
    }))
    .await;
    let people = world.records(world.there(), "tblTest0000000002").await;
    let person = people[0]["id"].as_str().unwrap();
    let here = world.here();
    for path in ["tblTest0000000002", &format!("tblTest0000000002/{person}")] {
        here.get(&world.path(path)).await.expect(403);
    }
    // Airtable finds a record by its id, whatever table is named.
    let tasks = world.path(&format!("Tasks/{person}"));
    world.there().get(&tasks).await.expect(200);
    here.get(&tasks).await.expect(403);
    let page = here.get(&world.path("Tasks")).await.expect(200);
    assert!(!page.text.contains("\"Owner\""), "{}", page.text);
    assert!(page.text.contains("\"Hours\""));
}

#[tokio::test]
async fn a_hidden_field_stays_hidden_under_the_name_of_another() {
    let world = screened(without_hours()).await;
    let table = world.path("Tasks");
    world.here().get(&table).await.expect(200);
    let fields = format!(
        "/v0/meta/bases/{}/tables/tblTest0000000001/fields",
        world.base()
    );
    for (id, name) in [("fldTest0000000004", "Old"), ("fldTest0000000005", "Tags")] {
        let path = format!("{fields}/{id}");
        let renamed = world.there().patch(&path, json!({"name": name})).await;
        renamed.expect(200);
    }
    let asked = format!("{table}?filterByFormula=%7BTags%7D%3D2.5");
    let found = world.here().get(&asked).await.expect(200).json;
    assert_eq!(found["records"], json!([]), "it is the field it was");
    let page = world.here().get(&format!("{table}?pageSize=99")).await;
    assert!(!page.expect(200).text.contains("2.5"));
}

#[tokio::test]
async fn only_records_and_definitions_are_reached() {
    let world = screened(without_hours()).await;
    let base = world.base();
    let record = world.records(world.there(), "Tasks").await.remove(0);
    let comments = world.path(&format!(
        "Tasks/{}/comments",
        record["id"].as_str().unwrap()
    ));
    let here = world.here();
    here.get(&comments).await.expect(403);
    let hooks = format!("/v0/bases/{base}/webhooks");
    here.post(&hooks, json!({})).await.expect(403);
    let field = json!({"name": "Spy", "type": "formula", "options": {"formula": "{Hours}"}});
    let path = format!("/v0/meta/bases/{base}/tables/tblTest0000000001/fields");
    here.post(&path, field).await.expect(403);
}

#[tokio::test]
async fn tools_see_no_more_than_scripts() {
    let world = screened(without_hours()).await;
    let base = world.base();
    for (tool, more, wanted) in [
        ("list_tables", json!({}), "Tasks"),
        ("get_records", json!({"table_id": "Tasks"}), "Paint"),
        (
            "search_records",
            json!({"table_id": "Tasks", "query": "paint"}),
            "Paint",
        ),
    ] {
        let mut arguments = json!({"base_id": base});
        let given = arguments.as_object_mut().unwrap();
        given.extend(more.as_object().unwrap().clone());
        let told = world.world.call(tool, arguments).await;
        assert_eq!(told["success"], true, "{told}");
        let text = told.to_string();
        assert!(text.contains(wanted), "{tool}: {text}");
        for word in WORDS {
            assert!(!text.contains(word), "{word} by {tool}: {text}");
        }
    }
}
