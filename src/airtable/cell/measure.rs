use serde_json::Value;

use super::types::{AttachmentCell, Cell, PersonCell};

/// About what a map entry costs beside its key and value.
const ENTRY: usize = 64;

/// Bytes that the cell holds on the heap, roughly.
pub(crate) fn heap_bytes(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Choices(ids) => size_of_val(&**ids),
        Cell::Links(links) => size_of_val(&**links),
        Cell::Person(person) => size_of::<PersonCell>() + person_bytes(person),
        Cell::People(people) => {
            size_of_val(&**people) + people.iter().map(person_bytes).sum::<usize>()
        }
        Cell::Attachments(list) => {
            size_of_val(&**list) + list.iter().map(attachment_bytes).sum::<usize>()
        }
        Cell::Barcode(barcode) => {
            let symbology = barcode.symbology.as_ref().map_or(0, String::len);
            size_of_val(&**barcode) + barcode.text.len() + symbology
        }
        Cell::Raw(raw) => raw.get().len(),
        Cell::List(items) => size_of_val(&**items) + items.iter().map(heap_bytes).sum::<usize>(),
        Cell::Empty
        | Cell::Error
        | Cell::Number(_)
        | Cell::Checked
        | Cell::Date(_)
        | Cell::Time(_)
        | Cell::Choice(_) => 0,
    }
}

fn person_bytes(person: &PersonCell) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    person.id.len() + length(&person.email) + length(&person.name)
}

fn attachment_bytes(attachment: &AttachmentCell) -> usize {
    let rest: usize = attachment
        .rest
        .iter()
        .map(|(key, value)| entry_bytes(key, value))
        .sum();
    attachment.url.len() + attachment.filename.len() + rest
}

fn entry_bytes(key: &str, value: &Value) -> usize {
    ENTRY + key.len() + value_bytes(value)
}

fn value_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items
            .iter()
            .map(|item| size_of::<Value>() + value_bytes(item))
            .sum(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| entry_bytes(key, value))
            .sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}
