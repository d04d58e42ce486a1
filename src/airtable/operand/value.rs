use std::borrow::Cow;

use super::super::cell::{AttachmentCell, Cell, PersonCell, choice_name, person_name};
use super::super::formula::{Fault, Moment, Value};
use super::super::schema::{Field, Kind};
use super::frozen;
use super::kind::kind_of;
use crate::platform::ids::{RecordId, TableId};

/// The name of a linked record.
pub(in crate::airtable) type Names<'a> = &'a dyn Fn(TableId, RecordId) -> String;

/// A value of a record as an operand; texts are borrowed from it and from the field's choices.
pub(in crate::airtable) fn operand<'a>(
    field: &'a Field,
    cell: Cow<'a, Cell>,
    names: Names<'_>,
) -> Value<'a> {
    match cell {
        Cow::Borrowed(cell) => of_cell(field, cell, names),
        Cow::Owned(cell) => of_cell(field, &cell, names).into_owned(),
    }
}

fn of_cell<'a>(field: &'a Field, cell: &'a Cell, names: Names<'_>) -> Value<'a> {
    match cell {
        Cell::Empty => Value::Blank,
        Cell::Text(text) => Value::Text(Cow::Borrowed(text)),
        Cell::Number(number) => Value::Number(*number),
        Cell::Checked => Value::Boolean(true),
        Cell::Date(days) => Moment::date(i64::from(*days)).map_or(Value::Blank, Value::Moment),
        Cell::Time(millis) => Moment::time(*millis).map_or(Value::Blank, Value::Moment),
        Cell::Choice(id) => choice_name(field, *id).map_or(Value::Blank, text),
        Cell::Choices(ids) => {
            let names = ids.iter().filter_map(|id| choice_name(field, *id));
            Value::Array(names.map(text).collect())
        }
        Cell::Links(links) => match &field.kind {
            Kind::Links(link) => {
                let names = links.iter().map(|id| names(link.table, *id));
                Value::Array(names.map(linked).collect())
            }
            _ => Value::Blank,
        },
        Cell::Person(person) => text(person_name(person)),
        Cell::People(people) => Value::Array(people.iter().map(shown_person).collect()),
        Cell::Attachments(files) => Value::Array(files.iter().map(attachment).collect()),
        Cell::Barcode(barcode) => text(&barcode.text),
        Cell::Raw(raw) => frozen::operand(raw, kind_of(&field.kind)),
        Cell::List(items) => list(field.kind.shown_as(field), items, names),
        Cell::Error => Value::Fault(Fault::Raised),
    }
}

/// The members of lists among the items stand side by side with the others.
fn list<'a>(field: &'a Field, items: &'a [Cell], names: Names<'_>) -> Value<'a> {
    let mut members = Vec::with_capacity(items.len());
    for item in items {
        match of_cell(field, item, names) {
            Value::Array(more) => members.extend(more),
            one => members.push(one),
        }
    }
    Value::Array(members)
}

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn shown_person(person: &PersonCell) -> Value<'_> {
    text(person_name(person))
}

/// A name that would be taken for several once it is joined with others stands in quotes.
fn linked<'a>(name: String) -> Value<'a> {
    let name = if name.contains([',', '"']) {
        format!("\"{name}\"")
    } else {
        name
    };
    Value::Text(Cow::Owned(name))
}

fn attachment<'a>(file: &AttachmentCell) -> Value<'a> {
    Value::Text(match file.url.as_str() {
        "" => Cow::Owned(file.filename.clone()),
        url => Cow::Owned(format!("{} ({url})", file.filename)),
    })
}
