use std::collections::HashMap;
use std::sync::Arc;

use super::super::cell::Cell;
use super::super::schema::{Base, Table};
use super::super::snapshot::{Row, TableSnapshot, row_name};
use crate::platform::ids::{RecordId, TableId};

/// Rows of one table that are made anew, in the order they came.
#[derive(Default)]
pub(super) struct Worked {
    pub(super) rows: Vec<Row>,
    places: HashMap<RecordId, usize>,
}

impl Worked {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        let places = rows.iter().enumerate();
        let places = places.map(|(place, row)| (row.meta.id, place)).collect();
        Self { rows, places }
    }

    fn get(&self, record: RecordId) -> Option<&Row> {
        self.rows.get(*self.places.get(&record)?)
    }
}

/// The tables of a base while values are computed: what is in memory, and on top the rows made anew.
pub(super) struct Board<'a> {
    base: &'a Base,
    tables: &'a HashMap<TableId, Arc<TableSnapshot>>,
    pub(super) worked: HashMap<TableId, Worked>,
}

impl<'a> Board<'a> {
    pub(super) fn new(
        base: &'a Base,
        tables: &'a HashMap<TableId, Arc<TableSnapshot>>,
        worked: HashMap<TableId, Worked>,
    ) -> Self {
        Self {
            base,
            tables,
            worked,
        }
    }

    pub(super) fn table(&self, table: TableId) -> Option<&'a Arc<Table>> {
        self.base.table(table)
    }

    pub(super) fn holds(&self, table: TableId) -> bool {
        self.tables.contains_key(&table) || self.worked.contains_key(&table)
    }

    pub(super) fn row(&self, table: TableId, record: RecordId) -> Option<&Row> {
        let worked = self.worked.get(&table);
        worked
            .and_then(|worked| worked.get(record))
            .or_else(|| self.tables.get(&table)?.rows.get(&record).map(|row| &**row))
    }

    pub(super) fn records(&self, table: TableId) -> Vec<RecordId> {
        match self.tables.get(&table) {
            Some(snapshot) => snapshot.rows.values().map(|row| row.meta.id).collect(),
            None => {
                let rows = self.worked.get(&table).into_iter();
                rows.flat_map(|worked| &worked.rows)
                    .map(|row| row.meta.id)
                    .collect()
            }
        }
    }

    pub(super) fn name_of(&self, table: TableId, record: RecordId) -> String {
        let definition = self.table(table);
        let named = definition.and_then(|it| Some(row_name(it, self.row(table, record)?)));
        named.unwrap_or_default()
    }

    pub(super) fn set(&mut self, table: TableId, record: RecordId, slot: usize, cell: Cell) {
        let worked = self.worked.entry(table).or_default();
        let place = match worked.places.get(&record) {
            Some(place) => *place,
            None => {
                let row = self.tables.get(&table).and_then(|it| it.rows.get(&record));
                let Some(row) = row else { return };
                worked.rows.push(row.redefined());
                worked.places.insert(record, worked.rows.len() - 1);
                worked.rows.len() - 1
            }
        };
        worked.rows[place].set(slot, cell);
    }
}
