use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Actor;
use super::base_error::BaseResult;
use super::changes::{Origin, RecordChange, RevertedRecord, TableEffect, WriteContext};
use crate::platform::ids::{BaseId, ChangeSetId, FieldId, RecordId, UserId};

/// How far a change set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSetState {
    /// Its author may add more.
    Open,
    /// Everything that was meant is done.
    Completed,
    /// It ended before everything was done; what was done stays until it is undone. An undo: it took back only some.
    Partial,
}

/// What a change set did to one base.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BaseEffect {
    /// The base.
    pub base_id: BaseId,
    /// Its name then.
    pub base: String,
    /// Tables whose records it touched.
    pub tables: Vec<TableEffect>,
    /// What it did to the schema, a sentence each; this cannot be undone.
    pub schema: Vec<String>,
}

/// A change set, as a list shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangeSetSummary {
    /// Which.
    pub id: ChangeSetId,
    /// What it came through.
    pub origin: Origin,
    /// What was asked for: the tool's name, or the verb of the request.
    pub title: String,
    /// What the client calls itself.
    pub client: Option<String>,
    /// Who made it.
    pub user_id: UserId,
    /// The person's name then.
    pub user: String,
    /// How far it is.
    pub state: ChangeSetState,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// What it did, base by base, as far as the caller may see.
    pub bases: Vec<BaseEffect>,
    /// Records made.
    pub created: usize,
    /// Records changed, linked ones included.
    pub updated: usize,
    /// Records deleted.
    pub deleted: usize,
    /// The change set that this one undoes.
    pub undoes: Option<ChangeSetId>,
    /// The newest change set that undoes this one.
    pub undone_by: Option<ChangeSetId>,
    /// Whether it is too old to be undone; its cells before and after are erased then.
    pub expired: bool,
    /// Until when it can be undone, RFC 3339.
    pub undoable_until: String,
}

/// Which change sets, newest first.
#[derive(Clone, Debug, Default)]
pub struct ListChangeSets {
    /// Only those that touched this base.
    pub base: Option<BaseId>,
    /// Only those that came through this.
    pub origin: Option<Origin>,
    /// Only those of this person.
    pub user: Option<UserId>,
    /// Change sets wanted at most.
    pub limit: usize,
    /// The previous page's cursor.
    pub cursor: Option<ChangeSetId>,
}

/// A page of change sets.
#[derive(Clone, Debug, Default)]
pub struct ChangeSetPage {
    /// Newest first.
    pub items: Vec<ChangeSetSummary>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<ChangeSetId>,
}

/// A page of the records that a change set touched.
#[derive(Clone, Debug, Default)]
pub struct RecordChangePage {
    /// In the order they happened.
    pub items: Vec<RecordChange>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// What to undo of a change set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoRequest {
    /// Only these records; absent means all.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub records: Option<Vec<RecordId>>,
    /// Only these fields, by id; absent means all, and made and deleted records too.
    #[serde(default)]
    pub fields: Option<Vec<FieldId>>,
    /// Overwrite what others changed since; needs the role admin.
    #[serde(default)]
    pub force: bool,
    /// Only tell what would happen.
    #[serde(default)]
    pub dry_run: bool,
}

/// How many records had which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UndoTotals {
    /// They are as they were before.
    pub restored: usize,
    /// They already were.
    pub already: usize,
    /// Somebody changed them since; they were left as they are.
    pub conflict: usize,
    /// They cannot be brought back.
    pub irreversible: usize,
}

/// What an undo did.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UndoReport {
    /// The change set undone.
    pub change_set: ChangeSetId,
    /// The change set that the undo made, itself undoable; absent when there was nothing to do.
    pub undo: Option<ChangeSetId>,
    /// Whether it was only a rehearsal.
    pub dry_run: bool,
    /// How many records had which outcome.
    pub totals: UndoTotals,
    /// The outcome of each record.
    pub records: Vec<RevertedRecord>,
    /// What cannot be undone at all, a sentence each.
    pub irreversible: Vec<String>,
    /// Bases that could not be reached, with the reason.
    pub failed: Vec<UndoFailure>,
}

/// A base in which an undo did nothing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UndoFailure {
    /// The base.
    pub base_id: BaseId,
    /// Its name then.
    pub base: String,
    /// Why.
    pub reason: String,
}

/// Change sets and undo; every call checks the actor's rights.
#[async_trait]
pub trait Transactions: Send + Sync {
    /// Lists change sets that touched a base the actor can read.
    async fn list(&self, actor: &Actor, list: ListChangeSets) -> BaseResult<ChangeSetPage>;

    /// One change set.
    async fn find(&self, actor: &Actor, id: ChangeSetId) -> BaseResult<ChangeSetSummary>;

    /// The records it touched, with their cells before and after.
    async fn records(
        &self,
        actor: &Actor,
        id: ChangeSetId,
        cursor: Option<String>,
        limit: usize,
    ) -> BaseResult<RecordChangePage>;

    /// Takes it back with the actor's own rights as a change set of its own, whose id and client come from `by`; doing
    /// so twice changes nothing the second time. A rehearsal, or a dry run, only tells what would happen.
    async fn undo(
        &self,
        by: WriteContext<'_>,
        id: ChangeSetId,
        request: UndoRequest,
    ) -> BaseResult<UndoReport>;
}
