use std::collections::{BTreeSet, HashSet};

use super::super::cell::{Cell, links_of};
use super::super::schema::{Kind, Table};
use super::draft::{Draft, Fate};
use crate::contracts::BaseResult;
use crate::platform::ids::{RecordId, TableId};

impl Draft<'_> {
    /// Takes a record out of the twin cells it left, and puts it into those it entered.
    pub(super) fn mirror(
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

    /// Removes records of a table and every link to them.
    pub(in crate::airtable) fn remove(
        &mut self,
        table: TableId,
        records: &[RecordId],
    ) -> BaseResult<()> {
        let definition = self.table(table)?;
        for field in &definition.fields {
            if matches!(field.kind, Kind::Links(_)) {
                for record in records {
                    self.set(table, *record, field, Cell::Empty)?;
                }
            }
        }
        self.unlink_one_sided(table, &records.iter().copied().collect())?;
        for record in records {
            let draft = self.edit(table, *record)?;
            draft.fate = if draft.fate == Fate::Created {
                Fate::Nothing
            } else {
                Fate::Deleted
            };
            let count = self.counters.records.entry(table).or_insert(1);
            *count = count.saturating_sub(1);
        }
        Ok(())
    }

    /// Links without a twin are found by looking, once for all records that go.
    fn unlink_one_sided(&mut self, target: TableId, gone: &HashSet<RecordId>) -> BaseResult<()> {
        for table in self.base.tables.clone() {
            let slots = one_sided_links(&table, target);
            if slots.is_empty() {
                continue;
            }
            for holder in self.holders(table.id, &slots, gone) {
                for slot in &slots {
                    self.relink(table.id, holder, *slot, |links| {
                        links.retain(|id| !gone.contains(id));
                    })?;
                    self.edit(table.id, holder)?.direct.insert(*slot);
                }
            }
        }
        Ok(())
    }

    /// The records that link to one of `gone` in one of the slots.
    fn holders(
        &self,
        table: TableId,
        slots: &[usize],
        gone: &HashSet<RecordId>,
    ) -> BTreeSet<RecordId> {
        let holds = |cells: &[Cell]| {
            let cells = slots.iter().filter_map(|slot| cells.get(*slot));
            cells.flat_map(links_of).any(|id| gone.contains(id))
        };
        let stored = self.snapshot(table).into_iter();
        let stored = stored
            .flat_map(|snapshot| snapshot.rows.values())
            .filter(|row| holds(&row.cells))
            .map(|row| row.meta.id)
            .filter(|id| !self.rows.contains_key(&(table, *id)));
        let drafted = self
            .rows
            .iter()
            .filter(|((of, id), row)| *of == table && holds(&row.cells) && self.exists(table, *id));
        stored.chain(drafted.map(|((_, id), _)| *id)).collect()
    }
}

fn one_sided_links(table: &Table, target: TableId) -> Vec<usize> {
    let links = table.fields.iter().filter(|field| {
        matches!(&field.kind, Kind::Links(link) if link.table == target && link.inverse.is_none())
    });
    links.map(|field| field.slot).collect()
}

/// A cell of links; empty without any.
pub(super) fn link_cell(links: Vec<RecordId>) -> Cell {
    if links.is_empty() {
        Cell::Empty
    } else {
        Cell::Links(links.into_boxed_slice())
    }
}
