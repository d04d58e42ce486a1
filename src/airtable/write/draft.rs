use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::cell::{Cell, PersonCell};
use super::super::schema::{Base, Field, Kind, Table};
use super::super::snapshot::{Row, RowMeta, State, TableSnapshot};
use super::super::store::Counters;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, Person};
use crate::platform::clock::Millis;
use crate::platform::ids::{RecordId, TableId};

/// A record as it will be.
pub(in crate::airtable) struct RowDraft {
    pub(super) meta: RowMeta,
    pub(super) cells: Vec<Cell>,
    pub(super) touched: BTreeSet<usize>,
    pub(super) fate: Fate,
    /// A new field was filled in: nobody modified the record.
    pub(super) is_quiet: bool,
}

/// What a commit does with a drafted row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Created,
    Updated,
    Deleted,
    /// Created and deleted by the same plan.
    Nothing,
}

/// A plan over one state of a base; dropped, it never was.
pub(in crate::airtable) struct Draft<'a> {
    pub(super) state: &'a State,
    pub(super) base: Base,
    pub(super) counters: Counters,
    pub(super) rows: HashMap<(TableId, RecordId), RowDraft>,
    /// Drafted rows in the order they were first touched, which is that of the change log.
    pub(super) order: Vec<(TableId, RecordId)>,
    /// Tables made or redefined.
    pub(super) redefined: BTreeSet<TableId>,
    pub(super) people: &'a [Person],
    pub(super) author: Arc<PersonCell>,
    pub(super) may_change_schema: bool,
    pub(super) now: Millis,
}

impl<'a> Draft<'a> {
    pub(in crate::airtable) fn new(
        state: &'a State,
        people: &'a [Person],
        author: Arc<PersonCell>,
        may_change_schema: bool,
        now: Millis,
    ) -> Self {
        Self {
            state,
            base: Base::clone(&state.base),
            counters: state.counters.clone(),
            rows: HashMap::new(),
            order: Vec::new(),
            redefined: BTreeSet::new(),
            people,
            author,
            may_change_schema,
            now,
        }
    }

    /// The definition of a table, drafted changes included.
    pub(super) fn table(&self, id: TableId) -> BaseResult<Arc<Table>> {
        let unknown = || BaseError::internal(format!("table {id} is not in its base"));
        self.base.table(id).cloned().ok_or_else(unknown)
    }

    pub(super) fn snapshot(&self, id: TableId) -> Option<&Arc<TableSnapshot>> {
        self.state.snapshot(id)
    }

    /// Replaces the definition of a table.
    pub(super) fn redefine(&mut self, table: Table) {
        self.redefined.insert(table.id);
        let place = self
            .base
            .tables
            .iter_mut()
            .find(|known| known.id == table.id);
        match place {
            Some(place) => *place = Arc::new(table),
            None => self.base.tables.push(Arc::new(table)),
        }
    }

    pub(super) fn exists(&self, table: TableId, record: RecordId) -> bool {
        match self.rows.get(&(table, record)) {
            Some(draft) => matches!(draft.fate, Fate::Created | Fate::Updated),
            None => self.original(table, record).is_some(),
        }
    }

    pub(super) fn original(&self, table: TableId, record: RecordId) -> Option<&Arc<Row>> {
        self.snapshot(table)?.rows.get(&record)
    }

    pub(super) fn cell(&self, table: TableId, record: RecordId, slot: usize) -> Cell {
        let drafted = self
            .rows
            .get(&(table, record))
            .map(|row| row.cells.get(slot));
        match drafted {
            Some(cell) => cell.cloned().unwrap_or_default(),
            None => self
                .original(table, record)
                .map(|row| row.cell(slot).clone())
                .unwrap_or_default(),
        }
    }

    /// The table a record of this base lies in, where it is loaded.
    pub(super) fn table_of(&self, record: RecordId) -> Option<TableId> {
        let drafted = self.rows.iter().find(|((_, id), row)| {
            *id == record && matches!(row.fate, Fate::Created | Fate::Updated)
        });
        if let Some(((table, _), _)) = drafted {
            return Some(*table);
        }
        let mut loaded = self.state.tables.iter();
        loaded
            .find(|(_, snapshot)| snapshot.rows.contains(&record))
            .map(|(id, _)| *id)
    }

    /// Begins a new record with its automatic numbers.
    pub(super) fn add(&mut self, table: &Table) -> RecordId {
        let id = RecordId::fresh();
        let row_no = self.counters.rows.entry(table.id).or_insert(0);
        *row_no += 1;
        let meta = RowMeta {
            id,
            row_no: *row_no,
            created_at: self.now,
            created_by: Some(self.author.clone()),
            updated_at: None,
            updated_by: None,
        };
        let mut cells = vec![Cell::Empty; table.fields.len()];
        for field in table
            .fields
            .iter()
            .filter(|field| matches!(field.kind, Kind::AutoNumber))
        {
            let number = self.counters.numbers.entry(field.id).or_insert(0);
            *number += 1;
            cells[field.slot] = Cell::Number(*number as f64);
        }
        *self.counters.records.entry(table.id).or_insert(0) += 1;
        let draft = RowDraft {
            meta,
            cells,
            touched: BTreeSet::new(),
            fate: Fate::Created,
            is_quiet: false,
        };
        self.rows.insert((table.id, id), draft);
        self.order.push((table.id, id));
        id
    }

    /// The draft of a record that is there.
    pub(super) fn edit(&mut self, table: TableId, record: RecordId) -> BaseResult<&mut RowDraft> {
        let slots = self.table(table)?.fields.len();
        if !self.rows.contains_key(&(table, record)) {
            let row = self
                .original(table, record)
                .ok_or_else(|| missing_record(record))?;
            let mut cells = row.cells.to_vec();
            cells.resize(slots, Cell::Empty);
            let meta = row.meta.clone();
            let draft = RowDraft {
                meta,
                cells,
                touched: BTreeSet::new(),
                fate: Fate::Updated,
                is_quiet: false,
            };
            self.rows.insert((table, record), draft);
            self.order.push((table, record));
        }
        let draft = self
            .rows
            .get_mut(&(table, record))
            .ok_or_else(|| missing_record(record))?;
        if matches!(draft.fate, Fate::Deleted | Fate::Nothing) {
            return Err(missing_record(record));
        }
        draft.cells.resize(slots, Cell::Empty);
        Ok(draft)
    }

    /// Sets a cell and keeps the twin of a link in step.
    pub(super) fn set(
        &mut self,
        table: TableId,
        record: RecordId,
        field: &Field,
        cell: Cell,
    ) -> BaseResult<()> {
        let draft = self.edit(table, record)?;
        if draft.cells[field.slot] == cell {
            return Ok(());
        }
        let old = std::mem::replace(&mut draft.cells[field.slot], cell);
        draft.touched.insert(field.slot);
        let new = draft.cells[field.slot].clone();
        if let Kind::Links(link) = &field.kind
            && let Some(inverse) = link.inverse
        {
            let twin_table = self.table(link.table)?;
            if let Some(twin) = twin_table.field(inverse) {
                self.mirror(
                    link.table,
                    twin.slot,
                    record,
                    links_of(&old),
                    links_of(&new),
                )?;
            }
        }
        Ok(())
    }

    /// Takes a record out of the twin cells it left, and puts it into those it entered.
    fn mirror(
        &mut self,
        table: TableId,
        slot: usize,
        record: RecordId,
        old: &[RecordId],
        new: &[RecordId],
    ) -> BaseResult<()> {
        for gone in old.iter().filter(|id| !new.contains(id)) {
            if self.exists(table, *gone) {
                self.relink(table, *gone, slot, |links| links.retain(|id| *id != record))?;
            }
        }
        for added in new.iter().filter(|id| !old.contains(id)) {
            self.relink(table, *added, slot, |links| {
                if !links.contains(&record) {
                    links.push(record);
                }
            })?;
        }
        Ok(())
    }

    fn relink(
        &mut self,
        table: TableId,
        record: RecordId,
        slot: usize,
        change: impl FnOnce(&mut Vec<RecordId>),
    ) -> BaseResult<()> {
        let draft = self.edit(table, record)?;
        let mut links = links_of(&draft.cells[slot]).to_vec();
        let before = links.len();
        change(&mut links);
        if links.len() != before {
            draft.cells[slot] = link_cell(links);
            draft.touched.insert(slot);
        }
        Ok(())
    }

    /// Removes a record and every link to it.
    pub(super) fn remove(&mut self, table: TableId, record: RecordId) -> BaseResult<()> {
        let definition = self.table(table)?;
        for field in &definition.fields {
            if matches!(field.kind, Kind::Links(_)) {
                self.set(table, record, field, Cell::Empty)?;
            }
        }
        self.unlink_one_sided(table, record)?;
        let draft = self.edit(table, record)?;
        draft.fate = if draft.fate == Fate::Created {
            Fate::Nothing
        } else {
            Fate::Deleted
        };
        let count = self.counters.records.entry(table).or_insert(1);
        *count = count.saturating_sub(1);
        Ok(())
    }

    /// Links without a twin are found by looking.
    fn unlink_one_sided(&mut self, target: TableId, record: RecordId) -> BaseResult<()> {
        for table in self.base.tables.clone() {
            for field in &table.fields {
                let one_sided = matches!(&field.kind, Kind::Links(link) if link.table == target && link.inverse.is_none());
                if !one_sided {
                    continue;
                }
                let holders = self.holders(table.id, field.slot, record);
                for holder in holders {
                    self.relink(table.id, holder, field.slot, |links| {
                        links.retain(|id| *id != record);
                    })?;
                }
            }
        }
        Ok(())
    }

    fn holders(&self, table: TableId, slot: usize, record: RecordId) -> Vec<RecordId> {
        let snapshot = self
            .snapshot(table)
            .map(|snapshot| snapshot.rows.keys().copied());
        let drafted = self
            .rows
            .keys()
            .filter(|(of, _)| *of == table)
            .map(|(_, id)| *id);
        let candidates: BTreeSet<RecordId> =
            snapshot.into_iter().flatten().chain(drafted).collect();
        let holds = |id: &RecordId| {
            self.exists(table, *id) && links_of(&self.cell(table, *id, slot)).contains(&record)
        };
        candidates.into_iter().filter(holds).collect()
    }
}

/// The links in a cell; none in any other kind of cell.
pub(super) fn links_of(cell: &Cell) -> &[RecordId] {
    match cell {
        Cell::Links(links) => links,
        _ => &[],
    }
}

/// A cell of links; empty without any.
pub(super) fn link_cell(links: Vec<RecordId>) -> Cell {
    if links.is_empty() {
        Cell::Empty
    } else {
        Cell::Links(links.into_boxed_slice())
    }
}

/// The error for an id that is no record of the table.
pub(super) fn missing_record(record: RecordId) -> BaseError {
    BaseError::new(
        BaseErrorKind::RowDoesNotExist,
        format!("Record ID {record} does not exist in this table"),
    )
}
