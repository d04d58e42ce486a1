use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::cell::Cell;
use super::super::schema::{Kind, Table};
use super::super::snapshot::{Order, Row, State, TableSnapshot};
use super::filter::Filter;
use super::list::{order_by_row_no, order_of};
use super::programs::Programs;
use super::project::Projection;
use super::view::{sort_of, view_of};
use crate::contracts::{BaseResult, RenderedRecord, SortKey};
use crate::platform::clock::Millis;
use crate::platform::ids::RecordId;

/// Which rows of a table, by number.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Window {
    /// The number of the first.
    pub(in crate::airtable) start: usize,
    /// How many at most.
    pub(in crate::airtable) limit: usize,
    /// Sort keys, first the strongest.
    pub(in crate::airtable) sort: Vec<SortKey>,
    /// A formula that must hold; only rows that it holds for are numbered.
    pub(in crate::airtable) filter: Option<String>,
    /// View name or id; its filter must hold too, and its sort keys count where there are no others.
    pub(in crate::airtable) view: Option<String>,
}

/// A window into a table by row number.
pub(in crate::airtable) struct RowsPage {
    pub(in crate::airtable) total: u64,
    pub(in crate::airtable) records: Vec<RenderedRecord>,
    pub(in crate::airtable) names: Vec<(RecordId, String)>,
}

/// The records of a window, with the names of those they link to.
pub(in crate::airtable) fn rows(
    state: &State,
    snapshot: &TableSnapshot,
    programs: &Programs,
    window: &Window,
    now: Millis,
) -> BaseResult<RowsPage> {
    let view = view_of(&snapshot.table, window.view.as_deref())?;
    let sort = sort_of(&snapshot.table, view, &window.sort)?;
    let formula = window.filter.as_deref();
    let filter = Filter::new(state, &snapshot.table, programs, (view, formula), now)?;
    let narrowed = filter.as_ref().and_then(|it| it.narrowed(snapshot));
    let all = match sort.is_empty() {
        true => order_by_row_no(snapshot, narrowed.as_ref()),
        false => order_of(state, snapshot, narrowed.as_ref(), &sort),
    };
    let order: Order = match &filter {
        Some(filter) => all
            .iter()
            .filter(|row| filter.keeps(row))
            .cloned()
            .collect(),
        None => all,
    };
    filter.as_ref().map_or(Ok(()), Filter::check)?;
    let start = window.start.min(order.len());
    let shown = &order[start..start.saturating_add(window.limit).min(order.len())];
    let projection = Projection::whole(true);
    Ok(RowsPage {
        total: order.len() as u64,
        records: shown
            .iter()
            .map(|row| projection.render(state, &snapshot.table, row))
            .collect(),
        names: names(state, &snapshot.table, shown.iter()),
    })
}

/// The names of the records that rows link to.
pub(in crate::airtable) fn names<'r>(
    state: &State,
    table: &Table,
    rows: impl Iterator<Item = &'r Arc<Row>> + Clone,
) -> Vec<(RecordId, String)> {
    let mut names = BTreeMap::new();
    for field in &table.fields {
        let Kind::Links(link) = &field.kind.shown_as(field).kind else {
            continue;
        };
        for id in rows.clone().flat_map(|row| linked(row.cell(field.slot))) {
            names.insert(id, state.name_of(link.table, id));
        }
    }
    names.into_iter().collect()
}

/// The records a cell names, be they its links or those it looks up.
fn linked(cell: &Cell) -> Vec<RecordId> {
    match cell {
        Cell::Links(links) => links.to_vec(),
        Cell::List(items) => items.iter().flat_map(linked).collect(),
        _ => Vec::new(),
    }
}
