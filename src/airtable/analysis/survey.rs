use std::sync::Arc;

use super::super::snapshot::{Row, State};
use super::facts::{Facts, TableFacts};
use super::look::Look;
use crate::contracts::BaseSchema;
use crate::platform::ids::RecordId;

/// Looks at every record of a base; its tables must be loaded.
pub(in crate::airtable) fn survey(state: &State, schema: BaseSchema) -> Facts {
    let tables = schema.tables.iter().map(|table| {
        let Some(snapshot) = state.snapshot(table.id) else {
            return TableFacts::gather(table, Vec::new(), |_| Vec::new());
        };
        let rows: Vec<&Arc<Row>> = snapshot.rows.values().collect();
        let ids: Vec<RecordId> = rows.iter().map(|row| row.meta.id).collect();
        // A field's index is its slot.
        let column = |slot| rows.iter().map(|row| Look::of(row.cell(slot))).collect();
        TableFacts::gather(table, ids, column)
    });
    Facts {
        tables: tables.collect(),
        schema,
    }
}
