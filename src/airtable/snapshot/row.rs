use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::super::attachments::Links;
use super::super::cell::{Cell, PersonCell, heap_bytes, is_shown, render_linked, write_stored};
use super::super::schema::{Field, Kind, Table};
use crate::platform::clock::{Millis, write_rfc3339};
use crate::platform::ids::RecordId;

/// What a record has beside its cells.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct RowMeta {
    pub(in crate::airtable) id: RecordId,
    pub(in crate::airtable) row_no: i64,
    pub(in crate::airtable) created_at: Millis,
    pub(in crate::airtable) created_by: Option<Arc<PersonCell>>,
    pub(in crate::airtable) updated_at: Option<Millis>,
    pub(in crate::airtable) updated_by: Option<Arc<PersonCell>>,
}

/// A record with its cells by slot and its JSON as clients get it.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Row {
    pub(in crate::airtable) meta: RowMeta,
    pub(in crate::airtable) cells: Box<[Cell]>,
    /// Made by the first reader: of the records in memory many are never sent.
    json: OnceLock<Bytes>,
}

impl Row {
    pub(in crate::airtable) fn new(meta: RowMeta, cells: Vec<Cell>) -> Self {
        Self {
            meta,
            cells: cells.into_boxed_slice(),
            json: OnceLock::new(),
        }
    }

    /// The record whole, keyed by field name, under the definition it was made with.
    ///
    /// It keeps the links it was first asked with; the state that has it is made anew before they end.
    pub(in crate::airtable) fn json(&self, table: &Table, links: &Links) -> &Bytes {
        self.json
            .get_or_init(|| self.render(table, &table.fields, false, links))
    }

    /// The same record for a changed definition of its table.
    pub(in crate::airtable) fn redefined(&self) -> Self {
        Self::new(self.meta.clone(), self.cells.to_vec())
    }

    /// Puts a computed value into a row that nobody has read yet.
    pub(in crate::airtable) fn set(&mut self, slot: usize, cell: Cell) {
        if self.cells.len() <= slot {
            let mut cells = std::mem::take(&mut self.cells).into_vec();
            cells.resize(slot + 1, Cell::Empty);
            self.cells = cells.into();
        }
        self.cells[slot] = cell;
    }

    /// The stored cell of a slot; a field younger than the record has none yet.
    pub(in crate::airtable) fn cell(&self, slot: usize) -> &Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.cells.get(slot).unwrap_or(EMPTY)
    }

    /// The value of a field, computed ones included.
    pub(in crate::airtable) fn value(&self, table: &Table, field: &Field) -> Cow<'_, Cell> {
        match &field.kind {
            Kind::CreatedTime(_) => Cow::Owned(Cell::Time(self.meta.created_at)),
            Kind::CreatedBy => match &self.meta.created_by {
                Some(person) => Cow::Owned(Cell::Person(Box::new(PersonCell::clone(person)))),
                None => Cow::Owned(Cell::Empty),
            },
            Kind::Count { link } => {
                let slot = link.and_then(|id| table.field(id)).map(|field| field.slot);
                let count = slot.map_or(0, |slot| match self.cell(slot) {
                    Cell::Links(links) => links.len(),
                    _ => 0,
                });
                // A table of records never outgrows the exact range of a double.
                Cow::Owned(Cell::Number(count as f64))
            }
            _ => Cow::Borrowed(self.cell(field.slot)),
        }
    }

    /// The record as JSON with these fields, keyed by name or id.
    pub(in crate::airtable) fn render<'a>(
        &self,
        table: &Table,
        fields: impl IntoIterator<Item = &'a Arc<Field>>,
        by_field_id: bool,
        links: &Links,
    ) -> Bytes {
        let mut out = Vec::with_capacity(128 + self.cells.len() * 32);
        self.open_json(&mut out);
        let mut first = true;
        for field in fields {
            let value = self.value(table, field);
            if !is_shown(field, &value) {
                continue;
            }
            open_member(&mut out, field, by_field_id, &mut first);
            render_linked(field, &value, Some(links), &mut out);
        }
        out.extend_from_slice(b"}}");
        out.shrink_to_fit();
        Bytes::from(out)
    }

    /// The record as JSON with every value made by `text`.
    pub(in crate::airtable) fn render_text<'a>(
        &self,
        table: &Table,
        fields: impl IntoIterator<Item = &'a Arc<Field>>,
        by_field_id: bool,
        text: impl Fn(&Field, &Cell) -> String,
    ) -> Bytes {
        let mut out = Vec::with_capacity(128 + self.cells.len() * 32);
        self.open_json(&mut out);
        let mut first = true;
        for field in fields {
            let value = self.value(table, field);
            if !is_shown(field, &value) {
                continue;
            }
            open_member(&mut out, field, by_field_id, &mut first);
            push_json(&mut out, &text(field, &value));
        }
        out.extend_from_slice(b"}}");
        Bytes::from(out)
    }

    fn open_json(&self, out: &mut Vec<u8>) {
        let mut time = String::with_capacity(24);
        write_rfc3339(&mut time, self.meta.created_at);
        out.extend_from_slice(b"{\"id\":\"rec");
        out.extend_from_slice(self.meta.id.body().as_bytes());
        out.extend_from_slice(b"\",\"createdTime\":\"");
        out.extend_from_slice(time.as_bytes());
        out.extend_from_slice(b"\",\"fields\":{");
    }

    /// Bytes this record takes in memory, roughly.
    pub(in crate::airtable) fn weight(&self) -> usize {
        let heap: usize = self.cells.iter().map(heap_bytes).sum();
        // The JSON repeats what the cells hold, with the names of the fields around it.
        let json = heap + self.cells.len() * 16 + 96;
        size_of::<Self>() + self.cells.len() * size_of::<Cell>() + heap + json + 64
    }
}

fn open_member(out: &mut Vec<u8>, field: &Field, by_field_id: bool, first: &mut bool) {
    if !std::mem::take(first) {
        out.push(b',');
    }
    if by_field_id {
        out.extend_from_slice(b"\"fld");
        out.extend_from_slice(field.id.body().as_bytes());
        out.push(b'"');
    } else {
        push_json(out, &field.name);
    }
    out.push(b':');
}

fn push_json(out: &mut Vec<u8>, text: &str) {
    // Writing into a Vec cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Cells in their stored form, by field id; empty ones are left out.
pub(in crate::airtable) fn stored_cells(table: &Table, cells: &[Cell]) -> String {
    let mut out = Vec::with_capacity(cells.len() * 32 + 2);
    out.push(b'{');
    let mut first = true;
    for (field, cell) in table.fields.iter().zip(cells) {
        if matches!(cell, Cell::Empty) || matches!(field.kind, Kind::Computed(_)) {
            continue;
        }
        open_member(&mut out, field, true, &mut first);
        write_stored(cell, &mut out);
    }
    out.push(b'}');
    String::from_utf8(out).expect("JSON is UTF-8")
}
