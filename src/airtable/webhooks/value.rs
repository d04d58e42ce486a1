use serde_json::{Map, Value, json};

use super::super::cell::{Cell, render};
use super::super::schema::{Choices, Field, Kind};
use super::super::snapshot::State;
use crate::platform::ids::ChoiceId;

/// A cell as payloads show it: choices and links as objects, all else as the record API has it.
pub(super) fn cell_value(state: &State, field: &Field, cell: &Cell) -> Value {
    match (&field.kind, cell) {
        (Kind::SingleSelect(choices), Cell::Choice(id)) => {
            choice(choices, *id).unwrap_or(Value::Null)
        }
        (Kind::MultipleSelects(choices), Cell::Choices(ids)) => {
            ids.iter().filter_map(|id| choice(choices, *id)).collect()
        }
        (Kind::Links(link), Cell::Links(ids)) => ids
            .iter()
            .map(|id| json!({"id": id, "name": state.name_of(link.table, *id)}))
            .collect(),
        _ => {
            let mut out = Vec::new();
            render(field, cell, &mut out);
            serde_json::from_slice(&out).unwrap_or(Value::Null)
        }
    }
}

fn choice(choices: &Choices, id: ChoiceId) -> Option<Value> {
    let choice = choices.get(id)?;
    let mut value = Map::new();
    value.insert("id".to_owned(), json!(choice.id));
    value.insert("name".to_owned(), json!(choice.name));
    if let Some(color) = &choice.color {
        value.insert("color".to_owned(), json!(color));
    }
    Some(Value::Object(value))
}

/// Whether payloads can show the field: those that are computed at reading are not in the change log, and what an
/// import kept of a lookup does not say which record each value is from.
pub(super) fn is_shown(field: &Field) -> bool {
    match &field.kind {
        Kind::AutoNumber | Kind::LastModifiedTime { .. } | Kind::LastModifiedBy => true,
        Kind::Frozen { type_name, .. } => type_name != "multipleLookupValues",
        kind => !kind.is_computed(),
    }
}
