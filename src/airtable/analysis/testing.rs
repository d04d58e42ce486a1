//! Bases for the tests of rules, from a short notation.

use serde_json::{Map, Value, json};

use super::facts::{Facts, TableFacts};
use super::look::Look;
use crate::contracts::{BaseSchema, FieldSchema, Finding, TableSchema};
use crate::platform::ids::{BaseId, ChoiceId, FieldId, RecordId, TableId, WorkspaceId};

/// What stands in a cell, owned.
enum Owned {
    Empty,
    Text(String),
    Number(f64),
    Choices(Vec<ChoiceId>),
    Links(Vec<RecordId>),
}

/// A base of `[{"name", "fields": [[name, type, options?]…], "records": [{field: value}…]}…]`: options name tables,
/// fields and choices, links are numbers of records.
pub(super) fn base(tables: &Value) -> Facts {
    let tables = tables.as_array().unwrap();
    let schema = BaseSchema {
        id: BaseId::from_number(1),
        name: "Base".to_owned(),
        workspace_id: WorkspaceId::from_number(1),
        tables: tables
            .iter()
            .enumerate()
            .map(|(place, table)| table_of(tables, place, table))
            .collect(),
    };
    let facts = tables.iter().enumerate().map(|(place, table)| {
        gather(
            tables,
            &schema.tables[place],
            place,
            table["records"].as_array(),
        )
    });
    let facts = facts.collect();
    Facts {
        tables: facts,
        schema,
    }
}

/// The codes of findings.
pub(super) fn codes(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

fn table_of(tables: &[Value], place: usize, table: &Value) -> TableSchema {
    let fields = table["fields"].as_array().unwrap();
    TableSchema {
        id: table_id(place),
        name: table["name"].as_str().unwrap().to_owned(),
        description: None,
        primary_field_id: field_id(place, 0),
        fields: fields
            .iter()
            .enumerate()
            .map(|(index, field)| FieldSchema {
                id: field_id(place, index),
                name: field[0].as_str().unwrap().to_owned(),
                field_type: field[1].as_str().unwrap().to_owned(),
                description: None,
                options: field
                    .get(2)
                    .map(|options| options_of(tables, place, options)),
            })
            .collect(),
        views: Vec::new(),
    }
}

fn options_of(tables: &[Value], place: usize, options: &Value) -> Value {
    let mut out: Map<String, Value> = options.as_object().unwrap().clone();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    let list = |value: &Value| value.as_array().unwrap().clone();
    if let Some(name) = options.get("linkedTable") {
        let to = place_of(tables, name);
        put("linkedTableId", json!(table_id(to)));
        if let Some(twin) = options.get("inverse") {
            put("inverseLinkFieldId", field_of(tables, to, twin));
        }
    }
    if let Some(names) = options.get("references") {
        let ids = list(names);
        let ids = ids.iter().map(|name| field_of(tables, place, name));
        put("referencedFieldIds", ids.collect());
    }
    if let Some(link) = options.get("link") {
        put("recordLinkFieldId", field_of(tables, place, link));
        let (table, name) = options["looksUp"]
            .as_str()
            .unwrap()
            .split_once('.')
            .unwrap();
        let to = place_of(tables, &json!(table));
        put("fieldIdInLinkedTable", field_of(tables, to, &json!(name)));
    }
    if let Some(names) = options.get("choices") {
        let choice = |(n, name): (usize, Value)| json!({"id": choice_id(n), "name": name});
        put(
            "choices",
            list(names).into_iter().enumerate().map(choice).collect(),
        );
    }
    Value::Object(out)
}

fn place_of(tables: &[Value], name: &Value) -> usize {
    let mut tables = tables.iter();
    tables.position(|table| table["name"] == *name).unwrap()
}

fn field_of(tables: &[Value], place: usize, name: &Value) -> Value {
    let mut fields = tables[place]["fields"].as_array().unwrap().iter();
    json!(field_id(
        place,
        fields.position(|field| field[0] == *name).unwrap()
    ))
}

fn gather(
    tables: &[Value],
    table: &TableSchema,
    place: usize,
    records: Option<&Vec<Value>>,
) -> TableFacts {
    let none = Vec::new();
    let records = records.unwrap_or(&none);
    let ids = (0..records.len())
        .map(|row| record_id(place, row))
        .collect();
    let columns: Vec<Vec<Owned>> = table
        .fields
        .iter()
        .map(|field| {
            records
                .iter()
                .map(|record| owned(tables, field, &record[&field.name]))
                .collect()
        })
        .collect();
    TableFacts::gather(table, ids, |index| {
        columns[index].iter().map(look).collect()
    })
}

fn owned(tables: &[Value], field: &FieldSchema, value: &Value) -> Owned {
    match (field.field_type.as_str(), value) {
        (_, Value::Null) => Owned::Empty,
        ("multipleRecordLinks", Value::Array(rows)) => {
            let to = &field.options.as_ref().unwrap()["linkedTable"];
            let place = tables
                .iter()
                .position(|table| table["name"] == *to)
                .unwrap();
            let row = |row: &Value| record_id(place, row.as_u64().unwrap() as usize);
            Owned::Links(rows.iter().map(row).collect())
        }
        ("singleSelect" | "multipleSelects", value) => {
            let choices = field.options.as_ref().unwrap()["choices"]
                .as_array()
                .unwrap();
            let id = |name: &Value| {
                choice_id(
                    choices
                        .iter()
                        .position(|choice| choice["name"] == *name)
                        .unwrap(),
                )
            };
            Owned::Choices(match value {
                Value::Array(names) => names.iter().map(id).collect(),
                name => vec![id(name)],
            })
        }
        (_, Value::Number(number)) => Owned::Number(number.as_f64().unwrap()),
        (_, Value::String(text)) if text.is_empty() => Owned::Empty,
        (_, Value::String(text)) => Owned::Text(text.clone()),
        (_, other) => panic!("{other} is no value of a test"),
    }
}

fn look(owned: &Owned) -> Look<'_> {
    match owned {
        Owned::Empty => Look::Empty,
        Owned::Text(text) => Look::Text(text),
        Owned::Number(number) => Look::Number(*number),
        Owned::Choices(ids) => Look::Choices(ids),
        Owned::Links(ids) => Look::Links(ids),
    }
}

fn table_id(place: usize) -> TableId {
    TableId::from_number(place as u128 + 1)
}

fn field_id(place: usize, index: usize) -> FieldId {
    FieldId::from_number(place as u128 * 1000 + index as u128)
}

fn record_id(place: usize, row: usize) -> RecordId {
    RecordId::from_number(place as u128 * 1_000_000 + row as u128)
}

fn choice_id(place: usize) -> ChoiceId {
    ChoiceId::from_number(place as u128 + 1)
}
