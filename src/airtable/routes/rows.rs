use actix_web::web::{Path, Query};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;

use super::Engine;
use super::error::{Problems, problem};
use crate::airtable::Rows;
use crate::airtable::query::Window;
use crate::contracts::{Caller, RenderedRecord, SortDirection, SortKey};
use crate::platform::ids::RecordId;
use crate::platform::problem::Problem;

const LARGEST_PAGE: usize = 500;

/// Which rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowsQuery {
    #[serde(default)]
    start: usize,
    #[serde(default = "usual_page")]
    limit: usize,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    filter: Option<String>,
    #[serde(default)]
    view: Option<String>,
}

/// Rows by number, for a grid that jumps about.
#[derive(ToSchema)]
#[schema(as = RowPage)]
#[expect(
    dead_code,
    reason = "read by utoipa alone; the answer is made of ready JSON"
)]
pub(super) struct RowPageDoc {
    /// How many rows there are.
    total: u64,
    /// The number of the first row here.
    start: u64,
    /// `{"id","createdTime","fields":{field id: value}}` each.
    #[schema(value_type = Vec<Object>)]
    records: Vec<Value>,
    /// The primary text of every record linked from here.
    names: HashMap<String, String>,
}

fn usual_page() -> usize {
    200
}

/// Lists rows by number, with the names of linked records.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id"),
        ("start" = Option<u64>, Query, description = "Number of the first row", minimum = 0),
        ("limit" = Option<u64>, Query, description = "Rows wanted; 200 if absent", minimum = 1, maximum = 500),
        ("sort" = Option<String>, Query, description = "Such as `fldX:asc,fldY:desc`"),
        ("filter" = Option<String>, Query, description = "A formula; only rows that it holds for are numbered and counted"),
        ("view" = Option<String>, Query, description = "View name or id: its filter must hold too, its sort keys count where `sort` has none"),
    ),
    responses((status = 200, description = "The rows", body = RowPageDoc), Problems)
)]
#[get("/airtable/bases/{base_id}/tables/{table_id}/rows")]
pub(super) async fn list_rows(
    caller: Caller,
    engine: Engine,
    path: Path<(String, String)>,
    query: Query<RowsQuery>,
) -> Result<HttpResponse, Problem> {
    let (base, table) = path.into_inner();
    let RowsQuery {
        start,
        limit,
        sort,
        filter,
        view,
    } = query.into_inner();
    let sort = sort_keys(&sort)?;
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::invalid().field("limit", "must be between 1 and 500"));
    }
    let window = Window {
        start,
        limit,
        sort,
        filter: filter.filter(|formula| !formula.trim().is_empty()),
        view: view.filter(|view| !view.is_empty()),
    };
    let rows = engine
        .rows(&caller, &base, &table, window)
        .await
        .map_err(problem)?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(render(start, &rows)?))
}

fn sort_keys(text: &str) -> Result<Vec<SortKey>, Problem> {
    text.split(',')
        .filter(|key| !key.is_empty())
        .map(sort_key)
        .collect()
}

fn sort_key(text: &str) -> Result<SortKey, Problem> {
    let (field, direction) = text.split_once(':').unwrap_or((text, "asc"));
    let direction = match direction {
        "asc" => SortDirection::Asc,
        "desc" => SortDirection::Desc,
        _ => return Err(Problem::invalid().field("sort", "must look like fldX:asc,fldY:desc")),
    };
    Ok(SortKey {
        field: field.to_owned(),
        direction,
    })
}

/// Copies each record's JSON once instead of parsing and writing it again.
fn render(start: usize, rows: &Rows) -> Result<Vec<u8>, Problem> {
    let head = format!("{{\"total\":{},\"start\":{start},", rows.total);
    write_rows(head, &rows.records, &rows.names).map_err(|error| Problem::internal().cause(error))
}

/// Ends a JSON object that `head` begins with records and the names of those they link to.
pub(super) fn write_rows(
    head: String,
    records: &[RenderedRecord],
    names: &[(RecordId, String)],
) -> serde_json::Result<Vec<u8>> {
    let names: HashMap<String, &str> = names
        .iter()
        .map(|(id, name)| (id.to_string(), name.as_str()))
        .collect();
    let names = serde_json::to_vec(&names)?;
    let bodies: usize = records.iter().map(|record| record.json.len() + 1).sum();
    let mut out = head.into_bytes();
    out.reserve(bodies + names.len() + 26);
    out.extend_from_slice(b"\"records\":[");
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&record.json);
    }
    out.extend_from_slice(b"],\"names\":");
    out.extend_from_slice(&names);
    out.push(b'}');
    Ok(out)
}
