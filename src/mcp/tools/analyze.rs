use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::describe::listed;
use crate::contracts::{FieldSchema, ListRecords, Permission, TableSchema};
use crate::mcp::kit::{
    Answer, Args, BASE, CURSOR, Fault, Job, TABLE, Tool, input, is_empty, output, plain_text,
    position, property,
};

/// Distinct values of a select that are listed, the most frequent first.
const VALUES: usize = 100;
/// Findings that are told, the gravest first.
const FINDINGS: usize = 20;

/// `analyze_table_data`
pub(super) fn analyze_table_data() -> Tool {
    let sample = (
        "sample_size",
        "Look only at so many records from the beginning; the whole table when left out",
    );
    Tool::reading(
        "analyze_table_data",
        "Analyse the data of a table",
        "Tells how well each field of a table is filled, with lengths of texts, ranges of numbers and frequencies of select values, and what is worth a look in it: duplicates, wrong types, missing links. Looks at the whole table unless sample_size is given, and says which.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(TABLE, json!({"type": "string"})),
                    property(sample, json!({"type": "integer", "minimum": 1})),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id", "table_id"],
            ),
            output(
                json!({
                    "table_id": {"type": "string"},
                    "table_name": {"type": "string"},
                    "records_analyzed": {"type": "integer"},
                    "scope": {"type": "string"},
                    "findings": {"type": "array", "items": {"type": "object"}},
                    "fields": {"type": "array", "items": {"type": "object"}},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["table_id", "table_name", "records_analyzed", "scope", "fields"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .needs(&[Permission::RecordsRead, Permission::SchemaRead])
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let sample = args.count("sample_size", usize::MAX)?;
    let start = position(args.optional_text("cursor")?.as_deref())?;
    let schema = job.table(&base, &table).await?;
    let mut columns: Vec<Column> = schema.fields.iter().map(Column::new).collect();
    let id = schema.id.to_string();
    let seen = job
        .scan(&base, &id, ListRecords::default(), sample, &mut |record| {
            for column in &mut columns {
                column.look_at(record.fields.get(&column.field.name));
            }
        })
        .await?;
    let scope = match sample {
        Some(size) if seen >= size => format!("sample: the first {seen} records"),
        _ => format!("whole table: all {seen} records"),
    };
    let mut head = json!({
        "table_id": schema.id,
        "table_name": schema.name,
        "records_analyzed": seen,
        "scope": scope,
    });
    if sample.is_none() && start == 0 {
        head["findings"] = findings(job, &base, &schema).await?;
    }
    Ok(listed(
        &head,
        "fields",
        columns.iter().map(|column| column.report(seen)),
        start,
    ))
}

/// What is worth a look in the table, the gravest first.
async fn findings(job: Job<'_>, base: &str, table: &TableSchema) -> Result<Value, Fault> {
    let analysis = job.bases()?.analyze_base(job.actor, base).await?;
    let own = analysis.findings.iter();
    let own = own.filter(|finding| finding.table_id == Some(table.id));
    Ok(own.take(FINDINGS).map(|finding| json!(finding)).collect())
}

#[derive(Default)]
struct Range {
    count: usize,
    sum: f64,
    least: f64,
    most: f64,
}

impl Range {
    fn add(&mut self, value: f64) {
        if self.count == 0 {
            (self.least, self.most) = (value, value);
        }
        self.count += 1;
        self.sum += value;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    fn report(&self) -> Value {
        let average = self.sum / self.count as f64;
        json!({"min": self.least, "max": self.most, "avg": (average * 100.0).round() / 100.0})
    }
}

struct Column<'a> {
    field: &'a FieldSchema,
    filled: usize,
    lengths: Range,
    numbers: Range,
    values: BTreeMap<String, usize>,
}

impl<'a> Column<'a> {
    fn new(field: &'a FieldSchema) -> Self {
        let (lengths, numbers) = (Range::default(), Range::default());
        Self {
            field,
            filled: 0,
            lengths,
            numbers,
            values: BTreeMap::new(),
        }
    }

    fn look_at(&mut self, cell: Option<&Value>) {
        let Some(cell) = cell.filter(|cell| !is_empty(Some(cell))) else {
            return;
        };
        self.filled += 1;
        match (self.field.field_type.as_str(), cell) {
            ("singleSelect", value) => self.count_value(plain_text(value)),
            ("multipleSelects", Value::Array(items)) => {
                items
                    .iter()
                    .for_each(|item| self.count_value(plain_text(item)));
            }
            (_, Value::Number(number)) => self.numbers.add(number.as_f64().unwrap_or(0.0)),
            (_, Value::String(text)) => self.lengths.add(text.chars().count() as f64),
            _ => {}
        }
    }

    fn count_value(&mut self, value: String) {
        *self.values.entry(value).or_default() += 1;
    }

    fn report(&self, seen: usize) -> Value {
        let rate = if seen == 0 {
            0.0
        } else {
            self.filled as f64 * 100.0 / seen as f64
        };
        let mut about = json!({
            "name": self.field.name,
            "id": self.field.id,
            "type": self.field.field_type,
            "filled": self.filled,
            "empty": seen - self.filled,
            "fill_rate": (rate * 10.0).round() / 10.0,
        });
        if self.lengths.count > 0 {
            about["text_length"] = self.lengths.report();
        }
        if self.numbers.count > 0 {
            about["number"] = self.numbers.report();
        }
        if !self.values.is_empty() {
            about["distinct_count"] = self.values.len().into();
            about["values"] = self.most_frequent();
        }
        if let Some(remark) = self.remark(seen) {
            about["remark"] = remark.into();
        }
        about
    }

    fn most_frequent(&self) -> Value {
        let mut ranked: Vec<(&String, &usize)> = self.values.iter().collect();
        ranked.sort_by(|left, right| right.1.cmp(left.1));
        let shown = ranked.into_iter().take(VALUES);
        shown
            .map(|(value, count)| json!({"value": value, "count": count}))
            .collect()
    }

    fn remark(&self, seen: usize) -> Option<&'static str> {
        match self.filled {
            _ if seen == 0 => None,
            0 => Some("Never filled: could be removed or filled"),
            filled if filled == seen => Some("Always filled"),
            filled if filled * 2 < seen => Some("Filled in fewer than half of the records"),
            _ => None,
        }
    }
}
