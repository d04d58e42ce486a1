use serde_json::{Map, Value};

use super::list_text::split;
use super::parse::{ParseContext, refused};
use super::types::{Cell, PersonCell};
use crate::airtable::schema::Field;
use crate::contracts::{BaseResult, Person};

/// A single collaborator: `{id}` or `{email}`; a bare string only with typecast.
pub(super) fn parse_single(
    field: &Field,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cell> {
    let found = match value {
        Value::Object(person) => Some(described(field, person, context)?),
        Value::String(text) if !context.is_strict() => mentioned(text, context),
        _ => return Err(refused(field)),
    };
    Ok(found.map_or(Cell::Empty, |person| Cell::Person(Box::new(person))))
}

/// Several collaborators: ids, or objects as for a single one; doubles collapse.
pub(super) fn parse_multiple(
    field: &Field,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cell> {
    let found: Vec<Option<PersonCell>> = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| member(field, item, context))
            .collect::<BaseResult<_>>()?,
        Value::String(text) if !context.is_strict() => split(text)
            .iter()
            .map(|name| mentioned(name, context))
            .collect(),
        _ => return Err(refused(field)),
    };
    let mut people: Vec<PersonCell> = Vec::with_capacity(found.len());
    for person in found.into_iter().flatten() {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    Ok(if people.is_empty() {
        Cell::Empty
    } else {
        Cell::People(people.into())
    })
}

fn member(
    field: &Field,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Option<PersonCell>> {
    match value {
        Value::Object(person) => described(field, person, context).map(Some),
        Value::String(text) if !context.is_strict() => Ok(mentioned(text, context)),
        Value::String(id) => {
            let known = context
                .people
                .iter()
                .find(|person| person.id.to_string() == *id);
            known
                .map(|person| Some(captured(person)))
                .ok_or_else(|| refused(field))
        }
        _ => Err(refused(field)),
    }
}

fn described(
    field: &Field,
    given: &Map<String, Value>,
    context: &ParseContext<'_>,
) -> BaseResult<PersonCell> {
    let part = |key: &str| {
        given
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let (id, email) = (part("id"), part("email"));
    let by_id = id.and_then(|id| context.people.iter().find(|it| it.id.to_string() == id));
    // An id is binding for a client; only an import brings ids of another system.
    let may_use_email = id.is_none() || context.is_import();
    let by_email = email
        .filter(|_| may_use_email)
        .and_then(|email| of_email(email, context));
    if let Some(person) = by_id.or(by_email) {
        return Ok(captured(person));
    }
    let name = part("name");
    if context.is_import() && (id.is_some() || email.is_some() || name.is_some()) {
        return Ok(PersonCell {
            id: id.unwrap_or_default().to_owned(),
            email: email.map(str::to_owned),
            name: name.map(str::to_owned),
        });
    }
    Err(refused(field))
}

fn mentioned(text: &str, context: &ParseContext<'_>) -> Option<PersonCell> {
    let text = text.trim();
    let by_id = || {
        context
            .people
            .iter()
            .find(|person| person.id.to_string() == text)
    };
    let by_name = || {
        let wanted = text.to_lowercase();
        context
            .people
            .iter()
            .find(|person| person.name.to_lowercase() == wanted)
    };
    of_email(text, context)
        .or_else(by_id)
        .or_else(by_name)
        .map(captured)
}

fn of_email<'a>(email: &str, context: &ParseContext<'a>) -> Option<&'a Person> {
    context
        .people
        .iter()
        .find(|person| person.email.eq_ignore_ascii_case(email))
}

fn captured(person: &Person) -> PersonCell {
    PersonCell {
        id: person.id.to_string(),
        email: Some(person.email.clone()).filter(|email| !email.is_empty()),
        name: Some(person.name.clone()).filter(|name| !name.is_empty()),
    }
}

/// How a person is called, by what is known.
pub(crate) fn shown(person: &PersonCell) -> &str {
    person
        .name
        .as_deref()
        .or(person.email.as_deref())
        .unwrap_or(&person.id)
}
