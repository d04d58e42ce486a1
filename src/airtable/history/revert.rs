use std::collections::HashSet;
use std::sync::Arc;

use super::super::cell::{Cell, links_of};
use super::super::schema::{Field, Kind, Table};
use super::super::write::Draft;
use super::fold::{Net, NetCell};
use super::same::{same, without_missing};
use super::show::{name, shown_value};
use crate::contracts::{BaseResult, Conflict, RecordChangeKind, Revert, RevertOutcome};
use crate::platform::ids::RecordId;

/// What became of one record, before it is known who stood in the way.
pub(in crate::airtable) struct Reverted {
    pub(in crate::airtable) net: Net,
    pub(in crate::airtable) name: String,
    pub(in crate::airtable) outcome: RevertOutcome,
    pub(in crate::airtable) conflicts: Vec<Conflict>,
}

/// Drafts the undo of what was done to these records: deleted ones come back, cells get their old values, made ones go.
///
/// A cell or record that does not hold what the change left there was changed by somebody since: it stays, unless forced.
pub(in crate::airtable) fn revert(
    draft: &mut Draft<'_>,
    nets: Vec<Net>,
    request: &Revert,
) -> BaseResult<Vec<Reverted>> {
    let is_wanted = |net: &Net| {
        let named = request.records.as_ref();
        named.is_none_or(|records| records.contains(&net.record))
            && (request.fields.is_none() || net.kind == RecordChangeKind::Updated)
    };
    let nets: Vec<Net> = nets.into_iter().filter(is_wanted).collect();
    let mut done: Vec<Option<Reverted>> = nets.iter().map(|_| None).collect();
    let of = |kind| move |(_, net): &(usize, &Net)| net.kind == kind;
    let numbered = || nets.iter().enumerate();
    // All deleted records first, so that each finds those it was linked to.
    let back: HashSet<RecordId> = numbered()
        .filter(of(RecordChangeKind::Deleted))
        .filter_map(|(_, net)| bring_back(draft, net).transpose())
        .collect::<BaseResult<_>>()?;
    for (at, net) in numbered().filter(of(RecordChangeKind::Deleted)) {
        done[at] = Some(relink(draft, net, &back)?);
    }
    for (at, net) in numbered().filter(of(RecordChangeKind::Updated)) {
        done[at] = Some(restore_cells(draft, net, request)?);
    }
    for net in &nets {
        restore_order(draft, net)?;
    }
    for (at, net) in numbered().filter(of(RecordChangeKind::Created)) {
        done[at] = Some(take_away(draft, net, request.force)?);
    }
    let mut done: Vec<Reverted> = done.into_iter().flatten().collect();
    for reverted in &mut done {
        count_twins(draft, reverted)?;
    }
    Ok(done)
}

fn table(draft: &Draft<'_>, net: &Net) -> BaseResult<Arc<Table>> {
    draft.table(net.table)
}

fn reverted(draft: &Draft<'_>, net: &Net, outcome: RevertOutcome) -> BaseResult<Reverted> {
    let definition = table(draft, net)?;
    Ok(Reverted {
        net: net.clone(),
        name: name(draft.state, &definition, net),
        outcome,
        conflicts: Vec::new(),
    })
}

/// Makes a deleted record anew under its old id, without its links; `None` when it is there already.
fn bring_back(draft: &mut Draft<'_>, net: &Net) -> BaseResult<Option<RecordId>> {
    if draft.exists(net.table, net.record) {
        return Ok(None);
    }
    let definition = table(draft, net)?;
    let mut cells = vec![Cell::Empty; definition.fields.len()];
    for (slot, cell) in &net.cells {
        if !matches!(definition.fields[*slot].kind, Kind::Links(_)) {
            cells[*slot] = without_missing(draft, &definition.fields[*slot], &cell.before);
        }
    }
    draft.restore(&definition, net.record, net.row_no, &net.origin, cells);
    Ok(Some(net.record))
}

fn relink(draft: &mut Draft<'_>, net: &Net, back: &HashSet<RecordId>) -> BaseResult<Reverted> {
    if !back.contains(&net.record) {
        let mut already = reverted(draft, net, RevertOutcome::Already)?;
        already.conflicts.push(about_record("record_exists"));
        return Ok(already);
    }
    let definition = table(draft, net)?;
    let mut outcome = reverted(draft, net, RevertOutcome::Restored)?;
    for (slot, cell) in &net.cells {
        let field = definition.fields[*slot].clone();
        let kept = without_missing(draft, &field, &cell.before);
        if !same(&field, &kept, &cell.before) {
            outcome
                .conflicts
                .push(conflict(draft, &field, lost(&field), cell, &kept));
        }
        if matches!(field.kind, Kind::Links(_)) {
            draft.set(net.table, net.record, &field, kept)?;
        }
    }
    Ok(outcome)
}

fn lost(field: &Field) -> &'static str {
    match field.kind {
        Kind::Links(_) => "linked_record_deleted",
        _ => "choice_removed",
    }
}

fn restore_cells(draft: &mut Draft<'_>, net: &Net, request: &Revert) -> BaseResult<Reverted> {
    if !draft.exists(net.table, net.record) {
        let mut gone = reverted(draft, net, RevertOutcome::Conflict)?;
        gone.conflicts.push(about_record("record_deleted"));
        return Ok(gone);
    }
    let definition = table(draft, net)?;
    let is_named = request.records.is_some();
    let mut outcome = reverted(draft, net, RevertOutcome::Already)?;
    for (slot, cell) in &net.cells {
        let field = definition.fields[*slot].clone();
        let is_wanted = request
            .fields
            .as_ref()
            .is_none_or(|fields| fields.contains(&field.id));
        if field.kind.is_computed() || !is_wanted {
            continue;
        }
        // The side on which a link was written brings its twin along.
        if cell.is_mirrored && !is_named {
            continue;
        }
        restore_cell(draft, net, &field, cell, request.force, &mut outcome)?;
    }
    Ok(outcome)
}

fn restore_cell(
    draft: &mut Draft<'_>,
    net: &Net,
    field: &Arc<Field>,
    cell: &NetCell,
    force: bool,
    outcome: &mut Reverted,
) -> BaseResult<()> {
    let fresh = original(draft, net, field.slot);
    if same(field, &fresh, &cell.before) {
        return Ok(());
    }
    if !same(field, &fresh, &cell.after) && !force {
        outcome.outcome = RevertOutcome::Conflict;
        let found = conflict(draft, field, "changed_since", cell, &fresh);
        outcome.conflicts.push(found);
        return Ok(());
    }
    let kept = without_missing(draft, field, &cell.before);
    if !same(field, &kept, &cell.before) {
        let found = conflict(draft, field, lost(field), cell, &kept);
        outcome.conflicts.push(found);
    }
    draft.set(net.table, net.record, field, kept)?;
    if outcome.outcome == RevertOutcome::Already {
        outcome.outcome = RevertOutcome::Restored;
    }
    Ok(())
}

/// Links that came back by their other side stand at the end of the cell; they belong where they were.
fn restore_order(draft: &mut Draft<'_>, net: &Net) -> BaseResult<()> {
    let definition = table(draft, net)?;
    if net.kind != RecordChangeKind::Updated || !draft.exists(net.table, net.record) {
        return Ok(());
    }
    for (slot, cell) in net.cells.iter().filter(|(_, cell)| cell.is_mirrored) {
        let field = &definition.fields[*slot];
        let drafted = draft.cell(net.table, net.record, *slot);
        if drafted != cell.before && same(field, &drafted, &cell.before) {
            draft.reorder(net.table, net.record, *slot, cell.before.clone())?;
        }
    }
    Ok(())
}

/// Says of a record whose links were written on the other side whether they are back.
fn count_twins(draft: &Draft<'_>, reverted: &mut Reverted) -> BaseResult<()> {
    let net = &reverted.net;
    let definition = table(draft, net)?;
    if net.kind != RecordChangeKind::Updated || !draft.exists(net.table, net.record) {
        return Ok(());
    }
    for (slot, cell) in net.cells.iter().filter(|(_, cell)| cell.is_mirrored) {
        let field = &definition.fields[*slot];
        let fresh = original(draft, net, *slot);
        if same(field, &fresh, &cell.before) {
            continue;
        }
        let drafted = draft.cell(net.table, net.record, *slot);
        let back = without_missing(draft, field, &cell.before);
        let (drafted, back) = (links_of(&drafted), links_of(&back));
        let added = links_of(&cell.after);
        let stays = |id: &&RecordId| drafted.contains(id) && !links_of(&cell.before).contains(id);
        if added.iter().any(|id| stays(&id)) || back.iter().any(|id| !drafted.contains(id)) {
            reverted.outcome = RevertOutcome::Conflict;
            let found = conflict(draft, field, "changed_since", cell, &fresh);
            reverted.conflicts.push(found);
        } else if reverted.outcome == RevertOutcome::Already {
            reverted.outcome = RevertOutcome::Restored;
        }
    }
    Ok(())
}

fn take_away(draft: &mut Draft<'_>, net: &Net, force: bool) -> BaseResult<Reverted> {
    if !draft.exists(net.table, net.record) {
        return reverted(draft, net, RevertOutcome::Already);
    }
    let definition = table(draft, net)?;
    let mut outcome = reverted(draft, net, RevertOutcome::Restored)?;
    for field in definition
        .fields
        .iter()
        .filter(|field| !field.kind.is_computed())
    {
        let fresh = original(draft, net, field.slot);
        let left = net.cells.get(&field.slot);
        let empty = NetCell {
            before: Cell::Empty,
            after: Cell::Empty,
            is_mirrored: false,
        };
        let cell = left.unwrap_or(&empty);
        if !same(field, &fresh, &cell.after) {
            let found = conflict(draft, field, "changed_since", cell, &fresh);
            outcome.conflicts.push(found);
        }
    }
    if outcome.conflicts.is_empty() || force {
        outcome.conflicts.clear();
        draft.remove(net.table, &[net.record])?;
    } else {
        outcome.outcome = RevertOutcome::Conflict;
    }
    Ok(outcome)
}

/// The cell as it was when the undo began.
fn original(draft: &Draft<'_>, net: &Net, slot: usize) -> Cell {
    let row = draft.original(net.table, net.record);
    row.map(|row| row.cell(slot).clone()).unwrap_or_default()
}

fn about_record(code: &str) -> Conflict {
    Conflict {
        code: code.to_owned(),
        field_id: None,
        field: None,
        before: serde_json::Value::Null,
        current: serde_json::Value::Null,
        by: None,
        at: None,
    }
}

fn conflict(
    draft: &Draft<'_>,
    field: &Field,
    code: &str,
    cell: &NetCell,
    current: &Cell,
) -> Conflict {
    Conflict {
        field_id: Some(field.id),
        field: Some(field.name.clone()),
        before: shown_value(draft.state, field, &cell.before),
        current: shown_value(draft.state, field, current),
        ..about_record(code)
    }
}
