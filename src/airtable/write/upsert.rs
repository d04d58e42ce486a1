use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;

use serde_json::Value;

use super::super::cell::Cell;
use super::super::schema::{Field, Kind, Table};
use super::draft::Draft;
use super::records::{change, parse_record_id, refuse_twice};
use super::values::find_field;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, FieldValues, UpsertRecords};
use crate::platform::ids::{RecordId, TableId};

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
    let targets = targets(draft, table, request)?;
    let mut plan = UpsertPlan {
        all: Vec::new(),
        created: Vec::new(),
        updated: Vec::new(),
    };
    for ((_, values), target) in request.records.iter().zip(targets) {
        let id = match target {
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

/// The record each element changes: the one it names, or that of its key; `None` where one is to be made.
fn targets(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &UpsertRecords,
) -> BaseResult<Vec<Option<RecordId>>> {
    let keys = merge_fields(&*draft.table(table)?, &request.fields_to_merge_on)?;
    let mut targets = Vec::with_capacity(request.records.len());
    let mut wanted = Wanted::default();
    for (at, (id, values)) in request.records.iter().enumerate() {
        targets.push(id.as_deref().map(parse_record_id).transpose()?);
        if id.is_none() {
            wanted.add(
                at,
                key_cells(draft, table, &keys, values, request.typecast)?,
            );
        }
    }
    // The records as they were when the request came: what it changes or makes itself does not match.
    let stored = draft.snapshot(table).filter(|_| !wanted.0.is_empty());
    for row in stored
        .into_iter()
        .flat_map(|snapshot| snapshot.rows.values())
    {
        for at in wanted.matching(|| keys.iter().map(|key| row.cell(key.slot))) {
            if targets[at].replace(row.meta.id).is_some() {
                return Err(ambiguous(&keys, &request.records[at].1));
            }
        }
    }
    Ok(targets)
}

/// Keys of the elements that name no record, so that one pass over a table finds the records of all.
#[derive(Default)]
struct Wanted(HashMap<u64, Vec<(usize, Vec<Cell>)>>, RandomState);

impl Wanted {
    fn add(&mut self, at: usize, key: Vec<Cell>) {
        let hash = self.hash(key.iter());
        self.0.entry(hash).or_default().push((at, key));
    }

    /// The elements whose key these cells are.
    fn matching<'a, I: Iterator<Item = &'a Cell>>(
        &self,
        cells: impl Fn() -> I,
    ) -> impl Iterator<Item = usize> {
        let candidates = self.0.get(&self.hash(cells())).into_iter().flatten();
        candidates
            .filter(move |(_, key)| key.iter().eq(cells()))
            .map(|(at, _)| *at)
    }

    fn hash<'a>(&self, cells: impl Iterator<Item = &'a Cell>) -> u64 {
        let mut hasher = self.1.build_hasher();
        cells.for_each(|cell| cell.hash(&mut hasher));
        hasher.finish()
    }
}

fn merge_fields(table: &Table, names: &[String]) -> BaseResult<Vec<Arc<Field>>> {
    if names.is_empty() || names.len() > 3 {
        return Err(invalid(
            "performUpsert.fieldsToMergeOn must name one to three fields".to_owned(),
        ));
    }
    let field = |name: &String| {
        let field = find_field(table, name)?;
        if mergeable(&field.kind) {
            return Ok(field.clone());
        }
        Err(invalid(format!(
            "Field \"{}\" of type {} cannot be merged on",
            field.name,
            field.kind.type_name()
        )))
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

fn key_cells(
    draft: &mut Draft<'_>,
    table: TableId,
    keys: &[Arc<Field>],
    values: &FieldValues,
    typecast: bool,
) -> BaseResult<Vec<Cell>> {
    let mut cells = Vec::with_capacity(keys.len());
    for key in keys {
        let value = key_value(key, values).ok_or_else(|| {
            invalid(format!(
                "Every record without an id must name the merge field \"{}\"",
                key.name
            ))
        })?;
        let definition = draft.table(table)?;
        cells.push(draft.read(&definition, key, value, typecast)?);
    }
    Ok(cells)
}

fn key_value<'v>(key: &Field, values: &'v FieldValues) -> Option<&'v Value> {
    values
        .get(&key.name)
        .or_else(|| values.get(&key.id.to_string()))
}

fn ambiguous(keys: &[Arc<Field>], values: &FieldValues) -> BaseError {
    let part = |key: &Arc<Field>| {
        let value = key_value(key, values).unwrap_or(&Value::Null);
        format!("{} = {value}", key.name)
    };
    let key: Vec<String> = keys.iter().map(part).collect();
    invalid(format!(
        "More than one record matches the merge key {}",
        key.join(", ")
    ))
}

fn invalid(message: String) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
