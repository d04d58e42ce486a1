use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::types::Cell;
use crate::contracts::{BaseError, BaseResult};

/// An imported value of a type that this engine does not compute, kept as it is.
pub(super) fn parse(value: &Value) -> BaseResult<Cell> {
    to_raw_value(value)
        .map(Cell::Raw)
        .map_err(BaseError::internal)
}

/// Whether Airtable would leave such a value out.
pub(super) fn is_empty(raw: &RawValue) -> bool {
    matches!(raw.get(), "null" | "\"\"" | "[]" | "false")
}

/// What a person would read in a computed value.
pub(super) fn shown(raw: &RawValue) -> String {
    serde_json::from_str(raw.get())
        .map_or_else(|_| raw.get().to_owned(), |value| value_shown(&value))
}

fn value_shown(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "checked".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => super::list_text::joined(items.iter().map(value_shown)),
        Value::Object(members) => {
            let named = [
                "name",
                "label",
                "text",
                "value",
                "filename",
                "email",
                "error",
                "specialValue",
            ];
            let text = named.iter().find_map(|key| members.get(*key)?.as_str());
            text.map_or_else(|| value.to_string(), str::to_owned)
        }
    }
}
