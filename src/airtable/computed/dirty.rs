use std::collections::{HashMap, HashSet};

use super::super::graph::Column;
use crate::platform::ids::{RecordId, TableId};

/// Some records of a table, or all.
#[derive(Clone, Debug)]
pub(super) enum Records {
    All,
    Some(HashSet<RecordId>),
}

impl Records {
    fn add(&mut self, more: Self) {
        match (self, more) {
            (Self::Some(records), Self::Some(more)) => records.extend(more),
            (Self::All, _) => {}
            (all, Self::All) => *all = Self::All,
        }
    }
}

/// What changed, and what is computed in any case.
#[derive(Default)]
pub(super) struct Dirty {
    changed: HashMap<Column, Records>,
    /// For all their records.
    pub(super) columns: HashSet<Column>,
    /// Records for which everything is computed.
    pub(super) fresh: HashMap<TableId, Records>,
}

impl Dirty {
    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.columns.is_empty() && self.fresh.is_empty()
    }

    pub(super) fn changed(&self, column: Column) -> Option<&Records> {
        self.changed.get(&column)
    }

    pub(super) fn add(&mut self, column: Column, records: Records) {
        match self.changed.get_mut(&column) {
            Some(known) => known.add(records),
            None => drop(self.changed.insert(column, records)),
        }
    }

    pub(super) fn add_one(&mut self, column: Column, record: RecordId) {
        let some = self.changed.entry(column);
        let records = some.or_insert_with(|| Records::Some(HashSet::new()));
        if let Records::Some(records) = records {
            records.insert(record);
        }
    }

    pub(super) fn add_fresh(&mut self, table: TableId, record: RecordId) {
        let some = self.fresh.entry(table);
        let records = some.or_insert_with(|| Records::Some(HashSet::new()));
        if let Records::Some(records) = records {
            records.insert(record);
        }
    }
}
