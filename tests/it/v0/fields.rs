use serde_json::{Value, json};

use super::fixture::Fixture;

#[tokio::test]
async fn every_writable_type_keeps_its_value() {
    let fixture = Fixture::new().await;
    let user = fixture.owner.get("/v0/meta/whoami").await.expect(200).json;
    let choices = json!({"choices": [{"name": "x"}, {"name": "y"}]});
    let iso = json!({"name": "iso", "format": "YYYY-MM-DD"});
    let moment = json!({"dateFormat": iso, "timeFormat": {"name": "24hour"}, "timeZone": "utc"});
    let cases: Vec<(&str, Value, Value)> = vec![
        ("singleLineText", Value::Null, json!("one")),
        ("multilineText", Value::Null, json!("one\ntwo")),
        ("email", Value::Null, json!("a@b.example")),
        ("url", Value::Null, json!("https://a.example")),
        ("phoneNumber", Value::Null, json!("+49 30 1")),
        ("number", json!({"precision": 2}), json!(-1.25)),
        (
            "currency",
            json!({"precision": 2, "symbol": "€"}),
            json!(1200.5),
        ),
        ("percent", json!({"precision": 1}), json!(0.123)),
        (
            "duration",
            json!({"durationFormat": "h:mm:ss"}),
            json!(5400),
        ),
        (
            "rating",
            json!({"icon": "star", "color": "yellowBright", "max": 5}),
            json!(4),
        ),
        (
            "checkbox",
            json!({"icon": "check", "color": "greenBright"}),
            json!(true),
        ),
        ("date", json!({"dateFormat": iso}), json!("2024-03-05")),
        ("dateTime", moment, json!("2024-03-05T07:08:09.000Z")),
        ("singleSelect", choices.clone(), json!("y")),
        ("multipleSelects", choices, json!(["y", "x"])),
        (
            "barcode",
            Value::Null,
            json!({"text": "123", "type": "code39"}),
        ),
    ];
    for (kind, options, value) in cases {
        let mut field = json!({"name": kind, "type": kind});
        if !options.is_null() {
            field["options"] = options;
        }
        fixture.add_field(field).await.expect(200);
        let id = fixture.create("Tasks", json!({kind: value})).await;
        assert_eq!(
            fixture.get("Tasks", &id).await["fields"],
            json!({kind: value})
        );
        let path = fixture.path(&format!("Tasks/{id}"));
        let cleared = fixture
            .owner
            .patch(&path, json!({"fields": {kind: null}}))
            .await
            .expect(200);
        assert_eq!(cleared.json["fields"], json!({}), "{kind}");
    }
    fixture
        .add_field(json!({"name": "Who", "type": "singleCollaborator"}))
        .await
        .expect(200);
    let id = fixture
        .create("Tasks", json!({"Who": {"id": user["id"]}}))
        .await;
    assert_eq!(
        fixture.get("Tasks", &id).await["fields"]["Who"]["id"],
        user["id"]
    );
}

#[tokio::test]
async fn computed_fields_answer_and_refuse_values() {
    let fixture = Fixture::new().await;
    let iso = json!({"name": "iso", "format": "YYYY-MM-DD"});
    let moment = json!({"dateFormat": iso, "timeFormat": {"name": "24hour"}, "timeZone": "utc"});
    let result = json!({"result": {"type": "dateTime", "options": moment}});
    let link = fixture.field("Tasks", "Owner").await["id"].clone();
    let fields = [
        json!({"name": "Number", "type": "autoNumber"}),
        json!({"name": "Made at", "type": "createdTime", "options": result}),
        json!({"name": "Made by", "type": "createdBy"}),
        json!({"name": "Changed by", "type": "lastModifiedBy"}),
        json!({"name": "Owners", "type": "count", "options": {"recordLinkFieldId": link}}),
    ];
    for field in fields {
        fixture.add_field(field).await.expect(200);
    }
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let id = fixture
        .create("Tasks", json!({"Name": "X", "Owner": [ada]}))
        .await;
    let record = fixture.get("Tasks", &id).await;
    assert_eq!(record["fields"]["Number"], 1);
    assert_eq!(record["fields"]["Owners"], 1);
    assert_eq!(record["fields"]["Made at"], record["createdTime"]);
    assert_eq!(record["fields"]["Made by"]["name"], "Olga Owner");
    for name in ["Number", "Made at", "Made by", "Changed by", "Owners"] {
        let body = json!({"fields": {name: 1}, "typecast": true});
        let answer = fixture
            .owner
            .post(&fixture.path("Tasks"), body)
            .await
            .expect(422);
        let message =
            format!("Field \"{name}\" cannot accept a value because the field is computed");
        assert_eq!(
            answer.json["error"],
            json!({"type": "INVALID_VALUE_FOR_COLUMN", "message": message})
        );
    }
}

#[tokio::test]
async fn types_that_only_airtable_computes_are_refused_clearly() {
    let fixture = Fixture::new().await;
    for kind in ["button", "aiText", "externalSyncSource"] {
        let answer = fixture
            .add_field(json!({"name": kind, "type": kind}))
            .await
            .expect(422);
        assert_eq!(
            answer.json["error"]["type"], "UNSUPPORTED_FIELD_TYPE_FOR_CREATE",
            "{}",
            answer.text
        );
    }
    let answer = fixture
        .add_field(json!({"name": "x", "type": "longText"}))
        .await
        .expect(422);
    assert_eq!(answer.json["error"]["type"], "INVALID_REQUEST_UNKNOWN");
    let answer = fixture
        .add_field(json!({"name": "x", "type": "number"}))
        .await
        .expect(422);
    assert_eq!(
        answer.json["error"]["type"],
        "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE"
    );
    let answer = fixture
        .add_field(json!({"name": "NAME", "type": "email"}))
        .await
        .expect(422);
    assert_eq!(
        answer.json["error"]["type"],
        "DUPLICATE_OR_EMPTY_FIELD_NAME"
    );
}
