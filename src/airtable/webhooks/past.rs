use std::collections::HashMap;

use super::super::cell::Cell;
use super::super::history::read_image;
use super::super::schema::Table;
use super::super::snapshot::State;
use super::super::store::{Change, ChangeKind};
use super::broken::Broken;
use crate::platform::ids::RecordId;

/// What was done to records up to the present state, so that their cells at an earlier moment can be told.
#[derive(Default)]
pub(in crate::airtable) struct Past {
    by_record: HashMap<RecordId, Vec<Change>>,
}

impl Past {
    /// Of changes in the order of the change log.
    pub(in crate::airtable) fn new(changes: Vec<Change>) -> Self {
        let mut by_record: HashMap<RecordId, Vec<Change>> = HashMap::new();
        for change in changes {
            if let Some(record) = change.record {
                by_record.entry(record).or_default().push(change);
            }
        }
        Self { by_record }
    }

    /// The stored cells of a record, by slot, as they were right after an entry.
    pub(super) fn cells(
        &self,
        state: &State,
        table: &Table,
        record: RecordId,
        seq: i64,
    ) -> Result<Vec<Cell>, Broken> {
        let snapshot = state.snapshot(table.id);
        let row = snapshot.and_then(|snapshot| snapshot.rows.get(&record));
        let mut cells = row.map_or_else(Vec::new, |row| row.cells.to_vec());
        cells.resize(table.fields.len(), Cell::Empty);
        let changes = self.by_record.get(&record).into_iter().flatten().rev();
        for change in changes.take_while(|change| change.seq > seq) {
            if change.is_erased() {
                return Err(Broken::Erased);
            }
            if change.kind != ChangeKind::Update {
                cells.fill(Cell::Empty);
            }
            let before = change.before.as_deref().unwrap_or("{}");
            for (slot, cell) in read_image(table, before)? {
                cells[slot] = cell;
            }
        }
        Ok(cells)
    }
}
