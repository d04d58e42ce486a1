use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, patch, post};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Engine;
use super::error::Problems;
use super::once::{RequestKey, json, once};
use super::records::kept_as;
use crate::contracts::{
    BaseAdmin, BaseResult, Caller, ChoiceRemoval, CreateField, FieldSchema, RequestChange,
    UpdateField,
};
use crate::platform::ids::ChangeSetId;
use crate::platform::problem::Problem;

/// A field as it is after a write.
#[derive(Serialize, ToSchema)]
struct WrittenField {
    /// What the history shows; null where no changes are kept.
    change_set_id: Option<ChangeSetId>,
    /// The field.
    field: FieldSchema,
}

/// A change to a field; at least one of name, description and options is there.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedField {
    /// The new name.
    name: Option<String>,
    /// The new description; an empty one removes it.
    description: Option<String>,
    /// New options, where the type lets them change; the choices of a select are given whole, those to keep with their ids.
    #[schema(value_type = Option<Object>)]
    options: Option<Value>,
    /// Take choices that are left out of the records that have them too; otherwise those in use are refused.
    #[serde(default)]
    clear_cells: bool,
}

/// Makes a field; a link field also makes its twin in the linked table.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 201, description = "The field", body = WrittenField), Problems)
)]
#[post("/airtable/bases/{base_id}/tables/{table_id}/fields")]
pub(super) async fn create_field(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String)>,
    body: Json<CreateField>,
) -> Result<HttpResponse, Problem> {
    let call = key.call("app.create_field", &*body);
    let (base, table) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let made = engine.create_field(by, &base, &table, body.into_inner());
        written(&engine, &change, made.await?)
    };
    once(&engine, &caller, &change, (call, StatusCode::CREATED), work).await
}

/// Renames, describes or reconfigures a field.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("field_id" = String, Path, description = "Field id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 200, description = "The field", body = WrittenField), Problems)
)]
#[patch("/airtable/bases/{base_id}/tables/{table_id}/fields/{field_id}")]
pub(super) async fn update_field(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String, String)>,
    body: Json<ChangedField>,
) -> Result<HttpResponse, Problem> {
    if body.name.is_none() && body.description.is_none() && body.options.is_none() {
        return Err(Problem::invalid().field("name", "or description or options must be there"));
    }
    let call = key.call("app.update_field", &*body);
    let ChangedField {
        name,
        description,
        options,
        clear_cells,
    } = body.into_inner();
    let removal = if clear_cells {
        ChoiceRemoval::FromCells
    } else {
        ChoiceRemoval::IfUnused
    };
    let wanted = UpdateField {
        name,
        description,
        options,
        removal,
    };
    let (base, table, field) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let changed = engine.update_field(by, &base, &table, &field, wanted);
        written(&engine, &change, changed.await?)
    };
    once(&engine, &caller, &change, (call, StatusCode::OK), work).await
}

fn written(engine: &Engine, change: &RequestChange, field: FieldSchema) -> BaseResult<Bytes> {
    json(&WrittenField {
        change_set_id: kept_as(engine, change),
        field,
    })
}
