use serde_json::{Map, Value, json};

use super::describe::listed;
use crate::contracts::{BaseSchema, FieldSchema, Permission, TableSchema};
use crate::mcp::kit::{
    Answer, Args, BASE, CURSOR, Job, TABLE, Tool, find_table, input, output, position, property,
};

/// `get_field_info`
pub(super) fn get_field_info() -> Tool {
    Tool::reading(
        "get_field_info",
        "Describe the fields of a table",
        "Describes every field of a table: type, options, choices of selects, linked tables, formulas, and which one is primary; also counts the types.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(TABLE, json!({"type": "string"})),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id", "table_id"],
            ),
            output(
                json!({
                    "base_id": {"type": "string"},
                    "table_id": {"type": "string"},
                    "table_name": {"type": "string"},
                    "field_count": {"type": "integer"},
                    "field_types": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "fields": {"type": "array", "items": {"type": "object"}},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["base_id", "table_id", "table_name", "field_count", "field_types", "fields"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .needs(&[Permission::SchemaRead])
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let start = position(args.optional_text("cursor")?.as_deref())?;
    let schema = job.schema(&base).await?;
    let table = find_table(&schema, &table)?;
    let head = json!({
        "base_id": schema.id,
        "table_id": table.id,
        "table_name": table.name,
        "field_count": table.fields.len(),
        "field_types": field_types(table),
    });
    let fields = table
        .fields
        .iter()
        .map(|field| describe(&schema, table, field));
    Ok(listed(&head, "fields", fields, start))
}

/// How many fields there are of each type.
pub(super) fn field_types(table: &TableSchema) -> Map<String, Value> {
    let mut counts = Map::new();
    for field in &table.fields {
        let count = counts.entry(field.field_type.clone()).or_insert(json!(0));
        *count = json!(count.as_u64().unwrap_or(0) + 1);
    }
    counts
}

fn describe(schema: &BaseSchema, table: &TableSchema, field: &FieldSchema) -> Value {
    let mut about = json!({
        "name": field.name,
        "id": field.id,
        "type": field.field_type,
        "description": field.description,
        "is_primary": field.id == table.primary_field_id,
    });
    let Some(options) = &field.options else {
        return about;
    };
    about["options"] = options.clone();
    if let Some(choices) = options.get("choices").and_then(Value::as_array) {
        let names: Vec<&Value> = choices
            .iter()
            .filter_map(|choice| choice.get("name"))
            .collect();
        about["choice_count"] = names.len().into();
        about["choices"] = json!(names);
    }
    if let Some(formula) = options.get("formula") {
        about["formula"] = formula.clone();
    }
    if let Some(linked) = options.get("linkedTableId").and_then(Value::as_str) {
        let name = find_table(schema, linked)
            .ok()
            .map(|table| table.name.clone());
        about["linked_table"] = json!({"id": linked, "name": name});
    }
    if let Some(lookup) = options.get("fieldIdInLinkedTable").and_then(Value::as_str) {
        let everywhere = schema.tables.iter().flat_map(|table| &table.fields);
        let name = everywhere
            .into_iter()
            .find(|field| field.id.to_string() == lookup);
        about["lookup_field"] = json!({"id": lookup, "name": name.map(|field| &field.name)});
    }
    about
}
