use bytes::Bytes;
use serde_json::{Value, json};

use crate::contracts::{ListRecords, ReadOptions, RecordPage, SearchRecords, SortKey};
use crate::mcp::kit::{
    Answer, Args, BASE, CURSOR, FIELDS, Fault, Job, TABLE, Tool, fit_record, fitting, input,
    output, property,
};

/// Most records that one call may ask for; the output budget cuts earlier where records are large.
const MOST: usize = 10_000;

fn texts() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

fn page_output() -> std::sync::Arc<serde_json::Map<String, Value>> {
    output(
        json!({
            "records": {"type": "array", "items": {"type": "object"}},
            "record_count": {"type": "integer"},
            "next_cursor": {"type": "string"},
            "notice": {"type": "string"},
        }),
        &["records", "record_count"],
    )
}

/// `get_records`
pub(super) fn get_records() -> Tool {
    let most = (
        "max_records",
        "Records in this answer at most (default 100)",
    );
    let view = ("view", "Name or id of a view: its filter and order apply");
    let formula = (
        "filter_by_formula",
        "Airtable formula that must hold for a record",
    );
    let sort = ("sort", "Sort keys, the strongest first");
    let key = json!({
        "type": "object",
        "properties": {
            "field": {"type": "string"},
            "direction": {"type": "string", "enum": ["asc", "desc"]},
        },
        "required": ["field"],
        "additionalProperties": false,
    });
    Tool::reading(
        "get_records",
        "Get records",
        "Reads records of a table, sorted and limited as asked; `next_cursor` in the answer leads to the next ones. To find a text use search_records.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(TABLE, json!({"type": "string"})),
                    property(
                        most,
                        json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": 100}),
                    ),
                    property(view, json!({"type": "string"})),
                    property(formula, json!({"type": "string"})),
                    property(FIELDS, texts()),
                    property(sort, json!({"type": "array", "items": key})),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id", "table_id"],
            ),
            page_output(),
        ),
        |job, args| Box::pin(run_get_records(job, args)),
    )
}

async fn run_get_records(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let query = ListRecords {
        read: ReadOptions {
            fields: args.optional_texts("fields")?,
            ..ReadOptions::default()
        },
        filter_by_formula: args.optional_text("filter_by_formula")?,
        max_records: None,
        page_size: Some(args.count("max_records", MOST)?.unwrap_or(100)),
        sort: args.shaped::<Vec<SortKey>>("sort")?,
        view: args.optional_text("view")?,
        offset: args.optional_text("cursor")?,
    };
    answer_page(job, &base, &table, Query::List(query)).await
}

/// `get_record`
pub(super) fn get_record() -> Tool {
    let record = ("record_id", "Id of the record (rec…)");
    Tool::reading(
        "get_record",
        "Get one record",
        "Reads one record by its id.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(TABLE, json!({"type": "string"})),
                    property(record, json!({"type": "string"})),
                    property(FIELDS, texts()),
                ],
                &["base_id", "table_id", "record_id"],
            ),
            record_output(),
        ),
        |job, args| Box::pin(run_get_record(job, args)),
    )
}

/// The output schema of a tool that answers one record.
pub(super) fn record_output() -> std::sync::Arc<serde_json::Map<String, Value>> {
    output(
        json!({
            "id": {"type": "string"},
            "createdTime": {"type": "string"},
            "fields": {"type": "object"},
            "notice": {"type": "string"},
        }),
        &["id", "fields"],
    )
}

async fn run_get_record(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let record = args.text("record_id")?;
    let read = ReadOptions {
        fields: args.optional_texts("fields")?,
        ..ReadOptions::default()
    };
    let found = job
        .bases()?
        .get_record(job.actor, &base, &table, &record, read)
        .await?;
    Ok(fit_record(found.json))
}

/// `search_records`
pub(super) fn search_records() -> Tool {
    let query = (
        "query",
        "The text to find, in any case; linked records match by their name",
    );
    let most = ("max_records", "Records in this answer at most (default 50)");
    Tool::reading(
        "search_records",
        "Search records",
        "Finds the records in which any cell, of any type, contains a text; needs no formula. `fields` narrows where to look; records come whole.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(TABLE, json!({"type": "string"})),
                    property(query, json!({"type": "string", "minLength": 1})),
                    property(
                        (
                            "fields",
                            "Look only in these fields, by name or id; in all when left out",
                        ),
                        texts(),
                    ),
                    property(
                        most,
                        json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}),
                    ),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &["base_id", "table_id", "query"],
            ),
            page_output(),
        ),
        |job, args| Box::pin(run_search_records(job, args)),
    )
}

async fn run_search_records(job: Job<'_>, mut args: Args) -> Answer {
    let (base, table) = (args.text("base_id")?, args.text("table_id")?);
    let search = SearchRecords {
        query: args.text("query")?,
        fields: args.optional_texts("fields")?,
        page_size: args.count("max_records", MOST)?.unwrap_or(50),
        offset: args.optional_text("cursor")?,
        read: ReadOptions::default(),
    };
    answer_page(job, &base, &table, Query::Search(search)).await
}

enum Query {
    List(ListRecords),
    Search(SearchRecords),
}

impl Query {
    fn resized(mut self, size: usize) -> Self {
        match &mut self {
            Self::List(query) => query.page_size = Some(size),
            Self::Search(search) => search.page_size = size,
        }
        self
    }

    async fn fetch(&self, job: Job<'_>, base: &str, table: &str) -> Result<RecordPage, Fault> {
        let bases = job.bases()?;
        let page = match self {
            Self::List(query) => {
                bases
                    .list_records(job.actor, base, table, query.clone())
                    .await
            }
            Self::Search(search) => {
                bases
                    .search_records(job.actor, base, table, search.clone())
                    .await
            }
        };
        Ok(page?)
    }
}

async fn answer_page(job: Job<'_>, base: &str, table: &str, query: Query) -> Answer {
    let page = query.fetch(job, base, table).await?;
    let kept = fitting(&page.records);
    if kept == page.records.len() {
        return Ok(write_page(&page, None));
    }
    // A page that ends where the answer is full has the engine's own cursor for what comes next.
    let mut shorter = query.resized(kept.max(1)).fetch(job, base, table).await?;
    for record in &mut shorter.records {
        record.json = fit_record(std::mem::take(&mut record.json));
    }
    let notice = format!(
        "The answer is full: {} of {} records are here; call again with cursor for the rest, or ask for fewer fields",
        shorter.records.len(),
        page.records.len(),
    );
    Ok(write_page(&shorter, Some(&notice)))
}

fn write_page(page: &RecordPage, notice: Option<&str>) -> Bytes {
    let size: usize = page
        .records
        .iter()
        .map(|record| record.json.len() + 1)
        .sum();
    let mut out = Vec::with_capacity(size + 512);
    out.extend_from_slice(b"{\"records\":[");
    for (at, record) in page.records.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&record.json);
    }
    out.extend_from_slice(format!("],\"record_count\":{}", page.records.len()).as_bytes());
    for (name, text) in [("next_cursor", page.offset.as_deref()), ("notice", notice)] {
        if let Some(text) = text {
            out.extend_from_slice(format!(",\"{name}\":{}", json!(text)).as_bytes());
        }
    }
    out.push(b'}');
    out.into()
}
