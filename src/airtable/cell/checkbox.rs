use serde_json::Value;

use super::parse::{ParseContext, refused};
use super::types::Cell;
use crate::airtable::schema::Field;
use crate::contracts::BaseResult;

const YES: [&str; 7] = ["true", "1", "yes", "y", "on", "x", "checked"];

/// A checkbox; an unchecked one is an empty cell.
pub(super) fn parse(field: &Field, value: &Value, context: &ParseContext<'_>) -> BaseResult<Cell> {
    let is_checked = match value {
        Value::Bool(is_checked) => *is_checked,
        Value::String(text) if !context.is_strict() => {
            YES.contains(&text.trim().to_lowercase().as_str())
        }
        Value::Number(number) if !context.is_strict() => number.as_f64() == Some(1.0),
        _ => return Err(refused(field)),
    };
    Ok(if is_checked {
        Cell::Checked
    } else {
        Cell::Empty
    })
}
