use actix_web::{HttpRequest, delete, get};
use serde_json::json;

use super::tables::{hide_our_own, hide_visible_fields, includes_fields, show_visible_fields};
use crate::airtable::v0::caller::Caller;
use crate::airtable::v0::docs::{DeletedDoc, Failures, Views};
use crate::airtable::v0::error::Answer;
use crate::airtable::v0::path::Target;
use crate::airtable::v0::{Engine, gate, query, respond};
use crate::contracts::{BaseError, BaseErrorKind, Bases, Permission, RequestChange, ViewSchema};

/// Lists the views of a base.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/views",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("include" = Option<String>, Query, description = "Only `visibleFieldIds`"),
    ),
    responses((status = 200, description = "The views", body = Views), Failures)
)]
#[get("/bases/{base_id}/views{slash:/?}")]
pub(in crate::airtable::v0) async fn list_views(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let wants_fields = match includes_fields(&request) {
        Ok(wanted) => wanted,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::SchemaRead, failure).await;
        }
    };
    let views = views_of(&engine, &caller, &target, wants_fields).await?;
    respond::json(&Views { views })
}

/// Finds one view.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/views/{view_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("view_id" = String, Path, description = "View id"),
        ("include" = Option<String>, Query, description = "Only `visibleFieldIds`"),
    ),
    responses((status = 200, description = "The view", body = ViewSchema), Failures)
)]
#[get("/bases/{base_id}/views/{view_id}{slash:/?}")]
pub(in crate::airtable::v0) async fn find_view(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let wants_fields = match includes_fields(&request) {
        Ok(wanted) => wanted,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::SchemaRead, failure).await;
        }
    };
    let views = views_of(&engine, &caller, &target, wants_fields).await?;
    let found = views
        .into_iter()
        .find(|view| view.id.to_string() == target.leaf);
    let view =
        found.ok_or_else(|| BaseError::new(BaseErrorKind::NotFoundOrForbidden, "no such view"))?;
    respond::json(&view)
}

/// Deletes a view.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/views/{view_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("view_id" = String, Path, description = "View id"),
    ),
    responses((status = 200, description = "What was deleted", body = DeletedDoc), Failures)
)]
#[delete("/bases/{base_id}/views/{view_id}{slash:/?}")]
pub(in crate::airtable::v0) async fn delete_view(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    if let Err(failure) = query::none(&request) {
        return gate(&engine, &caller, &target, Permission::SchemaWrite, failure).await;
    }
    engine
        .delete_view(change.by(&caller), &target.base, (None, &target.leaf))
        .await?;
    respond::json(&json!({"id": target.leaf, "deleted": true}))
}

async fn views_of(
    engine: &Engine,
    caller: &Caller,
    target: &Target,
    with_fields: bool,
) -> Result<Vec<ViewSchema>, BaseError> {
    if with_fields {
        let mut tables = engine.base_schema(caller, &target.base).await?.tables;
        tables.iter_mut().for_each(show_visible_fields);
        let mut views: Vec<_> = tables.into_iter().flat_map(|table| table.views).collect();
        views.iter_mut().for_each(hide_our_own);
        return Ok(views);
    }
    let mut views = engine.views(caller, &target.base).await?;
    hide_visible_fields(views.iter_mut());
    Ok(views)
}
