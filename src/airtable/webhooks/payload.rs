use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::cell::PersonCell;
use super::super::schema::Table;
use super::super::store::{Change, ChangeKind};
use super::broken::Broken;
use super::definitions::{Definitions, deletes_view};
use super::records::{Records, World, put};
use super::specification::{ChangeType, DataType, Source};
use super::watch::{Scope, Watch};
use crate::contracts::BaseError;
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::ids::TableId;

/// The entries of one transaction, at least one, in the order of the change log.
#[derive(Clone, Copy)]
pub(in crate::airtable) struct Transaction<'a> {
    pub(in crate::airtable) last: &'a Change,
    pub(in crate::airtable) entries: &'a [Change],
}

/// Why a payload has nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) enum ErrorCode {
    InvalidFilters,
    InternalError,
}

impl<'a> Transaction<'a> {
    /// The transactions that whole entries of a change log belong to.
    pub(in crate::airtable) fn all(entries: &'a [Change]) -> impl Iterator<Item = Self> {
        let parts = entries.chunk_by(|one, two| one.txn == two.txn);
        parts.filter_map(|entries| {
            let last = entries.last()?;
            Some(Self { last, entries })
        })
    }
}

/// What a webhook tells of a transaction; `None` where nothing in it passes the filters.
pub(in crate::airtable) fn payload(
    watch: &Watch,
    world: World<'_>,
    transaction: Transaction<'_>,
) -> Result<Option<Value>, Broken> {
    // Whoever deleted it, and whatever else is watched: the webhook can tell nothing any more.
    for entry in transaction.entries {
        if deletes_view(watch, entry)? {
            return Err(Broken::ViewDeleted);
        }
    }
    let source = Source::of(transaction.last.came_through);
    if !watch.wants_source(source) {
        return Ok(None);
    }
    let mut parts: BTreeMap<TableId, Part> = BTreeMap::new();
    for entry in transaction.entries {
        let Some(table) = entry.table.filter(|table| watch.wants_table(*table)) else {
            continue;
        };
        let part = parts.entry(table).or_default();
        if entry.kind == ChangeKind::Schema {
            part.definitions.add(watch, entry)?;
            continue;
        }
        let definition: &Table = world
            .state
            .base
            .table(table)
            .ok_or_else(|| BaseError::internal(format!("table {table} is not in its base")))?;
        part.records.add(watch, world, definition, entry)?;
    }
    let (mut changed, mut created) = (Map::new(), Map::new());
    for (table, part) in parts {
        let (told, whole) = part.tell(watch);
        if let Some(whole) = whole {
            created.insert(table.to_string(), whole);
        }
        put(&mut changed, &table.to_string(), told);
    }
    if changed.is_empty() && created.is_empty() {
        return Ok(None);
    }
    let mut out = head(transaction.last.at, transaction.last.seq);
    out.insert(
        "actionMetadata".to_owned(),
        action(source, transaction.last)?,
    );
    put(&mut out, "changedTablesById", changed);
    put(&mut out, "createdTablesById", created);
    Ok(Some(Value::Object(out)))
}

/// The payload that stands where one cannot be told.
pub(in crate::airtable) fn error_payload(code: ErrorCode, at: Millis, seq: i64) -> Value {
    let mut out = head(at, seq);
    let code = match code {
        ErrorCode::InvalidFilters => "INVALID_FILTERS",
        ErrorCode::InternalError => "INTERNAL_ERROR",
    };
    out.insert("error".to_owned(), json!(true));
    out.insert("code".to_owned(), json!(code));
    Value::Object(out)
}

fn head(at: Millis, seq: i64) -> Map<String, Value> {
    let members = [
        ("timestamp", json!(rfc3339(at))),
        ("baseTransactionNumber", json!(seq)),
        ("payloadFormat", json!("v0")),
    ];
    let named = |(name, value): (&str, Value)| (name.to_owned(), value);
    members.into_iter().map(named).collect()
}

/// Nobody in particular did what the server itself did.
fn action(source: Source, entry: &Change) -> Result<Value, Broken> {
    if source == Source::System {
        return Ok(json!({"source": source}));
    }
    let person: PersonCell = serde_json::from_str(&entry.actor).map_err(BaseError::internal)?;
    let mut user = json!(person);
    if let Some(level) = &entry.actor_level {
        user["permissionLevel"] = json!(level);
    }
    Ok(json!({"source": source, "sourceMetadata": {"user": user}}))
}

/// What was done to one table.
#[derive(Default)]
struct Part {
    definitions: Definitions,
    records: Records,
}

impl Part {
    /// The table as changed and, where it was made and that is watched, as made.
    fn tell(mut self, watch: &Watch) -> (Map<String, Value>, Option<Value>) {
        let mut changed = Map::new();
        let made = self.definitions.made.take().map(|metadata| {
            let mut whole = Map::new();
            whole.insert("metadata".to_owned(), metadata);
            if watch.wants(DataType::TableFields, ChangeType::Add) {
                let fields = self.definitions.take_created();
                whole.insert("fieldsById".to_owned(), Value::Object(fields));
            }
            if watch.wants(DataType::TableData, ChangeType::Add) {
                let records = self.records.take_created();
                whole.insert("recordsById".to_owned(), Value::Object(records));
            }
            Value::Object(whole)
        });
        self.definitions.tell(&mut changed);
        match watch.scope {
            Scope::View(_, view) => {
                let mut in_view = Map::new();
                if self.records.tell(&mut in_view) {
                    let views = json!({view.to_string(): in_view});
                    changed.insert("changedViewsById".to_owned(), views);
                }
            }
            Scope::Base | Scope::Table(_) => {
                self.records.tell(&mut changed);
            }
        }
        (changed, made)
    }
}
