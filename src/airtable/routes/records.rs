use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, patch, post};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;

use super::Engine;
use super::error::Problems;
use super::once::{RequestKey, json, once};
use super::rows::write_rows;
use crate::contracts::{
    Actor, BaseError, BaseResult, BaseWriter, Caller, CreateRecords, FieldValues, RecordUpdate,
    RenderedRecord, RequestChange, UpdateRecords,
};
use crate::platform::ids::{ChangeSetId, RecordId};
use crate::platform::problem::Problem;

const LARGEST_BATCH: usize = 500;

/// A record to be made.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRecord {
    /// Its cells by field id or name.
    #[schema(value_type = Object)]
    fields: FieldValues,
}

/// Records to be made, all or none.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRecords {
    /// In the order they shall stand in.
    #[schema(min_items = 1, max_items = 500)]
    records: Vec<NewRecord>,
    /// Convert texts as well as can be.
    #[serde(default)]
    typecast: bool,
}

/// New cells of a record.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedRecord {
    /// The record.
    id: String,
    /// Its new cells by field id or name; null clears one.
    #[schema(value_type = Object)]
    fields: FieldValues,
}

/// Records to be changed, all or none.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordsToChange)]
struct ChangedRecords {
    /// Cells that are not named stay as they are.
    #[schema(min_items = 1, max_items = 500)]
    records: Vec<ChangedRecord>,
    /// Convert texts as well as can be.
    #[serde(default)]
    typecast: bool,
}

/// Records to be deleted, all or none.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordsToDelete)]
struct DeletedRecords {
    /// Their ids.
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<String>,
}

/// Records as they are after a write.
#[derive(ToSchema)]
#[schema(as = WrittenRecords)]
#[expect(
    dead_code,
    reason = "read by utoipa alone; the answer is made of ready JSON"
)]
pub(super) struct WrittenRecordsDoc {
    /// What an undo takes; null where no changes are kept, and unknown there when nothing changed.
    change_set_id: Option<ChangeSetId>,
    /// Whole, in the order of the request, cells by field id.
    #[schema(value_type = Vec<Object>)]
    records: Vec<Value>,
    /// The primary text of every record linked from them.
    names: HashMap<String, String>,
}

/// What was deleted.
#[derive(Serialize, ToSchema)]
struct GoneRecords {
    /// What an undo takes; null where no changes are kept.
    change_set_id: Option<ChangeSetId>,
    /// Their ids.
    #[schema(value_type = Vec<String>)]
    ids: Vec<RecordId>,
}

/// Makes records.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 201, description = "What was made", body = WrittenRecordsDoc), Problems)
)]
#[post("/airtable/bases/{base_id}/tables/{table_id}/records")]
pub(super) async fn create_records(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String)>,
    body: Json<NewRecords>,
) -> Result<HttpResponse, Problem> {
    check_size("records", body.records.len())?;
    let call = key.call("app.create_records", &*body);
    let NewRecords { records, typecast } = body.into_inner();
    let request = CreateRecords {
        records: records.into_iter().map(|record| record.fields).collect(),
        typecast,
        by_field_id: true,
    };
    let (base, table) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let made = engine.create_records(by, &base, &table, request).await?;
        written(&engine, &caller, &change, (&base, &table), &made).await
    };
    once(&engine, &caller, &change, (call, StatusCode::CREATED), work).await
}

/// Changes records.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 200, description = "The whole records", body = WrittenRecordsDoc), Problems)
)]
#[patch("/airtable/bases/{base_id}/tables/{table_id}/records")]
pub(super) async fn update_records(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String)>,
    body: Json<ChangedRecords>,
) -> Result<HttpResponse, Problem> {
    check_size("records", body.records.len())?;
    let call = key.call("app.update_records", &*body);
    let ChangedRecords { records, typecast } = body.into_inner();
    let request = UpdateRecords {
        records: records
            .into_iter()
            .map(|ChangedRecord { id, fields }| RecordUpdate { id, fields })
            .collect(),
        replace: false,
        typecast,
        by_field_id: true,
    };
    let (base, table) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let changed = engine.update_records(by, &base, &table, request).await?;
        written(&engine, &caller, &change, (&base, &table), &changed).await
    };
    once(&engine, &caller, &change, (call, StatusCode::OK), work).await
}

/// Deletes records, and the links to them.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 200, description = "What was deleted", body = GoneRecords), Problems)
)]
#[post("/airtable/bases/{base_id}/tables/{table_id}/records/delete")]
pub(super) async fn delete_records(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String)>,
    body: Json<DeletedRecords>,
) -> Result<HttpResponse, Problem> {
    check_size("ids", body.ids.len())?;
    let call = key.call("app.delete_records", &*body);
    let DeletedRecords { ids } = body.into_inner();
    let (base, table) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let ids = engine.delete_records(by, &base, &table, ids).await?;
        json(&GoneRecords {
            change_set_id: kept_as(&engine, &change),
            ids,
        })
    };
    once(&engine, &caller, &change, (call, StatusCode::OK), work).await
}

fn check_size(member: &str, size: usize) -> Result<(), Problem> {
    match size {
        1..=LARGEST_BATCH => Ok(()),
        _ => Err(Problem::invalid().field(member, "must have 1 to 500 elements")),
    }
}

/// The change set of this request; `None` where no changes are kept.
pub(super) fn kept_as(engine: &Engine, change: &RequestChange) -> Option<ChangeSetId> {
    engine.journal.is_some().then(|| change.id())
}

/// The answer to a write: whole records with the names of those they link to.
pub(super) async fn written(
    engine: &Engine,
    actor: &Actor,
    change: &RequestChange,
    (base, table): (&str, &str),
    records: &[RenderedRecord],
) -> BaseResult<Bytes> {
    // The write is done; without its names it is still answered.
    let names = engine.linked_names(actor, base, table, records).await;
    let names = names.unwrap_or_default();
    let head = format!("{{\"change_set_id\":{},", json!(kept_as(engine, change)));
    let body = write_rows(head, records, &names).map_err(BaseError::internal)?;
    Ok(body.into())
}
