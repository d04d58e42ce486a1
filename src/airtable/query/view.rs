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

/// The fields that records are sorted by: those of the query, else those of the view.
pub(super) fn sort_of(
    table: &Table,
    view: Option<&View>,
    keys: &[SortKey],
) -> BaseResult<Vec<(Arc<Field>, SortDirection)>> {
    if !keys.is_empty() {
        let field = |key: &SortKey| Ok((find_field(table, &key.field)?.clone(), key.direction));
        return keys.iter().map(field).collect();
    }
    let keys = view.into_iter().flat_map(|view| &view.sort);
    Ok(keys
        .filter_map(|(field, way)| Some((table.field(*field)?.clone(), *way)))
        .collect())
}
