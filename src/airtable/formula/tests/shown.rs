use serde_json::{Value as Json, json};

use super::super::number_text::number_text;
use super::super::program::CellValue;
use super::super::value::Value;

/// The value of a cell as clients get it; nothing where the cell is left out.
pub(in super::super) fn render(value: CellValue<'_>) -> Option<Json> {
    match value {
        Ok(value) if value.is_empty_text() => None,
        Ok(value) => Some(shown(&value)),
        Err(_) => Some(error()),
    }
}

fn error() -> Json {
    json!({"error": "#ERROR!"})
}

fn shown(value: &Value<'_>) -> Json {
    match value {
        Value::Blank => Json::Null,
        Value::Number(number) => shown_number(*number),
        Value::Boolean(is_true) => json!(u8::from(*is_true)),
        Value::Text(text) => json!(text),
        Value::Moment(moment) => json!(moment.iso()),
        Value::Array(items) => items.iter().map(shown).collect(),
        Value::Fault(_) => error(),
    }
}

/// Whole numbers without a fraction; the special ones in words.
fn shown_number(number: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_finite() {
        if number.fract() == 0.0 && number.abs() < EXACT {
            return json!(number as i64);
        }
        return json!(number);
    }
    json!({"specialValue": number_text(number)})
}
