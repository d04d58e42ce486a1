use std::collections::HashSet;

use super::super::attachments::cell_of;
use super::super::cell::{AttachmentCell, Cell};
use super::super::schema::{Field, Kind, Table};
use super::super::store::{AttachmentRow, StoredFile};
use super::draft::{Draft, Fate, missing_record};
use super::values::find_field;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::clock::Millis;
use crate::platform::ids::{AttachmentId, BaseId, RecordId, TableId};

const EMPTY: &Cell = &Cell::Empty;

/// A file in the store that is to become an attachment.
pub(in crate::airtable) struct NewFile {
    pub(in crate::airtable) filename: String,
    pub(in crate::airtable) file: StoredFile,
}

/// What a plan does to attachments beside what is in the cells.
#[derive(Default)]
pub(in crate::airtable) struct Attached {
    pub(in crate::airtable) fresh: Vec<AttachmentRow>,
    /// Of these more is known now.
    pub(in crate::airtable) told: Vec<AttachmentRow>,
    /// No cell has them any more.
    pub(in crate::airtable) gone: Vec<AttachmentId>,
    /// A cell has them again.
    pub(in crate::airtable) back: Vec<AttachmentCell>,
}

impl Draft<'_> {
    /// Notes what a cell has that it did not have before.
    pub(super) fn note_attached(
        &mut self,
        (table, record): (TableId, RecordId),
        field: &Field,
        before: &Cell,
        after: &Cell,
    ) {
        let before = attachments_of(before);
        let is_new = |item: &&AttachmentCell| before.iter().all(|known| known.id != item.id);
        for item in attachments_of(after).iter().filter(is_new) {
            self.attached.push(AttachmentRow {
                id: item.id,
                base: self.base.id,
                table,
                record,
                field: field.id,
                filename: item.filename.clone(),
                source: Some(item.url.clone()),
                error: None,
                file: None,
                made_at: self.now,
            });
        }
    }

    /// Adds files at the end of a cell.
    pub(in crate::airtable) fn attach(
        &mut self,
        (table, record): (TableId, RecordId),
        field: &str,
        files: &[NewFile],
    ) -> BaseResult<()> {
        let definition = self.table(table)?;
        let field = attachment_field(&definition, field)?;
        if !self.exists(table, record) {
            return Err(missing_record(record));
        }
        let mut list = attachments_of(&self.cell(table, record, field.slot)).to_vec();
        for new in files {
            let row = AttachmentRow {
                id: AttachmentId::fresh(),
                base: self.base.id,
                table,
                record,
                field: field.id,
                filename: new.filename.clone(),
                source: None,
                error: None,
                file: Some(new.file.clone()),
                made_at: self.now,
            };
            list.push(cell_of(&row));
            self.attached.push(row);
        }
        self.set(table, record, field, Cell::Attachments(list.into()))
    }

    /// Notes what has become known of an attachment and puts it into its cell, where that still has it; nobody has
    /// modified the record.
    pub(in crate::airtable) fn complete(&mut self, row: &AttachmentRow) -> BaseResult<()> {
        self.told.push(row.clone());
        let Some(definition) = self.base.table(row.table).cloned() else {
            return Ok(());
        };
        let Some(field) = definition.field(row.field).cloned() else {
            return Ok(());
        };
        if !self.exists(row.table, row.record) {
            return Ok(());
        }
        let mut list = attachments_of(&self.cell(row.table, row.record, field.slot)).to_vec();
        let Some(place) = list.iter_mut().find(|item| item.id == row.id) else {
            return Ok(());
        };
        *place = cell_of(row);
        self.edit(row.table, row.record)?.is_quiet = true;
        let cell = Cell::Attachments(list.into());
        self.set(row.table, row.record, &field, cell)
    }

    /// Lets the plan know what there is to know of attachments that it may bring back.
    pub(in crate::airtable) fn know(&mut self, rows: Vec<AttachmentRow>) {
        self.known = rows.into_iter().map(|row| (row.id, row)).collect();
    }

    /// Attachments of an earlier time with what has become known of them since.
    pub(in crate::airtable) fn as_known(&self, list: &[AttachmentCell]) -> Cell {
        let known = |item: &AttachmentCell| match self.known.get(&item.id) {
            Some(row) => AttachmentCell {
                filename: item.filename.clone(),
                ..cell_of(row)
            },
            None => item.clone(),
        };
        Cell::Attachments(list.iter().map(known).collect())
    }

    /// Whether the cell of an attachment will have it.
    fn holds(&self, row: &AttachmentRow) -> bool {
        let field = self
            .base
            .table(row.table)
            .and_then(|table| table.field(row.field));
        field.is_some_and(|field| {
            let cell = self.cell(row.table, row.record, field.slot);
            let is_it = |item: &AttachmentCell| item.id == row.id;
            self.exists(row.table, row.record) && attachments_of(&cell).iter().any(is_it)
        })
    }

    /// Takes out what the plan does to attachments.
    pub(in crate::airtable) fn take_attached(&mut self) -> Attached {
        let has_any = |table: &Table| attachment_fields(table).next().is_some();
        let mut attached = Attached {
            fresh: std::mem::take(&mut self.attached),
            told: std::mem::take(&mut self.told),
            ..Attached::default()
        };
        attached.fresh.retain(|row| self.holds(row));
        for ((table, record), row) in &self.rows {
            let Some(table) = self.base.table(*table).filter(|table| has_any(table)) else {
                continue;
            };
            let original = self.original(table.id, *record);
            let is_there = matches!(row.fate, Fate::Created | Fate::Updated);
            for field in attachment_fields(table) {
                let before = original.map_or(EMPTY, |row| row.cell(field.slot));
                let after = row.cells.get(field.slot).filter(|_| is_there);
                attached.compare(before, after.unwrap_or(EMPTY));
            }
        }
        let fresh: HashSet<_> = attached.fresh.iter().map(|row| row.id).collect();
        attached.back.retain(|item| !fresh.contains(&item.id));
        attached
    }
}

impl Attached {
    fn compare(&mut self, before: &Cell, after: &Cell) {
        let (before, after) = (attachments_of(before), attachments_of(after));
        let lacks = |list: &[AttachmentCell], id| list.iter().all(|item| item.id != id);
        let gone = before.iter().filter(|item| lacks(after, item.id));
        self.gone.extend(gone.map(|item| item.id));
        let back = after.iter().filter(|item| lacks(before, item.id));
        self.back.extend(back.cloned());
    }
}

/// Gives the attachments of a record whose URLs are links of this instance ids of their own; they will share the files.
pub(super) fn share(
    (base, table, record): (BaseId, &Table, RecordId),
    cells: &mut [Cell],
    is_own_link: &(dyn Fn(&str) -> bool + Sync),
    now: Millis,
) -> Vec<AttachmentRow> {
    let mut rows = Vec::new();
    for field in attachment_fields(table) {
        let Some(Cell::Attachments(list)) = cells.get_mut(field.slot) else {
            continue;
        };
        for item in list.iter_mut().filter(|item| is_own_link(&item.url)) {
            let row = AttachmentRow {
                id: AttachmentId::fresh(),
                base,
                table: table.id,
                record,
                field: field.id,
                filename: item.filename.clone(),
                source: Some(item.url.clone()),
                error: None,
                file: None,
                made_at: now,
            };
            *item = cell_of(&row);
            rows.push(row);
        }
    }
    rows
}

/// The field of a name or id, which must be one of attachments.
pub(in crate::airtable) fn attachment_field<'t>(
    table: &'t Table,
    name: &str,
) -> BaseResult<&'t Field> {
    let field = find_field(table, name)?;
    if is_of_attachments(field) {
        return Ok(&**field);
    }
    let message = format!("Field \"{}\" is no field of attachments", field.name);
    Err(BaseError::new(
        BaseErrorKind::InvalidValueForColumn,
        message,
    ))
}

fn attachment_fields(table: &Table) -> impl Iterator<Item = &Field> {
    let fields = table.fields.iter().map(|field| &**field);
    fields.filter(|field| is_of_attachments(field))
}

fn is_of_attachments(field: &Field) -> bool {
    matches!(field.kind, Kind::Attachments { .. })
}

fn attachments_of(cell: &Cell) -> &[AttachmentCell] {
    match cell {
        Cell::Attachments(list) => list,
        _ => &[],
    }
}
