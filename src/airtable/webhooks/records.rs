use serde_json::{Map, Value, json};

use super::super::cell::Cell;
use super::super::cell::is_shown as is_full;
use super::super::history::read_image;
use super::super::schema::{Field, Table};
use super::super::snapshot::State;
use super::super::store::{Change, ChangeKind};
use super::broken::Broken;
use super::past::Past;
use super::specification::{ChangeType, DataType};
use super::value::{cell_value, is_shown};
use super::watch::Watch;
use crate::contracts::BaseError;
use crate::platform::clock::rfc3339;
use crate::platform::ids::RecordId;

/// Records of one table that a transaction made, changed and deleted.
#[derive(Default)]
pub(super) struct Records {
    created: Map<String, Value>,
    changed: Map<String, Value>,
    destroyed: Vec<Value>,
}

/// What cells are read against.
#[derive(Clone, Copy)]
pub(in crate::airtable) struct World<'a> {
    pub(in crate::airtable) state: &'a State,
    pub(in crate::airtable) past: &'a Past,
}

impl Records {
    /// Takes an entry in, where the webhook wants it.
    pub(super) fn add(
        &mut self,
        watch: &Watch,
        world: World<'_>,
        table: &Table,
        change: &Change,
    ) -> Result<(), Broken> {
        let (Some(record), Some(kind)) = (change.record, kind_of(change)) else {
            return Ok(());
        };
        if !watch.wants(DataType::TableData, kind) {
            return Ok(());
        }
        if change.is_erased() {
            return Err(Broken::Erased);
        }
        match kind {
            ChangeType::Add => self.create(watch, world, (table, record), change),
            ChangeType::Update => self.change(watch, world, (table, record), change),
            ChangeType::Remove => self.destroy(watch, (table, record), change),
        }
    }

    fn create(
        &mut self,
        watch: &Watch,
        world: World<'_>,
        (table, record): (&Table, RecordId),
        change: &Change,
    ) -> Result<(), Broken> {
        let cells = cells_of(table, change.after.as_deref())?;
        if !is_reason(watch, &cells) {
            return Ok(());
        }
        let told = cells.iter().filter(|(field, cell)| {
            watch.tells_cells_of(field.id) && is_shown(field) && is_full(field, cell)
        });
        let origin = change.record_origin().map_err(BaseError::internal)?;
        let made_at = origin.created_at.unwrap_or(change.at);
        let value = json!({
            "createdTime": rfc3339(made_at),
            "cellValuesByFieldId": values(world.state, told),
        });
        self.created.insert(record.to_string(), value);
        Ok(())
    }

    fn change(
        &mut self,
        watch: &Watch,
        world: World<'_>,
        (table, record): (&Table, RecordId),
        change: &Change,
    ) -> Result<(), Broken> {
        let told = |image: Option<&str>| -> Result<Vec<(&Field, Cell)>, Broken> {
            let mut cells = cells_of(table, image)?;
            cells.retain(|(field, _)| watch.tells_cells_of(field.id) && is_shown(field));
            Ok(cells)
        };
        let after = told(change.after.as_deref())?;
        if !after
            .iter()
            .any(|(field, _)| watch.wants_cells_of(field.id))
        {
            return Ok(());
        }
        let state = world.state;
        let by_field =
            |cells: &[(&Field, Cell)]| json!({"cellValuesByFieldId": values(state, cells)});
        let mut value = Map::new();
        value.insert("current".to_owned(), by_field(&after));
        if watch.has_previous_cells {
            let before = told(change.before.as_deref())?;
            value.insert("previous".to_owned(), by_field(&before));
        }
        if watch.includes_any() {
            let cells = world.past.cells(state, table, record, change.seq)?;
            let mut unchanged: Vec<(&Field, Cell)> =
                table.fields.iter().map(AsRef::as_ref).zip(cells).collect();
            unchanged.retain(|(field, _)| {
                let is_changed = after.iter().any(|(changed, _)| changed.id == field.id);
                watch.includes(field.id) && is_shown(field) && !is_changed
            });
            value.insert("unchanged".to_owned(), by_field(&unchanged));
        }
        self.changed
            .insert(record.to_string(), Value::Object(value));
        Ok(())
    }

    fn destroy(
        &mut self,
        watch: &Watch,
        (table, record): (&Table, RecordId),
        change: &Change,
    ) -> Result<(), Broken> {
        let cells = cells_of(table, change.before.as_deref())?;
        if is_reason(watch, &cells) {
            self.destroyed.push(json!(record));
        }
        Ok(())
    }

    /// Moves them into a table or view of a payload; false where there are none.
    pub(super) fn tell(self, out: &mut Map<String, Value>) -> bool {
        let before = out.len();
        put(out, "createdRecordsById", self.created);
        put(out, "changedRecordsById", self.changed);
        if !self.destroyed.is_empty() {
            out.insert("destroyedRecordIds".to_owned(), self.destroyed.into());
        }
        out.len() > before
    }

    /// Those that were made, for a table that is new itself.
    pub(super) fn take_created(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.created)
    }
}

/// Adds an object unless it is empty.
pub(super) fn put(out: &mut Map<String, Value>, name: &str, value: Map<String, Value>) {
    if !value.is_empty() {
        out.insert(name.to_owned(), Value::Object(value));
    }
}

fn kind_of(change: &Change) -> Option<ChangeType> {
    match change.kind {
        ChangeKind::Create => Some(ChangeType::Add),
        ChangeKind::Update => Some(ChangeType::Update),
        ChangeKind::Delete => Some(ChangeType::Remove),
        ChangeKind::Schema => None,
    }
}

fn cells_of<'a>(table: &'a Table, image: Option<&str>) -> Result<Vec<(&'a Field, Cell)>, Broken> {
    let cells = read_image(table, image.unwrap_or("{}"))?;
    let named = |(slot, cell): (usize, Cell)| (table.fields[slot].as_ref(), cell);
    Ok(cells.into_iter().map(named).collect())
}

/// Whether a whole record matters: one without a value in any watched field comes and goes unnoticed.
fn is_reason(watch: &Watch, cells: &[(&Field, Cell)]) -> bool {
    let is_watched =
        |(field, cell): &(&Field, Cell)| watch.wants_cells_of(field.id) && is_full(field, cell);
    !watch.narrows_cells() || cells.iter().any(is_watched)
}

fn values<'a, 'b: 'a>(
    state: &State,
    cells: impl IntoIterator<Item = &'a (&'b Field, Cell)>,
) -> Map<String, Value> {
    cells
        .into_iter()
        .map(|(field, cell)| (field.id.to_string(), cell_value(state, field, cell)))
        .collect()
}
