use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::cell::Cell;
use super::super::schema::{Field, Kind};
use super::super::snapshot::{State, TableSnapshot};
use super::list::order_of;
use super::project::Projection;
use crate::contracts::{RenderedRecord, SortDirection};
use crate::platform::ids::RecordId;

/// A window into a table by row number.
pub(in crate::airtable) struct RowsPage {
    pub(in crate::airtable) total: u64,
    pub(in crate::airtable) records: Vec<RenderedRecord>,
    pub(in crate::airtable) names: Vec<(RecordId, String)>,
}

/// The records from row `start` on, with the names of those they link to.
pub(in crate::airtable) fn rows(
    state: &State,
    snapshot: &TableSnapshot,
    sort: &[(Arc<Field>, SortDirection)],
    start: usize,
    limit: usize,
) -> RowsPage {
    let order = if sort.is_empty() {
        snapshot.by_row_no()
    } else {
        order_of(state, snapshot, sort)
    };
    let start = start.min(order.len());
    let window = &order[start..start.saturating_add(limit).min(order.len())];
    let projection = Projection::whole(true);
    let mut names = BTreeMap::new();
    for field in &snapshot.table.fields {
        let Kind::Links(link) = &field.kind.shown_as(field).kind else {
            continue;
        };
        for id in window.iter().flat_map(|row| linked(row.cell(field.slot))) {
            names.insert(id, state.name_of(link.table, id));
        }
    }
    RowsPage {
        total: order.len() as u64,
        records: window
            .iter()
            .map(|row| projection.render(state, &snapshot.table, row))
            .collect(),
        names: names.into_iter().collect(),
    }
}

/// The records a cell names, be they its links or those it looks up.
fn linked(cell: &Cell) -> Vec<RecordId> {
    match cell {
        Cell::Links(links) => links.to_vec(),
        Cell::List(items) => items.iter().flat_map(linked).collect(),
        _ => Vec::new(),
    }
}
