use serde_json::{Value, json};

use crate::contracts::{BaseSchema, Permission, TableSchema};
use crate::mcp::kit::{
    Answer, Args, BASE, CURSOR, Job, Tool, cursor_at, fit, input, output, position, property,
};

const SCHEMA_READ: &[Permission] = &[Permission::SchemaRead];

/// `list_bases`
pub(super) fn list_bases() -> Tool {
    Tool::reading(
        "list_bases",
        "List bases",
        "Lists the bases this credential can reach, with id, name, permission level, and numbers of tables and records. Begin here.",
        (
            input([property(CURSOR, json!({"type": "string"}))], &[]),
            output(
                json!({
                    "base_count": {"type": "integer"},
                    "bases": {"type": "array", "items": {"type": "object"}},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["base_count", "bases"],
            ),
        ),
        |job, args| Box::pin(run_list_bases(job, args)),
    )
    .needs(SCHEMA_READ)
}

async fn run_list_bases(job: Job<'_>, mut args: Args) -> Answer {
    let start = position(args.optional_text("cursor")?.as_deref())?;
    let bases = job.bases()?.list_bases(job.actor).await?;
    let head = json!({"base_count": bases.len()});
    Ok(listed(
        &head,
        "bases",
        bases.iter().map(|base| json!(base)),
        start,
    ))
}

/// `list_tables`
pub(super) fn list_tables() -> Tool {
    Tool::reading(
        "list_tables",
        "List tables",
        "Lists the tables of a base with id, name, description, and numbers of fields and views.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id"],
            ),
            output(
                json!({
                    "base_id": {"type": "string"},
                    "table_count": {"type": "integer"},
                    "tables": {"type": "array", "items": {"type": "object"}},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["base_id", "table_count", "tables"],
            ),
        ),
        |job, args| Box::pin(run_list_tables(job, args)),
    )
    .needs(SCHEMA_READ)
}

async fn run_list_tables(job: Job<'_>, mut args: Args) -> Answer {
    let base = args.text("base_id")?;
    let start = position(args.optional_text("cursor")?.as_deref())?;
    let schema = job.schema(&base).await?;
    let head = json!({"base_id": schema.id, "table_count": schema.tables.len()});
    let tables = schema.tables.iter().map(|table| {
        json!({
            "id": table.id,
            "name": table.name,
            "description": table.description,
            "field_count": table.fields.len(),
            "view_count": table.views.len(),
        })
    });
    Ok(listed(&head, "tables", tables, start))
}

/// `describe_base`
pub(super) fn describe_base() -> Tool {
    let detail = (
        "detail",
        "names: tables only; fields: with the names and types of their fields (default); full: everything, options and views included",
    );
    Tool::reading(
        "describe_base",
        "Describe a base",
        "Describes a base: its tables, fields and views, in the detail asked for. Ask for `full` only when options or views matter.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(detail, json!({"type": "string", "enum": ["fields", "names", "full"], "default": "fields"})),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id"],
            ),
            output(
                json!({
                    "base_id": {"type": "string"},
                    "name": {"type": "string"},
                    "detail": {"type": "string"},
                    "table_count": {"type": "integer"},
                    "tables": {"type": "array", "items": {"type": "object"}},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["base_id", "name", "detail", "table_count", "tables"],
            ),
        ),
        |job, args| Box::pin(run_describe_base(job, args)),
    )
    .needs(SCHEMA_READ)
}

async fn run_describe_base(job: Job<'_>, mut args: Args) -> Answer {
    let base = args.text("base_id")?;
    let detail = args.choice("detail", &["fields", "names", "full"])?;
    let start = position(args.optional_text("cursor")?.as_deref())?;
    let schema: BaseSchema = job.schema(&base).await?;
    let head = json!({
        "base_id": schema.id,
        "name": schema.name,
        "detail": detail,
        "table_count": schema.tables.len(),
    });
    let tables = schema
        .tables
        .iter()
        .map(|table| describe_table(table, detail));
    Ok(listed(&head, "tables", tables, start))
}

fn describe_table(table: &TableSchema, detail: &str) -> Value {
    let fields = table
        .fields
        .iter()
        .map(|field| json!({"id": field.id, "name": field.name, "type": field.field_type}));
    match detail {
        "names" => json!({"id": table.id, "name": table.name}),
        "full" => json!(table),
        _ => json!({
            "id": table.id,
            "name": table.name,
            "primaryFieldId": table.primary_field_id,
            "fields": fields.collect::<Vec<_>>(),
        }),
    }
}

/// An answer made of a head and a list that is cut at the budget.
pub(super) fn listed(
    head: &Value,
    name: &str,
    items: impl Iterator<Item = Value>,
    start: usize,
) -> bytes::Bytes {
    let (joined, next) = fit(items, start);
    let mut text = head.to_string();
    text.pop();
    text.push_str(&format!(
        "{}\"{name}\":[{joined}]",
        if text.len() > 1 { "," } else { "" }
    ));
    if let Some(next) = next {
        let notice = format!(
            "The answer is full: only {name} {} to {next} are here; call again with cursor",
            start + 1
        );
        text.push_str(&format!(
            ",\"next_cursor\":\"{}\",\"notice\":{}",
            cursor_at(next),
            json!(notice)
        ));
    }
    text.push('}');
    text.into()
}
