use std::collections::HashSet;

use super::super::formula::Program;
use super::super::operand::with_fields;
use super::super::query::{invalid_formula, unknown_view};
use super::super::schema::{Table, View, ViewFilter, check_view_name};
use super::super::service::not_found;
use super::draft::Draft;
use super::schema::invalid;
use super::values::find_field;
use crate::contracts::{BaseResult, CreateView, SortDirection, SortKey, UpdateView};
use crate::platform::ids::{FieldId, TableId, ViewId};

/// Their filters are checked anew with each change of a definition.
const MOST_VIEWS: usize = 200;

/// Drafts a view of a table.
pub(in crate::airtable) fn create_view(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &CreateView,
) -> BaseResult<ViewId> {
    let mut changed = Table::clone(&*draft.table(table)?);
    if changed.views.len() >= MOST_VIEWS {
        return Err(invalid("A table has at most 200 views"));
    }
    if request.view_type != "grid" {
        return Err(invalid("Only views of the type grid can be made"));
    }
    check_view_name(&request.name, names(&changed, None))?;
    let id = ViewId::fresh();
    let view = View {
        id,
        name: request.name.clone(),
        view_type: request.view_type.clone(),
        personal_for: None,
        filter: checked_filter(&changed, request.filter.as_deref())?,
        sort: checked_sort(&changed, &request.sort)?,
        hidden: checked_hidden(&changed, &request.hidden_field_ids)?,
        order: checked_fields(&changed, &request.field_order)?,
    };
    changed.views.push(view);
    draft.redefine(changed);
    Ok(id)
}

/// Drafts a new name, filter, sort or other shown fields of a view.
pub(in crate::airtable) fn update_view(
    draft: &mut Draft<'_>,
    table: TableId,
    name: &str,
    request: &UpdateView,
) -> BaseResult<ViewId> {
    if request.is_empty() {
        return Err(invalid(
            "Give a name, filter, sort, hiddenFieldIds or fieldOrder",
        ));
    }
    let definition = draft.table(table)?;
    let old = definition.find_view(name).ok_or_else(not_found)?;
    let mut view = old.clone();
    if let Some(name) = &request.name {
        check_view_name(name, names(&definition, Some(view.id)))?;
        view.name.clone_from(name);
    }
    if let Some(filter) = &request.filter {
        view.filter = checked_filter(&definition, Some(filter))?;
    }
    if let Some(sort) = &request.sort {
        view.sort = checked_sort(&definition, sort)?;
    }
    if let Some(hidden) = &request.hidden_field_ids {
        view.hidden = checked_hidden(&definition, hidden)?;
    }
    if let Some(order) = &request.field_order {
        view.order = checked_fields(&definition, order)?;
    }
    let id = view.id;
    let mut changed = Table::clone(&definition);
    let place = changed.views.iter_mut().find(|known| known.id == id);
    *place.ok_or_else(not_found)? = view;
    draft.redefine(changed);
    Ok(id)
}

/// Drafts the removal of a view; a table keeps at least one.
pub(in crate::airtable) fn delete_view(draft: &mut Draft<'_>, view: ViewId) -> BaseResult<()> {
    let mut tables = draft.base.tables.iter();
    let holder = tables.find(|table| table.views.iter().any(|known| known.id == view));
    let holder = holder.ok_or_else(|| unknown_view(&view.to_string()))?;
    if holder.views.len() == 1 {
        return Err(invalid("The last view of a table cannot be deleted"));
    }
    let mut changed = Table::clone(holder);
    changed.views.retain(|known| known.id != view);
    draft.redefine(changed);
    Ok(())
}

fn names(table: &Table, but: Option<ViewId>) -> impl Iterator<Item = &str> {
    let others = table.views.iter().filter(move |view| Some(view.id) != but);
    others.map(|view| view.name.as_str())
}

/// An empty formula is none; names of fields become ids once the draft is settled.
fn checked_filter(table: &Table, formula: Option<&str>) -> BaseResult<Option<ViewFilter>> {
    let Some(formula) = formula.filter(|formula| !formula.trim().is_empty()) else {
        return Ok(None);
    };
    let program = with_fields(table, |fields| Program::new(formula, fields));
    program.map_err(invalid_formula)?;
    Ok(Some(ViewFilter::new(formula)))
}

fn checked_sort(table: &Table, keys: &[SortKey]) -> BaseResult<Vec<(FieldId, SortDirection)>> {
    let names = keys.iter().map(|key| key.field.as_str());
    let fields = checked_fields(table, names)?;
    let ways = keys.iter().map(|key| key.direction);
    Ok(fields.into_iter().zip(ways).collect())
}

fn checked_hidden(table: &Table, names: &[String]) -> BaseResult<Vec<FieldId>> {
    let fields = checked_fields(table, names)?;
    match fields.contains(&table.primary) {
        true => Err(invalid("The primary field cannot be hidden")),
        false => Ok(fields),
    }
}

/// The fields of these names or ids, of which each may be there once.
fn checked_fields<N: AsRef<str>>(
    table: &Table,
    names: impl IntoIterator<Item = N>,
) -> BaseResult<Vec<FieldId>> {
    let mut seen = HashSet::new();
    let field = |name: N| {
        let field = find_field(table, name.as_ref())?;
        match seen.insert(field.id) {
            true => Ok(field.id),
            false => Err(invalid(&format!("Field \"{}\" is named twice", field.name))),
        }
    };
    names.into_iter().map(field).collect()
}
