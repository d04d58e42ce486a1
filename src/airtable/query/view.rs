use std::sync::Arc;

use super::super::schema::{Field, Table, View};
use super::super::write::find_field;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, SortDirection, SortKey};
use crate::platform::ids::ViewId;

/// The view that a query names.
pub(super) fn view_of<'t>(table: &'t Table, name: Option<&str>) -> BaseResult<Option<&'t View>> {
    let Some(name) = name else { return Ok(None) };
    let view = table.find_view(name).ok_or_else(|| unknown_view(name))?;
    Ok(Some(view))
}

/// The error for a name or id that is no view's.
pub(in crate::airtable) fn unknown_view(name: &str) -> BaseError {
    let is_id = name.parse::<ViewId>().is_ok();
    let kind = if is_id {
        BaseErrorKind::ViewIdNotFound
    } else {
        BaseErrorKind::ViewNameNotFound
    };
    BaseError::new(kind, format!("View {name} not found"))
}

/// The fields that records are sorted by: those of the query, else those of the view; one that comes again has nothing
/// left to decide.
pub(super) fn sort_of(
    table: &Table,
    view: Option<&View>,
    keys: &[SortKey],
) -> BaseResult<Vec<(Arc<Field>, SortDirection)>> {
    let mut fields: Vec<(Arc<Field>, SortDirection)> = Vec::new();
    for key in keys {
        let field = find_field(table, &key.field)?;
        if !fields.iter().any(|(known, _)| known.id == field.id) {
            fields.push((field.clone(), key.direction));
        }
    }
    if !fields.is_empty() {
        return Ok(fields);
    }
    let keys = view.into_iter().flat_map(|view| &view.sort);
    Ok(keys
        .filter_map(|(field, way)| Some((table.field(*field)?.clone(), *way)))
        .collect())
}
