use std::collections::{BTreeSet, HashMap, HashSet};

use super::node::{Column, Node, Part, Source};
use crate::platform::ids::TableId;

/// The computed columns of a base in an order in which each comes after those it follows from.
#[derive(Default)]
pub(in crate::airtable) struct Graph {
    nodes: Vec<Node>,
    /// What something follows from, by table.
    watched: HashMap<TableId, HashSet<Part>>,
    /// The tables that must be in memory with one, by way of any number of others.
    needs: HashMap<TableId, BTreeSet<TableId>>,
}

impl Graph {
    pub(super) fn new(nodes: Vec<Node>) -> Self {
        let mut watched: HashMap<TableId, HashSet<Part>> = HashMap::new();
        let mut needs: HashMap<TableId, BTreeSet<TableId>> = HashMap::new();
        for node in &nodes {
            let table = node.column.table;
            for source in &node.sources {
                let column = match source {
                    Source::Own(part) => Column::new(table, *part),
                    Source::Linked(gather, part) => Column::new(gather.table, *part),
                };
                watched.entry(column.table).or_default().insert(column.part);
            }
            if let Some(gather) = node.gather().filter(|gather| gather.table != table) {
                needs.entry(table).or_default().insert(gather.table);
            }
        }
        let needs = transitive(&needs);
        Self {
            nodes,
            watched,
            needs,
        }
    }

    pub(in crate::airtable) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The parts of a table's records from which something follows.
    pub(in crate::airtable) fn watched(&self, table: TableId) -> impl Iterator<Item = Part> {
        self.watched.get(&table).into_iter().flatten().copied()
    }

    /// The tables that must be in memory for a table's values to be computed; without itself.
    pub(in crate::airtable) fn needs(&self, table: TableId) -> impl Iterator<Item = TableId> {
        self.needs.get(&table).into_iter().flatten().copied()
    }

    /// These tables and those they need.
    pub(in crate::airtable) fn with_needed(&self, tables: &[TableId]) -> BTreeSet<TableId> {
        let needed = tables.iter().flat_map(|table| self.needs(*table));
        tables.iter().copied().chain(needed).collect()
    }

    /// Whether a table's values depend on when they are computed.
    pub(in crate::airtable) fn is_of_now(&self, table: TableId) -> bool {
        let concerned = self.with_needed(&[table]);
        let mut nodes = self.nodes.iter();
        nodes.any(|node| node.is_of_now() && concerned.contains(&node.column.table))
    }
}

fn transitive(direct: &HashMap<TableId, BTreeSet<TableId>>) -> HashMap<TableId, BTreeSet<TableId>> {
    let reached = |from: &TableId| {
        let mut seen = BTreeSet::new();
        let mut open = vec![*from];
        while let Some(table) = open.pop() {
            let next = direct.get(&table).into_iter().flatten();
            open.extend(next.filter(|table| seen.insert(**table)));
        }
        seen
    };
    direct
        .keys()
        .map(|table| (*table, reached(table)))
        .collect()
}
