use std::collections::HashSet;
use std::sync::Arc;

use super::super::schema::Table;
use super::super::service::{Airtable, ImportRecord, instance};
use super::super::service_write::neighbours;
use super::super::snapshot::State;
use super::super::write::{
    Author, Draft, Incoming, Taken, absorb, absorb_deletions, read_incoming,
};
use super::place::Mirror;
use crate::contracts::{BaseResult, ChangeSet, Origin, Role, WriteContext};
use crate::platform::ids::{RecordId, TableId};

/// What came of taking records over.
#[derive(Default)]
pub(super) struct Took {
    /// Records that were otherwise here.
    pub(super) changed: usize,
    /// Records that somebody changed here since they were asked for: what came may be older than that.
    pub(super) doubtful: Vec<RecordId>,
    /// Whether the definition of the table is older than the records.
    pub(super) is_outdated: bool,
    /// Whether the table was defined anew since the records were asked for, so that nothing was taken over.
    pub(super) is_redefined: bool,
}

/// The base as it was when something was asked of Airtable.
#[derive(Clone)]
pub(super) struct Since {
    state: Arc<State>,
    at: u64,
}

impl Since {
    /// Whether a record is still as it was.
    pub(super) fn is_same(&self, now: &State, table: TableId, id: RecordId) -> bool {
        let row = |state: &State| state.snapshot(table)?.rows.get(&id).cloned();
        match (row(&self.state), row(now)) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(&one, &other) || one.cells == other.cells,
            _ => false,
        }
    }

    /// The records of a table then.
    pub(super) fn records(&self, table: TableId) -> Vec<RecordId> {
        let snapshot = self.state.snapshot(table);
        let rows = snapshot.into_iter().flat_map(|table| table.rows.values());
        rows.map(|row| row.meta.id).collect()
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// In moments of this instance.
    pub(super) fn at(&self) -> u64 {
        self.at
    }
}

impl Airtable {
    /// The base with the records of a table and of those around it, to be asked before Airtable is.
    pub(super) async fn since(&self, mirror: &Mirror, table: TableId) -> BaseResult<Since> {
        let around = neighbours(&mirror.definition(), table)?;
        let open = mirror.open(Role::Viewer);
        let at = self.rounds.moments.now();
        let state = self.loaded(&open, &around).await?;
        Ok(Since { state, at })
    }

    /// Takes records over as Airtable told them; `is_first` where it is the first copy, which nobody needs to hear of.
    pub(super) async fn take(
        &self,
        mirror: &Mirror,
        (table, since): (&Table, &Since),
        records: &[ImportRecord],
        is_first: bool,
    ) -> BaseResult<Took> {
        let (incoming, is_whole) = read_all(table, records, self.now());
        let (id, moments) = (table.id, &self.rounds.moments);
        let plan = |draft: &mut Draft<'_>| {
            if !has_fields_of(draft, table) {
                return Ok(Took {
                    is_redefined: true,
                    doubtful: incoming.iter().map(|one| one.id).collect(),
                    ..Took::default()
                });
            }
            draft.is_unlogged = is_first;
            let is_newest = |record| moments.is_newest(since, draft.state, (id, record));
            let (new, old) = parted(incoming, |one| is_newest(one.id));
            new.iter().for_each(|one| moments.note(one.id));
            let changed = absorb(draft, id, &new, Taken::All)?;
            Ok(Took {
                changed,
                doubtful: old.iter().map(|one| one.id).collect(),
                is_outdated: !is_whole,
                is_redefined: false,
            })
        };
        self.write_told(mirror, id, plan).await
    }

    /// Takes over that records are gone; answers how many were here, and which somebody changed here meanwhile.
    pub(super) async fn take_deletions(
        &self,
        mirror: &Mirror,
        (table, since): (TableId, &Since),
        gone: Vec<RecordId>,
    ) -> BaseResult<(usize, Vec<RecordId>)> {
        let moments = &self.rounds.moments;
        let plan = |draft: &mut Draft<'_>| {
            let is_newest = |id: &_| moments.is_newest(since, draft.state, (table, *id));
            let (same, other) = parted(gone, is_newest);
            same.iter().for_each(|id| moments.note(*id));
            Ok((absorb_deletions(draft, table, &same)?, other))
        };
        self.write_told(mirror, table, plan).await
    }

    /// Writes what Airtable told, in the name of nobody here.
    pub(super) async fn write_told<T: Send>(
        &self,
        mirror: &Mirror,
        table: TableId,
        plan: impl FnOnce(&mut Draft<'_>) -> BaseResult<T> + Send,
    ) -> BaseResult<T> {
        let (actor, change) = (
            instance(mirror.tenant),
            ChangeSet::single(Origin::System, "mirror"),
        );
        let by = WriteContext::new(&actor, &change);
        let open = mirror.open(Role::Viewer);
        let author = Author::instance();
        let tables = |base: &_| neighbours(base, table);
        let written = self.write_as(by, (&author, &[]), &open, tables, plan);
        Ok(written.await?.1)
    }
}

/// Records as cells of the table, and whether all of them were understood.
pub(super) fn read_all(table: &Table, records: &[ImportRecord], now: i64) -> (Vec<Incoming>, bool) {
    let mut is_whole = true;
    let read = records.iter().map(|record| {
        let (incoming, is_understood) = read_incoming(table, record, now);
        is_whole &= is_understood;
        incoming
    });
    let read = read.collect();
    (read, is_whole)
}

/// Whether a drafted table has its fields in the same places as when records were read for it.
pub(super) fn has_fields_of(draft: &Draft<'_>, read: &Table) -> bool {
    let Ok(table) = draft.table(read.id) else {
        return false;
    };
    let ids = |table: &Table| -> Vec<_> { table.fields.iter().map(|field| field.id).collect() };
    ids(&table) == ids(read)
}

fn parted<T>(all: Vec<T>, is_first: impl Fn(&T) -> bool) -> (Vec<T>, Vec<T>) {
    all.into_iter().partition(|one| is_first(one))
}

/// The records that are not among those that Airtable answered.
pub(super) fn missing(asked: &[RecordId], found: &[ImportRecord]) -> Vec<RecordId> {
    let found: HashSet<RecordId> = found.iter().map(|record| record.id).collect();
    let asked = asked.iter().copied();
    asked.filter(|id| !found.contains(id)).collect()
}
