use std::cmp::Ordering;
use std::sync::Arc;

use super::super::cell::{SortValue, sort_value};
use super::super::schema::{Field, Table};
use super::super::snapshot::{Order, Row, State, TableSnapshot};
use super::super::write::find_field;
use super::cursor::{Cursor, Position, SortPlace, query_name};
use super::iterators::Iterators;
use super::project::Projection;
use crate::contracts::{
    BaseError, BaseErrorKind, BaseResult, ListRecords, RecordPage, SortDirection, SortKey,
};

const DEFAULT_PAGE: usize = 100;

/// A page of a table's records.
pub(in crate::airtable) fn list(
    state: &State,
    snapshot: &TableSnapshot,
    iterators: &Iterators,
    query: &ListRecords,
) -> BaseResult<RecordPage> {
    let table = &*snapshot.table;
    check_view(table, query.view.as_deref())?;
    let projection = Projection::new(table, &query.read)?;
    let sort = sort_fields(table, &query.sort)?;
    refuse_formula(query)?;
    let name = query_name(&[
        &table.id.to_string(),
        query.view.as_deref().unwrap_or_default(),
        &sort_text(&sort),
        query.filter_by_formula.as_deref().unwrap_or_default(),
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
    let page = source.page(state, snapshot, iterators, cursor.as_ref(), take);
    let more = page.more && take < left;
    let offset = page.rows.last().filter(|_| more).map(|last| {
        let position = Position {
            delivered: delivered + page.rows.len(),
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
    Ok(RecordPage { records, offset })
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

impl Source {
    fn page(
        &self,
        state: &State,
        snapshot: &TableSnapshot,
        iterators: &Iterators,
        cursor: Option<&Cursor>,
        take: usize,
    ) -> Page {
        match self {
            Self::Plain => plain(snapshot, cursor, take),
            Self::View => {
                let order = snapshot.by_row_no();
                let after = cursor.and_then(|cursor| cursor.position.row_no);
                let start = after.map_or(0, |last| {
                    order.partition_point(|row| row.meta.row_no <= last)
                });
                slice(&order, start, take)
            }
            Self::Sorted(sort) => sorted(state, snapshot, iterators, sort, cursor, take),
        }
    }

    fn values(&self, state: &State, table: &Table, row: &Row) -> Vec<SortValue> {
        match self {
            Self::Sorted(sort) => sort_values(state, table, row, sort),
            _ => Vec::new(),
        }
    }
}

fn plain(snapshot: &TableSnapshot, cursor: Option<&Cursor>, take: usize) -> Page {
    let mut rows = snapshot.rows.after(cursor.map(|cursor| cursor.last));
    let page: Vec<Arc<Row>> = rows.by_ref().take(take).cloned().collect();
    Page {
        rows: page,
        more: rows.next().is_some(),
        frozen: None,
    }
}

fn slice(order: &Order, start: usize, take: usize) -> Page {
    let start = start.min(order.len());
    let end = start.saturating_add(take).min(order.len());
    Page {
        rows: order[start..end].to_vec(),
        more: end < order.len(),
        frozen: None,
    }
}

/// Goes on in the frozen order while this instance has it, else from the last record's place in today's order.
fn sorted(
    state: &State,
    snapshot: &TableSnapshot,
    iterators: &Iterators,
    sort: &[(Arc<Field>, SortDirection)],
    cursor: Option<&Cursor>,
    take: usize,
) -> Page {
    let frozen = cursor.and_then(|cursor| cursor.position.frozen.as_ref());
    if let Some((name, start)) = frozen
        && let Some(ids) = iterators.find(name)
    {
        return thaw(snapshot, name, &ids, *start, take);
    }
    let order = order_of(state, snapshot, sort);
    let start = cursor.map_or(0, |cursor| place(state, snapshot, &order, sort, cursor));
    let mut page = slice(&order, start, take);
    if page.more {
        let ids: Arc<[_]> = order.iter().map(|row| row.meta.id).collect();
        page.frozen = Some((iterators.keep(ids), start + page.rows.len()));
    }
    page
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

fn thaw(
    snapshot: &TableSnapshot,
    name: &str,
    ids: &[crate::platform::ids::RecordId],
    start: usize,
    take: usize,
) -> Page {
    let mut rows = Vec::with_capacity(take.min(ids.len()));
    let mut next = start.min(ids.len());
    while rows.len() < take && next < ids.len() {
        rows.extend(snapshot.rows.get(&ids[next]).cloned());
        next += 1;
    }
    let more = ids[next..].iter().any(|id| snapshot.rows.contains(id));
    Page {
        rows,
        more,
        frozen: Some((name.to_owned(), next)),
    }
}

/// All records in the order of the sort keys; ties by id.
pub(super) fn order_of(
    state: &State,
    snapshot: &TableSnapshot,
    sort: &[(Arc<Field>, SortDirection)],
) -> Order {
    let make = || {
        let mut keyed: Vec<(Vec<SortValue>, Arc<Row>)> = snapshot
            .rows
            .values()
            .map(|row| (sort_values(state, &snapshot.table, row, sort), row.clone()))
            .collect();
        keyed.sort_by(|(left, _), (right, _)| compare(left, right, sort));
        keyed.into_iter().map(|(_, row)| row).collect()
    };
    // The names of linked records live in other tables, so an order by links cannot be kept with this one.
    if sort
        .iter()
        .any(|(field, _)| matches!(field.kind, super::super::schema::Kind::Links(_)))
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

/// The fields of the sort keys.
pub(in crate::airtable) fn sort_fields(
    table: &Table,
    sort: &[SortKey],
) -> BaseResult<Vec<(Arc<Field>, SortDirection)>> {
    sort.iter()
        .map(|key| Ok((find_field(table, &key.field)?.clone(), key.direction)))
        .collect()
}

fn sort_text(sort: &[(Arc<Field>, SortDirection)]) -> String {
    sort.iter()
        .map(|(field, way)| format!("{}{way:?}", field.id))
        .collect()
}

fn check_view(table: &Table, view: Option<&str>) -> BaseResult<()> {
    let Some(name) = view.filter(|name| table.find_view(name).is_none()) else {
        return Ok(());
    };
    let is_id = name.parse::<crate::platform::ids::ViewId>().is_ok();
    let kind = if is_id {
        BaseErrorKind::ViewIdNotFound
    } else {
        BaseErrorKind::ViewNameNotFound
    };
    Err(BaseError::new(kind, format!("View {name} not found")))
}

fn refuse_formula(query: &ListRecords) -> BaseResult<()> {
    match query
        .filter_by_formula
        .as_deref()
        .filter(|formula| !formula.trim().is_empty())
    {
        None => Ok(()),
        Some(_) => Err(BaseError::new(
            BaseErrorKind::InvalidFilterByFormula,
            "The formula for filtering records is invalid: this server does not evaluate formulas yet; leave filterByFormula out",
        )),
    }
}
