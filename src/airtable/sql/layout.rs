use std::collections::{HashMap, HashSet};

use super::super::schema::{Base, Field, Kind, Table};
use super::column::type_of;
use crate::contracts::{SqlColumn, SqlTable};
use crate::platform::ids::{FieldId, TableId};

/// SQLite's own limit is 2,000.
const MOST_COLUMNS: usize = 1_990;
/// Names that begin so belong to SQLite.
const RESERVED: &str = "sqlite_";

/// The tables of a base as statements name them; no two names are the same to SQLite.
#[derive(Debug, Default, PartialEq)]
pub(in crate::airtable) struct Layout {
    pub(super) tables: Vec<TableLayout>,
    /// Places by folded name.
    places: HashMap<String, usize>,
}

/// One table.
#[derive(Debug, PartialEq)]
pub(super) struct TableLayout {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) columns: Vec<ColumnLayout>,
}

/// What its rows are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    /// The records of a table.
    Records(TableId),
    /// The links in one field of a table's records.
    Links(TableId, FieldId),
}

/// One column.
#[derive(Debug, PartialEq)]
pub(super) struct ColumnLayout {
    pub(super) name: String,
    /// As in `CREATE TABLE`; nothing where values keep the type they have.
    pub(super) column_type: &'static str,
    pub(super) content: Content,
}

/// What stands in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Content {
    /// The record's id.
    Id,
    CreatedTime,
    Field(FieldId),
    /// The id of the record linked to.
    Linked,
    /// The place among the links of the record, from 1.
    Position,
}

impl Layout {
    pub(in crate::airtable) fn new(base: &Base) -> Self {
        let mut layout = Self::default();
        let mut names = Names::default();
        for table in &base.tables {
            layout.add(TableLayout {
                name: names.unique(&table.name, &table.id),
                source: Source::Records(table.id),
                columns: record_columns(table),
            });
        }
        // After all tables, so that a table of records never has to give way to one of links.
        for (place, table) in base.tables.iter().enumerate() {
            for field in table.fields.iter().filter(|field| is_link(field)) {
                let name = format!("{}.{}", layout.tables[place].name, field.name);
                layout.add(TableLayout {
                    name: names.unique(&name, &field.id),
                    source: Source::Links(table.id, field.id),
                    columns: link_columns(),
                });
            }
        }
        layout
    }

    fn add(&mut self, table: TableLayout) {
        self.places.insert(folded(&table.name), self.tables.len());
        self.tables.push(table);
    }

    /// The place of the table that SQLite finds under a name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(&folded(name)).copied()
    }

    /// The tables for people.
    pub(in crate::airtable) fn describe(&self) -> Vec<SqlTable> {
        let column = |column: &ColumnLayout| SqlColumn {
            name: column.name.clone(),
            column_type: column.column_type.to_owned(),
        };
        let table = |table: &TableLayout| SqlTable {
            name: table.name.clone(),
            is_link_table: matches!(table.source, Source::Links(..)),
            columns: table.columns.iter().map(column).collect(),
        };
        self.tables.iter().map(table).collect()
    }
}

impl TableLayout {
    /// The place of the column that SQLite finds under a name.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        let is_it = |column: &ColumnLayout| column.name.eq_ignore_ascii_case(name);
        self.columns.iter().position(is_it)
    }

    /// The statement that makes it.
    pub(super) fn definition(&self) -> String {
        let column =
            |column: &ColumnLayout| format!("{} {}", quoted(&column.name), column.column_type);
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        let key = match self.source {
            Source::Records(_) => vec![0],
            Source::Links(..) => vec![0, 2],
        };
        let key: Vec<String> = key
            .into_iter()
            .map(|place: usize| quoted(&self.columns[place].name))
            .collect();
        format!(
            "CREATE TABLE {} ({}, PRIMARY KEY ({})) WITHOUT ROWID",
            quoted(&self.name),
            columns.join(", "),
            key.join(", ")
        )
    }
}

fn is_link(field: &Field) -> bool {
    matches!(field.kind, Kind::Links(_))
}

/// Fields keep their names; the columns every table has give way with a leading underscore.
fn record_columns(table: &Table) -> Vec<ColumnLayout> {
    let mut names = Names::default();
    let fields = table.fields.iter().take(MOST_COLUMNS);
    let fields: Vec<ColumnLayout> = fields
        .map(|field| ColumnLayout {
            name: names.unique(&field.name, &field.id),
            column_type: type_of(&field.kind),
            content: Content::Field(field.id),
        })
        .collect();
    let mut columns = vec![
        column(names.underscored("id"), "TEXT", Content::Id),
        column(
            names.underscored("created_time"),
            "TEXT",
            Content::CreatedTime,
        ),
    ];
    columns.extend(fields);
    columns
}

fn link_columns() -> Vec<ColumnLayout> {
    vec![
        column("record_id".to_owned(), "TEXT", Content::Id),
        column("linked_id".to_owned(), "TEXT", Content::Linked),
        column("position".to_owned(), "INTEGER", Content::Position),
    ]
}

fn column(name: String, column_type: &'static str, content: Content) -> ColumnLayout {
    ColumnLayout {
        name,
        column_type,
        content,
    }
}

/// SQLite tells names apart without regard to the case of ASCII letters.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// A name as it stands in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The names given so far.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// The name, with the id behind it where it is taken.
    fn unique(&mut self, name: &str, id: &impl std::fmt::Display) -> String {
        // SQLite ends a text at a NUL.
        let mut name = name.replace('\0', " ");
        if folded(&name).starts_with(RESERVED) {
            name.insert(0, '_');
        }
        if !self.0.insert(folded(&name)) {
            name = format!("{name} ({id})");
            while !self.0.insert(folded(&name)) {
                name.push('_');
            }
        }
        name
    }

    /// The name, with so many underscores before it that it is not taken.
    fn underscored(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        while !self.0.insert(name.clone()) {
            name.insert(0, '_');
        }
        name
    }
}
