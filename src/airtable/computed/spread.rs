use std::collections::HashSet;
use std::time::Duration;

use super::super::cell::links_of;
use super::super::formula::Run;
use super::super::graph::{Column, Gather, Graph, Node, Part, Source, Work};
use super::board::Board;
use super::dirty::{Dirty, Records};
use crate::platform::clock::Millis;
use crate::platform::ids::RecordId;

/// Patterns can take longer than the work they are counted as.
const MOST_TIME: Duration = Duration::from_secs(10);

/// Computes what follows from the changes, column by column; answers the work it was, roughly in bytes.
///
/// With more than `most`, where there is such a limit, or after some seconds of it, it stops, and what it leaves behind is of no use.
pub(super) fn spread(
    graph: &Graph,
    board: &mut Board<'_>,
    mut dirty: Dirty,
    (now, most): (Millis, u64),
) -> u64 {
    let run = match most {
        u64::MAX => Run::new(now),
        _ => Run::for_at_most(now, MOST_TIME),
    };
    for node in graph.nodes() {
        let column = node.column;
        if !board.holds(column.table) {
            continue;
        }
        match concerned(board, &dirty, node) {
            Records::Some(records) if records.is_empty() => {}
            records => {
                let changed = compute(board, node, records, (&run, most));
                dirty.add(column, changed);
            }
        }
    }
    run.spent()
}

/// The records whose value may be another.
fn concerned(board: &Board<'_>, dirty: &Dirty, node: &Node) -> Records {
    let column = node.column;
    if dirty.columns.contains(&column) {
        return Records::All;
    }
    let mut records = match dirty.fresh.get(&column.table) {
        Some(Records::All) => return Records::All,
        Some(Records::Some(records)) => records.clone(),
        None => HashSet::new(),
    };
    for source in &node.sources {
        let seen = match source {
            Source::Own(part) => Column {
                table: column.table,
                part: *part,
            },
            Source::Linked(gather, part) => Column {
                table: gather.table,
                part: *part,
            },
        };
        match (dirty.changed(seen), source) {
            (None, _) => {}
            (Some(Records::All), _) => return Records::All,
            (Some(Records::Some(changed)), Source::Own(_)) => records.extend(changed),
            (Some(Records::Some(changed)), Source::Linked(gather, _)) => {
                add_holders(board, column, gather, changed, &mut records);
            }
        }
    }
    Records::Some(records)
}

/// Adds the records that link to one of these.
fn add_holders(
    board: &Board<'_>,
    column: Column,
    gather: &Gather,
    linked: &HashSet<RecordId>,
    records: &mut HashSet<RecordId>,
) {
    let Some(twin) = gather.twin else {
        let holds = |id: &RecordId| {
            let row = board.row(column.table, *id);
            row.is_some_and(|row| {
                links_of(row.cell(gather.link))
                    .iter()
                    .any(|id| linked.contains(id))
            })
        };
        records.extend(board.records(column.table).into_iter().filter(holds));
        return;
    };
    for row in linked.iter().filter_map(|id| board.row(gather.table, *id)) {
        records.extend(links_of(row.cell(twin)));
    }
}

/// Computes a column for these records; answers those for which it is another than before.
fn compute(
    board: &mut Board<'_>,
    node: &Node,
    records: Records,
    (run, most): (&Run, u64),
) -> Records {
    let Part::Cell(slot) = node.column.part else {
        return records;
    };
    let table_id = node.column.table;
    let Some(table) = board.table(table_id).cloned() else {
        return records;
    };
    let Some(field) = table.fields.get(slot) else {
        return records;
    };
    let records: Vec<RecordId> = match records {
        Records::All => board.records(table_id),
        Records::Some(records) => records.into_iter().collect(),
    };
    let mut changed = HashSet::new();
    for record in records {
        if run.spent() > most {
            break;
        }
        let Some(row) = board.row(table_id, record) else {
            continue;
        };
        let value = super::evaluate::evaluate(board, node, (&table, field), row, run);
        let value = value.unwrap_or_default();
        if *row.cell(slot) != value {
            board.set(table_id, record, slot, value);
            changed.insert(record);
        } else if matches!(node.work, Work::Lookup(..)) {
            // The names behind links that it looks up may be others, which the cell does not tell.
            changed.insert(record);
        }
    }
    Records::Some(changed)
}
