use actix_web::{HttpRequest, HttpResponse, delete, patch, post, put};
use serde_json::json;

use super::body::{Body, Object};
use super::caller::Caller;
use super::docs::{
    ChangedRecordsDoc, DeletedDoc, DeletedRecordsDoc, Failures, RecordDoc, RecordOrRecordsDoc,
    WriteRecordsBodyDoc,
};
use super::error::{Answer, Failure};
use super::path::Target;
use super::write_body::{self, Change};
use super::{Engine, gate, query, respond};
use crate::contracts::{
    BaseError, BaseErrorKind, BaseWriter, Permission, RenderedRecord, RequestChange, WriteContext,
};

/// Makes one record or up to ten.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
    ),
    request_body = WriteRecordsBodyDoc,
    responses((status = 200, description = "What was made", body = RecordOrRecordsDoc), Failures)
)]
#[post("/{base_id}/{table}{slash:/?}")]
pub(super) async fn create_records(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let parsed = object(&request, &body).and_then(write_body::create);
    let create = match parsed {
        Ok(create) => create,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::RecordsWrite, failure).await;
        }
    };
    let made = engine
        .create_records(
            change.by(&caller),
            &target.base,
            &target.table,
            create.request,
        )
        .await?;
    if create.is_single {
        first(made)
    } else {
        Ok(respond::records(&made))
    }
}

/// Changes up to ten records, or finds them by key with `performUpsert`.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
    ),
    request_body = WriteRecordsBodyDoc,
    responses((status = 200, description = "The whole records", body = ChangedRecordsDoc), Failures)
)]
#[patch("/{base_id}/{table}{slash:/?}")]
pub(super) async fn update_records(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    change_many(
        &target,
        change.by(&caller),
        &engine,
        object(&request, &body),
        false,
    )
    .await
}

/// As PATCH, but clears every editable cell that is not named.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
    ),
    request_body = WriteRecordsBodyDoc,
    responses((status = 200, description = "The whole records", body = ChangedRecordsDoc), Failures)
)]
#[put("/{base_id}/{table}{slash:/?}")]
pub(super) async fn replace_records(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    change_many(
        &target,
        change.by(&caller),
        &engine,
        object(&request, &body),
        true,
    )
    .await
}

/// Deletes up to ten records.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("records[]" = Vec<String>, Query, description = "One to ten record ids"),
    ),
    responses((status = 200, description = "What was deleted", body = DeletedRecordsDoc), Failures)
)]
#[delete("/{base_id}/{table}{slash:/?}")]
pub(super) async fn delete_records(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let ids = match ids_in_query(&request) {
        Ok(ids) => ids,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::RecordsWrite, failure).await;
        }
    };
    let deleted = engine
        .delete_records(change.by(&caller), &target.base, &target.table, ids)
        .await?;
    let records: Vec<_> = deleted
        .iter()
        .map(|id| json!({"id": id, "deleted": true}))
        .collect();
    respond::json(&json!({"records": records}))
}

/// Changes one record.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}/{record_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
    ),
    request_body = WriteRecordsBodyDoc,
    responses((status = 200, description = "The whole record", body = RecordDoc), Failures)
)]
#[patch("/{base_id}/{table}/{record_id}{slash:/?}")]
pub(super) async fn update_record(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    change_one(
        &target,
        change.by(&caller),
        &engine,
        object(&request, &body),
        false,
    )
    .await
}

/// As PATCH, but clears every editable cell that is not named.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}/{record_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
    ),
    request_body = WriteRecordsBodyDoc,
    responses((status = 200, description = "The whole record", body = RecordDoc), Failures)
)]
#[put("/{base_id}/{table}/{record_id}{slash:/?}")]
pub(super) async fn replace_record(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    change_one(
        &target,
        change.by(&caller),
        &engine,
        object(&request, &body),
        true,
    )
    .await
}

/// Deletes one record.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}/{record_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
    ),
    responses((status = 200, description = "What was deleted", body = DeletedDoc), Failures)
)]
#[delete("/{base_id}/{table}/{record_id}{slash:/?}")]
pub(super) async fn delete_record(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    if let Err(failure) = query::none(&request) {
        return gate(&engine, &caller, &target, Permission::RecordsWrite, failure).await;
    }
    let ids = vec![target.leaf.clone()];
    let deleted = engine
        .delete_records(change.by(&caller), &target.base, &target.table, ids)
        .await;
    deleted.map_err(|error| hide_unknown(error, &target.leaf))?;
    respond::json(&json!({"id": target.leaf, "deleted": true}))
}

async fn change_many(
    target: &Target,
    by: WriteContext<'_>,
    engine: &Engine,
    body: Result<Object, Failure>,
    replace: bool,
) -> Answer {
    let change = match body.and_then(|body| write_body::update_many(body, replace)) {
        Ok(change) => change,
        Err(failure) => {
            return gate(engine, by.actor, target, Permission::RecordsWrite, failure).await;
        }
    };
    match change {
        Change::Update(request) => {
            let changed = engine
                .update_records(by, &target.base, &target.table, request)
                .await?;
            Ok(respond::records(&changed))
        }
        Change::Upsert(request) => {
            let done = engine
                .upsert_records(by, &target.base, &target.table, request)
                .await?;
            Ok(respond::upserted(&done))
        }
    }
}

async fn change_one(
    target: &Target,
    by: WriteContext<'_>,
    engine: &Engine,
    body: Result<Object, Failure>,
    replace: bool,
) -> Answer {
    let id = target.leaf.clone();
    let request = match body.and_then(|body| write_body::update_one(id, body, replace)) {
        Ok(request) => request,
        Err(failure) => {
            return gate(engine, by.actor, target, Permission::RecordsWrite, failure).await;
        }
    };
    let changed = engine
        .update_records(by, &target.base, &target.table, request)
        .await;
    first(changed.map_err(|error| hide_unknown(error, &target.leaf))?)
}

fn object(request: &HttpRequest, body: &Body) -> Result<Object, Failure> {
    query::none(request)?;
    body.object()
}

fn ids_in_query(request: &HttpRequest) -> Result<Vec<String>, Failure> {
    let parameters = query::parameters(request)?;
    let ids = parameters.into_iter().map(|parameter| {
        let is_id = parameter.name == "records" && parameter.is_element();
        is_id
            .then_some(parameter.value)
            .ok_or_else(Failure::invalid_request)
    });
    write_body::deleted_ids(ids.collect::<Result<_, _>>()?)
}

fn first(records: Vec<RenderedRecord>) -> Result<HttpResponse, Failure> {
    let record = records.into_iter().next();
    let record =
        record.ok_or_else(|| BaseError::internal("a write of one record answered none"))?;
    Ok(respond::raw(record.json))
}

/// On routes of one record an unknown record looks like a forbidden one; in batches it is named.
fn hide_unknown(error: BaseError, record: &str) -> BaseError {
    let is_the_record = matches!(
        error.kind,
        BaseErrorKind::RowDoesNotExist | BaseErrorKind::NotFound
    ) && error.message.contains(record);
    if is_the_record {
        return BaseError::new(BaseErrorKind::NotFoundOrForbidden, error.message);
    }
    error
}
