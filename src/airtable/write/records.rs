use std::collections::HashSet;

use super::super::cell::Cell;
use super::draft::Draft;
use super::values::find_field;
use crate::contracts::{
    BaseError, BaseErrorKind, BaseResult, CreateRecords, FieldValues, RefusedRecords, UpdateRecords,
};
use crate::platform::ids::{RecordId, TableId};

/// Drafts new records.
pub(in crate::airtable) fn create(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &CreateRecords,
) -> BaseResult<Vec<RecordId>> {
    each(&request.records, |values: &FieldValues| {
        let definition = draft.table(table)?;
        let id = draft.add(&definition);
        draft.assign(table, id, values, request.typecast)?;
        Ok(id)
    })
}

/// Drafts one record after the other; a refusal is that of the first at fault, and all of them are its source.
fn each<R>(
    records: &[R],
    mut draft: impl FnMut(&R) -> BaseResult<RecordId>,
) -> BaseResult<Vec<RecordId>> {
    let mut ids = Vec::with_capacity(records.len());
    let mut first = None;
    let mut refused = Vec::new();
    for (place, record) in records.iter().enumerate() {
        match draft(record) {
            Ok(id) => ids.push(id),
            Err(error) if error.kind == BaseErrorKind::Internal => return Err(error),
            Err(error) => {
                refused.push((place, error.message.clone()));
                first.get_or_insert(error);
            }
        }
    }
    match first {
        None => Ok(ids),
        Some(error) => Err(BaseError {
            source: Some(RefusedRecords(refused).into()),
            ..error
        }),
    }
}

/// Drafts changes to records.
pub(in crate::airtable) fn update(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &UpdateRecords,
) -> BaseResult<Vec<RecordId>> {
    let ids = each(&request.records, |record| {
        let id = parse_record_id(&record.id)?;
        change(
            draft,
            table,
            id,
            &record.fields,
            request.replace,
            request.typecast,
        )
    })?;
    refuse_twice(&ids)?;
    Ok(ids)
}

/// Drafts deletions.
pub(in crate::airtable) fn delete(
    draft: &mut Draft<'_>,
    table: TableId,
    records: &[String],
) -> BaseResult<Vec<RecordId>> {
    let ids: Vec<RecordId> = records
        .iter()
        .map(|id| parse_record_id(id))
        .collect::<BaseResult<_>>()?;
    refuse_twice(&ids)?;
    draft.remove(table, &ids)?;
    Ok(ids)
}

pub(super) fn change(
    draft: &mut Draft<'_>,
    table: TableId,
    id: RecordId,
    values: &FieldValues,
    replace: bool,
    typecast: bool,
) -> BaseResult<RecordId> {
    draft.edit(table, id)?;
    if replace {
        clear_unnamed(draft, table, id, values)?;
    }
    draft.assign(table, id, values, typecast)?;
    Ok(id)
}

fn clear_unnamed(
    draft: &mut Draft<'_>,
    table: TableId,
    id: RecordId,
    values: &FieldValues,
) -> BaseResult<()> {
    let definition = draft.table(table)?;
    let named: HashSet<usize> = values
        .keys()
        .map(|name| find_field(&definition, name).map(|field| field.slot))
        .collect::<BaseResult<_>>()?;
    for field in &definition.fields {
        if !named.contains(&field.slot) && !field.kind.is_computed() {
            draft.set(table, id, field, Cell::Empty)?;
        }
    }
    Ok(())
}

/// The record id in a text.
pub(in crate::airtable) fn parse_record_id(text: &str) -> BaseResult<RecordId> {
    text.parse().map_err(|_| {
        BaseError::new(
            BaseErrorKind::InvalidRecordId,
            format!("Value \"{text}\" is not a valid record ID."),
        )
    })
}

pub(super) fn refuse_twice(ids: &[RecordId]) -> BaseResult<()> {
    let mut seen = HashSet::with_capacity(ids.len());
    match ids.iter().find(|id| !seen.insert(**id)) {
        Some(id) => Err(BaseError::new(
            BaseErrorKind::InvalidRecords,
            format!("Record ID {id} is named more than once in this request"),
        )),
        None => Ok(()),
    }
}
