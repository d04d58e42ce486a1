use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::super::cell::Cell;
use super::super::schema::{Field, Kind, Table};
use super::draft::Draft;
use super::values::find_field;
use crate::contracts::{
    BaseError, BaseErrorKind, BaseResult, CreateRecords, FieldValues, UpdateRecords, UpsertRecords,
};
use crate::platform::ids::{RecordId, TableId};

/// Drafts new records.
pub(in crate::airtable) fn create(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &CreateRecords,
) -> BaseResult<Vec<RecordId>> {
    let add = |values: &FieldValues| {
        let definition = draft.table(table)?;
        let id = draft.add(&definition);
        draft.assign(table, id, values, request.typecast)?;
        Ok(id)
    };
    request.records.iter().map(add).collect()
}

/// Drafts changes to records.
pub(in crate::airtable) fn update(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &UpdateRecords,
) -> BaseResult<Vec<RecordId>> {
    let mut ids = Vec::with_capacity(request.records.len());
    for record in &request.records {
        let id = parse_record_id(&record.id)?;
        ids.push(change(
            draft,
            table,
            id,
            &record.fields,
            request.replace,
            request.typecast,
        )?);
    }
    refuse_twice(&ids)?;
    Ok(ids)
}

/// What an upsert drafted.
pub(in crate::airtable) struct UpsertPlan {
    pub(in crate::airtable) all: Vec<RecordId>,
    pub(in crate::airtable) created: Vec<RecordId>,
    pub(in crate::airtable) updated: Vec<RecordId>,
}

/// Drafts changes to records found by key, and new ones for keys not found.
pub(in crate::airtable) fn upsert(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &UpsertRecords,
) -> BaseResult<UpsertPlan> {
    let keys = merge_fields(&*draft.table(table)?, &request.fields_to_merge_on)?;
    let mut plan = UpsertPlan {
        all: Vec::new(),
        created: Vec::new(),
        updated: Vec::new(),
    };
    for (id, values) in &request.records {
        let found = match id {
            Some(id) => Some(parse_record_id(id)?),
            None => find_by_keys(draft, table, &keys, values, request.typecast)?,
        };
        let id = match found {
            Some(id) => {
                change(draft, table, id, values, request.replace, request.typecast)?;
                plan.updated.push(id);
                id
            }
            None => {
                let definition = draft.table(table)?;
                let id = draft.add(&definition);
                draft.assign(table, id, values, request.typecast)?;
                plan.created.push(id);
                id
            }
        };
        plan.all.push(id);
    }
    refuse_twice(&plan.all)?;
    Ok(plan)
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
    for id in &ids {
        draft.remove(table, *id)?;
    }
    Ok(ids)
}

fn change(
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

fn merge_fields(table: &Table, names: &[String]) -> BaseResult<Vec<Arc<Field>>> {
    if names.is_empty() || names.len() > 3 {
        return Err(BaseError::new(
            BaseErrorKind::InvalidRequest,
            "performUpsert.fieldsToMergeOn must name one to three fields",
        ));
    }
    let field = |name: &String| {
        let field = find_field(table, name)?;
        if mergeable(&field.kind) {
            return Ok(field.clone());
        }
        Err(BaseError::new(
            BaseErrorKind::InvalidRequest,
            format!(
                "Field \"{}\" of type {} cannot be merged on",
                field.name,
                field.kind.type_name()
            ),
        ))
    };
    names.iter().map(field).collect()
}

fn mergeable(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::SingleLineText
            | Kind::MultilineText
            | Kind::RichText
            | Kind::Email
            | Kind::Url
            | Kind::PhoneNumber
            | Kind::Number { .. }
            | Kind::Currency { .. }
            | Kind::Percent { .. }
            | Kind::SingleSelect(_)
            | Kind::MultipleSelects(_)
            | Kind::Date(_)
            | Kind::DateTime(_)
    )
}

fn find_by_keys(
    draft: &mut Draft<'_>,
    table: TableId,
    keys: &[Arc<Field>],
    values: &FieldValues,
    typecast: bool,
) -> BaseResult<Option<RecordId>> {
    let mut wanted = Vec::with_capacity(keys.len());
    for key in keys {
        let value = values
            .get(&key.name)
            .or_else(|| values.get(&key.id.to_string()));
        let value = value.ok_or_else(|| {
            BaseError::new(
                BaseErrorKind::InvalidRequest,
                format!(
                    "Every record without an id must name the merge field \"{}\"",
                    key.name
                ),
            )
        })?;
        let definition = draft.table(table)?;
        wanted.push(draft.read(&definition, key, value, typecast)?);
    }
    let matches = |id: &RecordId| {
        keys.iter()
            .zip(&wanted)
            .all(|(key, cell)| draft.cell(table, *id, key.slot) == *cell)
    };
    // The records as they were when the request came: what it makes itself does not match.
    let snapshot = draft.snapshot(table);
    let mut found = snapshot
        .into_iter()
        .flat_map(|snapshot| snapshot.rows.keys())
        .filter(|id| draft.exists(table, **id) && matches(id));
    let first = found.next().copied();
    if found.next().is_some() {
        return Err(BaseError::new(
            BaseErrorKind::InvalidRequest,
            format!(
                "More than one record matches the merge key {}",
                describe(keys, values)
            ),
        ));
    }
    Ok(first)
}

fn describe(keys: &[Arc<Field>], values: &FieldValues) -> String {
    let part = |key: &Arc<Field>| {
        let value = values
            .get(&key.name)
            .or_else(|| values.get(&key.id.to_string()));
        format!("{} = {}", key.name, value.unwrap_or(&Value::Null))
    };
    keys.iter().map(part).collect::<Vec<_>>().join(", ")
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

fn refuse_twice(ids: &[RecordId]) -> BaseResult<()> {
    let mut seen = HashSet::with_capacity(ids.len());
    match ids.iter().find(|id| !seen.insert(**id)) {
        Some(id) => Err(BaseError::new(
            BaseErrorKind::InvalidRecords,
            format!("Record ID {id} is named more than once in this request"),
        )),
        None => Ok(()),
    }
}
