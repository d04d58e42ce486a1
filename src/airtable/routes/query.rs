use std::time::Duration;

use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Engine;
use super::error::{Problems, problem};
use crate::contracts::{Bases, Caller, QuerySql, SqlAnswer, SqlCut, SqlTable};
use crate::platform::problem::Problem;

/// A statement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QueryRequest {
    /// One SELECT.
    #[schema(min_length = 1, max_length = 100_000)]
    sql: String,
    /// Values for its parameters, in order.
    #[serde(default)]
    #[schema(value_type = Vec<Value>)]
    params: Vec<Value>,
    /// Rows wanted at most; `sql.rows` if absent.
    #[schema(minimum = 1)]
    max_rows: Option<usize>,
}

/// What a statement answers.
#[derive(Serialize, ToSchema)]
pub(super) struct QueryResponse {
    /// Names of the columns.
    columns: Vec<String>,
    /// The rows: a list each, with a value a column.
    #[schema(value_type = Vec<Vec<Value>>)]
    rows: Vec<Box<RawValue>>,
    /// How many rows are here.
    row_count: usize,
    /// Whether there were more rows than are here.
    truncated: bool,
    /// Which limit cut it, `rows` or `bytes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated_by: Option<SqlCut>,
    /// How long it took, in milliseconds.
    elapsed_ms: f64,
}

/// The tables of a base as statements name them.
#[derive(Serialize, ToSchema)]
pub(super) struct QueryTables {
    /// Tables of records first, then those of links.
    items: Vec<SqlTable>,
}

/// Answers one SQL statement over the tables of a base; it can only read.
#[utoipa::path(
    tag = "bases",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The rows", body = QueryResponse), Problems)
)]
#[post("/airtable/bases/{base_id}/query")]
pub(super) async fn query_base(
    caller: Caller,
    engine: Engine,
    base: Path<String>,
    body: Json<QueryRequest>,
) -> Result<Json<QueryResponse>, Problem> {
    let QueryRequest {
        sql,
        params,
        max_rows,
    } = body.into_inner();
    if max_rows == Some(0) {
        return Err(Problem::invalid().field("max_rows", "must be at least 1"));
    }
    let query = QuerySql {
        sql,
        params,
        max_rows,
        max_bytes: None,
    };
    let answer = engine.query_sql(&caller, &base, query).await;
    response(answer.map_err(problem)?)
}

fn response(answer: SqlAnswer) -> Result<Json<QueryResponse>, Problem> {
    let rows = answer.rows.into_iter().map(RawValue::from_string);
    let rows: Result<Vec<_>, _> = rows.collect();
    let rows = rows.map_err(|error| Problem::internal().cause(error))?;
    Ok(Json(QueryResponse {
        columns: answer.columns,
        row_count: rows.len(),
        rows,
        truncated: answer.cut.is_some(),
        truncated_by: answer.cut,
        elapsed_ms: milliseconds(answer.elapsed),
    }))
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

/// Lists the tables and columns of a base as SQL statements name them.
#[utoipa::path(
    tag = "bases",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The tables", body = QueryTables), Problems)
)]
#[get("/airtable/bases/{base_id}/query/tables")]
pub(super) async fn list_query_tables(
    caller: Caller,
    engine: Engine,
    base: Path<String>,
) -> Result<HttpResponse, Problem> {
    let items = engine.sql_tables(&caller, &base).await.map_err(problem)?;
    Ok(HttpResponse::Ok().json(QueryTables { items }))
}
