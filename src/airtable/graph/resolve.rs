use std::collections::HashMap;
use std::sync::Arc;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::super::operand::with_fields;
use super::super::schema::{Computed, Field, Kind, Table};
use super::compile::{Wrong, compile, names, sources, table_of};
use super::node::{Column, Node, Part, Source, Work};
use super::plan::Graph;
use super::views::settle_views;
use crate::platform::ids::{FieldId, TableId};

/// A field that cannot be computed, and why.
pub(in crate::airtable) struct Failure {
    pub(in crate::airtable) field: FieldId,
    pub(in crate::airtable) message: String,
}

/// Checks the computed fields of a base, and the filters of its views, against its other fields and gives their
/// definitions what follows from those.
///
/// A field that cannot be computed keeps the values it came with, as those of unknown types do.
pub(in crate::airtable) fn resolve(tables: &mut [Arc<Table>]) -> (Graph, Vec<Failure>) {
    let mut resolver = Resolver {
        found: HashMap::new(),
        failures: Vec::new(),
    };
    for table in &*tables {
        resolver.look(tables, table);
    }
    resolver.add_names(tables);
    let order = resolver.order(tables);
    let nodes = resolver.compile(tables, &order);
    for failure in &resolver.failures {
        freeze(tables, failure.field);
    }
    settle_views(tables);
    (Graph::new(nodes), resolver.failures)
}

struct Resolver {
    found: HashMap<Column, Vec<Source>>,
    failures: Vec<Failure>,
}

impl Resolver {
    /// Finds what the computed fields of a table follow from.
    fn look(&mut self, tables: &[Arc<Table>], table: &Table) {
        let computed = table.fields.iter().filter_map(|field| match &field.kind {
            Kind::Computed(computed) => Some((field, computed)),
            _ => None,
        });
        with_fields(table, |fields| {
            for (field, computed) in computed {
                let column = Column::new(table.id, Part::Cell(field.slot));
                match sources(tables, table, fields, &computed.rule) {
                    Ok(sources) => drop(self.found.insert(column, sources)),
                    Err(wrong) => self.fail(field.id, wrong),
                }
            }
        });
    }

    /// Names that something follows from are columns as well.
    fn add_names(&mut self, tables: &[Arc<Table>]) {
        let sources = self.found.iter().flat_map(|(column, sources)| {
            let sources = sources.iter();
            sources.map(|source| seen_by(column.table, source))
        });
        let named: Vec<Column> = sources.filter(is_names).collect();
        for column in named {
            let Some((table, slot)) = table_of(tables, column.table).zip(slot_of(column.part))
            else {
                continue;
            };
            if let Some((_, sources)) = names(tables, table, slot) {
                self.found.insert(column, sources);
            }
        }
    }

    /// The columns in an order in which each comes after those it follows from; the fields of circles are left out.
    fn order(&mut self, tables: &[Arc<Table>]) -> Vec<Column> {
        let mut graph: DiGraph<Column, ()> = DiGraph::new();
        let mut columns: Vec<Column> = self.found.keys().copied().collect();
        // The same order every time, whatever the map's.
        columns.sort_by_key(|column| (column.table, order_of(column.part)));
        let places: HashMap<Column, NodeIndex> = columns
            .iter()
            .map(|column| (*column, graph.add_node(*column)))
            .collect();
        for (column, sources) in &self.found {
            for source in sources {
                if let Some(target) = places.get(&seen_by(column.table, source)) {
                    graph.update_edge(places[column], *target, ());
                }
            }
        }
        let mut order = Vec::with_capacity(columns.len());
        for group in tarjan_scc(&graph) {
            match group.as_slice() {
                [only] if !graph.contains_edge(*only, *only) => order.push(graph[*only]),
                circle => {
                    let circle: Vec<Column> = circle.iter().map(|place| graph[*place]).collect();
                    self.refuse(tables, &circle);
                    // Others may follow from names that the circle goes through, and those still change with the links.
                    let names = circle.iter().filter(|column| is_names(column));
                    order.extend(names.copied());
                }
            }
        }
        order
    }

    fn refuse(&mut self, tables: &[Arc<Table>], circle: &[Column]) {
        let fields: Vec<&Arc<Field>> = circle
            .iter()
            .filter(|column| !is_names(column))
            .filter_map(|column| field_at(tables, *column))
            .collect();
        let names: Vec<String> = fields
            .iter()
            .map(|field| format!("{{{}}}", field.name))
            .collect();
        let message = format!(
            "the field would depend on itself, by way of {}",
            names.join(", ")
        );
        for field in fields {
            self.fail(field.id, message.clone());
        }
    }

    fn compile(&mut self, tables: &mut [Arc<Table>], order: &[Column]) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(order.len());
        for column in order {
            let sources = self.found.remove(column).unwrap_or_default();
            let work = match column.part {
                Part::Names(slot) => table_of(tables, column.table)
                    .and_then(|table| names(tables, table, slot))
                    .map(|(gather, _)| Work::Names(gather)),
                _ => self.work(tables, *column),
            };
            nodes.extend(work.map(|work| Node {
                column: *column,
                sources,
                work,
            }));
        }
        nodes
    }

    fn work(&mut self, tables: &mut [Arc<Table>], column: Column) -> Option<Work> {
        let field = field_at(tables, column)?.clone();
        let Kind::Computed(before) = &field.kind else {
            return None;
        };
        match compile(tables, table_of(tables, column.table)?, &field, before) {
            Ok((after, work)) => {
                if !is_same(before, &after) {
                    let kind = Kind::Computed(Box::new(after));
                    let field = Field::clone(&field);
                    replace(tables, column.table, Field { kind, ..field });
                }
                Some(work)
            }
            Err(wrong) => {
                self.fail(field.id, wrong);
                None
            }
        }
    }

    fn fail(&mut self, field: FieldId, message: Wrong) {
        self.failures.push(Failure { field, message });
    }
}

fn seen_by(table: TableId, source: &Source) -> Column {
    match source {
        Source::Own(part) => Column::new(table, *part),
        Source::Linked(gather, part) => Column::new(gather.table, *part),
    }
}

fn is_names(column: &Column) -> bool {
    matches!(column.part, Part::Names(_))
}

fn order_of(part: Part) -> (u8, usize) {
    match part {
        Part::Cell(slot) => (0, slot),
        Part::Names(slot) => (1, slot),
        Part::Changes => (2, 0),
    }
}

fn slot_of(part: Part) -> Option<usize> {
    match part {
        Part::Cell(slot) | Part::Names(slot) => Some(slot),
        Part::Changes => None,
    }
}

fn field_at(tables: &[Arc<Table>], column: Column) -> Option<&Arc<Field>> {
    table_of(tables, column.table)?
        .fields
        .get(slot_of(column.part)?)
}

/// Whether two definitions are the same to all who hold one.
fn is_same(one: &Computed, other: &Computed) -> bool {
    let results = match (&one.result, &other.result) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    };
    results
        && one.rule == other.rule
        && one.operand == other.operand
        && one.referenced == other.referenced
}

fn replace(tables: &mut [Arc<Table>], table: TableId, field: Field) {
    if let Some(table) = tables.iter_mut().find(|known| known.id == table) {
        let slot = field.slot;
        Arc::make_mut(table).fields[slot] = Arc::new(field);
    }
}

fn freeze(tables: &mut [Arc<Table>], id: FieldId) {
    for table in &mut *tables {
        let Some(field) = table.field(id).cloned() else {
            continue;
        };
        let mut options = field.kind.options();
        if let Some(options) = &mut options {
            options["isValid"] = false.into();
        }
        let kind = Kind::Frozen {
            type_name: field.kind.type_name().to_owned(),
            options,
        };
        Arc::make_mut(table).fields[field.slot] = Arc::new(Field {
            kind,
            ..Field::clone(&field)
        });
    }
}
