use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::source::Named;
use crate::platform::ids::{RecordId, TableId};

/// A page of what a webhook has to tell.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payloads {
    pub(super) cursor: i64,
    #[serde(default)]
    pub(super) might_have_more: bool,
    pub(super) payloads: Vec<Payload>,
}

/// What one transaction at Airtable did; the values themselves are asked for, since by now they may be newer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    #[serde(default)]
    error: bool,
    #[serde(default)]
    changed_tables_by_id: HashMap<TableId, Change>,
    #[serde(default)]
    created_tables_by_id: HashMap<TableId, IgnoredAny>,
    #[serde(default)]
    destroyed_table_ids: Vec<TableId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    #[serde(default)]
    created_records_by_id: HashMap<RecordId, IgnoredAny>,
    #[serde(default)]
    changed_records_by_id: HashMap<RecordId, IgnoredAny>,
    #[serde(default)]
    destroyed_record_ids: Vec<RecordId>,
    created_fields_by_id: Option<IgnoredAny>,
    changed_fields_by_id: Option<IgnoredAny>,
    destroyed_field_ids: Option<IgnoredAny>,
    changed_metadata: Option<IgnoredAny>,
}

/// What changed at Airtable, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) records: Named,
    /// Tables or fields changed.
    pub(super) is_redefined: bool,
    /// More than the records of before must be looked at: tables came, or Airtable could not tell.
    pub(super) wants_comparison: bool,
}

impl Changes {
    pub(super) fn add(&mut self, payload: Payload) {
        self.wants_comparison |= payload.error || !payload.created_tables_by_id.is_empty();
        self.is_redefined |= !payload.destroyed_table_ids.is_empty();
        for (table, change) in payload.changed_tables_by_id {
            self.is_redefined |= change.is_redefined();
            // Which records have a value in a new or changed field is not told.
            self.wants_comparison |= change.changed_fields_by_id.is_some();
            let named = self.records.entry(table).or_default();
            named.extend(change.created_records_by_id.into_keys());
            named.extend(change.changed_records_by_id.into_keys());
            named.extend(change.destroyed_record_ids);
        }
    }
}

impl Change {
    fn is_redefined(&self) -> bool {
        let parts = [
            &self.created_fields_by_id,
            &self.changed_fields_by_id,
            &self.destroyed_field_ids,
            &self.changed_metadata,
        ];
        parts.iter().any(|part| part.is_some())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(payload: Value) -> Changes {
        let mut changes = Changes::default();
        changes.add(serde_json::from_value(payload).unwrap());
        changes
    }

    #[test]
    fn a_payload_names_what_is_to_be_looked_at() {
        let table = TableId::from_number(1);
        let record = RecordId::from_number;
        let changes = told(json!({
            "timestamp": "2026-01-01T00:00:00.000Z", "baseTransactionNumber": 4,
            "changedTablesById": {table.to_string(): {
                "createdRecordsById": {record(1).to_string(): {"cellValuesByFieldId": {}}},
                "changedRecordsById": {record(2).to_string(): {"current": {}}},
                "destroyedRecordIds": [record(3)],
            }},
        }));
        let named: Vec<_> = changes.records[&table].iter().copied().collect();
        assert_eq!(named, [record(1), record(2), record(3)]);
        assert!(!changes.is_redefined && !changes.wants_comparison);
    }

    #[test]
    fn changed_fields_and_what_airtable_cannot_tell_want_more_than_records() {
        let table = TableId::from_number(1).to_string();
        let renamed = told(json!({"changedTablesById": {&table: {"changedMetadata": {}}}}));
        assert!(renamed.is_redefined && !renamed.wants_comparison);
        let retyped = told(json!({"changedTablesById": {&table: {"changedFieldsById": {}}}}));
        assert!(retyped.is_redefined && retyped.wants_comparison);
        assert!(told(json!({"createdTablesById": {&table: {}}})).wants_comparison);
        assert!(told(json!({"error": true, "code": "INTERNAL_ERROR"})).wants_comparison);
        assert!(told(json!({"destroyedTableIds": [table]})).is_redefined);
    }
}
