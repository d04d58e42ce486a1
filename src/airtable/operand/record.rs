use std::borrow::Cow;

use super::super::cell::Cell;
use super::super::formula::{self, Value};
use super::super::schema::{Kind, Table};
use super::super::snapshot::Row;
use super::value::{Names, operand};

/// A record of a snapshot, as formulas read it.
#[derive(Clone, Copy)]
pub(in crate::airtable) struct Record<'a> {
    /// Gives the names of linked records.
    pub(in crate::airtable) names: Names<'a>,
    pub(in crate::airtable) table: &'a Table,
    pub(in crate::airtable) row: &'a Row,
}

impl formula::Row for Record<'_> {
    fn value(&self, place: usize) -> Value<'_> {
        let Some(field) = self.table.fields.get(place) else {
            return Value::Blank;
        };
        operand(field, self.row.value(self.table, field), self.names)
    }

    fn record_id(&self) -> Cow<'_, str> {
        Cow::Owned(self.row.meta.id.to_string())
    }

    fn created_time(&self) -> i64 {
        self.row.meta.created_at
    }

    /// A field that watches exactly these fields knows; else it is the last change to the record.
    fn last_modified(&self, places: &[usize]) -> Option<i64> {
        let ids = places
            .iter()
            .filter_map(|place| self.table.fields.get(*place));
        let ids: Vec<_> = ids.map(|field| field.id).collect();
        let watching = self.table.fields.iter().find(|field| match &field.kind {
            Kind::LastModifiedTime { watched, .. } => !ids.is_empty() && *watched == ids,
            _ => false,
        });
        match watching.map(|field| self.row.cell(field.slot)) {
            Some(Cell::Time(millis)) => Some(*millis),
            Some(_) => None,
            None => self.row.meta.updated_at,
        }
    }
}
