mod dates;
mod reading;
mod references;

use serde_json::{Value, json};

use super::*;
use crate::airtable::schema::{Field, Kind};
use crate::contracts::{BaseErrorKind, BaseResult, FieldSchema, Person};
use crate::platform::ids::{AttachmentId, ChoiceId, FieldId, RecordId, TableId, UserId};

/// 2024-03-05T07:08:09Z.
const NOW: i64 = 1_709_622_489_000;

/// A field of this type with these options.
pub(super) fn field(field_type: &str, options: Value) -> Field {
    let schema = FieldSchema {
        id: FieldId::from_number(1),
        name: "F".into(),
        field_type: field_type.into(),
        description: None,
        options: Some(options).filter(|options| !options.is_null()),
    };
    Field::from_schema(&schema, 0)
}

/// A select with the choices `a`, `b` and `c, d`.
pub(super) fn select(field_type: &str) -> Field {
    let names = ["a", "b", "c, d"].into_iter().enumerate();
    let choices: Vec<Value> = names
        .map(|(rank, name)| json!({"id": ChoiceId::from_number(rank as u128), "name": name}))
        .collect();
    field(field_type, json!({"choices": choices}))
}

/// Two people.
pub(super) fn people() -> Vec<Person> {
    let person = |number, email: &str, name: &str| Person {
        id: UserId::from_number(number),
        email: email.into(),
        name: name.into(),
    };
    vec![person(1, "ada@b.c", "Ada"), person(2, "bob@b.c", "Bob")]
}

fn parsed(field: &Field, value: Value, mode: Mode) -> BaseResult<Parsed> {
    parse(
        field,
        &value,
        &ParseContext {
            mode,
            people: &people(),
            now: NOW,
        },
    )
}

/// The JSON of what the value becomes; `null` for an empty cell.
fn shown(field: &Field, value: Value, mode: Mode) -> Result<Value, String> {
    let Parsed::Cell(cell) = parsed(field, value, mode).map_err(|error| error.message)? else {
        return Err("pending".into());
    };
    let mut out = Vec::new();
    render(field, &cell, &mut out);
    Ok(serde_json::from_slice(&out).unwrap())
}

fn check(field: &Field, table: &[(Value, Mode, Value)]) {
    for (given, mode, wanted) in table {
        let outcome = shown(field, given.clone(), *mode);
        assert_eq!(outcome.as_ref(), Ok(wanted), "{given} in {mode:?}");
    }
}

fn refuses(field: &Field, values: &[Value], message: &str) {
    for value in values {
        assert_eq!(
            shown(field, value.clone(), Strict),
            Err(message.to_owned()),
            "{value}"
        );
    }
}

const REFUSED: &str = "Field \"F\" cannot accept the provided value";
use Mode::{Import, Strict, Typecast};

#[test]
fn text_is_kept_and_rich_text_normalised() {
    let text = field("singleLineText", Value::Null);
    check(
        &text,
        &[
            (json!(" a\n\"\u{1}\\ü"), Strict, json!(" a\n\"\u{1}\\ü")),
            (json!(""), Strict, Value::Null),
            (json!(1.5), Typecast, json!("1.5")),
            (json!(true), Typecast, json!("true")),
        ],
    );
    refuses(
        &text,
        &[
            json!(1),
            json!(false),
            json!([]),
            json!({}),
            json!("x".repeat(100_001)),
        ],
        REFUSED,
    );
    check(
        &field("richText", Value::Null),
        &[
            (json!("a\n* b\n  + c"), Strict, json!("a\n- b\n  - c\n")),
            (
                json!("* * *\n```\n* x\n```\n"),
                Strict,
                json!("* * *\n```\n* x\n```\n"),
            ),
            (json!("**b**"), Strict, json!("**b**\n")),
        ],
    );
}

#[test]
fn numbers_are_read_from_people_too() {
    let number = field("number", json!({"precision": 0}));
    check(
        &number,
        &[
            (json!(0), Strict, json!(0)),
            (json!(1e21), Strict, json!(1e21)),
            (json!(0.25), Strict, json!(0.25)),
            (json!(" -1,234.5 "), Typecast, json!(-1234.5)),
            (json!("1e3"), Typecast, json!(1000)),
            (json!("Rs. 5"), Typecast, json!(5)),
            (json!("about"), Typecast, Value::Null),
            (json!("1a2"), Typecast, Value::Null),
            (json!(""), Typecast, Value::Null),
        ],
    );
    refuses(
        &number,
        &[json!("1"), json!(true), json!([1]), json!("")],
        REFUSED,
    );
    check(
        &field("currency", Value::Null),
        &[
            (json!("$1,234.50"), Typecast, json!(1234.5)),
            (json!("(3 EUR)"), Typecast, json!(-3)),
        ],
    );
    check(
        &field("percent", Value::Null),
        &[
            (json!("12.3%"), Typecast, json!(0.123)),
            (json!("0.5"), Typecast, json!(0.5)),
        ],
    );
    let rating = field("rating", json!({"max": 3}));
    check(
        &rating,
        &[
            (json!(3), Strict, json!(3)),
            (json!(0), Strict, Value::Null),
            (json!("2"), Typecast, json!(2)),
        ],
    );
    refuses(&rating, &[json!(4), json!(1.5), json!(-1)], REFUSED);
    check(
        &field("duration", json!({"durationFormat": "h:mm"})),
        &[
            (json!("1:30"), Typecast, json!(5400)),
            (json!("-0:01:02.5"), Typecast, json!(-62.5)),
            (json!("90"), Typecast, json!(90)),
            (json!("x:1"), Typecast, Value::Null),
        ],
    );
}

#[test]
fn checkboxes_are_true_or_empty() {
    let checkbox = field("checkbox", Value::Null);
    check(
        &checkbox,
        &[
            (json!(true), Strict, json!(true)),
            (json!(false), Strict, Value::Null),
            (json!(" Yes"), Typecast, json!(true)),
            (json!("no"), Typecast, Value::Null),
        ],
    );
    refuses(&checkbox, &[json!("true"), json!(1)], REFUSED);
}

#[test]
fn barcodes_and_frozen_values() {
    let barcode = field("barcode", Value::Null);
    check(
        &barcode,
        &[
            (
                json!({"text": "1", "type": null}),
                Strict,
                json!({"text": "1"}),
            ),
            (
                json!({"text": "1", "type": "upce"}),
                Strict,
                json!({"text": "1", "type": "upce"}),
            ),
            (json!("1"), Typecast, json!({"text": "1"})),
        ],
    );
    refuses(&barcode, &[json!("1"), json!({"type": "upce"})], REFUSED);
    let formula = field("formula", json!({}));
    let computed = "Field \"F\" cannot accept a value because the field is computed";
    refuses(&formula, &[json!(1), Value::Null], computed);
    refuses(&field("autoNumber", Value::Null), &[json!(1)], computed);
    check(
        &formula,
        &[(
            json!({"error": "#ERROR!"}),
            Import,
            json!({"error": "#ERROR!"}),
        )],
    );
    let created = field("createdTime", json!({"result": {"type": "date"}}));
    check(
        &created,
        &[(
            json!("2024-03-05T07:08:09.000Z"),
            Import,
            json!("2024-03-05"),
        )],
    );
}
