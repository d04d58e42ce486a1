use std::collections::HashMap;

use serde_json::{Value, json};

use super::describe::listed;
use crate::contracts::{ListRecords, Permission, ReadOptions, TableSchema};
use crate::mcp::kit::{
    Answer, Args, BASE, CURSOR, Fault, Job, RecordJson, TABLE, Tool, input, is_empty, output,
    plain_text, position, property,
};

/// Records listed of one group.
const SHOWN: usize = 500;

/// `find_duplicates`
pub(super) fn find_duplicates() -> Tool {
    let fields = (
        "fields",
        "The fields that together make two records equal, by name or id",
    );
    let ignore = (
        "ignore_empty",
        "Leave out records in which all these fields are empty (default true)",
    );
    Tool::reading(
        "find_duplicates",
        "Find duplicate records",
        "Groups the records of the whole table that are equal in the given fields, without regard to case and outer spaces. Changes nothing.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(TABLE, json!({"type": "string"})),
                    property(fields, json!({"type": "array", "items": {"type": "string"}, "minItems": 1})),
                    property(ignore, json!({"type": "boolean", "default": true})),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id", "table_id", "fields"],
            ),
            output(
                json!({
                    "fields": {"type": "array", "items": {"type": "string"}},
                    "records_checked": {"type": "integer"},
                    "scope": {"type": "string"},
                    "group_count": {"type": "integer"},
                    "duplicate_count": {"type": "integer"},
                    "groups": {"type": "array", "items": {"type": "object"}},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["fields", "records_checked", "scope", "group_count", "duplicate_count", "groups"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .needs(&[Permission::RecordsRead, Permission::SchemaRead])
}

struct Group {
    values: Vec<Value>,
    records: Vec<(String, String)>,
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let wanted = args.texts("fields")?;
    let ignore_empty = args.flag("ignore_empty", true)?;
    let start = position(args.optional_text("cursor")?.as_deref())?;
    let schema = job.table(&base, &table).await?;
    let names = field_names(&schema, &wanted, "fields")?;
    let read = ReadOptions {
        fields: Some(names.clone()),
        ..ReadOptions::default()
    };
    let mut groups: HashMap<Vec<String>, Group> = HashMap::new();
    let query = ListRecords {
        read,
        ..ListRecords::default()
    };
    let seen = job
        .scan(&base, &schema.id.to_string(), query, None, &mut |record| {
            if !(ignore_empty && names.iter().all(|name| is_empty(record.fields.get(name)))) {
                collect(&mut groups, &names, record);
            }
        })
        .await?;
    let mut equal: Vec<Group> = groups
        .into_values()
        .filter(|group| group.records.len() > 1)
        .collect();
    // Largest first; the id settles ties, so that pages stay in order from call to call.
    equal.sort_by(|left, right| {
        right
            .records
            .len()
            .cmp(&left.records.len())
            .then_with(|| left.records[0].cmp(&right.records[0]))
    });
    let surplus: usize = equal.iter().map(|group| group.records.len() - 1).sum();
    let head = json!({
        "fields": names,
        "records_checked": seen,
        "scope": format!("whole table: all {seen} records"),
        "group_count": equal.len(),
        "duplicate_count": surplus,
    });
    Ok(listed(
        &head,
        "groups",
        equal.iter().map(|group| describe(&names, group)),
        start,
    ))
}

fn collect(groups: &mut HashMap<Vec<String>, Group>, names: &[String], record: RecordJson) {
    let cells: Vec<Value> = names
        .iter()
        .map(|name| record.fields.get(name).cloned().unwrap_or_default())
        .collect();
    let key = cells
        .iter()
        .map(|cell| plain_text(cell).trim().to_lowercase())
        .collect();
    let group = groups.entry(key).or_insert_with(|| Group {
        values: cells,
        records: Vec::new(),
    });
    group.records.push((record.id, record.created_time));
}

fn describe(names: &[String], group: &Group) -> Value {
    let values: serde_json::Map<String, Value> = names
        .iter()
        .cloned()
        .zip(group.values.iter().cloned())
        .collect();
    let shown = group.records.iter().take(SHOWN);
    let records: Vec<Value> = shown
        .map(|(id, created)| json!({"id": id, "createdTime": created}))
        .collect();
    json!({"values": values, "count": group.records.len(), "records": records})
}

/// The names of fields given by name or id.
pub(super) fn field_names(
    table: &TableSchema,
    wanted: &[String],
    argument: &str,
) -> Result<Vec<String>, Fault> {
    let find = |wanted: &String| {
        let by_id = table
            .fields
            .iter()
            .find(|field| field.id.to_string() == *wanted);
        let lower = wanted.to_lowercase();
        let field = by_id.or_else(|| {
            table
                .fields
                .iter()
                .find(|field| field.name.to_lowercase() == lower)
        });
        field.map(|field| field.name.clone()).ok_or_else(|| {
            Fault::new(
                "unknown_field",
                format!(
                    "Argument `{argument}`: table {:?} has no field {wanted:?}",
                    table.name
                ),
                "Call get_field_info to see the names and ids of this table's fields",
            )
        })
    };
    wanted.iter().map(find).collect()
}
