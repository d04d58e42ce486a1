use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::metadata_rows::{COLUMNS, TABLE_ID, column, row};
use super::report::{Batch, Outcome, Target, write_in_tens};
use crate::contracts::{CreateTable, ListRecords, Permission, RecordUpdate, TableSchema};
use crate::mcp::kit::{
    Answer, Args, BASE, Fault, Job, Tool, find_table, input, json_answer, output, property,
};
use crate::platform::clock;

const DEFAULT_NAME: &str = "Table Metadata";

/// `create_metadata_table`
pub(super) fn create_metadata_table() -> Tool {
    let name = (
        "table_name",
        "Name of the metadata table (default \"Table Metadata\")",
    );
    Tool::reading(
        "create_metadata_table",
        "Create a table about the tables",
        "Writes one row for each table of a base into a metadata table: name, id, description, numbers of fields and views, field types, first fields, purpose, date, number of records, linked tables. Creates that table when it is missing; a rerun updates the rows by Table ID.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(name, json!({"type": "string", "default": DEFAULT_NAME})),
                ],
                &["base_id"],
            ),
            output(
                json!({
                    "table_id": {"type": "string"},
                    "table_name": {"type": "string"},
                    "table_created": {"type": "boolean"},
                    "fields_created": {"type": "array", "items": {"type": "string"}},
                    "rows_created": {"type": "integer"},
                    "rows_updated": {"type": "integer"},
                    "rows_of_missing_tables": {"type": "integer"},
                    "errors": {"type": "array", "items": {"type": "object"}},
                }),
                &["table_id", "table_name", "table_created", "rows_created", "rows_updated", "errors"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .overwrites()
    .in_steps()
    .announces(|job, args| Box::pin(announce(job, args)))
    .needs(&[
        Permission::SchemaRead,
        Permission::SchemaWrite,
        Permission::RecordsRead,
        Permission::RecordsWrite,
    ])
}

fn wanted(args: &mut Args) -> Result<(String, String), Fault> {
    let base = args.text("base_id")?;
    let name = args.optional_text("table_name")?;
    Ok((base, name.unwrap_or_else(|| DEFAULT_NAME.to_owned())))
}

async fn announce(job: Job<'_>, mut args: Args) -> Result<Vec<String>, Fault> {
    let (base, name) = wanted(&mut args)?;
    let schema = job.schema(&base).await?;
    let rows = format!(
        "Writes one row for each other table of base \"{}\" into \"{name}\"",
        schema.name
    );
    let Ok(table) = find_table(&schema, &name) else {
        return Ok(vec![
            format!("Makes the table \"{name}\" in base \"{}\"", schema.name),
            rows,
        ]);
    };
    let added = missing_columns(table)
        .map(|spec| format!("Adds the field \"{}\" to \"{}\"", spec.0, table.name));
    Ok(added.chain([rows]).collect())
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let (base, name) = wanted(&mut args)?;
    let schema = job.schema(&base).await?;
    let known = find_table(&schema, &name).ok();
    let (table, added) = match known {
        Some(table) => (table.clone(), add_missing_columns(job, &base, table).await?),
        None => (create(job, &base, &name).await?, Vec::new()),
    };
    let table_id = table.id.to_string();
    let rows = existing_rows(job, &base, &table_id).await?;
    let analysis = job.bases()?.analyze_base(job.actor, &base).await?;
    let today: String = clock::rfc3339(job.source.clock.now())
        .chars()
        .take(10)
        .collect();
    let described: Vec<&TableSchema> = schema
        .tables
        .iter()
        .filter(|other| other.id != table.id)
        .collect();
    let ids: HashSet<String> = described.iter().map(|table| table.id.to_string()).collect();
    let (mut fresh, mut updates) = (Vec::new(), Vec::new());
    for other in described {
        let fields = row(other, &analysis, &today);
        match rows.get(&other.id.to_string()) {
            Some(id) => updates.push(RecordUpdate {
                id: id.clone(),
                fields,
            }),
            None => fresh.push(fields),
        }
    }
    let to = Target {
        base: &base,
        table: &table_id,
        typecast: true,
    };
    let created = write_in_tens(job, to, &Batch::Create(fresh)).await?;
    let updated = write_in_tens(job, to, &Batch::Update(updates)).await?;
    let errors: Vec<_> = created
        .iter()
        .chain(&updated)
        .filter_map(|outcome| outcome.as_ref().err())
        .map(Fault::to_value)
        .collect();
    json_answer(&json!({
        "table_id": table_id,
        "table_name": table.name,
        "table_created": known.is_none(),
        "fields_created": added,
        "rows_created": succeeded(&created),
        "rows_updated": succeeded(&updated),
        "rows_of_missing_tables": rows.keys().filter(|id| !ids.contains(*id)).count(),
        "errors": errors,
    }))
}

fn succeeded(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

async fn create(job: Job<'_>, base: &str, name: &str) -> Result<TableSchema, Fault> {
    let request = CreateTable {
        name: name.to_owned(),
        description: Some("One row for each table of this base".to_owned()),
        fields: COLUMNS.iter().map(column).collect(),
    };
    Ok(job.admin()?.create_table(job.by(), base, request).await?)
}

fn missing_columns(
    table: &TableSchema,
) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let has = |name: &str| {
        let mut names = table.fields.iter().map(|field| &field.name);
        names.any(|known| known.eq_ignore_ascii_case(name))
    };
    COLUMNS.iter().filter(move |spec| !has(spec.0))
}

async fn add_missing_columns(
    job: Job<'_>,
    base: &str,
    table: &TableSchema,
) -> Result<Vec<String>, Fault> {
    let mut added = Vec::new();
    for spec in missing_columns(table) {
        let table = table.id.to_string();
        job.admin()?
            .create_field(job.by(), base, &table, column(spec))
            .await?;
        added.push(spec.0.to_owned());
    }
    Ok(added)
}

/// The record that describes each table, by the table's id.
async fn existing_rows(
    job: Job<'_>,
    base: &str,
    table: &str,
) -> Result<HashMap<String, String>, Fault> {
    let mut rows = HashMap::new();
    job.scan(base, table, ListRecords::default(), None, &mut |record| {
        if let Some(id) = record.fields.get(TABLE_ID).and_then(|id| id.as_str()) {
            rows.entry(id.trim().to_owned()).or_insert(record.id);
        }
    })
    .await?;
    Ok(rows)
}
