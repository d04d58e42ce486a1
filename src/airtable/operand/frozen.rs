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
