use std::collections::{BTreeMap, HashMap};

use super::store::{PartRow, SetRow};
use crate::contracts::{
    BaseEffect, ChangeSetState, ChangeSetSummary, RevertOutcome, RevertedRecord, TableEffect,
    UndoTotals,
};
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::ids::{BaseId, ChangeSetId};

/// How long an open change set may be silent before it counts as given up.
const SILENCE: Millis = 15 * 60_000;

/// A change set as a list shows it, out of the parts that the caller may see.
pub(super) fn summary(
    set: SetRow,
    parts: &[PartRow],
    undone_by: &HashMap<ChangeSetId, ChangeSetId>,
    undo_window: Millis,
    now: Millis,
) -> ChangeSetSummary {
    let last = parts.iter().map(|part| part.at).max();
    let is_given_up =
        set.state == ChangeSetState::Open && last.unwrap_or(set.started_at) + SILENCE < now;
    let is_expired = is_expired(&set, undo_window, now);
    let until = set.started_at.saturating_add(undo_window);
    let bases = bases(parts);
    let count = |of: fn(&TableEffect) -> usize| {
        bases
            .iter()
            .flat_map(|base| &base.tables)
            .map(of)
            .sum::<usize>()
    };
    ChangeSetSummary {
        created: count(|table| table.created),
        updated: count(|table| table.updated),
        deleted: count(|table| table.deleted),
        state: if is_given_up {
            ChangeSetState::Partial
        } else {
            set.state
        },
        undone_by: undone_by.get(&set.id).copied(),
        expired: is_expired,
        undoable_until: rfc3339(set.expired_at.map_or(until, |expired| until.min(expired))),
        id: set.id,
        origin: set.origin,
        title: set.title,
        client: set.client,
        user_id: set.user,
        user: set.user_name,
        started_at: rfc3339(set.started_at),
        finished_at: set.finished_at.map(rfc3339),
        undoes: set.undoes,
        bases,
    }
}

/// Whether a change set is too old to be undone; once it was marked so, a longer window brings nothing back.
pub(super) fn is_expired(set: &SetRow, undo_window: Millis, now: Millis) -> bool {
    set.expired_at.is_some() || set.started_at.saturating_add(undo_window) < now
}

/// The parts of one change set, base by base and table by table.
fn bases(parts: &[PartRow]) -> Vec<BaseEffect> {
    let mut bases: BTreeMap<BaseId, BaseEffect> = BTreeMap::new();
    for part in parts {
        let base = bases.entry(part.base).or_insert_with(|| BaseEffect {
            base_id: part.base,
            base: part.base_name.clone(),
            tables: Vec::new(),
            schema: Vec::new(),
        });
        base.schema.extend(part.schema.iter().cloned());
        for table in &part.tables {
            match base.tables.iter_mut().find(|known| known.id == table.id) {
                Some(known) => {
                    known.created += table.created;
                    known.updated += table.updated;
                    known.deleted += table.deleted;
                }
                None => base.tables.push(table.clone()),
            }
        }
    }
    bases.into_values().collect()
}

/// How many records had which outcome.
pub(super) fn totals(records: &[RevertedRecord]) -> UndoTotals {
    let count = |outcome| {
        records
            .iter()
            .filter(|record| record.outcome == outcome)
            .count()
    };
    UndoTotals {
        restored: count(RevertOutcome::Restored),
        already: count(RevertOutcome::Already),
        conflict: count(RevertOutcome::Conflict),
        irreversible: count(RevertOutcome::Irreversible),
    }
}
