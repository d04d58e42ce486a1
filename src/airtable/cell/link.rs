use serde_json::Value;

use super::list_text::split;
use super::parse::ParseContext;
use super::types::{Cell, LinkInput, Parsed};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::ids::RecordId;

/// The links in a cell; none in any other kind of cell.
pub(crate) fn links_of(cell: &Cell) -> &[RecordId] {
    match cell {
        Cell::Links(links) => links,
        _ => &[],
    }
}

/// Links: record ids, or with typecast names of records; doubles collapse.
pub(super) fn parse(value: &Value, context: &ParseContext<'_>) -> BaseResult<Parsed> {
    let given = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| input(item, context))
            .collect::<BaseResult<Vec<_>>>()?,
        Value::String(text) if context.is_typecast() => split(text)
            .into_iter()
            .map(|name| Some(id_or_name(name)))
            .collect(),
        Value::String(text) if text.is_empty() => Vec::new(),
        _ => return Err(not_an_array()),
    };
    let mut links = Vec::with_capacity(given.len());
    for link in given.into_iter().flatten() {
        if !links.contains(&link) {
            links.push(link);
        }
    }
    Ok(if links.is_empty() {
        Parsed::Cell(Cell::Empty)
    } else {
        Parsed::Links(links)
    })
}

fn input(value: &Value, context: &ParseContext<'_>) -> BaseResult<Option<LinkInput>> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Object(link) => link
            .get("id")
            .and_then(Value::as_str)
            .ok_or_else(not_an_array)?,
        Value::Number(_) if context.is_typecast() => {
            return Ok(Some(LinkInput::Name(value.to_string())));
        }
        Value::Null if context.is_typecast() => return Ok(None),
        _ => return Err(not_an_array()),
    };
    if context.is_typecast() && value.is_string() {
        let name = text.trim();
        return Ok((!name.is_empty()).then(|| id_or_name(name.to_owned())));
    }
    let id = text.parse().map_err(|_| {
        let message = format!("Value \"{text}\" is not a valid record ID.");
        BaseError::new(BaseErrorKind::InvalidRecordId, message)
    })?;
    Ok(Some(LinkInput::Id(id)))
}

fn id_or_name(text: String) -> LinkInput {
    text.parse()
        .map_or_else(|_| LinkInput::Name(text), LinkInput::Id)
}

fn not_an_array() -> BaseError {
    let message = "Value is not an array of record IDs.";
    BaseError::new(BaseErrorKind::InvalidValueForColumn, message)
}
