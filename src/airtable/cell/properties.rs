use proptest::prelude::*;
use serde::de::DeserializeSeed;
use serde_json::{Map, Value, json};

use super::tests::{field, people, select};
use super::types::{AttachmentCell, BarcodeCell};
use super::*;
use crate::airtable::schema::Field;
use crate::platform::ids::{AttachmentId, ChoiceId, RecordId, TableId};

const TYPES: [&str; 28] = [
    "singleLineText",
    "multilineText",
    "richText",
    "email",
    "url",
    "phoneNumber",
    "number",
    "currency",
    "percent",
    "duration",
    "rating",
    "autoNumber",
    "count",
    "checkbox",
    "date",
    "dateTime",
    "createdTime",
    "lastModifiedTime",
    "singleSelect",
    "multipleSelects",
    "multipleRecordLinks",
    "singleCollaborator",
    "multipleCollaborators",
    "createdBy",
    "lastModifiedBy",
    "multipleAttachments",
    "barcode",
    "formula",
];

fn field_of(field_type: &str) -> Field {
    match field_type {
        "singleSelect" | "multipleSelects" => select(field_type),
        "multipleRecordLinks" => field(field_type, json!({"linkedTableId": TableId::MIN})),
        "dateTime" => field(field_type, json!({"timeZone": "America/New_York"})),
        other => field(other, Value::Null),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        ".{0,12}",
        "[0-9/:. apmT,-]{0,16}",
        "(rec|usr|sel|att)[0-9A-Za-z]{14}",
        "https?://[a-z./%]{0,9}",
        Just("a".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop_oneof!["id|url|name|text|type|email|filename|size", "[a-z]{1,3}"];
        let object = proptest::collection::hash_map(key, inner.clone(), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn writable() -> impl Strategy<Value = (Field, Cell)> {
    let ranks = proptest::sample::subsequence(vec![0_u128, 1, 2], 1..=3).prop_shuffle();
    let records = proptest::collection::btree_set(any::<u64>(), 1..5);
    let cell = |field_type: &'static str, cell: Cell| (field_of(field_type), cell);
    prop_oneof![
        ".{1,40}".prop_map(move |text| cell("multilineText", Cell::Text(text.into()))),
        finite().prop_map(move |number| cell("number", Cell::Number(number))),
        finite().prop_map(move |number| cell("duration", Cell::Number(number))),
        (1..=5_u8).prop_map(move |number| cell("rating", Cell::Number(number.into()))),
        Just(cell("checkbox", Cell::Checked)),
        (-719_528..2_932_897_i32).prop_map(move |days| cell("date", Cell::Date(days))),
        (-62_167_219_200_000..253_402_300_800_000_i64)
            .prop_map(move |millis| cell("dateTime", Cell::Time(millis))),
        (0..3_u128)
            .prop_map(move |it| cell("singleSelect", Cell::Choice(ChoiceId::from_number(it)))),
        ranks.prop_map(move |ranks| {
            let ids = ranks.into_iter().map(ChoiceId::from_number).collect();
            cell("multipleSelects", Cell::Choices(ids))
        }),
        records.prop_map(move |numbers| {
            let ids = numbers
                .into_iter()
                .map(|it| RecordId::from_number(it.into()))
                .collect();
            cell("multipleRecordLinks", Cell::Links(ids))
        }),
        Just(cell(
            "singleCollaborator",
            Cell::Person(Box::new(person(0)))
        )),
        Just(cell(
            "multipleCollaborators",
            Cell::People([person(1), person(0)].into())
        )),
        (".{1,9}", any::<u32>()).prop_map(move |(name, size)| {
            cell(
                "multipleAttachments",
                Cell::Attachments([attachment(name, size)].into()),
            )
        }),
        (".{1,9}", proptest::option::of("[a-z]{1,5}")).prop_map(move |(text, symbology)| {
            cell(
                "barcode",
                Cell::Barcode(Box::new(BarcodeCell { text, symbology })),
            )
        }),
    ]
}

/// Numbers of up to 15 digits: serde_json's `Value` is only exact for those without `float_roundtrip`.
fn finite() -> impl Strategy<Value = f64> {
    let digits = -999_999_999_999_999..=999_999_999_999_999_i64;
    (digits, 0..12_i32).prop_map(|(digits, places)| {
        format!("{digits}e-{places}")
            .parse::<f64>()
            .expect("digits and an exponent are a number")
            + 0.0
    })
}

fn person(index: usize) -> PersonCell {
    let person = &people()[index];
    PersonCell {
        id: person.id.to_string(),
        email: Some(person.email.clone()),
        name: Some(person.name.clone()),
    }
}

fn attachment(filename: String, size: u32) -> AttachmentCell {
    let rest = Map::from_iter([
        ("size".to_owned(), json!(size)),
        ("type".to_owned(), json!("a/b")),
    ]);
    AttachmentCell {
        id: AttachmentId::from_number(3),
        url: "https://a.b/c".into(),
        filename,
        rest,
    }
}

fn reparsed(field: &Field, value: &Value, mode: Mode) -> Option<Cell> {
    match parse(
        field,
        value,
        &ParseContext {
            mode,
            people: &people(),
            now: 0,
        },
    )
    .ok()?
    {
        Parsed::Cell(cell) => Some(cell),
        Parsed::Choices(_) => None,
        Parsed::Links(links) => {
            let ids = links.into_iter().map(|link| match link {
                LinkInput::Id(id) => Some(id),
                LinkInput::Name(_) => None,
            });
            ids.collect::<Option<_>>().map(Cell::Links)
        }
    }
}

fn restored(field: &Field, cell: &Cell) -> Cell {
    let mut out = Vec::new();
    write_stored(cell, &mut out);
    CellSeed(field)
        .deserialize(&mut serde_json::Deserializer::from_slice(&out))
        .unwrap()
}

proptest! {
    #[test]
    fn what_is_shown_can_be_written_back((field, cell) in writable()) {
        let mut out = Vec::new();
        render(&field, &cell, &mut out);
        let value: Value = serde_json::from_slice(&out).unwrap();
        for mode in [Mode::Strict, Mode::Typecast, Mode::Import] {
            let again = reparsed(&field, &value, mode);
            prop_assert_eq!(again.as_ref(), Some(&cell));
        }
    }

    #[test]
    fn what_is_stored_comes_back((field, cell) in writable()) {
        prop_assert_eq!(restored(&field, &cell), cell);
    }

    #[test]
    fn any_double_is_stored_exactly(number in any::<f64>().prop_filter("finite", |it| it.is_finite())) {
        prop_assert_eq!(restored(&field_of("number"), &Cell::Number(number)), Cell::Number(number));
    }

    #[test]
    fn no_value_can_do_harm(value in any_json(), kind in 0..TYPES.len()) {
        let field = field_of(TYPES[kind]);
        for mode in [Mode::Strict, Mode::Typecast, Mode::Import] {
            let Some(cell) = reparsed(&field, &value, mode) else { continue };
            let mut out = Vec::new();
            render(&field, &cell, &mut out);
            prop_assert!(serde_json::from_slice::<Value>(&out).is_ok());
            prop_assert_eq!(restored(&field, &cell), cell.clone());
            let names = |_, _| String::new();
            let context = TextContext { time_zone: Some("Asia/Tokyo"), locale: Some("de"), names: &names, links: None };
            text(&field, &cell, &context);
            sort_value(&field, &cell, &names);
            heap_bytes(&cell);
        }
    }
}
