use serde_json::{Value, json};

use super::{DAY, data};
use crate::airtable::ImportRecord;
use crate::airtable::transfer::build::{self, Ids};
use crate::contracts::TableSchema;
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::ids::{FieldId, RecordId, TableId};

/// Ids made beforehand, because tables and records point at one another.
pub(super) struct Frame {
    pub(super) now: Millis,
    pub(super) tables: [TableId; 5],
    pub(super) records: [Vec<RecordId>; 5],
    /// Lead of a project; its inverse.
    pub(super) lead: [FieldId; 2],
    /// Project of a task; its inverse.
    pub(super) project: [FieldId; 2],
    /// Assignee of a task; its inverse.
    pub(super) assignee: [FieldId; 2],
    /// Project of an invoice; its inverse.
    pub(super) billed: [FieldId; 2],
    /// Project of a note; its inverse.
    pub(super) noted: [FieldId; 2],
}

impl Frame {
    pub(super) fn new(now: Millis) -> Self {
        let mut ids = Ids::Fresh;
        let mut two = || [ids.field(), ids.field()];
        let (lead, project, assignee, billed, noted) = (two(), two(), two(), two(), two());
        let sizes = [
            data::PEOPLE.len(),
            data::PROJECTS.len(),
            data::TASKS.len(),
            data::INVOICES.len(),
            data::NOTES.len(),
        ];
        let tables = sizes.map(|_| ids.table());
        let records = sizes.map(|size| (0..size).map(|_| ids.record()).collect());
        Self {
            now,
            tables,
            records,
            lead,
            project,
            assignee,
            billed,
            noted,
        }
    }

    pub(super) fn day(&self, offset: i64) -> String {
        rfc3339(self.now + offset * DAY)[..10].to_owned()
    }

    pub(super) fn link(&self, table: usize, index: usize) -> Value {
        json!([self.records[table][index]])
    }

    /// The records of `table` for which `wanted` holds, as the inverse of their link.
    pub(super) fn inverse(&self, table: usize, wanted: impl Fn(usize) -> bool) -> Value {
        let all = self.records[table].iter().enumerate();
        let ids: Vec<&RecordId> = all
            .filter(|(index, _)| wanted(*index))
            .map(|(_, id)| id)
            .collect();
        if ids.is_empty() {
            Value::Null
        } else {
            json!(ids)
        }
    }

    pub(super) fn rows(
        &self,
        table: usize,
        cells: impl Fn(usize) -> Vec<(&'static str, Value)>,
    ) -> Vec<ImportRecord> {
        let all = self.records[table].iter().enumerate();
        let rows = all.map(|(index, id)| {
            let created = rfc3339(self.now - 40 * DAY + index as Millis * 3_600_000);
            let cells = cells(index)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value));
            build::record(*id, &created, cells)
        });
        rows.collect()
    }

    pub(super) fn table(
        &self,
        table: usize,
        name: &str,
        fields: Vec<(&'static str, Option<FieldId>, build::Shape)>,
    ) -> TableSchema {
        let mut ids = Ids::Fresh;
        let fields = fields
            .into_iter()
            .map(|(name, id, shape)| build::field(id.unwrap_or_else(|| ids.field()), name, shape));
        let fields = fields.collect();
        build::table(&mut ids, self.tables[table], name, fields)
    }
}
