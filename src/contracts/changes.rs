use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::access::Actor;
use super::base_error::BaseResult;
use super::rehearsal::Rehearsal;
use crate::platform::clock::Millis;
use crate::platform::db::{DbError, TenantTx};
use crate::platform::ids::{
    BaseId, ChangeSetId, FieldId, RecordId, TableId, TransactionId, WorkspaceId,
};

/// What a change came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A tool that an assistant or an MCP client called.
    Tool,
    /// The Airtable-compatible API.
    Api,
    /// Our own API and the web UI.
    App,
    /// The undo of another change set.
    Undo,
    /// A saga.
    Saga,
    /// This instance itself, or its command line.
    System,
}

impl Origin {
    /// The name used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Api => "api",
            Self::App => "app",
            Self::Undo => "undo",
            Self::Saga => "saga",
            Self::System => "system",
        }
    }

    /// The origin of this name.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Tool,
            Self::Api,
            Self::App,
            Self::Undo,
            Self::Saga,
            Self::System,
        ]
        .into_iter()
        .find(|origin| origin.as_str() == text)
    }
}

/// Writes that belong together: shown as one change, and undone as one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Which.
    pub id: ChangeSetId,
    /// What it came through.
    pub origin: Origin,
    /// What was asked for, in a few words: the tool's name, the request.
    pub title: String,
    /// What the client calls itself.
    pub client: Option<String>,
    /// The change set that this one undoes.
    pub undoes: Option<ChangeSetId>,
    /// More writes will follow, and its author says when it is done.
    pub stays_open: bool,
    /// What every write of it must pass.
    pub fence: Option<Fence>,
}

/// Keeps an attempt that nobody waits for any more from writing: whoever looked later has raised the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// The change set that has the number.
    pub set: ChangeSetId,
    /// The number, which only rises.
    pub number: i64,
}

impl ChangeSet {
    /// One that is done with its first write.
    pub fn single(origin: Origin, title: impl Into<String>) -> Self {
        Self {
            id: ChangeSetId::fresh(),
            origin,
            title: title.into(),
            client: None,
            undoes: None,
            stays_open: false,
            fence: None,
        }
    }
}

/// Who writes, as part of which change set, and whether it shall last.
#[derive(Clone, Copy)]
pub struct WriteContext<'a> {
    /// Whose rights count.
    pub actor: &'a Actor,
    /// What the write belongs to.
    pub change: &'a ChangeSet,
    /// Where a rehearsal tells what it would do; the write itself is then rolled back.
    pub rehearsal: Option<&'a Rehearsal>,
}

impl<'a> WriteContext<'a> {
    /// A write that lasts.
    pub fn new(actor: &'a Actor, change: &'a ChangeSet) -> Self {
        Self {
            actor,
            change,
            rehearsal: None,
        }
    }

    /// Whether the write is kept as a change set; a key may opt out for what it writes directly.
    pub fn is_recorded(&self) -> bool {
        self.change.origin != Origin::Api || self.actor.records_changes
    }
}

/// What one transaction did to one table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct TableEffect {
    /// The table.
    pub id: TableId,
    /// Its name then.
    pub name: String,
    /// Records made.
    pub created: usize,
    /// Records changed, linked ones included.
    pub updated: usize,
    /// Records deleted.
    pub deleted: usize,
}

/// What one transaction did to one base.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The base.
    pub base: BaseId,
    /// Its name.
    pub base_name: String,
    /// The workspace it lies in.
    pub workspace: WorkspaceId,
    /// The transaction.
    pub transaction: TransactionId,
    /// Its first entry in the base's change log.
    pub first_seq: i64,
    /// Its last entry in the base's change log.
    pub last_seq: i64,
    /// Tables whose records it touched.
    pub tables: Vec<TableEffect>,
    /// What it did to the schema, a sentence each; this cannot be undone.
    pub schema: Vec<String>,
    /// When.
    pub at: Millis,
}

/// A record before and after, as people read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecordChange {
    /// Its table.
    pub table_id: TableId,
    /// The table's name.
    pub table: String,
    /// The record.
    #[schema(value_type = String)]
    pub record_id: RecordId,
    /// What its primary field says.
    pub name: String,
    /// What happened to it.
    pub kind: RecordChangeKind,
    /// The cells that changed.
    pub fields: Vec<FieldChange>,
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecordChangeKind {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

/// A cell before and after; null is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// The field.
    pub field_id: FieldId,
    /// The field's name.
    pub field: String,
    /// Its value before.
    pub before: Value,
    /// Its value after.
    pub after: Value,
    /// Whether it is computed, so that it may be another one each time the same is done.
    #[serde(skip)]
    pub is_computed: bool,
}

/// Keeps track of change sets; called inside the transaction of the write, so that both last or neither.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Opens or joins the change set and adds what the transaction did.
    async fn record(
        &self,
        tx: &TenantTx,
        by: WriteContext<'_>,
        effect: &Effect,
    ) -> Result<(), DbError>;
}

/// Stretches of a base's change log, first and last entry included.
pub type SeqRanges = Vec<(i64, i64)>;

/// What to take back.
#[derive(Clone, Debug, Default)]
pub struct Revert {
    /// Where the changes stand in the change log.
    pub ranges: SeqRanges,
    /// Only these records; `None` means all.
    pub records: Option<Vec<RecordId>>,
    /// Only these fields, by id; `None` means all, and whole records.
    pub fields: Option<Vec<FieldId>>,
    /// Overwrite what others changed since.
    pub force: bool,
}

/// What became of one record of an undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevertOutcome {
    /// It is as it was before.
    Restored,
    /// It already was.
    Already,
    /// Somebody changed it since; it was left as it is.
    Conflict,
    /// It cannot be brought back.
    Irreversible,
}

/// One record of an undo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevertedRecord {
    /// Its base.
    pub base_id: BaseId,
    /// Its table.
    pub table_id: TableId,
    /// The table's name.
    pub table: String,
    /// The record.
    #[schema(value_type = String)]
    pub record_id: RecordId,
    /// The id it came back under; only of a record that had been deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub new_record_id: Option<RecordId>,
    /// What its primary field says.
    pub name: String,
    /// What had happened to it.
    pub kind: RecordChangeKind,
    /// What became of it.
    pub outcome: RevertOutcome,
    /// What stood in the way, or what could not be brought back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// A cell or record that somebody changed since.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Conflict {
    /// Stable code: `changed_since`, `record_deleted`, `record_exists`, `linked_record_deleted`, `choice_removed`.
    pub code: String,
    /// The field; absent where it is about the whole record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_id: Option<FieldId>,
    /// The field's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The value that an undo would bring back.
    #[serde(default)]
    pub before: Value,
    /// The value that is there now.
    #[serde(default)]
    pub current: Value,
    /// Who changed it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Where in a base's change log to read.
#[derive(Clone, Debug, Default)]
pub struct ReadChanges {
    /// Stretches of the change log.
    pub ranges: SeqRanges,
    /// Only entries after this one.
    pub after: Option<i64>,
    /// Entries wanted at most.
    pub limit: usize,
}

/// A page of changes.
#[derive(Clone, Debug, Default)]
pub struct ChangesPage {
    /// In the order they happened.
    pub changes: Vec<RecordChange>,
    /// The entry that the page ends with; `None` on the last page.
    pub next: Option<i64>,
}

/// What was changed in a base, and taking it back; every call checks the actor's rights.
#[async_trait]
pub trait BaseHistory: Send + Sync {
    /// Reads record changes from the change log.
    async fn changes(
        &self,
        actor: &Actor,
        base: &str,
        read: ReadChanges,
    ) -> BaseResult<ChangesPage>;

    /// Takes changes back in one transaction, cell by cell, leaving what others changed since.
    async fn revert(
        &self,
        by: WriteContext<'_>,
        base: &str,
        revert: Revert,
    ) -> BaseResult<Vec<RevertedRecord>>;

    /// Records what became of writes of a change set whose end nobody has seen, where they went elsewhere; an error while
    /// it cannot be told.
    async fn settle(&self, actor: &Actor, set: ChangeSetId) -> BaseResult<()>;
}

/// Shared by the writers of one process; without the saga context nothing is tracked.
pub type SharedJournal = Option<Arc<dyn Journal>>;
