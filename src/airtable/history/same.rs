use std::collections::HashSet;
use std::hash::Hash;

use super::super::cell::{AttachmentCell, Cell};
use super::super::schema::{Choices, Field, Kind};
use super::super::write::Draft;

/// Whether two cells of a field hold the same: links and multiple choices as sets, attachments by their ids, all else
/// by value.
pub(in crate::airtable) fn same(field: &Field, one: &Cell, two: &Cell) -> bool {
    match (&field.kind, one, two) {
        (Kind::Links(_), Cell::Links(one), Cell::Links(two)) => same_set(one, two),
        (Kind::MultipleSelects(_), Cell::Choices(one), Cell::Choices(two)) => same_set(one, two),
        (Kind::Attachments { .. }, Cell::Attachments(one), Cell::Attachments(two)) => {
            let named = |list: &[AttachmentCell]| -> Vec<_> {
                let names = list.iter().map(|item| (item.id, item.filename.clone()));
                names.collect()
            };
            named(one) == named(two)
        }
        _ => one == two,
    }
}

fn same_set<T: Eq + Hash>(one: &[T], two: &[T]) -> bool {
    let set: HashSet<&T> = one.iter().collect();
    one.len() == two.len() && two.iter().all(|item| set.contains(item))
}

/// The cell without links to records that are gone and without choices that the field no longer has, its attachments
/// with what has become known of them.
pub(super) fn without_missing(draft: &Draft<'_>, field: &Field, cell: &Cell) -> Cell {
    match (&field.kind, cell) {
        (Kind::Links(link), Cell::Links(ids)) => {
            let there = ids.iter().filter(|id| draft.exists(link.table, **id));
            match there.copied().collect::<Vec<_>>() {
                ids if ids.is_empty() => Cell::Empty,
                ids => Cell::Links(ids.into()),
            }
        }
        (Kind::SingleSelect(choices), Cell::Choice(id)) if !has(choices, id) => Cell::Empty,
        (Kind::MultipleSelects(choices), Cell::Choices(ids)) => {
            let there = ids.iter().filter(|id| has(choices, id));
            match there.copied().collect::<Vec<_>>() {
                ids if ids.is_empty() => Cell::Empty,
                ids => Cell::Choices(ids.into()),
            }
        }
        (Kind::Attachments { .. }, Cell::Attachments(list)) => draft.as_known(list),
        _ => cell.clone(),
    }
}

fn has(choices: &Choices, id: &crate::platform::ids::ChoiceId) -> bool {
    choices.by_id.contains_key(id)
}
