use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::cell::{Cell, PersonCell, links_of};
use super::super::graph::{Failure, Graph, resolve};
use super::super::schema::{Base, Field, Kind, Table};
use super::super::snapshot::{Row, RowMeta, State, TableSnapshot};
use super::super::store::{AttachmentRow, Counters, RecordOrigin};
use super::names::Names;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, Person};
use crate::platform::clock::Millis;
use crate::platform::ids::{AttachmentId, RecordId, TableId};

/// A record as it will be.
pub(in crate::airtable) struct RowDraft {
    pub(super) meta: RowMeta,
    pub(super) cells: Vec<Cell>,
    pub(super) touched: BTreeSet<usize>,
    /// Of those, the ones that were written themselves and not as the twin of a link.
    pub(super) direct: BTreeSet<usize>,
    pub(super) fate: Fate,
    /// A new field was filled in: nobody modified the record.
    pub(super) is_quiet: bool,
    /// It had been deleted and comes back: its times and people are older than this plan.
    pub(super) is_restored: bool,
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
    pub(in crate::airtable) state: &'a State,
    pub(in crate::airtable) base: Base,
    /// How the computed fields of the drafted definitions hang together.
    pub(super) graph: Arc<Graph>,
    pub(super) counters: Counters,
    pub(super) rows: HashMap<(TableId, RecordId), RowDraft>,
    /// Drafted rows in the order they were first touched, which is that of the change log.
    pub(super) order: Vec<(TableId, RecordId)>,
    /// Tables made or redefined.
    pub(super) redefined: BTreeSet<TableId>,
    /// Attachments that are new, whose rows are written with the plan.
    pub(super) attached: Vec<AttachmentRow>,
    /// Attachments of which more is known now.
    pub(super) told: Vec<AttachmentRow>,
    /// Attachments that it may bring back.
    pub(super) known: HashMap<AttachmentId, AttachmentRow>,
    /// Of the tables that a link by name led to.
    pub(super) names: HashMap<TableId, Names>,
    pub(super) people: &'a [Person],
    pub(super) author: Arc<PersonCell>,
    pub(super) may_change_schema: bool,
    /// It is a first copy, of which the change log tells nothing.
    pub(in crate::airtable) is_unlogged: bool,
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
            graph: state.graph.clone(),
            counters: state.counters.clone(),
            rows: HashMap::new(),
            order: Vec::new(),
            redefined: BTreeSet::new(),
            attached: Vec::new(),
            told: Vec::new(),
            known: HashMap::new(),
            names: HashMap::new(),
            people,
            author,
            may_change_schema,
            is_unlogged: false,
            now,
        }
    }

    /// The definition of a table, drafted changes included.
    pub(in crate::airtable) fn table(&self, id: TableId) -> BaseResult<Arc<Table>> {
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

    /// Gives computed fields what follows from the drafted definitions; answers those that cannot be computed.
    pub(super) fn settle(&mut self) -> Vec<Failure> {
        let (graph, failures) = resolve(&mut self.base.tables);
        self.graph = Arc::new(graph);
        failures
    }

    pub(in crate::airtable) fn exists(&self, table: TableId, record: RecordId) -> bool {
        match self.rows.get(&(table, record)) {
            Some(draft) => matches!(draft.fate, Fate::Created | Fate::Updated),
            None => self.original(table, record).is_some(),
        }
    }

    pub(in crate::airtable) fn original(
        &self,
        table: TableId,
        record: RecordId,
    ) -> Option<&Arc<Row>> {
        self.snapshot(table)?.rows.get(&record)
    }

    pub(in crate::airtable) fn cell(&self, table: TableId, record: RecordId, slot: usize) -> Cell {
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
        let meta = RowMeta {
            id,
            row_no: self.next_row_no(table.id),
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
            direct: BTreeSet::new(),
            fate: Fate::Created,
            is_quiet: false,
            is_restored: false,
        };
        self.rows.insert((table.id, id), draft);
        self.order.push((table.id, id));
        self.note_name(table, id);
        id
    }

    /// Begins a record that was deleted under its old id; without an origin it counts as made now.
    pub(in crate::airtable) fn restore(
        &mut self,
        table: &Table,
        id: RecordId,
        row_no: Option<i64>,
        origin: &RecordOrigin,
        cells: Vec<Cell>,
    ) {
        let meta = RowMeta {
            id,
            row_no: row_no.unwrap_or_else(|| self.next_row_no(table.id)),
            created_at: origin.created_at.unwrap_or(self.now),
            created_by: origin.created_by.clone().or(Some(self.author.clone())),
            updated_at: origin.updated_at,
            updated_by: origin.updated_by.clone(),
        };
        *self.counters.records.entry(table.id).or_insert(0) += 1;
        let touched = (0..cells.len()).collect();
        self.rows.insert(
            (table.id, id),
            RowDraft {
                meta,
                cells,
                direct: BTreeSet::clone(&touched),
                touched,
                fate: Fate::Created,
                is_quiet: false,
                is_restored: true,
            },
        );
        self.order.push((table.id, id));
        self.note_name(table, id);
    }

    fn next_row_no(&mut self, table: TableId) -> i64 {
        let row_no = self.counters.rows.entry(table).or_insert(0);
        *row_no += 1;
        *row_no
    }

    /// Puts the same links in another order, which changes nothing on the other side.
    pub(in crate::airtable) fn reorder(
        &mut self,
        table: TableId,
        record: RecordId,
        slot: usize,
        cell: Cell,
    ) -> BaseResult<()> {
        let draft = self.edit(table, record)?;
        draft.cells[slot] = cell;
        draft.touched.insert(slot);
        Ok(())
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
                direct: BTreeSet::new(),
                fate: Fate::Updated,
                is_quiet: false,
                is_restored: false,
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
    pub(in crate::airtable) fn set(
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
        let definition = self.table(table)?;
        let names_it = field.id == definition.primary;
        if names_it {
            self.forget_name(&definition, record);
        }
        let draft = self.edit(table, record)?;
        let old = std::mem::replace(&mut draft.cells[field.slot], cell);
        draft.touched.insert(field.slot);
        draft.direct.insert(field.slot);
        let new = draft.cells[field.slot].clone();
        if names_it {
            self.note_name(&definition, record);
        }
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
}

/// The error for an id that is no record of the table.
pub(super) fn missing_record(record: RecordId) -> BaseError {
    BaseError::new(
        BaseErrorKind::RowDoesNotExist,
        format!("Record ID {record} does not exist in this table"),
    )
}
