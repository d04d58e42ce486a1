use std::collections::{BTreeMap, BTreeSet};

use sea_orm::DbErr;

use super::super::history;
use super::super::snapshot::State;
use super::super::store::ChangeKind;
use super::draft::Draft;
use super::log::Log;
use crate::contracts::{Effect, RecordChange, Rehearsal, TableEffect};
use crate::platform::ids::TableId;

/// Tells a rehearsal what was done, before it is taken back.
pub(super) fn rehearse(
    rehearsal: &Rehearsal,
    effect: Effect,
    next: &State,
    log: &Log,
) -> Result<(), DbErr> {
    let nets = history::fold(&next.base, &log.changes)
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    let shown = |net: &history::Net| {
        let table = next.base.table(net.table)?;
        Some(history::record_change(next, table, net))
    };
    // The fold has the newest first.
    let records: Vec<RecordChange> = nets.iter().rev().filter_map(shown).collect();
    rehearsal.add(effect, records);
    Ok(())
}

/// What the transaction did, for the change set.
pub(super) fn effect(draft: &Draft<'_>, redefined: &BTreeSet<TableId>, log: &Log) -> Effect {
    let mut tables: BTreeMap<TableId, TableEffect> = BTreeMap::new();
    let entries = log
        .changes
        .iter()
        .filter_map(|change| Some((change.table?, change.record?, change.kind)));
    for (id, _, kind) in entries {
        let table = tables.entry(id).or_insert_with(|| TableEffect {
            id,
            name: draft
                .base
                .table(id)
                .map_or_else(String::new, |table| table.name.clone()),
            created: 0,
            updated: 0,
            deleted: 0,
        });
        match kind {
            ChangeKind::Create => table.created += 1,
            ChangeKind::Update => table.updated += 1,
            ChangeKind::Delete => table.deleted += 1,
            ChangeKind::Schema => {}
        }
    }
    Effect {
        base: draft.base.id,
        base_name: draft.base.name.clone(),
        workspace: draft.base.workspace,
        transaction: log.txn,
        first_seq: draft.state.seq + 1,
        last_seq: log.seq,
        tables: tables.into_values().collect(),
        schema: redefined
            .iter()
            .flat_map(|id| schema_sentences(draft, *id))
            .collect(),
        at: draft.now,
    }
}

fn schema_sentences(draft: &Draft<'_>, id: TableId) -> Vec<String> {
    let table = draft.base.table(id);
    let before = draft.state.base.table(id).map(|table| &**table);
    table.map_or_else(Vec::new, |table| history::schema_sentences(before, table))
}
