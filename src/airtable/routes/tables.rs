use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Engine;
use super::error::Problems;
use super::once::{RequestKey, json, once};
use super::records::kept_as;
use crate::airtable::transfer;
use crate::contracts::{BaseAdmin, Caller, CreateField, CreateTable, RequestChange, TableSchema};
use crate::platform::ids::ChangeSetId;
use crate::platform::problem::Problem;

const MOST_COLUMNS: usize = 500;
const MOST_ROWS: usize = 5000;

/// A table as it was made.
#[derive(Serialize, ToSchema)]
struct WrittenTable {
    /// What the history shows; null where no changes are kept.
    change_set_id: Option<ChangeSetId>,
    /// The table.
    table: TableSchema,
}

/// Rows of text whose columns shall become fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowsOfText {
    /// The name of each column.
    #[schema(min_items = 1, max_items = 500)]
    header: Vec<String>,
    /// Cells in the order of the columns.
    #[schema(max_items = 5000)]
    rows: Vec<Vec<String>>,
}

/// Fields that suit columns of text.
#[derive(Serialize, ToSchema)]
struct GuessedFields {
    /// One for each column, ready to be made; the first fits as the primary field.
    fields: Vec<CreateField>,
}

/// Makes a table with its fields.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 201, description = "The table", body = WrittenTable), Problems)
)]
#[post("/airtable/bases/{base_id}/tables")]
pub(super) async fn create_table(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    base: Path<String>,
    body: Json<CreateTable>,
) -> Result<HttpResponse, Problem> {
    let call = key.call("app.create_table", &*body);
    let work = async {
        let made = engine.create_table(change.by(&caller), &base, body.into_inner());
        json(&WrittenTable {
            change_set_id: kept_as(&engine, &change),
            table: made.await?,
        })
    };
    once(&engine, &caller, &change, (call, StatusCode::CREATED), work).await
}

/// Guesses the fields that suit the columns of a file, from some of its rows; nothing is made.
#[utoipa::path(
    tag = "bases",
    responses((status = 200, description = "A field for each column", body = GuessedFields), Problems)
)]
#[post("/airtable/fields/guess")]
pub(super) async fn guess_fields(
    _caller: Caller,
    body: Json<RowsOfText>,
) -> Result<Json<GuessedFields>, Problem> {
    let RowsOfText { header, rows } = body.into_inner();
    if !(1..=MOST_COLUMNS).contains(&header.len()) {
        return Err(Problem::invalid().field("header", "must have 1 to 500 elements"));
    }
    if rows.len() > MOST_ROWS {
        return Err(Problem::invalid().field("rows", "must have at most 5000 elements"));
    }
    // Megabytes of text would hold up the other requests of this worker.
    let guessed = actix_web::web::block(move || transfer::guess_fields(header, rows)).await;
    let fields = guessed.map_err(|error| Problem::internal().cause(error))?;
    Ok(Json(GuessedFields { fields }))
}
