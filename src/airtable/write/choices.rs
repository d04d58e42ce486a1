use std::collections::HashSet;

use super::super::cell::Cell;
use super::super::schema::{Choice, Field, Kind};
use super::draft::Draft;
use super::values::choices_of;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, ChoiceRemoval};
use crate::platform::ids::{ChoiceId, RecordId, TableId};

/// Takes the choices that a field loses out of the cells of its table; refuses where cells hold them, unless that is meant.
pub(super) fn take_out_choices(
    draft: &mut Draft<'_>,
    table: TableId,
    field: &Field,
    after: &Kind,
    removal: ChoiceRemoval,
) -> BaseResult<()> {
    let (Some(before), Some(after)) = (choices_of(&field.kind), choices_of(after)) else {
        return Ok(());
    };
    let is_lost = |choice: &&Choice| after.get(choice.id).is_none();
    let lost: Vec<&Choice> = before.list.iter().filter(is_lost).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let ids: HashSet<ChoiceId> = lost.iter().map(|choice| choice.id).collect();
    let snapshot = draft
        .snapshot(table)
        .ok_or_else(|| BaseError::internal("a table is not loaded whose choices are removed"))?;
    let cleared: Vec<(RecordId, Cell)> = snapshot
        .by_row_no()
        .iter()
        .filter_map(|row| Some((row.meta.id, without(row.cell(field.slot), &ids)?)))
        .collect();
    if !cleared.is_empty() && removal != ChoiceRemoval::FromCells {
        return Err(in_use(&lost, cleared.len()));
    }
    for (record, cell) in cleared {
        draft.set(table, record, field, cell)?;
    }
    Ok(())
}

/// The cell without these choices; nothing where it has none of them.
fn without(cell: &Cell, lost: &HashSet<ChoiceId>) -> Option<Cell> {
    match cell {
        Cell::Choice(id) => lost.contains(id).then_some(Cell::Empty),
        Cell::Choices(ids) => {
            let left: Vec<ChoiceId> = ids
                .iter()
                .copied()
                .filter(|id| !lost.contains(id))
                .collect();
            match left.len() {
                0 => Some(Cell::Empty),
                count => (count < ids.len()).then(|| Cell::Choices(left.into_boxed_slice())),
            }
        }
        _ => None,
    }
}

fn in_use(lost: &[&Choice], records: usize) -> BaseError {
    let names: Vec<String> = lost.iter().map(|it| format!("\"{}\"", it.name)).collect();
    let have = if records == 1 {
        "record has"
    } else {
        "records have"
    };
    let message = format!("{records} {have} {}", names.join(" or "));
    BaseError::new(BaseErrorKind::ChoiceInUse, message)
}
