use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::cell::PersonCell;
use super::super::schema::Table;
use super::super::snapshot::State;
use super::super::store::{Change, ChangeKind};
use super::fold::fold;
use super::schema::schema_sentences;
use super::show::record_change;
use crate::contracts::{BaseError, BaseResult, FieldChange, TableSchema};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{RecordId, TableId, TransactionId};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BaseChangeKind)]
pub(in crate::airtable) enum EntryKind {
    /// A record was made.
    Created,
    /// A record was changed.
    Updated,
    /// A record was deleted.
    Deleted,
    /// Tables, fields, views or the base's name changed.
    Schema,
}

impl From<ChangeKind> for EntryKind {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Create => Self::Created,
            ChangeKind::Update => Self::Updated,
            ChangeKind::Delete => Self::Deleted,
            ChangeKind::Schema => Self::Schema,
        }
    }
}

impl From<EntryKind> for ChangeKind {
    fn from(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Created => Self::Create,
            EntryKind::Updated => Self::Update,
            EntryKind::Deleted => Self::Delete,
            EntryKind::Schema => Self::Schema,
        }
    }
}

/// Whether the values before and after are still known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BaseChangeImages)]
pub(in crate::airtable) enum Images {
    /// They are here.
    Kept,
    /// They were erased at the end of the undo window.
    Erased,
}

/// Who made a change, as known then.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BaseChangeAuthor)]
pub(in crate::airtable) struct By {
    /// The person.
    id: String,
    /// The person's name then.
    name: Option<String>,
    /// The person's address then.
    email: Option<String>,
}

/// An entry of a base's change log as people read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BaseChange)]
pub(in crate::airtable) struct Entry {
    /// Its number in the base; newer entries have higher ones.
    pub(in crate::airtable) seq: i64,
    /// What was written in one transaction has one id.
    transaction_id: TransactionId,
    /// When, RFC 3339.
    at: String,
    /// Who.
    by: By,
    /// What the client calls itself; null where it said nothing.
    client: Option<String>,
    /// What happened.
    kind: EntryKind,
    /// The table; null when the base itself was made or renamed.
    table_id: Option<TableId>,
    /// The table's name now.
    table: Option<String>,
    /// The record; null for a change of the schema.
    #[schema(value_type = Option<String>)]
    record_id: Option<RecordId>,
    /// What the record's primary field said; null where nobody knows any more.
    name: Option<String>,
    /// Whether the values before and after are still known.
    images: Images,
    /// The cells that changed; none once they are erased.
    fields: Vec<FieldChange>,
    /// What was done to the schema, a sentence each; none once that is erased.
    schema: Vec<String>,
}

/// An entry with the names that hold now; the tables it is about and links to must be loaded.
pub(in crate::airtable) fn entry(state: &State, change: &Change) -> BaseResult<Entry> {
    let person: PersonCell = serde_json::from_str(&change.actor).map_err(BaseError::internal)?;
    let table = change.table.and_then(|id| state.base.table(id));
    let nets = fold(&state.base, std::slice::from_ref(change))?;
    let record = table
        .zip(nets.first())
        .map(|(table, net)| record_change(state, table, net));
    let (name, fields) = record.map_or_else(Default::default, |record| {
        (Some(record.name), record.fields)
    });
    Ok(Entry {
        seq: change.seq,
        transaction_id: change.txn,
        at: rfc3339(change.at),
        by: By {
            id: person.id,
            name: person.name,
            email: person.email,
        },
        client: change.client.clone(),
        kind: change.kind.into(),
        table_id: change.table,
        table: table.map(|table| table.name.clone()),
        record_id: change.record,
        name: name.filter(|name| !name.is_empty()),
        images: match change.has_images() {
            true => Images::Kept,
            false => Images::Erased,
        },
        fields,
        schema: schema(change)?,
    })
}

fn schema(change: &Change) -> BaseResult<Vec<String>> {
    let (ChangeKind::Schema, Some(after)) = (change.kind, &change.after) else {
        return Ok(Vec::new());
    };
    if change.table.is_none() {
        return Ok(vec![base_sentence(change.before.as_deref(), after)?]);
    }
    let before = change.before.as_deref().map(read).transpose()?;
    Ok(schema_sentences(before.as_ref(), &read(after)?))
}

fn read(image: &str) -> BaseResult<Table> {
    let schema: TableSchema = serde_json::from_str(image).map_err(BaseError::internal)?;
    Table::from_schema(&schema)
}

fn base_sentence(before: Option<&str>, after: &str) -> BaseResult<String> {
    let name = |image: &str| -> BaseResult<String> {
        let image: Value = serde_json::from_str(image).map_err(BaseError::internal)?;
        Ok(image["name"].as_str().unwrap_or_default().to_owned())
    };
    let after = name(after)?;
    Ok(match before {
        None => format!("The base \"{after}\" was made"),
        Some(before) => format!(
            "The base was renamed from \"{}\" to \"{after}\"",
            name(before)?
        ),
    })
}
