//! The export document: reading it with every fault named, writing it the same way every time.

use std::collections::HashSet;
use std::io::{self, Write};

use serde_json::Value;

use crate::airtable::ImportDocument;
use crate::contracts::{FieldSchema, TableSchema};
use crate::platform::ids::{FieldId, RecordId};

/// More would help nobody.
const MOST_FAULTS: usize = 50;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Such as `tables[2].fields[0].name`.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

/// Collects faults up to a bound.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(Fault {
                path: path.into(),
                message: message.into(),
            });
        }
    }
}

/// The document in these bytes, if nothing at all is wrong with its shape.
pub(crate) fn parse(bytes: &[u8]) -> Result<ImportDocument, Vec<Fault>> {
    let document: ImportDocument = serde_json::from_slice(bytes).map_err(|error| {
        vec![Fault {
            path: "document".to_owned(),
            message: error.to_string(),
        }]
    })?;
    let faults = check(&document);
    if faults.is_empty() {
        Ok(document)
    } else {
        Err(faults)
    }
}

/// Everything that is wrong with a document's shape.
pub(crate) fn check(document: &ImportDocument) -> Vec<Fault> {
    let mut faults = Faults::default();
    if document.name.trim().is_empty() {
        faults.add("name", "must not be empty");
    }
    if document.tables.is_empty() {
        faults.add("tables", "there must be at least one table");
    }
    check_tables(&document.tables, &mut faults);
    check_records(document, &mut faults);
    faults.0
}

fn check_tables(tables: &[TableSchema], faults: &mut Faults) {
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    let mut field_ids = HashSet::new();
    for (index, table) in tables.iter().enumerate() {
        let path = format!("tables[{index}]");
        if !ids.insert(table.id) {
            faults.add(format!("{path}.id"), format!("{} is used twice", table.id));
        }
        if !names.insert(table.name.to_lowercase()) {
            faults.add(
                format!("{path}.name"),
                format!("{:?} is used twice", table.name),
            );
        }
        if !table
            .fields
            .iter()
            .any(|field| field.id == table.primary_field_id)
        {
            faults.add(
                format!("{path}.primaryFieldId"),
                "is none of the table's fields",
            );
        }
        check_fields(tables, table, &path, &mut field_ids, faults);
    }
}

fn check_fields(
    tables: &[TableSchema],
    table: &TableSchema,
    path: &str,
    ids: &mut HashSet<FieldId>,
    faults: &mut Faults,
) {
    let mut names = HashSet::new();
    for (index, field) in table.fields.iter().enumerate() {
        let path = format!("{path}.fields[{index}]");
        if !ids.insert(field.id) {
            faults.add(format!("{path}.id"), format!("{} is used twice", field.id));
        }
        if field.name.trim().is_empty() {
            faults.add(format!("{path}.name"), "must not be empty");
        }
        if !names.insert(field.name.to_lowercase()) {
            faults.add(
                format!("{path}.name"),
                format!("{:?} is used twice in {:?}", field.name, table.name),
            );
        }
        if field.field_type == "multipleRecordLinks" && !links_to_a_table(tables, field) {
            faults.add(
                format!("{path}.options.linkedTableId"),
                "is none of the tables",
            );
        }
    }
}

fn links_to_a_table(tables: &[TableSchema], field: &FieldSchema) -> bool {
    let linked = field
        .options
        .as_ref()
        .and_then(|options| options.get("linkedTableId"));
    let linked = linked.and_then(Value::as_str).unwrap_or_default();
    tables.iter().any(|table| table.id.to_string() == linked)
}

fn check_records(document: &ImportDocument, faults: &mut Faults) {
    for key in document.records.keys() {
        if !document
            .tables
            .iter()
            .any(|table| table.id.to_string() == *key)
        {
            faults.add(format!("records.{key}"), "is none of the tables");
        }
    }
    let mut ids: HashSet<RecordId> = HashSet::new();
    for table in &document.tables {
        let Some(records) = document.records.get(&table.id.to_string()) else {
            continue;
        };
        let names: HashSet<&str> = table
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let field_ids: HashSet<String> = table
            .fields
            .iter()
            .map(|field| field.id.to_string())
            .collect();
        for (index, record) in records.iter().enumerate() {
            let path = || format!("records.{}[{index}]", table.id);
            if !ids.insert(record.id) {
                faults.add(
                    format!("{}.id", path()),
                    format!("{} is used twice", record.id),
                );
            }
            if record.created_time.parse::<jiff::Timestamp>().is_err() {
                faults.add(format!("{}.createdTime", path()), "is no RFC 3339 time");
            }
            let unknown =
                |name: &&String| !names.contains(name.as_str()) && !field_ids.contains(*name);
            for name in record.fields.keys().filter(unknown) {
                faults.add(
                    format!("{}.fields", path()),
                    format!("{name:?} is none of the table's fields"),
                );
            }
        }
    }
}

/// Writes a document with its tables' records in the order of the tables.
pub(crate) fn write(document: &ImportDocument, mut out: impl Write) -> io::Result<()> {
    out.write_all(b"{")?;
    if let Some(id) = &document.id {
        write!(out, "\"id\":\"{id}\",")?;
    }
    out.write_all(b"\"name\":")?;
    serde_json::to_writer(&mut out, &document.name)?;
    out.write_all(b",\"tables\":")?;
    serde_json::to_writer(&mut out, &document.tables)?;
    out.write_all(b",\"records\":{")?;
    for (index, table) in document.tables.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        write!(out, "\"{}\":", table.id)?;
        match document.records.get(&table.id.to_string()) {
            Some(records) => serde_json::to_writer(&mut out, records)?,
            None => out.write_all(b"[]")?,
        }
    }
    out.write_all(b"}}")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named_at_once() {
        let document = serde_json::json!({
            "name": " ",
            "tables": [{
                "id": "tbl00000000000001", "name": "A", "primaryFieldId": "fld00000000000009",
                "fields": [
                    {"id": "fld00000000000001", "name": "X", "type": "singleLineText"},
                    {"id": "fld00000000000001", "name": "x", "type": "multipleRecordLinks",
                     "options": {"linkedTableId": "tbl00000000000002"}},
                ],
                "views": [],
            }],
            "records": {
                "tbl00000000000001": [
                    {"id": "rec00000000000001", "createdTime": "yesterday", "fields": {"Nope": 1}},
                ],
                "tbl00000000000003": [],
            },
        });
        let faults =
            parse(document.to_string().as_bytes()).expect_err("the document is full of faults");
        let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "name",
                "tables[0].primaryFieldId",
                "tables[0].fields[1].id",
                "tables[0].fields[1].name",
                "tables[0].fields[1].options.linkedTableId",
                "records.tbl00000000000003",
                "records.tbl00000000000001[0].createdTime",
                "records.tbl00000000000001[0].fields",
            ]
        );
    }
}
