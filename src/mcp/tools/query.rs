use serde_json::{Value, json};

use crate::contracts::{Permission, QuerySql, SqlAnswer, SqlCut};
use crate::mcp::kit::{Answer, Args, BASE, BUDGET, Job, Tool, input, output, property};

/// Most rows that one call may ask for; the output budget cuts earlier where rows are large.
const MOST: usize = 10_000;
/// Room kept for the members around the rows.
const FRAME: usize = 16 * 1024;

const ABOUT: &str = "Answers one SELECT in SQLite's SQL over the tables of a base: joins, aggregates, window functions, CTEs. Changes nothing. \
Tables and columns have the names of tables and fields, in double quotes where they are no plain words; texts go in single quotes. \
Every table also has id and created_time (_id, _created_time where a field has that name). \
Numbers are numbers, dates ISO texts, checkboxes 0 or 1, selects their names; links, multiple selects and attachments are JSON arrays. \
To join by a link field use its table, such as \"Tasks.Assignee\"(record_id, linked_id, position). \
SELECT sql FROM sqlite_schema shows every table with its columns.";

/// `query`
pub(super) fn query() -> Tool {
    let sql = (
        "sql",
        "One SELECT (or WITH … SELECT); ? stands for a value of params",
    );
    let params = ("params", "Values for the ? of the statement, in order");
    let most = ("max_rows", "Rows in this answer at most (default 1000)");
    Tool::reading(
        "query",
        "Query a base by SQL",
        ABOUT,
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(sql, json!({"type": "string", "minLength": 1})),
                    property(
                        params,
                        json!({"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}}),
                    ),
                    property(
                        most,
                        json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": 1000}),
                    ),
                ],
                &["base_id", "sql"],
            ),
            output(
                json!({
                    "columns": {"type": "array", "items": {"type": "string"}},
                    "rows": {"type": "array", "items": {"type": "array"}},
                    "row_count": {"type": "integer"},
                    "truncated": {"type": "boolean"},
                    "notice": {"type": "string"},
                }),
                &["columns", "rows", "row_count", "truncated"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .needs(&[Permission::RecordsRead, Permission::SchemaRead])
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let base = args.text("base_id")?;
    let query = QuerySql {
        sql: args.text("sql")?,
        params: args.shaped::<Vec<Value>>("params")?,
        max_rows: Some(args.count("max_rows", MOST)?.unwrap_or(1000)),
        max_bytes: Some(BUDGET - FRAME),
    };
    let answer = job.bases()?.query_sql(job.actor, &base, query).await?;
    Ok(write(&answer).into())
}

/// The rows are JSON already, and put in as they are.
fn write(answer: &SqlAnswer) -> String {
    let mut text = format!(
        "{{\"columns\":{},\"rows\":[{}],\"row_count\":{},\"truncated\":{}",
        json!(answer.columns),
        answer.rows.join(","),
        answer.rows.len(),
        answer.cut.is_some()
    );
    if let Some(cut) = answer.cut {
        let why = match cut {
            SqlCut::Rows => "as many rows as it may have",
            SqlCut::Bytes => "as large as it may be",
        };
        let notice = format!(
            "The answer is {why}, and there are more rows: aggregate, narrow the WHERE, or go on with ORDER BY, LIMIT and OFFSET"
        );
        text.push_str(&format!(",\"notice\":{}", json!(notice)));
    }
    text.push('}');
    text
}
