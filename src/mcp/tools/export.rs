use serde_json::{Value, json};

use super::duplicates::field_names;
use crate::contracts::{ListRecords, Permission, ReadOptions, RecordPage};
use crate::mcp::kit::{
    Answer, Args, BASE, BUDGET, CURSOR, FIELDS, Fault, Job, RecordJson, TABLE, Tool, input,
    json_answer, output, plain_text, property, read_record,
};

/// CSV text that one answer may hold; as JSON it grows.
const CSV_BUDGET: usize = BUDGET * 3 / 4;
const PAGE: usize = 200;
const PREVIEW: usize = 5;

/// `export_table_csv`
pub(super) fn export_table_csv() -> Tool {
    let most = (
        "max_records",
        "Records in this answer at most (default 1000)",
    );
    let view = ("view", "Name or id of a view: its filter and order apply");
    Tool::reading(
        "export_table_csv",
        "Export a table as CSV",
        "Writes records of a table as CSV with the columns Record ID, the fields, Created Time. Texts that a spreadsheet would run as a formula get a leading apostrophe. The first answer has the heading; `next_cursor` leads to the rows that follow.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(TABLE, json!({"type": "string"})),
                    property(FIELDS, json!({"type": "array", "items": {"type": "string"}})),
                    property(view, json!({"type": "string"})),
                    property(most, json!({"type": "integer", "minimum": 1, "default": 1000})),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id", "table_id"],
            ),
            output(
                json!({
                    "table_name": {"type": "string"},
                    "columns": {"type": "array", "items": {"type": "string"}},
                    "row_count": {"type": "integer"},
                    "total_records": {"type": "integer"},
                    "csv": {"type": "string"},
                    "preview": {"type": "array", "items": {"type": "string"}},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["table_name", "columns", "row_count", "total_records", "csv"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .needs(&[Permission::RecordsRead, Permission::SchemaRead])
}

struct Sheet {
    csv: String,
    rows: usize,
    next: Option<String>,
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let wanted = args.optional_texts("fields")?;
    let most = args.count("max_records", usize::MAX)?.unwrap_or(1000);
    let (view, offset) = (args.optional_text("view")?, args.optional_text("cursor")?);
    let schema = job.table(&base, &table).await?;
    let names = match wanted.filter(|wanted| !wanted.is_empty()) {
        Some(wanted) => field_names(&schema, &wanted, "fields")?,
        None => schema
            .fields
            .iter()
            .map(|field| field.name.clone())
            .collect(),
    };
    let table = schema.id.to_string();
    let first = offset.is_none();
    let read = ReadOptions {
        fields: Some(names.clone()),
        ..ReadOptions::default()
    };
    let query = ListRecords {
        read,
        view,
        offset,
        ..ListRecords::default()
    };
    let total = job.bases()?.count_records(job.actor, &base, &table).await?;
    let mut columns = vec!["Record ID".to_owned()];
    columns.extend(names.iter().cloned());
    columns.push("Created Time".to_owned());
    let heading = if first {
        line(columns.iter().map(|name| cell(&json!(name))))
    } else {
        String::new()
    };
    let sheet = fill(job, &base, &table, query, most, (&names, heading)).await?;
    let mut answer = json!({
        "table_name": schema.name,
        "columns": columns,
        "row_count": sheet.rows,
        "total_records": total,
    });
    if first {
        answer["preview"] = sheet.csv.lines().take(PREVIEW + 1).collect();
    }
    answer["csv"] = sheet.csv.into();
    if let Some(next) = sheet.next {
        answer["notice"] = format!("{} rows are here, more follow; call again with cursor (those rows come without heading)", sheet.rows).into();
        answer["next_cursor"] = next.into();
    }
    json_answer(&answer)
}

async fn fill(
    job: Job<'_>,
    base: &str,
    table: &str,
    mut query: ListRecords,
    most: usize,
    (names, heading): (&[String], String),
) -> Result<Sheet, Fault> {
    let bases = job.bases()?;
    let mut sheet = Sheet {
        csv: heading,
        rows: 0,
        next: None,
    };
    loop {
        query.page_size = Some(PAGE.min(most - sheet.rows));
        let mut page = bases
            .list_records(job.actor, base, table, query.clone())
            .await?;
        let fits = fitting_rows(&page, names, CSV_BUDGET.saturating_sub(sheet.csv.len()))?;
        let full = fits < page.records.len();
        if full && fits == 0 {
            sheet.next = query.offset;
            return if sheet.rows == 0 {
                Err(row_too_large())
            } else {
                Ok(sheet)
            };
        }
        if full {
            // A page that ends where the answer is full has the engine's own cursor for what comes next.
            query.page_size = Some(fits);
            page = bases
                .list_records(job.actor, base, table, query.clone())
                .await?;
        }
        for record in &page.records {
            sheet.csv.push_str(&row(&read_record(record)?, names));
        }
        sheet.rows += page.records.len();
        job.progress.report(sheet.rows, None, "Writing rows");
        tokio::task::yield_now().await;
        query.offset = page.offset;
        if full || query.offset.is_none() || sheet.rows >= most {
            sheet.next = query.offset;
            return Ok(sheet);
        }
    }
}

fn row_too_large() -> Fault {
    Fault::new(
        "too_large",
        "The next row alone is larger than an answer may be",
        "Call again with fewer `fields`",
    )
}

fn fitting_rows(page: &RecordPage, names: &[String], room: usize) -> Result<usize, Fault> {
    let mut used = 0;
    for (at, record) in page.records.iter().enumerate() {
        used += row(&read_record(record)?, names).len();
        if used > room {
            return Ok(at);
        }
    }
    Ok(page.records.len())
}

fn row(record: &RecordJson, names: &[String]) -> String {
    let cells = names
        .iter()
        .map(|name| record.fields.get(name).map_or_else(String::new, cell));
    let ends = (
        std::iter::once(record.id.clone()),
        std::iter::once(record.created_time.clone()),
    );
    line(ends.0.chain(cells).chain(ends.1))
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = cells.map(quote).collect();
    format!("{}\r\n", quoted.join(","))
}

fn quote(cell: String) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

/// A cell as CSV text; what a spreadsheet would run as a formula is made harmless, plain numbers stay.
fn cell(value: &Value) -> String {
    let text = plain_text(value);
    if !value.is_number() && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        return format!("'{text}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        let written = |value: Value| quote(cell(&value));
        assert_eq!(written(json!("=1+1")), "'=1+1");
        assert_eq!(written(json!("@SUM(A1)")), "'@SUM(A1)");
        assert_eq!(written(json!("\tx")), "'\tx");
        assert_eq!(written(json!("+49 30")), "'+49 30");
        assert_eq!(written(json!(["-cmd", "b"])), "\"'-cmd, b\"");
        assert_eq!(written(json!(-5)), "-5");
        assert_eq!(written(json!("say \"hi\", now")), "\"say \"\"hi\"\", now\"");
        assert_eq!(written(json!("=a,\"b\"")), "\"'=a,\"\"b\"\"\"");
        assert_eq!(
            written(json!([{"name": "Ann"}, {"filename": "a.pdf"}])),
            "\"Ann, a.pdf\""
        );
    }
}
