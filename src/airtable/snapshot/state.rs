use std::collections::HashMap;
use std::sync::Arc;

use super::super::attachments::Links;
use super::super::cell::{Cell, TextContext, text};
use super::super::graph::Graph;
use super::super::schema::{Base, Field, Table};
use super::super::store::{Counters, SealedLog};
use super::row::{Row, RowMeta};
use super::table::TableSnapshot;
use crate::platform::clock::Millis;
use crate::platform::ids::{RecordId, TableId};
use crate::platform::vault::TenantKey;

/// A base at one moment: its definition and those of its tables that are loaded.
#[derive(Clone)]
pub(in crate::airtable) struct State {
    pub(in crate::airtable) base: Arc<Base>,
    /// How its computed fields hang together; the tables that one needs are in memory with it.
    pub(in crate::airtable) graph: Arc<Graph>,
    /// As of when values that depend on the time were computed.
    pub(in crate::airtable) computed_at: Millis,
    /// The newest change that is in.
    pub(in crate::airtable) seq: i64,
    pub(in crate::airtable) counters: Counters,
    pub(in crate::airtable) tables: HashMap<TableId, Arc<TableSnapshot>>,
    /// What its change log is sealed with.
    pub(in crate::airtable) key: TenantKey,
    /// What makes the links to files in its records.
    pub(in crate::airtable) links: Links,
}

impl State {
    pub(in crate::airtable) fn snapshot(&self, table: TableId) -> Option<&Arc<TableSnapshot>> {
        self.tables.get(&table)
    }

    /// Where its change log is, and what opens it.
    pub(in crate::airtable) fn sealed_log(&self) -> SealedLog<'_> {
        SealedLog {
            base: self.base.id,
            key: &self.key,
        }
    }

    /// Records in memory.
    pub(in crate::airtable) fn records(&self) -> usize {
        self.tables.values().map(|table| table.rows.len()).sum()
    }

    pub(in crate::airtable) fn weight(&self) -> usize {
        self.tables.values().map(|table| table.weight()).sum()
    }

    /// The text of a record's primary field; empty where the table is not loaded or the record is gone.
    pub(in crate::airtable) fn name_of(&self, table: TableId, record: RecordId) -> String {
        let Some(snapshot) = self.snapshot(table) else {
            return String::new();
        };
        let Some(row) = snapshot.rows.get(&record) else {
            return String::new();
        };
        row_name(&snapshot.table, row)
    }
}

/// The text of a row's primary field.
pub(in crate::airtable) fn row_name(table: &Table, row: &Row) -> String {
    let Some(primary) = table.field(table.primary) else {
        return String::new();
    };
    primary_text(primary, &row.value(table, primary))
}

/// How a cell of a primary field reads.
pub(in crate::airtable) fn primary_text(primary: &Field, cell: &Cell) -> String {
    // A primary field is never a link, so no further names are needed.
    let context = TextContext {
        time_zone: None,
        locale: None,
        names: &|_, _| String::new(),
        links: None,
    };
    text(primary, cell, &context)
}

/// The text of the primary field of a row that is still being drafted.
pub(in crate::airtable) fn row_name_of(table: &Table, meta: &RowMeta, cells: &[Cell]) -> String {
    let row = Row::new(meta.clone(), cells.to_vec());
    row_name(table, &row)
}
