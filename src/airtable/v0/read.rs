use actix_web::{HttpRequest, get, post};

use super::body::Body;
use super::caller::Caller;
use super::docs::{Failures, ListRecordsBodyDoc, RecordDoc, RecordPageDoc};
use super::error::Answer;
use super::path::Target;
use super::{Engine, gate, list_query, respond};
use crate::contracts::{Bases, Permission};

/// Lists records.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("fields[]" = Option<Vec<String>>, Query, description = "Only these fields, by name or id"),
        ("filterByFormula" = Option<String>, Query, description = "A formula that must hold"),
        ("maxRecords" = Option<u64>, Query, description = "Total over all pages", minimum = 1),
        ("pageSize" = Option<u64>, Query, description = "Records a page", minimum = 1, maximum = 100),
        ("sort[0][field]" = Option<String>, Query, description = "First sort key"),
        ("sort[0][direction]" = Option<String>, Query, description = "`asc` or `desc`"),
        ("view" = Option<String>, Query, description = "View name or id"),
        ("cellFormat" = Option<String>, Query, description = "`json` or `string`"),
        ("timeZone" = Option<String>, Query, description = "IANA zone for textual times"),
        ("userLocale" = Option<String>, Query, description = "Locale for textual values"),
        ("returnFieldsByFieldId" = Option<bool>, Query, description = "Cells keyed by field id"),
        ("recordMetadata[]" = Option<Vec<String>>, Query, description = "Only `commentCount`"),
        ("offset" = Option<String>, Query, description = "The previous page's `offset`"),
    ),
    responses((status = 200, description = "A page of records", body = RecordPageDoc), Failures)
)]
#[get("/{base_id}/{table}{slash:/?}")]
pub(super) async fn list_records(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let query = match list_query::from_query(&request) {
        Ok(query) => query,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::RecordsRead, failure).await;
        }
    };
    let page = engine
        .page(&caller, &target.base, &target.table, &query, respond::page)
        .await?;
    Ok(respond::raw(page))
}

/// Lists records by a query too long for a URL.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}/listRecords",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
    ),
    request_body = ListRecordsBodyDoc,
    responses((status = 200, description = "A page of records", body = RecordPageDoc), Failures)
)]
#[post("/{base_id}/{table}/listRecords{slash:/?}")]
pub(super) async fn list_records_by_post(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let query = body
        .object()
        .and_then(|body| list_query::from_body(&request, body));
    let query = match query {
        Ok(query) => query,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::RecordsRead, failure).await;
        }
    };
    let page = engine
        .page(&caller, &target.base, &target.table, &query, respond::page)
        .await?;
    Ok(respond::raw(page))
}

/// Finds one record.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{table}/{record_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
        ("cellFormat" = Option<String>, Query, description = "`json` or `string`"),
        ("timeZone" = Option<String>, Query, description = "IANA zone for textual times"),
        ("userLocale" = Option<String>, Query, description = "Locale for textual values"),
        ("returnFieldsByFieldId" = Option<bool>, Query, description = "Cells keyed by field id"),
        ("recordMetadata[]" = Option<Vec<String>>, Query, description = "Only `commentCount`"),
    ),
    responses((status = 200, description = "The record", body = RecordDoc), Failures)
)]
#[get("/{base_id}/{table}/{record_id}{slash:/?}")]
pub(super) async fn find_record(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let read = match list_query::read_options(&request) {
        Ok(read) => read,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::RecordsRead, failure).await;
        }
    };
    let found = engine
        .get_record(&caller, &target.base, &target.table, &target.leaf, read)
        .await?;
    Ok(respond::raw(found.json))
}
