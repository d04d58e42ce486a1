use super::super::store::{Change, ChangeKind};
use super::commit::Author;
use super::draft::Draft;
use crate::contracts::WriteContext;
use crate::platform::clock::Millis;
use crate::platform::ids::{RecordId, TableId, TransactionId};

/// Entries of the change log as they come up.
pub(super) struct Log {
    pub(super) changes: Vec<Change>,
    pub(super) seq: i64,
    pub(super) txn: TransactionId,
    actor: String,
    client: Option<String>,
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
        });
        self.changes.last_mut().expect("one was just added")
    }
}
