use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::changes::{Effect, RecordChange, RecordChangeKind};
use crate::platform::ids::{AttachmentId, RecordId};
use crate::platform::secrets::sha256;

/// Collects what a rehearsed write would do.
#[derive(Debug, Default)]
pub struct Rehearsal(Mutex<Plan>);

/// What a write would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What each transaction would do.
    pub effects: Vec<Effect>,
    /// The first records it would touch.
    pub records: Vec<RecordChange>,
    /// A print of each record it would touch, shown or not; the same whenever the same would be done.
    pub prints: Vec<[u8; 32]>,
}

impl Rehearsal {
    /// Records listed one by one; the counts are always whole.
    pub const SHOWN: usize = 200;

    /// Adds what one transaction would do.
    pub fn add(&self, effect: Effect, records: impl IntoIterator<Item = RecordChange>) {
        let mut plan = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            plan.prints.push(print(&record));
            if plan.records.len() < Self::SHOWN {
                plan.records.push(record);
            }
        }
        plan.effects.push(effect);
    }

    /// What has been collected.
    pub fn plan(&self) -> Plan {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn print(record: &RecordChange) -> [u8; 32] {
    let is_fresh = record.kind == RecordChangeKind::Created;
    let cells = record.fields.iter().filter(|field| !field.is_computed);
    let cells: Vec<Value> = cells
        .map(|field| {
            json!([
                field.field_id,
                lasting(&field.before),
                lasting(&field.after)
            ])
        })
        .collect();
    let id = (!is_fresh).then_some(record.record_id);
    sha256(
        json!([record.table_id, record.kind, id, cells])
            .to_string()
            .as_bytes(),
    )
}

/// The value without ids that are made anew each time: of linked records and of attachments.
fn lasting(value: &Value) -> Value {
    let is_lasting = |(name, value): &(&String, &Value)| {
        let id = value.as_str().filter(|_| *name == "id").unwrap_or_default();
        !id.starts_with(RecordId::PREFIX) && !id.starts_with(AttachmentId::PREFIX)
    };
    match value {
        Value::Array(items) => items.iter().map(lasting).collect(),
        Value::Object(members) => members
            .iter()
            .filter(is_lasting)
            .map(|(name, value)| (name.clone(), lasting(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
