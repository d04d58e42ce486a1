use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::computed::Touched;
use super::super::schema::Table;
use super::super::snapshot::{Row, RowMap, State, TableSnapshot};
use super::draft::Draft;
use crate::platform::ids::{RecordId, TableId};

/// Rows as they are after a write; `None` where they are gone.
pub(super) type Finished = HashMap<TableId, Vec<(RecordId, Option<Arc<Row>>)>>;

/// What holds once the plan is committed, before anything is computed from it.
pub(super) fn next_state(
    draft: Draft<'_>,
    redefined: &BTreeSet<TableId>,
    seq: i64,
    finished: Finished,
) -> (State, Touched) {
    let Draft {
        state,
        base,
        graph,
        counters,
        ..
    } = draft;
    let records =
        |rows: &Vec<(RecordId, Option<Arc<Row>>)>| rows.iter().map(|(id, _)| *id).collect();
    let touched = finished.iter();
    let touched: Touched = touched.map(|(id, rows)| (*id, records(rows))).collect();
    let is_new = !redefined.is_empty();
    let next = State {
        tables: next_tables(state, &base.tables, finished),
        base: if is_new {
            Arc::new(base)
        } else {
            state.base.clone()
        },
        graph,
        computed_at: state.computed_at,
        seq,
        counters,
        key: state.key.clone(),
        links: state.links.clone(),
    };
    (next, touched)
}

fn next_tables(
    state: &State,
    definitions: &[Arc<Table>],
    mut finished: Finished,
) -> HashMap<TableId, Arc<TableSnapshot>> {
    let mut tables = HashMap::with_capacity(state.tables.len());
    for table in definitions {
        let changes = finished.remove(&table.id);
        let next = match state.snapshot(table.id) {
            None if state.base.table(table.id).is_some() => continue,
            None => TableSnapshot::new(table.clone(), RowMap::default(), 0),
            Some(snapshot) if !Arc::ptr_eq(&snapshot.table, table) => {
                snapshot.redefined(table.clone())
            }
            Some(snapshot) if changes.is_none() => {
                tables.insert(table.id, snapshot.clone());
                continue;
            }
            Some(snapshot) => snapshot.with(table.clone(), []),
        };
        let next = match changes {
            Some(changes) => next.with(table.clone(), changes),
            None => next,
        };
        tables.insert(table.id, Arc::new(next));
    }
    tables
}
