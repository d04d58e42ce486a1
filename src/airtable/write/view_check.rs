use super::super::schema::{Table, View};
use crate::contracts::{TableSchema, ViewSchema};
use crate::platform::ids::FieldId;

/// What of the views of a document is left out or cannot be applied.
pub(super) fn view_warnings(document: &[TableSchema], tables: &[Table]) -> Vec<String> {
    let pairs = document.iter().zip(tables);
    pairs
        .flat_map(|(schema, table)| {
            let views = schema.views.iter().zip(&table.views);
            views.flat_map(|(given, view)| warnings(table, given, view))
        })
        .collect()
}

fn warnings(table: &Table, given: &ViewSchema, view: &View) -> Vec<String> {
    let place = format!("view \"{}\" of table \"{}\"", view.name, table.name);
    let mut said = Vec::new();
    let is_known = |id: &FieldId| table.field(*id).is_some();
    let named = given.hidden_field_ids.iter().chain(&given.field_order);
    let mut named = named.chain(given.visible_field_ids.iter().flatten());
    if given.sort.len() > view.sort.len() {
        said.push(format!(
            "{place}: sort keys for fields that the table does not have were left out"
        ));
    }
    if !named.all(is_known) {
        said.push(format!(
            "{place}: fields that the table does not have were left out"
        ));
    }
    if let Some(fault) = view
        .filter
        .as_ref()
        .and_then(|filter| filter.fault.as_ref())
    {
        said.push(format!(
            "{place}: its filter is invalid, so that it cannot be read until that is corrected: {fault}"
        ));
    }
    said
}
