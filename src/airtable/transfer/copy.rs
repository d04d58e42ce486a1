//! A copy of a document under fresh ids.

use std::collections::HashMap;

use serde_json::Value;

use crate::airtable::ImportDocument;
use crate::contracts::TableSchema;
use crate::platform::ids::{BaseId, FieldId, RecordId, TableId, ViewId};

/// Cells of these types hold ids of records.
const LINKING: [&str; 2] = ["multipleRecordLinks", "multipleLookupValues"];
/// Letters of an id, its prefix included.
const LENGTH: usize = 17;

/// The document as another base: no table, field, view or record keeps its id, and everything that named one follows.
pub(crate) fn copy_of(
    mut document: ImportDocument,
    (id, name): (BaseId, String),
) -> Result<ImportDocument, serde_json::Error> {
    let (schema_ids, record_ids) = (schema_ids(&document.tables), record_ids(&document));
    for table in &document.tables {
        let records = document.records.get_mut(&table.id.to_string());
        for record in records.into_iter().flatten() {
            if let Some(fresh) = record_ids.get(&record.id.to_string()) {
                record.id = *fresh;
            }
            for (name, cell) in &mut record.fields {
                if is_linking(table, name) {
                    follow_links(cell, &record_ids);
                }
            }
            let fields = std::mem::take(&mut record.fields).into_iter();
            record.fields = fields
                .map(|(name, cell)| (renamed(&name, &schema_ids), cell))
                .collect();
        }
    }
    let records = std::mem::take(&mut document.records).into_iter();
    let mut tables = serde_json::to_value(&document.tables)?;
    follow(&mut tables, &schema_ids);
    Ok(ImportDocument {
        id: Some(id),
        name,
        tables: serde_json::from_value(tables)?,
        records: records
            .map(|(table, records)| (renamed(&table, &schema_ids), records))
            .collect(),
    })
}

fn schema_ids(tables: &[TableSchema]) -> HashMap<String, String> {
    let mut ids = HashMap::new();
    for table in tables {
        ids.insert(table.id.to_string(), TableId::fresh().to_string());
        for field in &table.fields {
            ids.insert(field.id.to_string(), FieldId::fresh().to_string());
        }
        for view in &table.views {
            ids.insert(view.id.to_string(), ViewId::fresh().to_string());
        }
    }
    ids
}

fn record_ids(document: &ImportDocument) -> HashMap<String, RecordId> {
    let records = document.records.values().flatten();
    records
        .map(|record| (record.id.to_string(), RecordId::fresh()))
        .collect()
}

fn is_linking(table: &TableSchema, name: &str) -> bool {
    let mut fields = table.fields.iter();
    fields.any(|field| {
        LINKING.contains(&field.field_type.as_str())
            && (field.name == name || field.id.to_string() == name)
    })
}

fn follow_links(cell: &mut Value, ids: &HashMap<String, RecordId>) {
    match cell {
        Value::String(text) => {
            if let Some(fresh) = ids.get(text) {
                *text = fresh.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| follow_links(item, ids)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| follow_links(member, ids)),
        _ => {}
    }
}

/// Every id in every text of a schema, in formulas too.
fn follow(value: &mut Value, ids: &HashMap<String, String>) {
    match value {
        Value::String(text) => *text = renamed(text, ids),
        Value::Array(items) => items.iter_mut().for_each(|item| follow(item, ids)),
        Value::Object(members) => members.values_mut().for_each(|member| follow(member, ids)),
        _ => {}
    }
}

fn renamed(text: &str, ids: &HashMap<String, String>) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let fresh = text.get(at..at + LENGTH).and_then(|id| ids.get(id));
        if let Some(fresh) = fresh {
            whole.push_str(fresh);
            at += LENGTH;
        } else {
            let letter = text[at..].chars().next().unwrap_or_default();
            whole.push(letter);
            at += letter.len_utf8();
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_view_names_follows_under_fresh_ids() {
        let document = serde_json::json!({"name": "A", "tables": [{
            "id": "tbl00000000000001", "name": "T", "primaryFieldId": "fld00000000000001",
            "fields": [
                {"id": "fld00000000000001", "name": "Name", "type": "singleLineText"},
                {"id": "fld00000000000002", "name": "Hours", "type": "number"},
            ],
            "views": [{
                "id": "viw00000000000001", "name": "V", "type": "grid",
                "filter": "{fld00000000000002}>1&{fld00000000000001}",
                "sort": [{"field": "fld00000000000002", "direction": "desc"}],
                "hiddenFieldIds": ["fld00000000000002"], "fieldOrder": ["fld00000000000002"],
            }],
        }]});
        let document = serde_json::from_value(document).unwrap();
        let copy = copy_of(document, (BaseId::fresh(), "B".to_owned())).unwrap();
        let table = &copy.tables[0];
        let (name, hours) = (table.fields[0].id, table.fields[1].id);
        let view = &table.views[0];
        assert_ne!(hours.to_string(), "fld00000000000002");
        assert_eq!(view.filter, Some(format!("{{{hours}}}>1&{{{name}}}")));
        assert_eq!(view.sort[0].field, hours.to_string());
        assert_eq!(
            (&view.hidden_field_ids, &view.field_order),
            (&vec![hours], &vec![hours])
        );
    }
}
