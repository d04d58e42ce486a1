use std::collections::HashMap;

use super::super::schema::Table;
use super::super::snapshot::{row_name, row_name_of};
use super::draft::Draft;
use crate::platform::ids::RecordId;

/// The records of a table by the text of their primary field, with their row numbers.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Vec<(i64, RecordId)>>);

impl Names {
    fn add(&mut self, name: String, row_no: i64, record: RecordId) {
        if !name.is_empty() {
            self.0.entry(name).or_default().push((row_no, record));
        }
    }

    fn oldest(&self, name: &str) -> Option<RecordId> {
        self.0.get(name)?.iter().min().map(|(_, record)| *record)
    }
}

impl Draft<'_> {
    /// The oldest record whose primary field reads so, drafted changes included.
    pub(super) fn find_by_name(&mut self, table: &Table, name: &str) -> Option<RecordId> {
        if !self.names.contains_key(&table.id) {
            let names = self.collect_names(table);
            self.names.insert(table.id, names);
        }
        let found = self.names.get(&table.id)?.oldest(name);
        found.filter(|id| self.exists(table.id, *id))
    }

    fn collect_names(&self, table: &Table) -> Names {
        let mut names = Names::default();
        let stored = self.snapshot(table.id).into_iter();
        for row in stored.flat_map(|snapshot| snapshot.rows.values()) {
            if !self.rows.contains_key(&(table.id, row.meta.id)) {
                names.add(row_name(table, row), row.meta.row_no, row.meta.id);
            }
        }
        for ((of, id), row) in &self.rows {
            if *of == table.id && self.exists(table.id, *id) {
                let name = row_name_of(table, &row.meta, &row.cells);
                names.add(name, row.meta.row_no, *id);
            }
        }
        names
    }

    /// Makes a drafted record known by its name, where names of its table are known at all.
    pub(super) fn note_name(&mut self, table: &Table, record: RecordId) {
        let (Some(names), Some(row)) = (
            self.names.get_mut(&table.id),
            self.rows.get(&(table.id, record)),
        ) else {
            return;
        };
        let name = row_name_of(table, &row.meta, &row.cells);
        names.add(name, row.meta.row_no, record);
    }

    /// Makes a drafted record known by a text that its primary field does not show.
    pub(super) fn note_alias(&mut self, table: &Table, record: RecordId, alias: &str) {
        if let Some(names) = self.names.get_mut(&table.id) {
            names.add(alias.to_owned(), i64::MAX, record);
        }
    }

    /// Undoes [`Self::note_name`], before the name changes.
    pub(super) fn forget_name(&mut self, table: &Table, record: RecordId) {
        let (Some(names), Some(row)) = (
            self.names.get_mut(&table.id),
            self.rows.get(&(table.id, record)),
        ) else {
            return;
        };
        let name = row_name_of(table, &row.meta, &row.cells);
        if let Some(bearers) = names.0.get_mut(&name) {
            bearers.retain(|(_, bearer)| *bearer != record);
        }
    }
}
