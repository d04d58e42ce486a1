use serde_json::{Map, Value, json};

use super::read::record_output;
use crate::contracts::{
    BaseError, CreateRecords, RecordUpdate, RenderedRecord, UpdateRecords, UpsertRecords,
};
use crate::mcp::kit::{
    Answer, Args, BASE, Fault, Job, TABLE, TYPECAST, Tool, fit_record, fitting, input, json_answer,
    output, property,
};

const CELLS: (&str, &str) = (
    "fields",
    "The cells to write, by field name or id; null empties a cell",
);
const RECORD: (&str, &str) = ("record_id", "Id of the record (rec…)");

fn string() -> Value {
    json!({"type": "string"})
}

/// `create_record`
pub(super) fn create_record() -> Tool {
    Tool::reading(
        "create_record",
        "Create a record",
        "Creates one record and answers it. For several use batch_create_records.",
        (
            input(
                [
                    property(BASE, string()),
                    property(TABLE, string()),
                    property(CELLS, json!({"type": "object"})),
                    property(TYPECAST, json!({"type": "boolean", "default": false})),
                ],
                &["base_id", "table_id", "fields"],
            ),
            record_output(),
        ),
        |job, args| Box::pin(run_create(job, args)),
    )
    .adds()
    .one_record()
}

async fn run_create(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let request = CreateRecords {
        records: vec![args.object("fields")?],
        typecast: args.flag("typecast", false)?,
        by_field_id: false,
    };
    let made = job
        .writer()?
        .create_records(job.by(), &base, &table, request)
        .await?;
    only(made)
}

fn only(records: Vec<RenderedRecord>) -> Answer {
    let record = records.into_iter().next();
    let record = record.ok_or_else(|| BaseError::internal("a write answered no record"))?;
    Ok(fit_record(record.json))
}

/// `update_record`
pub(super) fn update_record() -> Tool {
    Tool::reading(
        "update_record",
        "Update a record",
        "Changes the given cells of one record, leaves the others, and answers the record.",
        (
            input(
                [
                    property(BASE, string()),
                    property(TABLE, string()),
                    property(RECORD, string()),
                    property(CELLS, json!({"type": "object"})),
                    property(TYPECAST, json!({"type": "boolean", "default": false})),
                ],
                &["base_id", "table_id", "record_id", "fields"],
            ),
            record_output(),
        ),
        |job, args| Box::pin(run_update(job, args)),
    )
    .overwrites()
    .one_record()
}

async fn run_update(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let update = RecordUpdate {
        id: args.text("record_id")?,
        fields: args.object("fields")?,
    };
    let request = UpdateRecords {
        records: vec![update],
        typecast: args.flag("typecast", false)?,
        ..UpdateRecords::default()
    };
    only(
        job.writer()?
            .update_records(job.by(), &base, &table, request)
            .await?,
    )
}

/// `delete_record`
pub(super) fn delete_record() -> Tool {
    Tool::reading(
        "delete_record",
        "Delete a record",
        "Deletes one record and the links to it.",
        (
            input(
                [
                    property(BASE, string()),
                    property(TABLE, string()),
                    property(RECORD, string()),
                ],
                &["base_id", "table_id", "record_id"],
            ),
            output(
                json!({"deleted": {"type": "boolean"}, "id": {"type": "string"}}),
                &["deleted", "id"],
            ),
        ),
        |job, args| Box::pin(run_delete(job, args)),
    )
    .overwrites()
}

async fn run_delete(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let record = args.text("record_id")?;
    job.writer()?
        .delete_records(job.by(), &base, &table, vec![record.clone()])
        .await?;
    json_answer(&json!({"deleted": true, "id": record}))
}

/// `delete_records`
pub(super) fn delete_records() -> Tool {
    let records = ("record_ids", "Ids of the records (rec…), any number");
    Tool::reading(
        "delete_records",
        "Delete records",
        "Deletes many records and the links to them: all of them, or none when one cannot be deleted.",
        (
            input(
                [
                    property(BASE, string()),
                    property(TABLE, string()),
                    property(records, json!({"type": "array", "items": {"type": "string"}, "minItems": 1})),
                ],
                &["base_id", "table_id", "record_ids"],
            ),
            output(
                json!({
                    "deleted_count": {"type": "integer"},
                    "ids": {"type": "array", "items": {"type": "string"}},
                    "notice": {"type": "string"},
                }),
                &["deleted_count", "ids"],
            ),
        ),
        |job, args| Box::pin(run_delete_many(job, args)),
    )
    .overwrites()
}

async fn run_delete_many(job: Job<'_>, mut args: Args) -> Answer {
    const SHOWN: usize = 10_000;
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let records = args.texts("record_ids")?;
    let gone = job
        .writer()?
        .delete_records(job.by(), &base, &table, records)
        .await?;
    let mut answer = json!({"deleted_count": gone.len(), "ids": &gone[..gone.len().min(SHOWN)]});
    if gone.len() > SHOWN {
        answer["notice"] = format!("All are deleted; only the first {SHOWN} ids are listed").into();
    }
    json_answer(&answer)
}

/// `upsert_records`
pub(super) fn upsert_records() -> Tool {
    let merge = (
        "fields_to_merge_on",
        "One to three fields whose values together name a record, by name or id",
    );
    let records = (
        "records",
        "Objects with `fields`, and with `id` to update that very record",
    );
    let record = json!({
        "type": "object",
        "properties": {"id": {"type": "string"}, "fields": {"type": "object"}},
        "required": ["fields"],
        "additionalProperties": false,
    });
    Tool::reading(
        "upsert_records",
        "Update or create records by key",
        "Finds each record by the values of the merge fields and updates it, or creates it when there is none: all records, or none when one is wrong.",
        (
            input(
                [
                    property(BASE, string()),
                    property(TABLE, string()),
                    property(records, json!({"type": "array", "items": record, "minItems": 1})),
                    property(merge, json!({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3})),
                    property(TYPECAST, json!({"type": "boolean", "default": false})),
                ],
                &["base_id", "table_id", "records", "fields_to_merge_on"],
            ),
            output(
                json!({
                    "created_count": {"type": "integer"},
                    "updated_count": {"type": "integer"},
                    "created": {"type": "array", "items": {"type": "string"}},
                    "updated": {"type": "array", "items": {"type": "string"}},
                    "records": {"type": "array", "items": {"type": "object"}},
                    "notice": {"type": "string"},
                }),
                &["created_count", "updated_count", "created", "updated", "records"],
            ),
        ),
        |job, args| Box::pin(run_upsert(job, args)),
    )
    .overwrites()
}

async fn run_upsert(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let entries = args.objects("records")?;
    let records: Result<Vec<_>, Fault> = entries
        .into_iter()
        .enumerate()
        .map(|(index, entry)| split_entry(index, entry))
        .collect();
    let request = UpsertRecords {
        records: records?,
        fields_to_merge_on: args.texts("fields_to_merge_on")?,
        typecast: args.flag("typecast", false)?,
        ..UpsertRecords::default()
    };
    let done = job
        .writer()?
        .upsert_records(job.by(), &base, &table, request)
        .await?;
    let kept = fitting(&done.records) / 2;
    let kept = if done.records.len() <= kept {
        done.records.len()
    } else {
        kept
    };
    let shown: Vec<Value> = done.records[..kept]
        .iter()
        .filter_map(|record| serde_json::from_slice(&record.json).ok())
        .collect();
    let mut answer = json!({
        "created_count": done.created.len(),
        "updated_count": done.updated.len(),
        "created": done.created,
        "updated": done.updated,
        "records": shown,
    });
    if kept < done.records.len() {
        answer["notice"] =
            format!("All are written; only the first {kept} records are shown").into();
    }
    json_answer(&answer)
}

/// The id, where there is one, and the cells of an entry `{id?, fields}`.
pub(super) fn split_entry(
    index: usize,
    mut entry: Map<String, Value>,
) -> Result<(Option<String>, Map<String, Value>), Fault> {
    let id = match entry.remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        Some(_) => {
            return Err(Fault::argument(
                &format!("records[{index}].id"),
                "must be a text",
            ));
        }
    };
    let Some(Value::Object(fields)) = entry.remove("fields") else {
        return Err(Fault::argument(
            &format!("records[{index}].fields"),
            "must be an object",
        ));
    };
    if let Some(extra) = entry.keys().next() {
        return Err(Fault::argument(
            &format!("records[{index}].{extra}"),
            "is not known",
        ));
    }
    Ok((id, fields))
}
