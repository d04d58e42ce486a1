use super::super::store::{Change, ChangeKind};
use super::commit::Author;
use super::draft::Draft;
use crate::contracts::{Origin, Role, WriteContext};
use crate::platform::clock::Millis;
use crate::platform::ids::{RecordId, TableId, TransactionId, WorkspaceId};

/// Entries of the change log as they come up.
pub(super) struct Log {
    pub(super) changes: Vec<Change>,
    pub(super) seq: i64,
    pub(super) txn: TransactionId,
    actor: String,
    client: Option<String>,
    came_through: Origin,
    level: Option<&'static str>,
    pub(super) at: Millis,
}

impl Log {
    pub(super) fn new(draft: &Draft<'_>, author: &Author, by: WriteContext<'_>) -> Self {
        Self {
            changes: Vec::new(),
            seq: draft.state.seq,
            txn: TransactionId::fresh(),
            actor: author.json.clone(),
            client: by.change.client.clone(),
            came_through: by.change.origin,
            level: level_of(by, draft.base.workspace),
            at: draft.now,
        }
    }

    pub(super) fn add(
        &mut self,
        kind: ChangeKind,
        table: TableId,
        record: Option<RecordId>,
        row_no: Option<i64>,
        before: Option<String>,
        after: Option<String>,
    ) -> &mut Change {
        self.seq += 1;
        self.changes.push(Change {
            seq: self.seq,
            txn: self.txn,
            kind,
            table: Some(table),
            record,
            row_no,
            before,
            after,
            actor: self.actor.clone(),
            client: self.client.clone(),
            at: self.at,
            mirrored: None,
            origin: None,
            came_through: Some(self.came_through),
            actor_level: self.level.map(str::to_owned),
        });
        self.changes.last_mut().expect("one was just added")
    }
}

/// Airtable's name for what the author may do in the bases of a workspace.
fn level_of(by: WriteContext<'_>, workspace: WorkspaceId) -> Option<&'static str> {
    by.actor.role_in(workspace).map(Role::permission_level)
}
