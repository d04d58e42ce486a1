use serde_json::json;

use super::*;

#[tokio::test]
async fn definitions_are_told_as_airtable_tells_them() {
    let fixture = computed().await;
    let hours = id_of(&fixture.field("Tasks", "Hours").await);
    let options = fixture.field("Tasks", "Minutes").await["options"].clone();
    let expected = json!({
        "formula": format!("{{{hours}}} * 60"), "isValid": true, "referencedFieldIds": [hours],
        "result": {"type": "number", "options": {"precision": 1}},
    });
    assert_eq!(options, expected);
    let title = fixture.field("Tasks", "Title").await;
    assert_eq!(
        title["options"]["result"],
        json!({"type": "singleLineText"})
    );
    let states = fixture.field("People", "States").await;
    let status = fixture.field("Tasks", "Status").await;
    assert_eq!(states["options"]["isValid"], true);
    assert_eq!(
        states["options"]["result"],
        json!({"type": "singleSelect", "options": status["options"]})
    );
    // A field that was renamed is still the one the formula names.
    let tasks = fixture.table_id("Tasks").await;
    let path = format!(
        "/v0/meta/bases/{}/tables/{tasks}/fields/{hours}",
        fixture.base
    );
    let body = json!({"name": "Time"});
    fixture.owner.patch(&path, body).await.expect(200);
    let task = fixture.create("Tasks", json!({"Time": 2})).await;
    assert_eq!(cells(&fixture, "Tasks", &task).await["Minutes"], 120);
}

#[tokio::test]
async fn what_cannot_be_computed_is_refused_with_what_was_meant() {
    let fixture = computed().await;
    let owner = id_of(&fixture.field("Tasks", "Owner").await);
    let hours = id_of(&fixture.field("Tasks", "Hours").await);
    let cases = [
        (
            formula("X", "{Stauts}"),
            "Unknown field {Stauts}; did you mean {Status}?",
        ),
        (formula("X", "LENN('a')"), "did you mean LEN()?"),
        (
            formula("X", "1 +"),
            "A value is missing at the end of the formula",
        ),
        (
            json!({"name": "X", "type": "formula", "options": {"formula": "1", "result": null, "isValid": true}}),
            "expression is not included in the schema",
        ),
        (
            json!({"name": "X", "type": "formula"}),
            "<Field>.options is missing",
        ),
        (
            json!({"name": "X", "type": "multipleLookupValues", "options": {"recordLinkFieldId": hours, "fieldIdInLinkedTable": hours}}),
            "recordLinkFieldId is no link field of this table",
        ),
        (
            json!({"name": "X", "type": "multipleLookupValues", "options": {"recordLinkFieldId": owner, "fieldIdInLinkedTable": hours}}),
            "fieldIdInLinkedTable is no field of the linked table",
        ),
        (
            json!({"name": "X", "type": "rollup", "options": {"recordLinkFieldId": owner, "fieldIdInLinkedTable": hours}}),
            "<Field>.options.formula is missing",
        ),
    ];
    for (field, said) in cases {
        let error = fixture.add_field(field).await.expect(422).json["error"].clone();
        assert_eq!(
            error["type"], "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE",
            "{error}"
        );
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    // A circle, by way of the other table.
    let minutes = fixture.field("Tasks", "Minutes").await;
    let load = id_of(&fixture.field("People", "Load").await);
    let lookup = json!({"recordLinkFieldId": owner, "fieldIdInLinkedTable": load});
    let field = json!({"name": "Loads", "type": "multipleLookupValues", "options": lookup});
    fixture.add_field(field).await.expect(200);
    let tasks = fixture.table_id("Tasks").await;
    let path = format!(
        "/v0/meta/bases/{}/tables/{tasks}/fields/{}",
        fixture.base,
        id_of(&minutes)
    );
    let body = json!({"options": {"formula": "SUM({Loads})"}});
    let error = fixture.owner.patch(&path, body).await.expect(422).json["error"].clone();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("depend on itself"), "{error}");
    assert_eq!(fixture.field("Tasks", "Minutes").await, minutes);
}

#[tokio::test]
async fn a_formula_that_would_hold_up_everybody_is_refused() {
    let fixture = Fixture::new().await;
    let records = vec![json!({"fields": {"Name": "a"}}); 10];
    for _ in 0..15 {
        let body = json!({"records": records});
        let path = fixture.path("Tasks");
        fixture.owner.post(&path, body).await.expect(200);
    }
    // Each record does nearly all the work that it may.
    let long = ["LEN(REPT({Name}, 900000))"; 17].join(" + ");
    let before = fixture.table("Tasks").await;
    let error = fixture.add_field(formula("Slow", &long)).await.expect(422);
    let message = error.json["error"]["message"].as_str().unwrap();
    assert!(message.contains("takes too long to compute"), "{message}");
    assert_eq!(fixture.table("Tasks").await, before);
    fixture
        .add_field(formula("Quick", "LEN(REPT({Name}, 900))"))
        .await
        .expect(200);
}
