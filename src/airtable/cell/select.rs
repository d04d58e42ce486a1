use serde_json::Value;

use super::list_text::split;
use super::parse::{ParseContext, refused};
use super::types::{Cell, ChoiceInput, Parsed};
use crate::airtable::schema::{Choices, Field};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};

/// A single select: the name of a choice.
pub(super) fn parse_single(
    field: &Field,
    choices: &Choices,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Parsed> {
    if is_empty_list_of_typecast(value, context) {
        return Ok(Parsed::Cell(Cell::Empty));
    }
    let name = name(field, value, context)?;
    if name.is_empty() {
        return Ok(Parsed::Cell(Cell::Empty));
    }
    Ok(match input(choices, name, context)? {
        ChoiceInput::Known(id) => Parsed::Cell(Cell::Choice(id)),
        new => Parsed::Choices(vec![new]),
    })
}

fn is_empty_list_of_typecast(value: &Value, context: &ParseContext<'_>) -> bool {
    !context.is_strict() && super::parse::is_empty_list(value)
}

/// A multiple select: names of choices in the order wanted; doubles collapse.
pub(super) fn parse_multiple(
    field: &Field,
    choices: &Choices,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Parsed> {
    let names = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| name(field, item, context))
            .collect::<BaseResult<_>>()?,
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) if !context.is_strict() => split(text),
        _ => return Err(refused(field)),
    };
    let mut inputs = Vec::with_capacity(names.len());
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        let input = input(choices, name, context)?;
        if !inputs.contains(&input) {
            inputs.push(input);
        }
    }
    Ok(settled(inputs))
}

fn settled(inputs: Vec<ChoiceInput>) -> Parsed {
    let known = inputs.iter().map(|input| match input {
        ChoiceInput::Known(id) => Some(*id),
        ChoiceInput::New(_) => None,
    });
    match known.collect::<Option<Box<[_]>>>() {
        Some(ids) if ids.is_empty() => Parsed::Cell(Cell::Empty),
        Some(ids) => Parsed::Cell(Cell::Choices(ids)),
        None => Parsed::Choices(inputs),
    }
}

fn name(field: &Field, value: &Value, context: &ParseContext<'_>) -> BaseResult<String> {
    match value {
        Value::String(text) if context.is_typecast() => Ok(text.trim().to_owned()),
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) if !context.is_strict() => Ok(value.to_string()),
        Value::Null if !context.is_strict() => Ok(String::new()),
        Value::Object(choice) if !context.is_strict() => {
            let name = choice.get("name").and_then(Value::as_str);
            name.map(str::to_owned).ok_or_else(|| refused(field))
        }
        _ => Err(refused(field)),
    }
}

fn input(choices: &Choices, name: String, context: &ParseContext<'_>) -> BaseResult<ChoiceInput> {
    if let Some(choice) = choices.named(&name) {
        return Ok(ChoiceInput::Known(choice.id));
    }
    if context.is_strict() {
        // The doubled quoting is Airtable's own.
        let message =
            format!("Insufficient permissions to create new select option \"\"{name}\"\"");
        return Err(BaseError::new(
            BaseErrorKind::InvalidMultipleChoiceOptions,
            message,
        ));
    }
    Ok(ChoiceInput::New(name))
}
