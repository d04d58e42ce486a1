use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::super::cell::{Cell, write_stored};
use super::super::schema::Table;
use super::draft::Draft;
use super::records::change;
use super::schema::create_field;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, CreateField, FieldValues};
use crate::platform::ids::{FieldId, RecordId, TableId};

/// Rows of text under a line of field names.
pub(in crate::airtable) struct Sheet {
    pub(in crate::airtable) header: Vec<String>,
    /// Each as long as the header.
    pub(in crate::airtable) rows: Vec<Vec<String>>,
}

/// Drafts what makes a table hold exactly the records of these rows.
///
/// A row is the record whose primary field has the same value; the first of several rows is the first of several such
/// records. Records without a row go, rows without a record come, fields without a column stay as they are.
pub(in crate::airtable) fn sync(
    draft: &mut Draft<'_>,
    table: TableId,
    sheet: &Sheet,
) -> BaseResult<()> {
    let columns = columns(draft, table, &sheet.header)?;
    let definition = draft.table(table)?;
    let is_key = |id: &FieldId| *id == definition.primary;
    let key = columns.iter().position(is_key);
    let key = key.ok_or_else(|| no_key(&definition))?;
    let mut known = records_by_key(draft, &definition);
    for row in &sheet.rows {
        let values = values(&columns, row);
        match known.take(&read_key(draft, table, &row[key])?) {
            Some(id) => {
                change(draft, table, id, &values, false, true)?;
            }
            None => {
                let definition = draft.table(table)?;
                let id = draft.add(&definition);
                draft.assign(table, id, &values, true)?;
            }
        }
    }
    draft.remove(table, &known.left())
}

/// The fields of the columns; those that are missing are made.
fn columns(draft: &mut Draft<'_>, table: TableId, header: &[String]) -> BaseResult<Vec<FieldId>> {
    let mut columns = Vec::with_capacity(header.len());
    let mut seen = HashSet::new();
    for name in header {
        let definition = draft.table(table)?;
        let id = match definition.find_field(name) {
            Some(field) if field.kind.is_computed() => return Err(computed(&field.name)),
            Some(field) => field.id,
            None => create_field(draft, table, &text_field(name))?,
        };
        if !seen.insert(id) {
            return Err(invalid(format!("The column {name:?} is there twice")));
        }
        columns.push(id);
    }
    Ok(columns)
}

fn text_field(name: &str) -> CreateField {
    CreateField {
        name: name.to_owned(),
        field_type: "singleLineText".to_owned(),
        description: None,
        options: None,
    }
}

fn values(columns: &[FieldId], row: &[String]) -> FieldValues {
    let cells = columns.iter().zip(row);
    cells
        .map(|(field, text)| (field.to_string(), value(text)))
        .collect()
}

fn value(text: &str) -> Value {
    match text.is_empty() {
        true => Value::Null,
        false => Value::String(text.to_owned()),
    }
}

/// Records of a table by the value of their primary field, in the order of the grid.
struct Known {
    by_key: HashMap<Vec<u8>, VecDeque<RecordId>>,
}

impl Known {
    fn take(&mut self, key: &[u8]) -> Option<RecordId> {
        self.by_key.get_mut(key)?.pop_front()
    }

    /// Those that nobody took, as they were made.
    fn left(self) -> Vec<RecordId> {
        let mut left: Vec<RecordId> = self.by_key.into_values().flatten().collect();
        left.sort_unstable();
        left
    }
}

fn records_by_key(draft: &Draft<'_>, table: &Table) -> Known {
    let mut by_key: HashMap<Vec<u8>, VecDeque<RecordId>> = HashMap::new();
    let order = draft.snapshot(table.id).map(|table| table.by_row_no());
    let slot = table.field(table.primary).map_or(0, |field| field.slot);
    for row in order.iter().flat_map(|order| order.iter()) {
        let records = by_key.entry(key_of(row.cell(slot))).or_default();
        records.push_back(row.meta.id);
    }
    Known { by_key }
}

fn read_key(draft: &mut Draft<'_>, table: TableId, text: &str) -> BaseResult<Vec<u8>> {
    let definition: Arc<Table> = draft.table(table)?;
    let primary = definition.field(definition.primary).cloned();
    let primary = primary.ok_or_else(|| BaseError::internal("a table has no primary field"))?;
    let cell = draft.read(&definition, &primary, &value(text), true)?;
    Ok(key_of(&cell))
}

/// The same for cells that are the same.
fn key_of(cell: &Cell) -> Vec<u8> {
    let mut key = Vec::new();
    if !matches!(cell, Cell::Empty) {
        write_stored(cell, &mut key);
    }
    key
}

fn no_key(table: &Table) -> BaseError {
    let name = table.field(table.primary).map(|field| field.name.as_str());
    invalid(format!(
        "No column is named {:?}: rows are matched by the primary field",
        name.unwrap_or_default()
    ))
}

fn computed(name: &str) -> BaseError {
    BaseError::new(
        BaseErrorKind::InvalidValueForColumn,
        format!("Field \"{name}\" cannot accept a value because the field is computed"),
    )
}

fn invalid(message: String) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
