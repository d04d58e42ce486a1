use actix_web::{HttpRequest, patch, post};

use crate::airtable::v0::body::Body;
use crate::airtable::v0::caller::Caller;
use crate::airtable::v0::docs::Failures;
use crate::airtable::v0::error::{Answer, Failure};
use crate::airtable::v0::path::Target;
use crate::airtable::v0::{Engine, gate, query, respond};
use crate::contracts::{
    BaseAdmin, CreateField, FieldSchema, Permission, RequestChange, UpdateField,
};

/// Makes a field; a link field also makes its twin in the linked table.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/tables/{table}/fields",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id"),
    ),
    request_body = CreateField,
    responses((status = 200, description = "The field", body = FieldSchema), Failures)
)]
#[post("/bases/{base_id}/tables/{table}/fields{slash:/?}")]
pub(in crate::airtable::v0) async fn create_field(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let wanted = match query::none(&request).and_then(|()| body.typed::<CreateField>()) {
        Ok(wanted) => wanted,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::SchemaWrite, failure).await;
        }
    };
    let made = engine
        .create_field(change.by(&caller), &target.base, &target.table, wanted)
        .await?;
    respond::json(&made)
}

/// Renames, describes or reconfigures a field.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/tables/{table}/fields/{field_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id"),
        ("field_id" = String, Path, description = "Field id"),
    ),
    request_body = UpdateField,
    responses((status = 200, description = "The field", body = FieldSchema), Failures)
)]
#[patch("/bases/{base_id}/tables/{table}/fields/{field_id}{slash:/?}")]
pub(in crate::airtable::v0) async fn update_field(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let wanted = match query::none(&request).and_then(|()| body.typed().and_then(not_empty)) {
        Ok(wanted) => wanted,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::SchemaWrite, failure).await;
        }
    };
    let (base, table, field) = (&target.base, &target.table, &target.leaf);
    let changed = engine
        .update_field(change.by(&caller), base, table, field, wanted)
        .await?;
    respond::json(&changed)
}

fn not_empty(wanted: UpdateField) -> Result<UpdateField, Failure> {
    let is_set = wanted.name.is_some() || wanted.description.is_some() || wanted.options.is_some();
    match is_set {
        true => Ok(wanted),
        false => Err(Failure::invalid_request()),
    }
}
