use super::super::formula::Program;
use super::super::schema::{Field, Kind, Table};
use crate::platform::ids::TableId;

/// What of a record can change, so that something follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::airtable) enum Part {
    /// The cell of a slot.
    Cell(usize),
    /// The names of the records that a slot links to.
    Names(usize),
    /// When the record was last changed.
    Changes,
}

/// A part of all records of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::airtable) struct Column {
    pub(in crate::airtable) table: TableId,
    pub(in crate::airtable) part: Part,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
pub(in crate::airtable) enum Source {
    /// The record itself.
    Own(Part),
    /// The linked records.
    Linked(Gather, Part),
}

/// The records that a record links to.
#[derive(Clone, Copy, Debug)]
pub(in crate::airtable) struct Gather {
    /// The slot of the links.
    pub(in crate::airtable) link: usize,
    pub(in crate::airtable) table: TableId,
    /// The slot of the links back, where the linked table has them.
    pub(in crate::airtable) twin: Option<usize>,
}

/// A column that is computed.
pub(in crate::airtable) struct Node {
    pub(in crate::airtable) column: Column,
    pub(in crate::airtable) sources: Vec<Source>,
    pub(in crate::airtable) work: Work,
}

/// How a column is computed.
pub(in crate::airtable) enum Work {
    /// Not at all: names stand in the linked records; whoever reads them has to know when they change.
    Names(Gather),
    Formula(Program),
    /// Over the values of a slot of the linked records.
    Rollup(Gather, usize, Program),
    Lookup(Gather, usize),
}

impl Column {
    pub(super) fn new(table: TableId, part: Part) -> Self {
        Self { table, part }
    }
}

impl Node {
    /// The records it looks at beside the one it is computed for.
    pub(in crate::airtable) fn gather(&self) -> Option<&Gather> {
        match &self.work {
            Work::Names(gather) | Work::Rollup(gather, ..) | Work::Lookup(gather, _) => {
                Some(gather)
            }
            Work::Formula(_) => None,
        }
    }

    /// Whether its value depends on when it is computed.
    pub(in crate::airtable) fn is_of_now(&self) -> bool {
        match &self.work {
            Work::Formula(program) | Work::Rollup(_, _, program) => program.is_of_now(),
            Work::Names(_) | Work::Lookup(..) => false,
        }
    }
}

/// What changes when the value of a field does; nothing for one that never changes.
pub(super) fn part_of(table: &Table, field: &Field) -> Option<Part> {
    match &field.kind {
        Kind::Links(_) => Some(Part::Names(field.slot)),
        Kind::Count { link } => {
            let link = link.and_then(|id| table.field(id));
            link.map(|link| Part::Cell(link.slot))
        }
        Kind::CreatedTime(_) | Kind::CreatedBy => None,
        _ => Some(Part::Cell(field.slot)),
    }
}
