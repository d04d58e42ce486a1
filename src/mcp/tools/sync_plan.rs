use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::contracts::{FieldSchema, RecordUpdate, TableSchema};
use crate::mcp::kit::{RecordJson, is_empty, plain_text};

/// Types whose cells mean the same in any base and can be written.
const COPYABLE: [&str; 16] = [
    "singleLineText",
    "multilineText",
    "richText",
    "email",
    "url",
    "phoneNumber",
    "number",
    "currency",
    "percent",
    "duration",
    "rating",
    "checkbox",
    "date",
    "dateTime",
    "singleSelect",
    "multipleSelects",
];
/// Entries shown of each kind of change.
const SHOWN: usize = 5;

/// What makes the target equal to the source.
#[derive(Default)]
pub(super) struct Plan {
    /// Cells of records to be made.
    pub(super) create: Vec<Map<String, Value>>,
    /// Changed cells of records that are there.
    pub(super) update: Vec<RecordUpdate>,
    /// Records that the source does not have.
    pub(super) delete: Vec<String>,
    unchanged: usize,
    skipped: Vec<Value>,
}

/// The names of the fields that both tables have and that can be copied, and why others cannot.
pub(super) fn common_fields(
    source: &TableSchema,
    target: &TableSchema,
) -> (Vec<String>, Vec<Value>) {
    let (mut common, mut left_out) = (Vec::new(), Vec::new());
    for field in &source.fields {
        let twin = target.fields.iter().find(|twin| twin.name == field.name);
        match why_not(field, twin) {
            None => common.push(field.name.clone()),
            Some(reason) => left_out.push(json!({"field": field.name, "reason": reason})),
        }
    }
    (common, left_out)
}

fn why_not(field: &FieldSchema, twin: Option<&FieldSchema>) -> Option<&'static str> {
    let copyable = |field: &FieldSchema| COPYABLE.contains(&field.field_type.as_str());
    match twin {
        None => Some("the target table has no field of this name"),
        Some(_) if !copyable(field) => Some("its type cannot be copied between tables"),
        Some(twin) if !copyable(twin) => Some("the target's field of this name cannot be written"),
        Some(_) => None,
    }
}

/// Compares the tables by key.
pub(super) fn plan(
    source: Vec<RecordJson>,
    target: Vec<RecordJson>,
    key: &str,
    fields: &[String],
) -> Plan {
    let mut plan = Plan::default();
    let source = by_key(source, key, "source", &mut plan.skipped);
    let mut target = by_key(target, key, "target", &mut plan.skipped);
    let source_keys: HashSet<String> = source.keys().cloned().collect();
    for (key, wanted) in source {
        let Some(wanted) = wanted else { continue };
        match target.get_mut(&key) {
            Some(None) => {}
            Some(Some(present)) => plan.compare(present, &wanted, fields),
            None => plan.create.push(copy(&wanted, fields)),
        }
    }
    let surplus = target
        .into_iter()
        .filter(|(key, _)| !source_keys.contains(key));
    plan.delete = surplus
        .filter_map(|(_, record)| record)
        .map(|record| record.id)
        .collect();
    plan
}

/// The records by key text; a key that occurs twice stands for none, and a record without key is left out.
fn by_key(
    records: Vec<RecordJson>,
    key: &str,
    side: &str,
    skipped: &mut Vec<Value>,
) -> BTreeMap<String, Option<RecordJson>> {
    let mut map = BTreeMap::new();
    for record in records {
        let cell = record.fields.get(key);
        if is_empty(cell) {
            skipped.push(json!({"side": side, "id": record.id, "reason": "the key is empty"}));
            continue;
        }
        let text = cell.map(plain_text).unwrap_or_default().trim().to_owned();
        let id = record.id.clone();
        if let Some(earlier) = map.get_mut(&text) {
            *earlier = None;
            let reason = format!("the key {text:?} occurs more than once");
            skipped.push(json!({"side": side, "id": id, "reason": reason}));
        } else {
            map.insert(text, Some(record));
        }
    }
    map
}

fn copy(record: &RecordJson, fields: &[String]) -> Map<String, Value> {
    let filled = fields
        .iter()
        .filter_map(|name| Some((name.clone(), record.fields.get(name)?.clone())));
    filled.collect()
}

impl Plan {
    fn compare(&mut self, present: &RecordJson, wanted: &RecordJson, fields: &[String]) {
        let mut changed = Map::new();
        for name in fields {
            let (now, then) = (present.fields.get(name), wanted.fields.get(name));
            let same = now == then || is_empty(now) && is_empty(then);
            if !same {
                changed.insert(name.clone(), then.cloned().unwrap_or(Value::Null));
            }
        }
        if changed.is_empty() {
            self.unchanged += 1;
        } else {
            self.update.push(RecordUpdate {
                id: present.id.clone(),
                fields: changed,
            });
        }
    }

    /// A name of exactly this plan.
    pub(super) fn id(&self) -> String {
        let updates: Vec<Value> = self
            .update
            .iter()
            .map(|update| json!([update.id, update.fields]))
            .collect();
        let whole = json!([self.create, updates, self.delete]).to_string();
        let digest = Sha256::digest(whole.as_bytes());
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Numbers and first entries of each kind of change.
    pub(super) fn describe(&self) -> Value {
        let updates = self.update.iter().take(SHOWN);
        let updates: Vec<Value> = updates
            .map(|update| json!({"id": update.id, "fields": update.fields}))
            .collect();
        json!({
            "create_count": self.create.len(),
            "update_count": self.update.len(),
            "delete_count": self.delete.len(),
            "unchanged_count": self.unchanged,
            "skipped_count": self.skipped.len(),
            "create": self.create.iter().take(SHOWN).collect::<Vec<_>>(),
            "update": updates,
            "delete": self.delete.iter().take(SHOWN).collect::<Vec<_>>(),
            "skipped": self.skipped.iter().take(SHOWN * 4).collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, fields: Value) -> RecordJson {
        serde_json::from_value(json!({"id": id, "createdTime": "", "fields": fields})).unwrap()
    }

    #[test]
    fn the_plan_creates_updates_deletes_and_leaves_the_ambiguous_alone() {
        let source = vec![
            record("s1", json!({"Key": "a", "N": 1})),
            record("s2", json!({"Key": "b", "N": 2})),
            record("s3", json!({"Key": "c"})),
            record("s4", json!({"N": 4})),
            record("s5", json!({"Key": "twice"})),
            record("s6", json!({"Key": "twice"})),
        ];
        let target = vec![
            record("t1", json!({"Key": "a", "N": 1, "Own": "kept"})),
            record("t2", json!({"Key": "b", "N": 9})),
            record("t3", json!({"Key": "gone"})),
            record("t4", json!({"Key": "twice"})),
        ];
        let fields = ["Key".to_owned(), "N".to_owned()];
        let plan = plan(source, target, "Key", &fields);
        assert_eq!(json!(plan.create), json!([{"Key": "c"}]));
        assert_eq!(
            (plan.update[0].id.as_str(), &plan.update[0].fields["N"]),
            ("t2", &json!(2))
        );
        assert_eq!(plan.update.len(), 1);
        assert_eq!(plan.delete, ["t3"]);
        let about = plan.describe();
        assert_eq!(about["unchanged_count"], 1);
        assert_eq!(about["skipped_count"], 2);
        assert_eq!(plan.id().len(), 16);
    }
}
