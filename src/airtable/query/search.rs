use std::sync::Arc;

use super::super::cell::{TextContext, text};
use super::super::schema::{Field, Table};
use super::super::snapshot::{Row, State, TableSnapshot};
use super::super::write::find_field;
use super::cursor::{Cursor, Position, SortPlace, query_name};
use super::project::Projection;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, RecordPage, SearchRecords};

const LONGEST_QUERY: usize = 1000;

/// A page of the records of which a cell, as a person reads it, holds the text; case does not matter.
pub(in crate::airtable) fn search(
    state: &State,
    snapshot: &TableSnapshot,
    request: &SearchRecords,
) -> BaseResult<RecordPage> {
    let table = &*snapshot.table;
    let needle = request.query.trim().to_lowercase();
    if needle.is_empty() || needle.chars().count() > LONGEST_QUERY {
        return Err(BaseError::new(
            BaseErrorKind::InvalidRequest,
            "The text to find must have 1 to 1,000 characters",
        ));
    }
    let fields = searched_fields(table, request.fields.as_deref())?;
    let projection = Projection::new(table, &request.read)?;
    let ids: Vec<String> = fields.iter().map(|field| field.id.to_string()).collect();
    let name = query_name(&[&table.id.to_string(), "search", &needle, &ids.join(",")]);
    let given = request
        .offset
        .as_deref()
        .filter(|offset| !offset.is_empty());
    let cursor = given
        .map(|offset| Cursor::read(offset, &name))
        .transpose()?;
    let delivered = cursor
        .as_ref()
        .map_or(0, |cursor| cursor.position.delivered);
    let mut hits = snapshot
        .rows
        .after(cursor.map(|cursor| cursor.last))
        .filter(|row| holds(state, table, &fields, row, &needle));
    let page: Vec<&Arc<Row>> = hits.by_ref().take(request.page_size).collect();
    let more = hits.next().is_some();
    let offset = page.last().filter(|_| more).map(|last| {
        let position = Position {
            delivered: delivered.saturating_add(page.len()),
            row_no: None,
            sort: SortPlace::default(),
            frozen: None,
        };
        Cursor {
            query: name,
            last: last.meta.id,
            position,
        }
        .write()
    });
    let records = page
        .into_iter()
        .map(|row| projection.render(state, table, row))
        .collect();
    Ok(RecordPage { records, offset })
}

fn searched_fields(table: &Table, names: Option<&[String]>) -> BaseResult<Vec<Arc<Field>>> {
    match names {
        None => Ok(table.fields.clone()),
        Some(names) => names
            .iter()
            .map(|name| find_field(table, name).cloned())
            .collect(),
    }
}

fn holds(state: &State, table: &Table, fields: &[Arc<Field>], row: &Row, needle: &str) -> bool {
    let names = |table, record| state.name_of(table, record);
    let context = TextContext {
        time_zone: None,
        locale: None,
        names: &names,
        links: None,
    };
    fields.iter().any(|field| {
        text(field, &row.value(table, field), &context)
            .to_lowercase()
            .contains(needle)
    })
}
