use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::report::{Batch, Target, answer, write_in_tens};
use super::write::split_entry;
use crate::contracts::RecordUpdate;
use crate::mcp::kit::{
    Answer, Args, BASE, Fault, Job, TABLE, TYPECAST, Tool, input, output, property,
};

fn batch_input(record: Value, about: &'static str) -> Arc<Map<String, Value>> {
    input(
        [
            property(BASE, json!({"type": "string"})),
            property(TABLE, json!({"type": "string"})),
            property(
                ("records", about),
                json!({"type": "array", "items": record, "minItems": 1}),
            ),
            property(TYPECAST, json!({"type": "boolean", "default": false})),
        ],
        &["base_id", "table_id", "records"],
    )
}

fn batch_output(count: &str) -> Arc<Map<String, Value>> {
    let result = json!({
        "type": "object",
        "properties": {
            "index": {"type": "integer"},
            "success": {"type": "boolean"},
            "id": {"type": "string"},
            "error": {"type": "object"},
        },
        "required": ["index", "success"],
    });
    output(
        json!({
            "requested_count": {"type": "integer"},
            (count): {"type": "integer"},
            "failed_count": {"type": "integer"},
            "results": {"type": "array", "items": result},
            "next_cursor": {"type": "string"},
            "notice": {"type": "string"},
        }),
        &["requested_count", count, "failed_count", "results"],
    )
}

/// `batch_create_records`
pub(super) fn batch_create_records() -> Tool {
    Tool::reading(
        "batch_create_records",
        "Create many records",
        "Creates any number of records, ten at a time. The answer tells the outcome of each by its index; one bad record does not stop the others.",
        (
            batch_input(json!({"type": "object"}), "One object a record: its cells by field name, or {\"fields\": {…}}"),
            batch_output("created_count"),
        ),
        |job, args| Box::pin(run_create(job, args)),
    )
    .adds()
    .in_steps()
}

async fn run_create(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let records = args.objects("records")?.into_iter().map(cells).collect();
    let to = Target {
        base: &base,
        table: &table,
        typecast: args.flag("typecast", false)?,
    };
    job.writer()?;
    answer(
        "created",
        &write_in_tens(job, to, &Batch::Create(records)).await?,
    )
}

fn cells(mut entry: Map<String, Value>) -> Map<String, Value> {
    if entry.len() == 1
        && let Some(Value::Object(cells)) = entry.get_mut("fields")
    {
        return std::mem::take(cells);
    }
    entry
}

/// `batch_update_records`
pub(super) fn batch_update_records() -> Tool {
    let record = json!({
        "type": "object",
        "properties": {"id": {"type": "string"}, "fields": {"type": "object"}},
        "required": ["id", "fields"],
        "additionalProperties": false,
    });
    Tool::reading(
        "batch_update_records",
        "Update many records",
        "Changes the given cells of any number of records, ten at a time. The answer tells the outcome of each by its index; one bad record does not stop the others.",
        (
            batch_input(record, "Objects {\"id\": \"rec…\", \"fields\": {…}}"),
            batch_output("updated_count"),
        ),
        |job, args| Box::pin(run_update(job, args)),
    )
    .overwrites()
    .in_steps()
}

async fn run_update(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let mut records = Vec::new();
    for (index, entry) in args.objects("records")?.into_iter().enumerate() {
        let (id, fields) = split_entry(index, entry)?;
        let id =
            id.ok_or_else(|| Fault::argument(&format!("records[{index}].id"), "is missing"))?;
        records.push(RecordUpdate { id, fields });
    }
    let to = Target {
        base: &base,
        table: &table,
        typecast: args.flag("typecast", false)?,
    };
    job.writer()?;
    answer(
        "updated",
        &write_in_tens(job, to, &Batch::Update(records)).await?,
    )
}
