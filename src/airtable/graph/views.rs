use std::sync::Arc;

use super::super::formula::{self, Program};
use super::super::operand::with_fields;
use super::super::schema::{Table, ViewFilter};

/// Checks the filters of all views against the fields and lets them name those by id.
///
/// One that cannot be applied stays as it is and says why.
pub(super) fn settle_views(tables: &mut [Arc<Table>]) {
    for table in tables {
        if table.views.iter().all(|view| view.filter.is_none()) {
            continue;
        }
        let filters = with_fields(table, |fields| {
            let filters = table.views.iter().map(|view| view.filter.as_ref());
            let filters = filters.map(|filter| filter.map(|filter| settled(filter, fields)));
            filters.collect::<Vec<_>>()
        });
        let mut pairs = table.views.iter().zip(&filters);
        if pairs.all(|(view, filter)| view.filter == *filter) {
            continue;
        }
        let views = Arc::make_mut(table).views.iter_mut();
        views
            .zip(filters)
            .for_each(|(view, filter)| view.filter = filter);
    }
}

fn settled(filter: &ViewFilter, fields: &[formula::Field<'_>]) -> ViewFilter {
    let formula = &filter.formula;
    let compiled = Program::new(formula, fields);
    match compiled.and_then(|program| program.with_ids(formula, fields)) {
        Ok(formula) => ViewFilter::new(&formula),
        Err(error) => ViewFilter {
            formula: formula.clone(),
            fault: Some(error.to_string()),
        },
    }
}
