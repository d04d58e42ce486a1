use serde_json::{Value, json};

use super::super::cell::{Cell, render};
use super::super::schema::{Field, Kind, Table};
use super::super::snapshot::{State, primary_text};
use super::fold::Net;
use crate::contracts::{FieldChange, RecordChange, RecordChangeKind};

/// A cell as people read it in a history: links with the names of their records.
pub(in crate::airtable) fn shown_value(state: &State, field: &Field, cell: &Cell) -> Value {
    if let (Kind::Links(link), Cell::Links(ids)) = (&field.kind, cell) {
        let shown = |id| json!({"id": id, "name": state.name_of(link.table, id)});
        return ids.iter().map(|id| shown(*id)).collect();
    }
    let mut out = Vec::new();
    render(field, cell, &mut out);
    serde_json::from_slice(&out).unwrap_or(Value::Null)
}

/// What a history shows of a record; cells that did not change are left out.
pub(in crate::airtable) fn record_change(state: &State, table: &Table, net: &Net) -> RecordChange {
    let field_change = |slot: &usize| {
        let (field, cell) = (&table.fields[*slot], &net.cells[slot]);
        FieldChange {
            field_id: field.id,
            field: field.name.clone(),
            before: shown_value(state, field, &cell.before),
            after: shown_value(state, field, &cell.after),
            is_computed: field.kind.is_computed(),
        }
    };
    let fields = net.cells.keys().map(field_change);
    RecordChange {
        table_id: table.id,
        table: table.name.clone(),
        record_id: net.record,
        name: name(state, table, net),
        kind: net.kind,
        fields: fields
            .filter(|change| change.before != change.after)
            .collect(),
    }
}

/// What the primary field said: of a deleted record before, of any other after.
pub(super) fn name(state: &State, table: &Table, net: &Net) -> String {
    let primary = table.field(table.primary);
    let named = primary.and_then(|field| Some((field, net.cells.get(&field.slot)?)));
    match (named, net.kind) {
        (Some((field, cell)), RecordChangeKind::Deleted) => primary_text(field, &cell.before),
        (Some((field, cell)), _) => primary_text(field, &cell.after),
        (None, _) => state.name_of(table.id, net.record),
    }
}
