use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::cell::{
    AttachmentCell, Cell, ChoiceInput, LinkInput, Mode, ParseContext, Parsed, PersonCell, links_of,
    parse,
};
use super::super::schema::{Field, Kind, Table};
use super::super::service::ImportRecord;
use super::super::store::RecordOrigin;
use super::draft::Draft;
use super::links::link_cell;
use super::values::choices_of;
use crate::contracts::BaseResult;
use crate::platform::clock::Millis;
use crate::platform::ids::{FieldId, RecordId, TableId};

/// A record as Airtable has it.
pub(in crate::airtable) struct Incoming {
    pub(in crate::airtable) id: RecordId,
    made_at: Millis,
    made_by: Option<Arc<PersonCell>>,
    /// By slot.
    cells: Vec<Cell>,
}

/// Which cells of a record that is here already are taken over.
#[derive(Clone, Copy)]
pub(in crate::airtable) enum Taken<'a> {
    All,
    /// Those of these fields.
    Of(&'a HashSet<FieldId>),
    AllBut(&'a HashSet<FieldId>),
}

impl Taken<'_> {
    fn takes(self, field: FieldId) -> bool {
        match self {
            Self::All => true,
            Self::Of(fields) => fields.contains(&field),
            Self::AllBut(fields) => !fields.contains(&field),
        }
    }
}

/// Reads a record of Airtable with cells by field id, and whether all of it was understood: where not, the definition
/// of the table is older than the record.
pub(in crate::airtable) fn read_incoming(
    table: &Table,
    record: &ImportRecord,
    now: Millis,
) -> (Incoming, bool) {
    let mut is_whole = true;
    let mut cells = vec![Cell::Empty; table.fields.len()];
    let mut made_by = None;
    for (id, value) in &record.fields {
        let field = id.parse().ok().and_then(|id| table.field(id));
        let Some(field) = field else {
            is_whole = false;
            continue;
        };
        let Some(cell) = incoming_cell(field, value, now) else {
            is_whole = false;
            continue;
        };
        match (&field.kind, cell) {
            (Kind::CreatedBy, Cell::Person(person)) => made_by = Some(Arc::new(*person)),
            (Kind::CreatedTime(_) | Kind::CreatedBy, _) => {}
            (_, cell) => cells[field.slot] = cell,
        }
    }
    let made_at = record.created_time.parse::<jiff::Timestamp>();
    let incoming = Incoming {
        id: record.id,
        made_at: made_at.map_or(now, jiff::Timestamp::as_millisecond),
        made_by,
        cells,
    };
    (incoming, is_whole)
}

/// `None` for a value that the definition of its field does not allow.
pub(in crate::airtable) fn incoming_cell(
    field: &Field,
    value: &Value,
    now: Millis,
) -> Option<Cell> {
    let context = ParseContext {
        mode: Mode::Import,
        people: &[],
        now,
    };
    match parse(field, value, &context).ok()? {
        Parsed::Cell(cell) => Some(cell),
        Parsed::Choices(inputs) => choices(field, inputs),
        Parsed::Links(inputs) => Some(link_cell(inputs.into_iter().filter_map(target).collect())),
    }
}

fn target(input: LinkInput) -> Option<RecordId> {
    match input {
        LinkInput::Id(id) => Some(id),
        LinkInput::Name(_) => None,
    }
}

fn choices(field: &Field, inputs: Vec<ChoiceInput>) -> Option<Cell> {
    let known = choices_of(&field.kind)?;
    let id = |input| match input {
        ChoiceInput::Known(id) => Some(id),
        ChoiceInput::New(name) => known.by_name.get(&name).map(|at| known.list[*at].id),
    };
    let ids: Vec<_> = inputs.into_iter().map(id).collect::<Option<_>>()?;
    Some(match (&field.kind, ids.as_slice()) {
        (_, []) => Cell::Empty,
        (Kind::SingleSelect(_), [first, ..]) => Cell::Choice(*first),
        _ => Cell::Choices(ids.into()),
    })
}

/// Drafts that records are as Airtable has them; answers how many were not.
pub(in crate::airtable) fn absorb(
    draft: &mut Draft<'_>,
    table: TableId,
    incoming: &[Incoming],
    taken: Taken<'_>,
) -> BaseResult<usize> {
    let mut changed = 0;
    for record in incoming {
        let is_changed = match draft.exists(table, record.id) {
            true => draft.overwrite(table, record, taken)?,
            false => draft.adopt(table, record)?,
        };
        changed += usize::from(is_changed);
    }
    draft.keep_quiet();
    Ok(changed)
}

/// The records that a draft changes, by table.
pub(in crate::airtable) fn touched(draft: &Draft<'_>) -> BTreeMap<TableId, BTreeSet<RecordId>> {
    let mut touched: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (table, record) in draft.rows.keys() {
        touched.entry(*table).or_default().insert(*record);
    }
    touched
}

/// Drafts that records are gone at Airtable; answers how many were here.
pub(in crate::airtable) fn absorb_deletions(
    draft: &mut Draft<'_>,
    table: TableId,
    records: &[RecordId],
) -> BaseResult<usize> {
    let here = records.iter().copied();
    let here: Vec<RecordId> = here.filter(|id| draft.exists(table, *id)).collect();
    draft.remove(table, &here)?;
    draft.keep_quiet();
    Ok(here.len())
}

/// Whether attachments are the same but for their links, which end and are made anew.
fn is_renewed(old: &Cell, new: &Cell) -> bool {
    let (Cell::Attachments(old), Cell::Attachments(new)) = (old, new) else {
        return false;
    };
    let lasting = |attachment: &AttachmentCell| {
        let size = attachment.rest.get("size").cloned();
        (attachment.id, attachment.filename.clone(), size)
    };
    old.iter().map(lasting).eq(new.iter().map(lasting))
}

impl Draft<'_> {
    fn adopt(&mut self, table: TableId, record: &Incoming) -> BaseResult<bool> {
        let definition = self.table(table)?;
        let origin = RecordOrigin {
            created_at: Some(record.made_at),
            created_by: record.made_by.clone(),
            ..RecordOrigin::default()
        };
        self.restore(&definition, record.id, None, &origin, record.cells.clone());
        for field in &definition.fields {
            let new = links_of(&record.cells[field.slot]).to_vec();
            self.twin(field, record.id, &[], &new)?;
        }
        Ok(true)
    }

    fn overwrite(
        &mut self,
        table: TableId,
        record: &Incoming,
        taken: Taken<'_>,
    ) -> BaseResult<bool> {
        let definition = self.table(table)?;
        let mut is_changed = false;
        for field in &definition.fields {
            let cell = &record.cells[field.slot];
            if !taken.takes(field.id) || self.cell(table, record.id, field.slot) == *cell {
                continue;
            }
            is_changed |= !is_renewed(&self.cell(table, record.id, field.slot), cell);
            if !matches!(field.kind, Kind::Links(_)) {
                self.set(table, record.id, field, cell.clone())?;
                continue;
            }
            let row = self.edit(table, record.id)?;
            let old = std::mem::replace(&mut row.cells[field.slot], cell.clone());
            row.touched.insert(field.slot);
            row.direct.insert(field.slot);
            self.twin(field, record.id, links_of(&old), links_of(cell))?;
        }
        Ok(is_changed)
    }

    /// Keeps the other side of a link in step, where it has come already.
    fn twin(
        &mut self,
        field: &Field,
        record: RecordId,
        old: &[RecordId],
        new: &[RecordId],
    ) -> BaseResult<()> {
        let Kind::Links(link) = &field.kind else {
            return Ok(());
        };
        let Some(inverse) = link.inverse else {
            return Ok(());
        };
        let Some(twin) = self.base.table(link.table).cloned() else {
            return Ok(());
        };
        let Some(slot) = twin.field(inverse).map(|field| field.slot) else {
            return Ok(());
        };
        let new: Vec<RecordId> = new
            .iter()
            .copied()
            .filter(|id| self.exists(twin.id, *id))
            .collect();
        self.mirror(twin.id, slot, record, old, &new)
    }

    /// When and by whom a record was changed is what Airtable says.
    fn keep_quiet(&mut self) {
        for row in self.rows.values_mut() {
            row.is_quiet = true;
        }
    }
}
