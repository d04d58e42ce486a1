use serde_json::{Value, json};

use super::*;
use crate::contracts::{BaseErrorKind, ChoiceRemoval, CreateField, FieldSchema, TableSchema};
use crate::platform::ids::{ChoiceId, FieldId, TableId};

fn asked(field_type: &str, options: Value) -> CreateField {
    let options = Some(options).filter(|options| !options.is_null());
    CreateField {
        name: "F".into(),
        field_type: field_type.into(),
        description: None,
        options,
    }
}

fn read(field_type: &str, options: Option<Value>) -> FieldSchema {
    FieldSchema {
        id: FieldId::from_number(7),
        name: "F".into(),
        field_type: field_type.into(),
        description: None,
        options,
    }
}

fn date_time() -> Value {
    json!({
        "dateFormat": {"name": "european", "format": "D/M/YYYY"},
        "timeFormat": {"name": "12hour", "format": "h:mma"},
        "timeZone": "Europe/Berlin",
    })
}

fn link_field() -> Value {
    json!({
        "linkedTableId": TableId::from_number(2), "isReversed": false,
        "prefersSingleRecordLink": true, "inverseLinkFieldId": FieldId::from_number(9),
    })
}

#[test]
fn definitions_from_airtable_round_trip() {
    let choices = json!({"choices": [
        {"id": ChoiceId::from_number(1), "name": "a", "color": "blueLight2"},
        {"id": ChoiceId::from_number(2), "name": "b"},
    ]});
    let result = json!({"type": "dateTime", "options": date_time()});
    let table = [
        ("singleLineText", None),
        ("richText", None),
        ("number", Some(json!({"precision": 3}))),
        ("currency", Some(json!({"precision": 2, "symbol": "€"}))),
        ("percent", Some(json!({"precision": 0}))),
        ("duration", Some(json!({"durationFormat": "h:mm:ss.SS"}))),
        (
            "rating",
            Some(json!({"icon": "star", "max": 4, "color": "redBright"})),
        ),
        ("autoNumber", None),
        (
            "count",
            Some(json!({"isValid": true, "recordLinkFieldId": FieldId::from_number(3)})),
        ),
        (
            "count",
            Some(json!({"isValid": false, "recordLinkFieldId": null})),
        ),
        (
            "checkbox",
            Some(json!({"icon": "check", "color": "greenBright"})),
        ),
        (
            "date",
            Some(json!({"dateFormat": {"name": "local", "format": "l"}})),
        ),
        ("dateTime", Some(date_time())),
        ("createdTime", Some(json!({"result": result}))),
        (
            "lastModifiedTime",
            Some(json!({"isValid": true, "referencedFieldIds": [], "result": result})),
        ),
        ("singleSelect", Some(choices.clone())),
        ("multipleSelects", Some(choices)),
        ("multipleRecordLinks", Some(link_field())),
        ("singleCollaborator", None),
        ("createdBy", None),
        ("multipleAttachments", Some(json!({"isReversed": true}))),
        ("barcode", None),
        // Airtable does not tell the formula of a rollup.
        (
            "rollup",
            Some(json!({"isValid": true, "referencedFieldIds": null})),
        ),
        ("manualSort", Some(Value::Null)),
        ("fromTheFuture", Some(json!({"x": [1, 2.5]}))),
    ];
    for (field_type, options) in table {
        let schema = read(field_type, options);
        assert_eq!(Field::from_schema(&schema, 0).to_schema(), schema);
    }
}

#[test]
fn missing_options_get_defaults_and_links_without_table_are_frozen() {
    let kind = |field_type| Field::from_schema(&read(field_type, None), 0).kind;
    assert!(matches!(kind("rating"), Kind::Rating { max: 5, .. }));
    assert!(matches!(kind("date"), Kind::Date(DateFormat::Iso)));
    assert!(matches!(kind("multipleRecordLinks"), Kind::Frozen { .. }));
}

#[test]
fn tables_must_hold_their_primary_field() {
    let mut schema = TableSchema {
        id: TableId::from_number(1),
        name: "T".into(),
        description: None,
        primary_field_id: FieldId::from_number(7),
        fields: vec![read("email", None)],
        views: Vec::new(),
    };
    let table = Table::from_schema(&schema).unwrap();
    assert_eq!(table.field(table.primary).unwrap().name, "F");
    assert!(
        table
            .find_field(&FieldId::from_number(7).to_string())
            .is_some()
    );
    assert!(table.find_field("f").is_none());
    assert_eq!(table.to_schema(), schema);
    schema.primary_field_id = FieldId::from_number(8);
    assert!(Table::from_schema(&schema).is_err());
}

#[test]
fn fields_are_created_under_strict_rules() {
    let good = [
        ("singleLineText", Value::Null),
        ("email", json!({})),
        ("number", json!({"precision": 8})),
        ("currency", json!({"precision": 7, "symbol": "$"})),
        ("duration", json!({"durationFormat": "h:mm"})),
        (
            "rating",
            json!({"icon": "dot", "color": "blueBright", "max": 10}),
        ),
        (
            "checkbox",
            json!({"icon": "xCheckbox", "color": "blueBright"}),
        ),
        ("date", json!({"dateFormat": {"name": "iso"}})),
        ("dateTime", date_time()),
        ("createdTime", Value::Null),
        ("lastModifiedTime", json!({"referencedFieldIds": []})),
        ("createdBy", Value::Null),
        ("autoNumber", Value::Null),
        (
            "count",
            json!({"recordLinkFieldId": FieldId::from_number(1)}),
        ),
        (
            "multipleRecordLinks",
            json!({"linkedTableId": TableId::from_number(1)}),
        ),
        ("multipleAttachments", Value::Null),
    ];
    for (field_type, options) in good {
        let kind = create_field(&asked(field_type, options), "T").unwrap();
        assert_eq!(kind.type_name(), field_type);
    }
    let bad = [
        ("number", Value::Null),
        ("number", json!({"precision": 9})),
        ("number", json!({"precision": 1, "extra": 1})),
        ("email", json!({"a": 1})),
        (
            "rating",
            json!({"icon": "star", "color": "blueBright", "max": 11}),
        ),
        (
            "date",
            json!({"dateFormat": {"name": "iso", "format": "l"}}),
        ),
        (
            "dateTime",
            json!({"dateFormat": {"name": "iso"}, "timeFormat": {"name": "24hour"}, "timeZone": "Moon/Base"}),
        ),
        (
            "singleSelect",
            json!({"choices": [{"name": "a"}, {"name": "a"}]}),
        ),
        (
            "singleSelect",
            json!({"choices": [{"name": "a", "id": ChoiceId::from_number(1)}]}),
        ),
        (
            "singleSelect",
            json!({"choices": [{"name": "a", "color": "blue"}]}),
        ),
        ("multipleRecordLinks", link_field()),
    ];
    for (field_type, options) in bad {
        let error = create_field(&asked(field_type, options), "T").unwrap_err();
        assert_eq!(
            error.kind,
            BaseErrorKind::InvalidFieldTypeOptionsForCreate,
            "{field_type}"
        );
    }
}

#[test]
fn creation_errors_read_like_airtables() {
    let error = |field_type, options| create_field(&asked(field_type, options), "T").unwrap_err();
    let missing = error("number", Value::Null);
    assert_eq!(
        missing.message,
        "Invalid options for T.F: Failed schema validation: <Field>.options is missing"
    );
    let button = error("button", Value::Null);
    assert_eq!(button.kind, BaseErrorKind::UnsupportedFieldTypeForCreate);
    assert_eq!(
        button.message,
        "Invalid options for T.F: Creating button fields is not supported at this time"
    );
    assert_eq!(
        error("Long text", Value::Null).kind,
        BaseErrorKind::InvalidRequest
    );
}

fn select() -> Field {
    let options = json!({"choices": [{"name": "a"}, {"name": "b", "color": "redDark1"}]});
    let kind = create_field(&asked("singleSelect", options), "T").unwrap();
    Field {
        id: FieldId::from_number(1),
        name: "F".into(),
        description: None,
        slot: 0,
        kind,
    }
}

fn list(kind: &Kind) -> &Choices {
    let Kind::SingleSelect(choices) = kind else {
        panic!("not a select")
    };
    choices
}

#[test]
fn choices_are_added_renamed_and_reordered_but_not_removed() {
    let field = select();
    let before = list(&field.kind);
    assert_eq!(before.list[0].color.as_deref(), Some("blueLight2"));
    let change =
        json!({"choices": [{"name": "c"}, {"name": "b"}, {"id": before.list[0].id, "name": "A"}]});
    let kind = update_options(&field, &change, ChoiceRemoval::Refused).unwrap();
    let after = list(&kind);
    assert_eq!(after.rank(before.list[0].id), Some(2));
    assert_eq!(after.named("A").unwrap().id, before.list[0].id);
    assert_eq!(after.named("b").unwrap(), &before.list[1]);
    assert!(
        update_options(
            &field,
            &json!({"choices": [{"name": "a"}]}),
            ChoiceRemoval::Refused
        )
        .is_err()
    );

    let (more, ids) = before.with_new(&["b".into(), "x".into(), "x".into()]);
    assert_eq!(ids[0], before.list[1].id);
    assert_eq!(ids[1], ids[2]);
    assert_eq!(more.list.len(), 3);
    assert_eq!(more.list[2].color.as_deref(), Some("tealLight2"));
}

#[test]
fn options_given_in_part_keep_the_rest() {
    let kind = Kind::Currency {
        precision: 2,
        symbol: "$".into(),
    };
    let field = Field { kind, ..select() };
    let changed = update_options(&field, &json!({"symbol": "€"}), ChoiceRemoval::Refused).unwrap();
    assert!(matches!(changed, Kind::Currency { precision: 2, symbol } if symbol == "€"));
    assert!(update_options(&field, &json!({"nonsense": 1}), ChoiceRemoval::Refused).is_err());
    let link = Field::from_schema(&read("multipleRecordLinks", Some(link_field())), 0);
    assert!(
        update_options(
            &link,
            &json!({"prefersSingleRecordLink": false}),
            ChoiceRemoval::Refused
        )
        .is_err()
    );
}

#[test]
fn names_are_unique_whatever_the_case() {
    assert!(check_field_name("A", ["b"]).is_ok());
    let kind = |outcome: crate::contracts::BaseResult<()>| outcome.unwrap_err().kind;
    assert_eq!(
        kind(check_field_name("A", ["a"])),
        BaseErrorKind::DuplicateOrEmptyFieldName
    );
    assert_eq!(
        kind(check_field_name(" ", [])),
        BaseErrorKind::DuplicateOrEmptyFieldName
    );
    assert_eq!(
        kind(check_table_name("Ä", ["ä"])),
        BaseErrorKind::DuplicateTableName
    );
    assert_eq!(
        kind(check_table_name(&"x".repeat(256), [])),
        BaseErrorKind::InvalidRequest
    );
    assert!(primary_allowed(&Kind::Email) && !primary_allowed(&select().kind));
}

#[test]
fn what_a_document_shows_of_a_view_becomes_hidden_fields_and_an_order() {
    let id = FieldId::from_number;
    let schema = json!({
        "id": TableId::from_number(1), "name": "T", "primaryFieldId": id(1),
        "fields": [
            {"id": id(1), "name": "A", "type": "email"},
            {"id": id(2), "name": "B", "type": "email"},
            {"id": id(3), "name": "C", "type": "email"},
        ],
        "views": [{
            "id": "viw00000000000001", "name": "V", "type": "grid",
            "visibleFieldIds": [id(3), id(1), id(9)],
        }],
    });
    let schema: TableSchema = serde_json::from_value(schema).unwrap();
    let read = Table::from_schema(&schema).unwrap().to_schema();
    let view = &read.views[0];
    assert_eq!(view.hidden_field_ids, [id(2)]);
    assert_eq!(view.field_order, [id(3), id(1)]);
    assert_eq!(view.visible_field_ids, Some(vec![id(1), id(3)]));
    assert_eq!(Table::from_schema(&read).unwrap().to_schema(), read);
}
