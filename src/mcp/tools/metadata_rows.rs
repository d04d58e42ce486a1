use serde_json::{Map, Value, json};

use super::fields::field_types;
use crate::contracts::{CreateField, TableSchema};

/// The column by which rows are found again.
pub(super) const TABLE_ID: &str = "Table ID";

/// Name and type of the columns of a metadata table.
pub(super) const COLUMNS: [(&str, &str); 9] = [
    ("Table Name", "singleLineText"),
    (TABLE_ID, "singleLineText"),
    ("Description", "multilineText"),
    ("Field Count", "number"),
    ("View Count", "number"),
    ("Field Types", "multilineText"),
    ("Primary Fields", "multilineText"),
    ("Purpose", "singleLineText"),
    ("Analysis Date", "date"),
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
pub(super) fn row(table: &TableSchema, today: &str) -> Map<String, Value> {
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
    ];
    COLUMNS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .zip(cells)
        .collect()
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
