use std::cell::Cell;
use std::sync::Arc;

use super::super::formula::{self, Comparison, Condition, Program, Trace, Value, traces};
use super::super::operand::Record;
use super::super::snapshot::{Index, Order, Row, TableSnapshot};
use crate::platform::ids::{RecordId, TableId};

/// A table of fewer records is looked through as fast as an index is made.
const FEW: usize = 500;
/// More of the records than one in so many are looked at just as fast one after another.
const LARGEST_SHARE: usize = 4;

/// The records among which all are that a program keeps, by id, where it names them by their ids or by values of
/// fields; `None` where that saves nothing.
pub(super) fn narrowed(program: &Program, snapshot: &TableSnapshot) -> Option<Order> {
    let mut conditions = program.conditions();
    let mut ids: Vec<RecordId> = conditions.find_map(|condition| match condition {
        Condition::IsRecord(ids) => Some(ids.iter().filter_map(|id| id.parse().ok()).collect()),
        Condition::Compared(slot, Comparison::Equal, constant) => {
            having(snapshot, &[(slot, constant)])
        }
        Condition::AnyEqual(fields) => having(snapshot, &fields),
        Condition::Compared(..) | Condition::Other => None,
    })?;
    ids.sort_unstable();
    ids.dedup();
    let rows = ids.iter().filter_map(|id| snapshot.rows.get(id));
    Some(rows.cloned().collect())
}

/// The records in which one of these fields may equal its constant.
fn having(snapshot: &TableSnapshot, fields: &[(usize, &Value<'static>)]) -> Option<Vec<RecordId>> {
    let records = snapshot.rows.len();
    if records < FEW {
        return None;
    }
    let mut ids = Vec::new();
    for (slot, constant) in fields {
        let index = || index(snapshot, *slot);
        ids.extend(snapshot.having(*slot, &traces(constant)?, index)?);
        if ids.len() > records / LARGEST_SHARE {
            return None;
        }
    }
    Some(ids)
}

fn index(snapshot: &TableSnapshot, slot: usize) -> Index {
    let is_named = Cell::new(false);
    // Names of linked records change without the record that links to them.
    let names = |_: TableId, _: RecordId| {
        is_named.set(true);
        String::new()
    };
    let trace = |row: &Arc<Row>| {
        let table = &*snapshot.table;
        let record = Record {
            names: &names,
            table,
            row,
        };
        let trace = Trace::of(formula::Row::value(&record, slot));
        match is_named.take() {
            true => Trace::Any,
            false => trace,
        }
    };
    let rows = snapshot.rows.values();
    Index::new(rows.map(|row| (row.meta.id, trace(row))))
}
