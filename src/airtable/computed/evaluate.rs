use std::borrow::Cow;

use super::super::cell::{Cell, is_shown, links_of};
use super::super::formula::{self, Program, Run, Value};
use super::super::graph::{Gather, Node, Work};
use super::super::operand::{Record, operand};
use super::super::schema::{Field, Kind, Table};
use super::super::snapshot::Row;
use super::board::Board;
use super::cell::cell_of;

/// The value of a column for a record; `None` for a column that has none of its own.
pub(super) fn evaluate(
    board: &Board<'_>,
    node: &Node,
    (table, field): (&Table, &Field),
    row: &Row,
    run: &Run,
) -> Option<Cell> {
    let names = |table, record| board.name_of(table, record);
    let record = Record {
        names: &names,
        table,
        row,
    };
    let result = &field.kind.shown_as(field).kind;
    match &node.work {
        Work::Names(_) => None,
        Work::Formula(program) => Some(cell_of(program.cell(&record, run), result)),
        Work::Rollup(gather, slot, program) => Some(rollup(
            board,
            record,
            (gather, *slot),
            program,
            (result, run),
        )),
        Work::Lookup(gather, slot) => Some(lookup(board, row, gather, *slot)),
    }
}

/// The values of a slot of the linked records, in the order of the links.
fn gathered<'b>(
    board: &'b Board<'_>,
    row: &'b Row,
    gather: &Gather,
    slot: usize,
) -> Option<(&'b Field, impl Iterator<Item = Cow<'b, Cell>>)> {
    let table = board.table(gather.table)?;
    let field = &**table.fields.get(slot)?;
    let links = links_of(row.cell(gather.link));
    let target = gather.table;
    let rows = links.iter().filter_map(move |id| board.row(target, *id));
    Some((field, rows.map(move |row| row.value(table, field))))
}

fn lookup(board: &Board<'_>, row: &Row, gather: &Gather, slot: usize) -> Cell {
    let Some((field, cells)) = gathered(board, row, gather, slot) else {
        return Cell::Empty;
    };
    let mut items = Vec::new();
    for cell in cells.filter(|cell| is_shown(field, cell)) {
        match cell.into_owned() {
            // What a lookup looks up in a lookup stands side by side.
            Cell::List(more) => items.extend(more),
            one => items.push(one),
        }
    }
    if items.is_empty() {
        return Cell::Empty;
    }
    Cell::List(items.into())
}

/// A record with what a rollup gathers for it.
struct Gathered<'a> {
    record: Record<'a>,
    values: Value<'a>,
}

fn rollup(
    board: &Board<'_>,
    record: Record<'_>,
    (gather, slot): (&Gather, usize),
    program: &Program,
    (result, run): (&Kind, &Run),
) -> Cell {
    let Some((field, cells)) = gathered(board, record.row, gather, slot) else {
        return Cell::Empty;
    };
    let values = cells.map(|cell| operand(field, cell, record.names));
    let row = Gathered {
        record,
        values: Value::Array(values.collect()),
    };
    cell_of(program.cell(&row, run), result)
}

impl formula::Row for Gathered<'_> {
    fn value(&self, field: usize) -> Value<'_> {
        formula::Row::value(&self.record, field)
    }

    fn values(&self) -> Value<'_> {
        self.values.borrowed()
    }

    fn record_id(&self) -> Cow<'_, str> {
        self.record.record_id()
    }

    fn created_time(&self) -> i64 {
        self.record.created_time()
    }

    fn last_modified(&self, fields: &[usize]) -> Option<i64> {
        self.record.last_modified(fields)
    }
}
