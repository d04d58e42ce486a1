use std::borrow::Cow;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::super::formula::{Element, Fault, Kind, Value, read_date};

/// Members that hold what a person reads in an object, such as a collaborator or a button.
const SHOWN: [&str; 5] = ["value", "label", "name", "text", "email"];

/// A computed value of an import, read from its JSON.
pub(super) fn operand<'a>(raw: &RawValue, kind: Kind) -> Value<'a> {
    match serde_json::from_str(raw.get()) {
        Ok(json) => value(json, kind),
        Err(_) => Value::Blank,
    }
}

fn value<'a>(json: Json, kind: Kind) -> Value<'a> {
    match json {
        Json::Null | Json::Bool(false) => Value::Blank,
        Json::Bool(true) => Value::Boolean(true),
        Json::Number(number) => number.as_f64().map_or(Value::Blank, Value::Number),
        Json::String(text) => texted(text, kind),
        Json::Array(items) => {
            let items = items.into_iter().filter(|item| !item.is_null());
            Value::Array(items.map(|item| value(item, kind)).collect())
        }
        Json::Object(members) => object(&Json::Object(members)),
    }
}

fn texted<'a>(text: String, kind: Kind) -> Value<'a> {
    let is_date = matches!(
        kind,
        Kind::Date | Kind::DateTime | Kind::Array(Element::Date | Element::DateTime)
    );
    match read_date(&text).filter(|_| is_date) {
        Some(moment) => Value::Moment(moment),
        None => Value::Text(Cow::Owned(text)),
    }
}

fn object<'a>(members: &Json) -> Value<'a> {
    if !members["error"].is_null() {
        return Value::Fault(Fault::Raised);
    }
    match members["specialValue"].as_str() {
        Some("NaN") => return Value::Number(f64::NAN),
        Some("Infinity") => return Value::Number(f64::INFINITY),
        Some("-Infinity") => return Value::Number(f64::NEG_INFINITY),
        _ => {}
    }
    if let (Some(name), Some(url)) = (members["filename"].as_str(), members["url"].as_str()) {
        return Value::Text(Cow::Owned(format!("{name} ({url})")));
    }
    let shown = SHOWN.iter().find_map(|name| members[*name].as_str());
    shown.map_or(Value::Blank, |text| {
        Value::Text(Cow::Owned(text.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imported_value_is_what_its_json_says() {
        let cases = [
            ("null", Kind::Number, "Blank"),
            ("false", Kind::Boolean, "Blank"),
            ("true", Kind::Boolean, "Boolean(true)"),
            ("1.5", Kind::Number, "Number(1.5)"),
            (r#""a""#, Kind::Text, r#"Text("a")"#),
            (r#""2024-03-05""#, Kind::Text, r#"Text("2024-03-05")"#),
            (r#""soon""#, Kind::Date, r#"Text("soon")"#),
            (
                r#"["a",null,["b"]]"#,
                Kind::Array(Element::Text),
                r#"Array([Text("a"), Array([Text("b")])])"#,
            ),
            (r#"{"specialValue":"NaN"}"#, Kind::Number, "Number(NaN)"),
            (
                r#"{"specialValue":"-Infinity"}"#,
                Kind::Number,
                "Number(-inf)",
            ),
            (r##"{"error":"#ERROR!"}"##, Kind::Number, "Fault(Raised)"),
            (r#"{"label":"Go","url":null}"#, Kind::Text, r#"Text("Go")"#),
            (
                r#"{"state":"generated","value":"v","isStale":false}"#,
                Kind::Text,
                r#"Text("v")"#,
            ),
            (
                r#"[{"id":"att","filename":"f.png","url":"https://a.b/c"}]"#,
                Kind::Array(Element::Text),
                r#"Array([Text("f.png (https://a.b/c)")])"#,
            ),
            ("{}", Kind::Text, "Blank"),
        ];
        for (json, kind, expected) in cases {
            let raw = RawValue::from_string(json.to_owned()).unwrap();
            assert_eq!(format!("{:?}", operand(&raw, kind)), expected, "{json}");
        }
    }

    #[test]
    fn dates_are_read_where_the_schema_promises_them() {
        for kind in [Kind::Date, Kind::DateTime, Kind::Array(Element::DateTime)] {
            let raw = RawValue::from_string(r#""2024-03-05T07:08:09.000Z""#.to_owned()).unwrap();
            let Value::Moment(moment) = operand(&raw, kind) else {
                panic!("{kind:?}");
            };
            assert_eq!(moment.millis, 1_709_622_489_000);
        }
    }
}
