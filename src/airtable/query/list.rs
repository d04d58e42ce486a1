use std::cmp::Ordering;
use std::sync::Arc;

use super::super::cell::{SortValue, sort_value};
use super::super::schema::{Field, Kind, Table};
use super::super::snapshot::{Order, Row, State, TableSnapshot};
use super::cursor::{Cursor, Position, SortPlace, query_name};
use super::filter::Filter;
use super::iterators::Iterators;
use super::programs::Programs;
use super::project::Projection;
use super::view::{sort_of, view_of};
use crate::contracts::{BaseResult, ListRecords, RecordPage, SortDirection};
use crate::platform::clock::Millis;
use crate::platform::ids::RecordId;

const DEFAULT_PAGE: usize = 100;

/// A page of a table's records, and whether it is the same as long as the table is.
pub(in crate::airtable) fn list(
    state: &State,
    snapshot: &TableSnapshot,
    (iterators, programs): (&Iterators, &Programs),
    query: &ListRecords,
    now: Millis,
) -> BaseResult<(RecordPage, bool)> {
    let table = &*snapshot.table;
    let view = view_of(table, query.view.as_deref())?;
    let projection = Projection::new(table, &query.read)?;
    let sort = sort_of(table, view, &query.sort)?;
    let formula = query.filter_by_formula.as_deref();
    let filter = Filter::new(state, &snapshot.table, programs, (view, formula), now)?;
    let view_filter = view.and_then(|view| view.filter.as_ref());
    let name = query_name(&[
        &table.id.to_string(),
        query.view.as_deref().unwrap_or_default(),
        &sort_text(&sort),
        formula.unwrap_or_default(),
        view_filter.map_or("", |filter| filter.formula.as_str()),
    ]);
    let given = query.offset.as_deref().filter(|offset| !offset.is_empty());
    let cursor = given
        .map(|offset| Cursor::read(offset, &name))
        .transpose()?;
    let delivered = cursor
        .as_ref()
        .map_or(0, |cursor| cursor.position.delivered);
    let left = query
        .max_records
        .map_or(usize::MAX, |most| most.saturating_sub(delivered));
    let take = query.page_size.unwrap_or(DEFAULT_PAGE).min(left);
    let source = if !sort.is_empty() {
        Source::Sorted(sort)
    } else if query.view.is_some() {
        Source::View
    } else {
        Source::Plain
    };
    let scan = Scan {
        state,
        snapshot,
        iterators,
        narrowed: filter.as_ref().and_then(|it| it.narrowed(snapshot)),
        filter: filter.as_ref(),
        cursor: cursor.as_ref(),
        take,
    };
    let page = source.page(&scan);
    filter.as_ref().map_or(Ok(()), Filter::check)?;
    let more = page.more && take < left;
    let offset = page.rows.last().filter(|_| more).map(|last| {
        let position = Position {
            // A client can put any number into its cursor.
            delivered: delivered.saturating_add(page.rows.len()),
            row_no: matches!(source, Source::View).then_some(last.meta.row_no),
            sort: SortPlace::of(source.values(state, table, last)),
            frozen: page.frozen,
        };
        Cursor {
            query: name,
            last: last.meta.id,
            position,
        }
        .write()
    });
    let records = page
        .rows
        .iter()
        .map(|row| projection.render(state, table, row))
        .collect();
    let is_own = filter.as_ref().is_none_or(Filter::is_own);
    Ok((RecordPage { records, offset }, is_own))
}

struct Page {
    rows: Vec<Arc<Row>>,
    more: bool,
    frozen: Option<(String, usize)>,
}

enum Source {
    /// Ascending id.
    Plain,
    /// As a grid view shows them.
    View,
    Sorted(Vec<(Arc<Field>, SortDirection)>),
}

/// What a page is taken from, and how far it shall go.
struct Scan<'a> {
    state: &'a State,
    snapshot: &'a TableSnapshot,
    iterators: &'a Iterators,
    filter: Option<&'a Filter<'a>>,
    /// The only records that the filter may keep, by id, if they are known.
    narrowed: Option<Order>,
    cursor: Option<&'a Cursor>,
    take: usize,
}

impl Scan<'_> {
    fn keeps(&self, row: &Row) -> bool {
        self.filter.is_none_or(|filter| filter.keeps(row))
    }
}

impl Source {
    fn page(&self, scan: &Scan<'_>) -> Page {
        match self {
            Self::Plain => plain(scan),
            Self::View => {
                let order = order_by_row_no(scan.snapshot, scan.narrowed.as_ref());
                let after = scan.cursor.and_then(|cursor| cursor.position.row_no);
                let start = after.map_or(0, |last| {
                    order.partition_point(|row| row.meta.row_no <= last)
                });
                slice(&order, start, scan)
            }
            Self::Sorted(sort) => sorted(scan, sort),
        }
    }

    fn values(&self, state: &State, table: &Table, row: &Row) -> Vec<SortValue> {
        match self {
            Self::Sorted(sort) => sort_values(state, table, row, sort),
            _ => Vec::new(),
        }
    }
}

fn plain(scan: &Scan<'_>) -> Page {
    let last = scan.cursor.map(|cursor| cursor.last);
    match &scan.narrowed {
        Some(rows) => {
            let start = rows.partition_point(|row| Some(row.meta.id) <= last);
            slice(rows, start, scan)
        }
        None => page_of(scan.snapshot.rows.after(last), scan),
    }
}

fn slice(order: &Order, start: usize, scan: &Scan<'_>) -> Page {
    page_of(order[start.min(order.len())..].iter(), scan)
}

/// The first of these records that the filter keeps.
fn page_of<'r>(rows: impl Iterator<Item = &'r Arc<Row>>, scan: &Scan<'_>) -> Page {
    let mut kept = rows.filter(|row| scan.keeps(row));
    Page {
        rows: kept.by_ref().take(scan.take).cloned().collect(),
        more: kept.next().is_some(),
        frozen: None,
    }
}

/// Goes on in the frozen order while this instance has it, else from the last record's place in today's order.
fn sorted(scan: &Scan<'_>, sort: &[(Arc<Field>, SortDirection)]) -> Page {
    let frozen = scan
        .cursor
        .and_then(|cursor| cursor.position.frozen.as_ref());
    if let Some((name, start)) = frozen
        && let Some(ids) = scan.iterators.find(name)
    {
        return thaw(scan, name, &ids, *start);
    }
    let order = order_of(scan.state, scan.snapshot, scan.narrowed.as_ref(), sort);
    let start = scan.cursor.map_or(0, |cursor| {
        place(scan.state, scan.snapshot, &order, sort, cursor)
    });
    let left = order[start..].iter().filter(|row| scan.keeps(row));
    let left: Vec<&Arc<Row>> = left.collect();
    let end = scan.take.min(left.len());
    let more = end < left.len();
    let freeze = || {
        let ids: Arc<[_]> = left.iter().map(|row| row.meta.id).collect();
        (scan.iterators.keep(ids), end)
    };
    Page {
        frozen: more.then(freeze),
        rows: left[..end].iter().map(|row| Arc::clone(row)).collect(),
        more,
    }
}

/// Where the records after the cursor's begin in an order.
fn place(
    state: &State,
    snapshot: &TableSnapshot,
    order: &[Arc<Row>],
    sort: &[(Arc<Field>, SortDirection)],
    cursor: &Cursor,
) -> usize {
    let values = |row: &Row| sort_values(state, &snapshot.table, row, sort);
    let place = &cursor.position.sort;
    match place.whole(|| snapshot.rows.get(&cursor.last).map(|row| values(row))) {
        Some(last) => order.partition_point(|row| {
            let side = compare(&values(row), &last, sort);
            side.then(row.meta.id.cmp(&cursor.last)) != Ordering::Greater
        }),
        // The record is no longer what it was: better to repeat those that begin like it than to leave one out.
        None => order.partition_point(|row| {
            compare(&place.head_of(values(row)), place.head(), sort) == Ordering::Less
        }),
    }
}

fn thaw(scan: &Scan<'_>, name: &str, ids: &[RecordId], start: usize) -> Page {
    let find = |id: &RecordId| scan.snapshot.rows.get(id).filter(|row| scan.keeps(row));
    let mut rows = Vec::with_capacity(scan.take.min(ids.len()));
    let mut next = start.min(ids.len());
    while rows.len() < scan.take && next < ids.len() {
        rows.extend(find(&ids[next]).cloned());
        next += 1;
    }
    let more = ids[next..].iter().any(|id| find(id).is_some());
    Page {
        rows,
        more,
        frozen: Some((name.to_owned(), next)),
    }
}

/// All records, or those narrowed to, in the order they were added.
pub(super) fn order_by_row_no(snapshot: &TableSnapshot, narrowed: Option<&Order>) -> Order {
    let Some(rows) = narrowed else {
        return snapshot.by_row_no();
    };
    let mut rows = rows.to_vec();
    rows.sort_unstable_by_key(|row| row.meta.row_no);
    rows.into()
}

/// All records, or those narrowed to, in the order of the sort keys; ties by id.
pub(super) fn order_of(
    state: &State,
    snapshot: &TableSnapshot,
    narrowed: Option<&Order>,
    sort: &[(Arc<Field>, SortDirection)],
) -> Order {
    let keyed = |row: &Arc<Row>| (sort_values(state, &snapshot.table, row, sort), row.clone());
    let sorted = |mut keyed: Vec<(Vec<SortValue>, Arc<Row>)>| {
        keyed.sort_by(|(left, _), (right, _)| compare(left, right, sort));
        keyed.into_iter().map(|(_, row)| row).collect()
    };
    if let Some(rows) = narrowed {
        return sorted(rows.iter().map(keyed).collect());
    }
    let make = || sorted(snapshot.rows.values().map(keyed).collect());
    // The names of linked records live in other tables, so an order by links cannot be kept with this one.
    if sort
        .iter()
        .any(|(field, _)| matches!(field.kind.shown_as(field).kind, Kind::Links(_)))
    {
        return make();
    }
    let key = sort
        .iter()
        .map(|(field, way)| (field.id, *way == SortDirection::Desc))
        .collect();
    snapshot.order(key, make)
}

fn sort_values(
    state: &State,
    table: &Table,
    row: &Row,
    sort: &[(Arc<Field>, SortDirection)],
) -> Vec<SortValue> {
    let names = |table, record| state.name_of(table, record);
    sort.iter()
        .map(|(field, _)| sort_value(field, &row.value(table, field), &names))
        .collect()
}

fn compare(
    left: &[SortValue],
    right: &[SortValue],
    sort: &[(Arc<Field>, SortDirection)],
) -> Ordering {
    let pairs = left.iter().zip(right).zip(sort);
    let mut sides = pairs.map(|((left, right), (_, way))| match way {
        SortDirection::Asc => left.cmp(right),
        SortDirection::Desc => right.cmp(left),
    });
    sides.find(|side| side.is_ne()).unwrap_or(Ordering::Equal)
}

fn sort_text(sort: &[(Arc<Field>, SortDirection)]) -> String {
    sort.iter()
        .map(|(field, way)| format!("{}{way:?}", field.id))
        .collect()
}
