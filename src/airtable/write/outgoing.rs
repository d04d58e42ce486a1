use serde_json::{Value, json};

use super::super::cell::{Cell, render};
use super::super::schema::{Field, Kind, Table};
use super::draft::{Draft, Fate, RowDraft};
use crate::contracts::FieldValues;
use crate::platform::ids::{RecordId, TableId};

/// A drafted record, as it would have to be written at Airtable.
pub(in crate::airtable) struct Outgoing {
    pub(in crate::airtable) table: TableId,
    pub(in crate::airtable) record: RecordId,
    pub(in crate::airtable) what: What,
}

/// What is drafted of a record; cells by field id, those that link apart.
pub(in crate::airtable) enum What {
    Made {
        fields: FieldValues,
        links: FieldValues,
    },
    Changed {
        fields: FieldValues,
    },
    Gone,
}

/// What was drafted, in the order in which it was; what follows from it at Airtable is left out.
pub(in crate::airtable) fn outgoing(draft: &Draft<'_>) -> Vec<Outgoing> {
    let drafted = draft.order.iter().filter_map(|key| {
        let row = draft.rows.get(key)?;
        let table = draft.base.table(key.0)?;
        let what = match row.fate {
            Fate::Nothing => return None,
            Fate::Deleted => What::Gone,
            Fate::Created => made(table, row),
            Fate::Updated => What::Changed {
                fields: values(table, row, |_, slot| row.direct.contains(&slot)),
            },
        };
        Some(Outgoing {
            table: key.0,
            record: key.1,
            what,
        })
    });
    let is_something = |one: &Outgoing| match &one.what {
        What::Changed { fields } => !fields.is_empty(),
        _ => true,
    };
    drafted.filter(is_something).collect()
}

fn made(table: &Table, row: &RowDraft) -> What {
    let is_full = |slot: usize| !matches!(row.cells[slot], Cell::Empty);
    let is_link = |field: &Field| matches!(field.kind, Kind::Links(_));
    What::Made {
        fields: values(table, row, |field, slot| is_full(slot) && !is_link(field)),
        links: values(table, row, |field, slot| is_full(slot) && is_link(field)),
    }
}

fn values(table: &Table, row: &RowDraft, is_wanted: impl Fn(&Field, usize) -> bool) -> FieldValues {
    let fields = table.fields.iter();
    let wanted = fields.filter(|field| {
        let is_there = field.slot < row.cells.len();
        is_there && !field.kind.is_computed() && is_wanted(field, field.slot)
    });
    wanted
        .map(|field| (field.id.to_string(), written(field, &row.cells[field.slot])))
        .collect()
}

/// The value in the form in which Airtable takes it.
fn written(field: &Field, cell: &Cell) -> Value {
    let mut json = Vec::new();
    render(field, cell, &mut json);
    let value = serde_json::from_slice(&json).unwrap_or_default();
    match cell {
        Cell::Person(_) => person(&value),
        Cell::People(_) => each(value, person),
        Cell::Attachments(_) => each(value, attachment),
        _ => value,
    }
}

fn each(value: Value, written: impl Fn(&Value) -> Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(written).collect(),
        other => other,
    }
}

fn person(value: &Value) -> Value {
    match value["id"].as_str() {
        Some(id) => json!({ "id": id }),
        None => json!({ "email": value["email"] }),
    }
}

fn attachment(value: &Value) -> Value {
    json!({"url": value["url"], "filename": value["filename"]})
}
