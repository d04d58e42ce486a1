use std::borrow::Cow;

use serde_json::Value;

use super::parse::{ParseContext, refused};
use super::types::Cell;
use crate::airtable::schema::Field;
use crate::contracts::BaseResult;

/// Airtable's limit for the characters of one cell.
const LONGEST: usize = 100_000;

/// A cell of any text type but rich text.
pub(super) fn parse(field: &Field, value: &Value, context: &ParseContext<'_>) -> BaseResult<Cell> {
    let text = given_text(field, value, context)?;
    Ok(cell(&text))
}

/// A cell of rich text, normalised as Airtable does it.
pub(super) fn parse_rich(
    field: &Field,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cell> {
    let text = given_text(field, value, context)?;
    Ok(cell(&normalised(&text)))
}

fn cell(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.into())
    }
}

fn given_text<'a>(
    field: &Field,
    value: &'a Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cow<'a, str>> {
    let text = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Number(_) | Value::Bool(_) if !context.is_strict() => Cow::Owned(value.to_string()),
        _ => return Err(refused(field)),
    };
    let is_long = text.len() > LONGEST && text.chars().count() > LONGEST;
    if is_long && !context.is_import() {
        Err(refused(field))
    } else {
        Ok(text)
    }
}

/// List markers become `-`, except in fenced code, and a text that is not empty ends with a newline.
fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut is_code = false;
    for line in text.split_inclusive('\n') {
        let body = line.trim_start();
        is_code ^= body.starts_with("```");
        let is_rule = body.trim_end().chars().all(|it| it == '*' || it == ' ') && body.len() > 4;
        let is_item = body.starts_with("* ") || body.starts_with("+ ");
        if is_item && !is_code && !is_rule {
            out.push_str(&line[..line.len() - body.len()]);
            out.push('-');
            out.push_str(&body[1..]);
        } else {
            out.push_str(line);
        }
    }
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out
}
