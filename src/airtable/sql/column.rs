use std::borrow::Cow;

use rusqlite::types::{ToSqlOutput, ValueRef};
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::cell::{Cell, choice_name, is_shown, render};
use super::super::schema::{Field, Kind, Rule};

/// The type that a field's column has.
pub(super) fn type_of(kind: &Kind) -> &'static str {
    match kind {
        // Whole numbers divide as whole numbers, which nobody expects of money, shares and hours.
        Kind::Number { precision: 0 } => "NUMERIC",
        Kind::Number { .. } | Kind::Currency { .. } | Kind::Percent { .. } => "REAL",
        Kind::Duration { .. } => "REAL",
        Kind::Rating { .. } | Kind::AutoNumber | Kind::Count { .. } | Kind::Checkbox { .. } => {
            "INTEGER"
        }
        Kind::SingleLineText
        | Kind::MultilineText
        | Kind::RichText
        | Kind::Email
        | Kind::Url
        | Kind::PhoneNumber
        | Kind::Date(_)
        | Kind::DateTime(_)
        | Kind::CreatedTime(_)
        | Kind::LastModifiedTime { .. }
        | Kind::SingleSelect(_)
        | Kind::MultipleSelects(_)
        | Kind::Links(_)
        | Kind::SingleCollaborator
        | Kind::MultipleCollaborators
        | Kind::CreatedBy
        | Kind::LastModifiedBy
        | Kind::Attachments { .. }
        | Kind::Barcode => "TEXT",
        Kind::Computed(computed) => match (&computed.rule, &computed.result) {
            (Rule::Lookup(_), _) => "TEXT",
            (_, Some(result)) => type_of(&result.kind),
            (_, None) => "",
        },
        Kind::Frozen { .. } => "",
    }
}

/// A cell as SQL reads it: numbers as numbers, a checkbox as 0 or 1, a choice as its name, what has parts as JSON text;
/// `json` is room for such a text.
pub(super) fn value<'c>(
    field: &'c Field,
    cell: &'c Cell,
    json: &'c mut Vec<u8>,
) -> ToSqlOutput<'c> {
    let borrowed = ToSqlOutput::Borrowed;
    match cell {
        Cell::Empty if matches!(field.kind, Kind::Checkbox { .. }) => {
            borrowed(ValueRef::Integer(0))
        }
        Cell::Checked => borrowed(ValueRef::Integer(1)),
        cell if !is_shown(field, cell) => borrowed(ValueRef::Null),
        Cell::Text(text) => borrowed(ValueRef::Text(text.as_bytes())),
        Cell::Number(number) => borrowed(ValueRef::Real(*number)),
        Cell::Choice(id) => borrowed(match choice_name(field, *id) {
            Some(name) => ValueRef::Text(name.as_bytes()),
            None => ValueRef::Null,
        }),
        Cell::Raw(raw) => scalar(raw),
        Cell::Date(_) | Cell::Time(_) => {
            render(field, cell, clear(json));
            borrowed(ValueRef::Text(&json[1..json.len() - 1]))
        }
        _ => {
            render(field, cell, clear(json));
            borrowed(ValueRef::Text(json))
        }
    }
}

fn clear(json: &mut Vec<u8>) -> &mut Vec<u8> {
    json.clear();
    json
}

/// An imported computed value; what has no parts is itself instead of its JSON text.
fn scalar(raw: &RawValue) -> ToSqlOutput<'_> {
    let borrowed = ToSqlOutput::Borrowed;
    match serde_json::from_str(raw.get()) {
        Ok(Value::Null) => borrowed(ValueRef::Null),
        Ok(Value::Bool(flag)) => borrowed(ValueRef::Integer(flag.into())),
        Ok(Value::Number(number)) => borrowed(match number.as_i64() {
            Some(whole) => ValueRef::Integer(whole),
            None => ValueRef::Real(number.as_f64().unwrap_or_default()),
        }),
        Ok(Value::String(text)) => ToSqlOutput::Owned(text.into()),
        _ => borrowed(ValueRef::Text(raw.get().as_bytes())),
    }
}

/// A parameter of a statement; what has parts is its JSON text.
pub(super) fn parameter(value: &Value) -> rusqlite::types::Value {
    use rusqlite::types::Value as Sql;
    match value {
        Value::Null => Sql::Null,
        Value::Bool(flag) => Sql::Integer((*flag).into()),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Sql::Integer(whole),
            None => Sql::Real(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Sql::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => Sql::Text(value.to_string()),
    }
}

/// Whole numbers up to here are exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Appends a value of an answer as JSON.
pub(super) fn write(value: ValueRef<'_>, out: &mut String) {
    use base64::Engine;
    match value {
        ValueRef::Null => out.push_str("null"),
        ValueRef::Integer(number) => out.push_str(&number.to_string()),
        ValueRef::Real(number) if number.fract() == 0.0 && number.abs() < EXACT => {
            out.push_str(&(number as i64).to_string());
        }
        ValueRef::Real(number) => match serde_json::Number::from_f64(number) {
            Some(number) => out.push_str(&number.to_string()),
            None => write_text(
                if number > 0.0 {
                    "Infinity"
                } else {
                    "-Infinity"
                }
                .into(),
                out,
            ),
        },
        ValueRef::Text(text) => write_text(String::from_utf8_lossy(text), out),
        ValueRef::Blob(blob) => {
            write_text(base64::prelude::BASE64_STANDARD.encode(blob).into(), out);
        }
    }
}

fn write_text(text: Cow<'_, str>, out: &mut String) {
    out.push_str(&Value::String(text.into_owned()).to_string());
}
