use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::DbErr;

use super::super::graph::{Column, Graph, Part};
use super::super::schema::Table;
use super::super::snapshot::{Loaded, Row, State, TableSnapshot};
use super::apart::apart;
use super::board::{Board, Worked};
use super::dirty::{Dirty, Records};
use super::schema::note_redefined;
use super::spread::spread;
use crate::platform::clock::Millis;
use crate::platform::ids::{RecordId, TableId};

/// Records that were made, changed or deleted, by table.
pub(in crate::airtable) type Touched = HashMap<TableId, Vec<RecordId>>;

/// What [`follow`] answers, computed where it holds up nobody; `within` is the moment, and the work at which it gives up.
pub(in crate::airtable) async fn settled(
    old: &State,
    next: State,
    touched: Touched,
    within: (Millis, u64),
) -> Result<(State, u64), DbErr> {
    let is_redefined = !Arc::ptr_eq(&old.base, &next.base);
    let records = match is_redefined && !next.graph.nodes().is_empty() {
        true => next.records(),
        false => touched.values().map(Vec::len).sum(),
    };
    let old = old.clone();
    apart(records, move || follow(&old, next, &touched, within)).await
}

/// The next state with all that follows from what is different in it, and the work it was.
///
/// Tables that need others which are not in memory leave it; the next reader loads them together.
pub(super) fn follow(
    old: &State,
    mut next: State,
    touched: &Touched,
    within: (Millis, u64),
) -> (State, u64) {
    drop_unfounded(&mut next);
    let mut dirty = Dirty::default();
    for (table, records) in touched {
        note_rows(&mut dirty, old, &next, *table, records);
    }
    if !Arc::ptr_eq(&old.base, &next.base) {
        note_redefined(&mut dirty, &old.base, &next.base);
    }
    let work = work(&mut next, dirty, within);
    (next, work)
}

fn drop_unfounded(state: &mut State) {
    let loaded: HashSet<TableId> = state.tables.keys().copied().collect();
    let graph = state.graph.clone();
    let is_founded = |table: &TableId| graph.needs(*table).all(|needed| loaded.contains(&needed));
    state.tables.retain(|table, _| is_founded(table));
}

fn note_rows(dirty: &mut Dirty, old: &State, next: &State, table: TableId, records: &[RecordId]) {
    let (Some(before), Some(after)) = (old.snapshot(table), next.snapshot(table)) else {
        return;
    };
    let watched: Vec<Part> = next.graph.watched(table).collect();
    for record in records {
        let Some(new) = after.rows.get(record) else {
            continue;
        };
        let Some(old) = before.rows.get(record) else {
            dirty.add_fresh(table, *record);
            continue;
        };
        for part in &watched {
            if differs(old, new, *part) {
                let part = *part;
                dirty.add_one(Column { table, part }, *record);
            }
        }
    }
}

/// Computed cells are not compared here: both rows have them from before the change.
fn differs(old: &Row, new: &Row, part: Part) -> bool {
    match part {
        Part::Cell(slot) => old.cell(slot) != new.cell(slot),
        Part::Changes => old.meta.updated_at != new.meta.updated_at,
        Part::Names(_) => false,
    }
}

fn work(state: &mut State, dirty: Dirty, within: (Millis, u64)) -> u64 {
    if dirty.is_empty() || state.graph.nodes().is_empty() {
        return 0;
    }
    let mut board = Board::new(&state.base, &state.tables, HashMap::new());
    let work = spread(&state.graph, &mut board, dirty, within);
    let worked = std::mem::take(&mut board.worked);
    for (table, worked) in worked {
        if let Some(snapshot) = state.tables.get(&table) {
            let rows = worked.rows.into_iter();
            let rows = rows.map(|row| (row.meta.id, Some(Arc::new(row))));
            let next = snapshot.with(snapshot.table.clone(), rows);
            state.tables.insert(table, Arc::new(next));
        }
    }
    work
}

/// The same state with the values that depend on the time as of now.
pub(in crate::airtable) fn renew(state: &State, now: Millis) -> State {
    let mut next = state.clone();
    let of_now = next.graph.nodes().iter().filter(|node| node.is_of_now());
    let mut dirty = Dirty::default();
    dirty.columns.extend(of_now.map(|node| node.column));
    work(&mut next, dirty, (now, u64::MAX));
    next.computed_at = now;
    next
}

/// Puts tables that were just read into a state, all their values computed.
pub(in crate::airtable) fn load(state: &mut State, loaded: Vec<Loaded>, now: Millis) {
    let graph = state.graph.clone();
    let has_computed = |table: &Loaded| {
        let mut nodes = graph.nodes().iter();
        nodes.any(|node| node.column.table == table.table.id)
    };
    let (computed, plain): (Vec<Loaded>, Vec<Loaded>) = loaded.into_iter().partition(has_computed);
    for Loaded { table, rows } in plain {
        put(state, table, rows);
    }
    if computed.is_empty() {
        return;
    }
    if !has_of_now(state, &graph) {
        state.computed_at = now;
    }
    let mut definitions = HashMap::new();
    let mut worked = HashMap::new();
    let mut dirty = Dirty::default();
    for Loaded { table, rows } in computed {
        dirty.fresh.insert(table.id, Records::All);
        worked.insert(table.id, Worked::new(rows));
        definitions.insert(table.id, table);
    }
    let mut board = Board::new(&state.base, &state.tables, worked);
    spread(&graph, &mut board, dirty, (now, u64::MAX));
    for (id, worked) in std::mem::take(&mut board.worked) {
        if let Some(table) = definitions.remove(&id) {
            put(state, table, worked.rows);
        }
    }
}

fn has_of_now(state: &State, graph: &Graph) -> bool {
    state.tables.keys().any(|table| graph.is_of_now(*table))
}

fn put(state: &mut State, table: Arc<Table>, rows: Vec<Row>) {
    let id = table.id;
    let snapshot = TableSnapshot::of_rows(table, rows);
    state.tables.insert(id, Arc::new(snapshot));
}
