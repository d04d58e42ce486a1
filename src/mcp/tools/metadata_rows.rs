use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::fields::field_types;
use crate::contracts::{BaseAnalysis, CreateField, TableSchema};

/// The column by which rows are found again.
pub(super) const TABLE_ID: &str = "Table ID";

/// Name and type of the columns of a metadata table.
pub(super) const COLUMNS: [(&str, &str); 11] = [
    ("Table Name", "singleLineText"),
    (TABLE_ID, "singleLineText"),
    ("Description", "multilineText"),
    ("Field Count", "number"),
    ("View Count", "number"),
    ("Field Types", "multilineText"),
    ("Primary Fields", "multilineText"),
    ("Purpose", "singleLineText"),
    ("Analysis Date", "date"),
    ("Record Count", "number"),
    ("Linked Tables", "multilineText"),
];

/// Words in a table's or field's name that tell a purpose; the first that matches wins.
const PURPOSES: [(&str, &[&str]); 6] = [
    (
        "Project/task management",
        &["project", "task", "todo", "sprint", "milestone", "deadline"],
    ),
    (
        "Contact/people management",
        &[
            "contact", "people", "person", "client", "customer", "employee", "member", "lead",
        ],
    ),
    (
        "Product/inventory management",
        &["product", "inventory", "stock", "item", "sku"],
    ),
    (
        "Event/schedule management",
        &["event", "schedule", "calendar", "meeting", "appointment"],
    ),
    (
        "Financial/budget tracking",
        &[
            "budget", "invoice", "expense", "payment", "price", "cost", "amount",
        ],
    ),
    (
        "Contact information",
        &["email", "e-mail", "phone", "address"],
    ),
];

/// The field to be made for a column.
pub(super) fn column(spec: &(&str, &str)) -> CreateField {
    let options = match spec.1 {
        "number" => Some(json!({"precision": 0})),
        "date" => Some(json!({"dateFormat": {"name": "iso"}})),
        _ => None,
    };
    CreateField {
        name: spec.0.to_owned(),
        field_type: spec.1.to_owned(),
        description: None,
        options,
    }
}

/// The cells that describe a table.
pub(super) fn row(table: &TableSchema, analysis: &BaseAnalysis, today: &str) -> Map<String, Value> {
    let types: Vec<String> = field_types(table)
        .iter()
        .map(|(name, count)| format!("{name}: {count}"))
        .collect();
    let first: Vec<&str> = table
        .fields
        .iter()
        .take(3)
        .map(|field| field.name.as_str())
        .collect();
    let cells = [
        json!(table.name),
        json!(table.id),
        json!(table.description.clone().unwrap_or_default()),
        json!(table.fields.len()),
        json!(table.views.len()),
        json!(types.join(", ")),
        json!(first.join(", ")),
        json!(purpose(table)),
        json!(today),
        json!(record_count(table, analysis)),
        json!(Vec::from_iter(linked_tables(table, analysis)).join(", ")),
    ];
    COLUMNS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .zip(cells)
        .collect()
}

fn record_count(table: &TableSchema, analysis: &BaseAnalysis) -> Option<usize> {
    let mut tables = analysis.tables.iter();
    let known = tables.find(|known| known.id == table.id)?;
    Some(known.record_count)
}

/// The names of the tables that a table links to, or that link to it.
fn linked_tables<'a>(table: &TableSchema, analysis: &'a BaseAnalysis) -> BTreeSet<&'a str> {
    let others = analysis.relationships.iter().filter_map(|link| {
        match (link.from_table_id == table.id, link.to_table_id == table.id) {
            (true, _) => Some(link.to_table_id),
            (false, true) => Some(link.from_table_id),
            (false, false) => None,
        }
    });
    let name = |id| {
        let mut tables = analysis.tables.iter();
        tables
            .find(|known| known.id == id)
            .map(|known| &*known.name)
    };
    others.filter_map(name).collect()
}

fn purpose(table: &TableSchema) -> &'static str {
    let by_words = |text: &str| {
        let text = text.to_lowercase();
        let found = PURPOSES
            .iter()
            .find(|(_, words)| words.iter().any(|word| text.contains(word)));
        found.map(|(purpose, _)| *purpose)
    };
    let by_fields = || table.fields.iter().find_map(|field| by_words(&field.name));
    by_words(&table.name)
        .or_else(by_fields)
        .unwrap_or("General data")
}
