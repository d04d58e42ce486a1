use serde_json::Value;

use super::body::Object;
use super::error::Failure;
use crate::contracts::{
    BaseError, BaseErrorKind, CreateRecords, FieldValues, RecordUpdate, UpdateRecords,
    UpsertRecords,
};

const LARGEST_BATCH: usize = 10;
const MOST_MERGE_FIELDS: usize = 3;
const RECORDS_FOR_CREATE: &str = "You must provide an array of up to 10 record objects, each with \
    a \"fields\" object for cell values.";
const RECORDS_FOR_UPDATE: &str = "You must provide an array of up to 10 record objects, each with \
    an \"id\" ID field and a \"fields\" object for cell values.";
const RECORDS_FOR_DELETE: &str = "You must provide an array of up to 10 record IDs";

/// A body that makes records.
pub(super) struct Create {
    pub(super) request: CreateRecords,
    /// The answer is the record itself, not a list.
    pub(super) is_single: bool,
}

/// A body that changes records.
pub(super) enum Change {
    Update(UpdateRecords),
    Upsert(UpsertRecords),
}

/// The body of `POST /v0/{base}/{table}`.
pub(super) fn create(mut body: Object) -> Result<Create, Failure> {
    let (typecast, by_field_id) = options(&mut body)?;
    let single = body.take("fields");
    let batch = body.take("records");
    let is_single = single.is_some();
    body.finish()?;
    let records = match (single, batch) {
        (Some(fields), None) => vec![cells(fields)?],
        (None, Some(records)) => created_records(records)?,
        (None, None) => return Err(missing_fields()),
        (Some(_), Some(_)) => return Err(Failure::invalid_request()),
    };
    Ok(Create {
        request: CreateRecords {
            records,
            typecast,
            by_field_id,
        },
        is_single,
    })
}

/// The body of `PATCH` and `PUT /v0/{base}/{table}/{record}`.
pub(super) fn update_one(
    id: String,
    mut body: Object,
    replace: bool,
) -> Result<UpdateRecords, Failure> {
    let (typecast, by_field_id) = options(&mut body)?;
    let fields = cells(body.take("fields").ok_or_else(missing_fields)?)?;
    body.finish()?;
    Ok(UpdateRecords {
        records: vec![RecordUpdate { id, fields }],
        replace,
        typecast,
        by_field_id,
    })
}

/// The body of `PATCH` and `PUT /v0/{base}/{table}`.
pub(super) fn update_many(mut body: Object, replace: bool) -> Result<Change, Failure> {
    let (typecast, by_field_id) = options(&mut body)?;
    let upsert = body.take("performUpsert");
    let records = body.take("records");
    body.finish()?;
    let elements = elements(records.ok_or_else(missing_fields)?, RECORDS_FOR_UPDATE)?;
    if elements.len() > LARGEST_BATCH {
        return Err(invalid_records(RECORDS_FOR_UPDATE));
    }
    let records = elements
        .into_iter()
        .map(changed_record)
        .collect::<Result<Vec<_>, _>>()?;
    refuse_repeated_ids(&records)?;
    if let Some(upsert) = upsert {
        let fields_to_merge_on = merge_fields(upsert)?;
        let request = UpsertRecords {
            records,
            fields_to_merge_on,
            replace,
            typecast,
            by_field_id,
        };
        return Ok(Change::Upsert(request));
    }
    let with_ids = records.into_iter().map(|(id, fields)| {
        let id = id.ok_or_else(|| invalid_records(RECORDS_FOR_UPDATE))?;
        Ok(RecordUpdate { id, fields })
    });
    let records = with_ids.collect::<Result<_, Failure>>()?;
    Ok(Change::Update(UpdateRecords {
        records,
        replace,
        typecast,
        by_field_id,
    }))
}

/// Checks the number of ids of `DELETE /v0/{base}/{table}`.
pub(super) fn deleted_ids(ids: Vec<String>) -> Result<Vec<String>, Failure> {
    match ids.len() {
        1..=LARGEST_BATCH => Ok(ids),
        _ => Err(invalid_records(RECORDS_FOR_DELETE)),
    }
}

fn options(body: &mut Object) -> Result<(bool, bool), Failure> {
    Ok((body.flag("typecast")?, body.flag("returnFieldsByFieldId")?))
}

fn cells(value: Value) -> Result<FieldValues, Failure> {
    match value {
        Value::Object(cells) => Ok(cells),
        _ => Err(Failure::invalid_request()),
    }
}

fn created_records(value: Value) -> Result<Vec<FieldValues>, Failure> {
    let elements = elements(value, RECORDS_FOR_CREATE)?;
    if elements.len() > LARGEST_BATCH {
        let given = elements.len();
        let message = format!(
            "A maximum of 10 records can be created per request but you have provided {given}."
        );
        return Err(BaseError::new(BaseErrorKind::InvalidRecords, message).into());
    }
    elements.into_iter().map(created_record).collect()
}

fn created_record(value: Value) -> Result<FieldValues, Failure> {
    let mut element = element(value, RECORDS_FOR_CREATE)?;
    let fields = element
        .take("fields")
        .ok_or_else(|| invalid_records(RECORDS_FOR_CREATE))?;
    element.finish()?;
    cells(fields)
}

fn changed_record(value: Value) -> Result<(Option<String>, FieldValues), Failure> {
    let mut element = element(value, RECORDS_FOR_UPDATE)?;
    let id = element.text("id")?;
    let fields = element
        .take("fields")
        .ok_or_else(|| invalid_records(RECORDS_FOR_UPDATE))?;
    element.finish()?;
    Ok((id, cells(fields)?))
}

fn refuse_repeated_ids(records: &[(Option<String>, FieldValues)]) -> Result<(), Failure> {
    let mut ids: Vec<&String> = records.iter().filter_map(|(id, _)| id.as_ref()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    match ids.len() == all {
        true => Ok(()),
        false => Err(Failure::invalid_request()),
    }
}

fn merge_fields(value: Value) -> Result<Vec<String>, Failure> {
    let Value::Object(members) = value else {
        return Err(Failure::invalid_request());
    };
    let mut upsert = Object(members);
    let fields = upsert.texts("fieldsToMergeOn")?.unwrap_or_default();
    upsert.finish()?;
    match fields.len() {
        1..=MOST_MERGE_FIELDS => Ok(fields),
        _ => Err(Failure::invalid_request()),
    }
}

fn elements(value: Value, shape: &'static str) -> Result<Vec<Value>, Failure> {
    match value {
        Value::Array(elements) if !elements.is_empty() => Ok(elements),
        _ => Err(invalid_records(shape)),
    }
}

fn element(value: Value, shape: &'static str) -> Result<Object, Failure> {
    match value {
        Value::Object(members) => Ok(Object(members)),
        _ => Err(invalid_records(shape)),
    }
}

fn invalid_records(shape: &'static str) -> Failure {
    BaseError::new(BaseErrorKind::InvalidRecords, shape).into()
}

fn missing_fields() -> Failure {
    let message = "Could not find field \"fields\" in the request body";
    BaseError::new(BaseErrorKind::MissingFields, message).into()
}
