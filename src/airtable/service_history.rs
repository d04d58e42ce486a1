use std::collections::BTreeSet;

use async_trait::async_trait;

use super::cell::PersonCell;
use super::history::{self, Reverted};
use super::schema::Base;
use super::service::{Airtable, OpenBase};
use super::service_write::neighbours;
use super::snapshot::State;
use super::store::{self, Change, ChangeKind};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseHistory, BaseResult, ChangesPage, Conflict, Permission,
    ReadChanges, RecordChange, Revert, RevertedRecord, WriteContext,
};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{ChangeSetId, TableId};

/// Entries of the change log that one undo reads at most.
const MOST_REVERTED: u64 = 100_000;
/// Records of one undo whose conflicts are traced to a person.
const MOST_TRACED: usize = 200;

#[async_trait]
impl BaseHistory for Airtable {
    async fn changes(
        &self,
        actor: &Actor,
        base: &str,
        read: ReadChanges,
    ) -> BaseResult<ChangesPage> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let wanted = read.limit as u64;
        let tx = self
            .platform
            .db
            .read(actor.tenant)
            .await
            .map_err(BaseError::database)?;
        let after = read.after.unwrap_or(0);
        let state = open.state();
        let log = state.sealed_log();
        let mut entries = store::changes_in(&tx, log, &read.ranges, after, wanted + 1)
            .await
            .map_err(BaseError::database)?;
        drop(tx);
        let is_last = entries.len() as u64 <= wanted;
        entries.truncate(read.limit);
        let tables: Vec<TableId> = touched(&open.state().base, &entries).into_iter().collect();
        let state = self.loaded(&open, &tables).await?;
        let next = entries.last().map(|entry| entry.seq).filter(|_| !is_last);
        let changes: BaseResult<Vec<_>> =
            entries.iter().map(|entry| shown(&state, entry)).collect();
        Ok(ChangesPage {
            changes: changes?.into_iter().flatten().collect(),
            next,
        })
    }

    async fn revert(
        &self,
        by: WriteContext<'_>,
        base: &str,
        revert: Revert,
    ) -> BaseResult<Vec<RevertedRecord>> {
        if let Some(mirror) = self.written_through(by, base).await? {
            return Box::pin(self.revert_through(by, mirror, revert)).await;
        }
        let open = self.open_to_write(by, base).await?;
        let entries = self.entries(&open, &revert).await?;
        let known = self.known_attachments(by.actor.tenant, &entries).await?;
        let (_, reverted) = self
            .write(
                by,
                &open,
                |base| Ok(touched(base, &entries).into_iter().collect()),
                |draft| {
                    draft.know(known);
                    let nets = history::fold(&draft.base, &entries)?;
                    let reverted = history::revert(draft, nets, &revert)?;
                    let table = |of: TableId| draft.table(of).map(|table| table.name.clone());
                    let named = |reverted: Reverted| Ok((table(reverted.net.table)?, reverted));
                    reverted
                        .into_iter()
                        .map(named)
                        .collect::<BaseResult<Vec<_>>>()
                },
            )
            .await?;
        let mut report: Vec<RevertedRecord> = Vec::with_capacity(reverted.len());
        for (table, reverted) in reverted {
            report.push(
                self.report(&open, table, reverted, &revert, report.len())
                    .await?,
            );
        }
        Ok(report)
    }

    async fn settle(&self, actor: &Actor, set: ChangeSetId) -> BaseResult<()> {
        Box::pin(self.settle_set(actor, set)).await
    }
}

impl Airtable {
    pub(super) async fn entries(
        &self,
        open: &OpenBase,
        revert: &Revert,
    ) -> BaseResult<Vec<Change>> {
        let state = open.state();
        let tx = self.platform.db.read(state.base.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let log = state.sealed_log();
        let entries = store::changes_in(&tx, log, &revert.ranges, 0, MOST_REVERTED + 1)
            .await
            .map_err(BaseError::database)?;
        if entries.len() as u64 > MOST_REVERTED {
            return Err(BaseError::new(
                BaseErrorKind::TooLarge,
                "An undo takes back at most 100,000 record changes in a base at once; name the records",
            ));
        }
        if entries.iter().any(Change::is_erased) {
            return Err(BaseError::new(
                BaseErrorKind::UndoWindowOver,
                "What this change replaced is erased, so that it cannot be undone any more",
            ));
        }
        Ok(entries)
    }

    pub(super) async fn report(
        &self,
        open: &OpenBase,
        table: String,
        reverted: Reverted,
        revert: &Revert,
        number: usize,
    ) -> BaseResult<RevertedRecord> {
        let Reverted {
            net,
            name,
            outcome,
            mut conflicts,
        } = reverted;
        if !conflicts.is_empty() && number < MOST_TRACED {
            let state = open.state();
            let tx = self.platform.db.read(state.base.tenant).await;
            let tx = tx.map_err(BaseError::database)?;
            let since = store::changes_of(&tx, state.sealed_log(), net.record, net.last_seq)
                .await
                .map_err(BaseError::database)?;
            let foreign: Vec<&Change> = since
                .iter()
                .filter(|entry| !is_within(entry.seq, revert))
                .collect();
            conflicts
                .iter_mut()
                .for_each(|conflict| trace(conflict, &foreign));
        }
        let came_back = outcome == crate::contracts::RevertOutcome::Restored
            && net.kind == crate::contracts::RecordChangeKind::Deleted;
        Ok(RevertedRecord {
            base_id: open.state().base.id,
            table_id: net.table,
            table,
            record_id: net.record,
            new_record_id: came_back.then_some(net.record),
            name,
            kind: net.kind,
            outcome,
            conflicts,
        })
    }
}

fn is_within(seq: i64, revert: &Revert) -> bool {
    revert
        .ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&seq))
}

/// Says who stood in the way: the newest change of the cell, or the one that deleted the record.
fn trace(conflict: &mut Conflict, newest_first: &[&Change]) {
    let is_cause = |entry: &&&Change| match conflict.field_id {
        Some(field) => entry
            .after
            .as_deref()
            .is_some_and(|after| after.contains(&format!("\"{field}\":"))),
        None => entry.kind == ChangeKind::Delete || entry.kind == ChangeKind::Create,
    };
    let Some(cause) = newest_first.iter().find(is_cause) else {
        return;
    };
    let person: Option<PersonCell> = serde_json::from_str(&cause.actor).ok();
    conflict.by = person.and_then(|person| person.name.or(person.email));
    conflict.at = Some(rfc3339(cause.at));
}

fn shown(state: &State, entry: &Change) -> BaseResult<Option<RecordChange>> {
    let nets = history::fold(&state.base, std::slice::from_ref(entry))?;
    let change = |net: &history::Net| {
        let table = state.base.table(net.table)?;
        Some(history::record_change(state, table, net))
    };
    Ok(nets.first().and_then(change))
}

/// The tables of these entries, and those that changing them back may touch.
pub(super) fn touched(base: &Base, entries: &[Change]) -> BTreeSet<TableId> {
    let tables: BTreeSet<TableId> = entries.iter().filter_map(|entry| entry.table).collect();
    let around = tables.iter().filter_map(|id| neighbours(base, *id).ok());
    around.flatten().collect()
}
