use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use super::Engine;
use super::error::{Problems, problem};
use super::once::{RequestKey, json, once};
use super::records::kept_as;
use crate::contracts::{BaseResult, Caller, CreateView, RequestChange, UpdateView, ViewSchema};
use crate::platform::ids::{ChangeSetId, ViewId};
use crate::platform::problem::Problem;

/// The views of a table.
#[derive(Serialize, ToSchema)]
struct ViewList {
    /// In order.
    items: Vec<ViewSchema>,
    /// Always null: all views come at once.
    next_cursor: Option<String>,
}

/// A view as it is after a write.
#[derive(Serialize, ToSchema)]
struct WrittenView {
    /// What the history shows; null where no changes are kept.
    change_set_id: Option<ChangeSetId>,
    /// The view.
    view: ViewSchema,
}

/// What was deleted.
#[derive(Serialize, ToSchema)]
struct GoneView {
    /// What the history shows; null where no changes are kept.
    change_set_id: Option<ChangeSetId>,
    /// The view.
    id: ViewId,
}

/// Lists the views of a table with their filters, sorts and fields.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
    ),
    responses((status = 200, description = "The views", body = ViewList), Problems)
)]
#[get("/airtable/bases/{base_id}/tables/{table_id}/views")]
pub(super) async fn list_table_views(
    caller: Caller,
    engine: Engine,
    path: Path<(String, String)>,
) -> Result<Json<ViewList>, Problem> {
    let (base, table) = path.into_inner();
    let found = engine.table_with_views(&caller, &base, &table).await;
    Ok(Json(ViewList {
        items: found.map_err(problem)?.views,
        next_cursor: None,
    }))
}

/// Makes a view.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 201, description = "The view", body = WrittenView), Problems)
)]
#[post("/airtable/bases/{base_id}/tables/{table_id}/views")]
pub(super) async fn create_view(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String)>,
    body: Json<CreateView>,
) -> Result<HttpResponse, Problem> {
    let call = key.call("app.create_view", &*body);
    let (base, table) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let made = engine.create_view(by, &base, &table, &body);
        written(&engine, &change, made.await?)
    };
    once(&engine, &caller, &change, (call, StatusCode::CREATED), work).await
}

/// Renames a view, or changes its filter, its sort or which fields it shows.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("view_id" = String, Path, description = "View id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 200, description = "The view", body = WrittenView), Problems)
)]
#[patch("/airtable/bases/{base_id}/tables/{table_id}/views/{view_id}")]
pub(super) async fn update_view(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String, String)>,
    body: Json<UpdateView>,
) -> Result<HttpResponse, Problem> {
    if body.is_empty() {
        return Err(Problem::invalid().field(
            "name",
            "or filter, sort, hiddenFieldIds or fieldOrder must be there",
        ));
    }
    let call = key.call("app.update_view", &*body);
    let (base, table, view) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let changed = engine.update_view(by, &base, (&table, &view), &body);
        written(&engine, &change, changed.await?)
    };
    once(&engine, &caller, &change, (call, StatusCode::OK), work).await
}

/// Deletes a view; the last one of a table stays.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("view_id" = String, Path, description = "View id or name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    responses((status = 200, description = "What was deleted", body = GoneView), Problems)
)]
#[delete("/airtable/bases/{base_id}/tables/{table_id}/views/{view_id}")]
pub(super) async fn delete_table_view(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let call = key.call("app.delete_view", &());
    let (base, table, view) = path.into_inner();
    let work = async {
        let by = change.by(&caller);
        let gone = engine.delete_view(by, &base, (Some(&table), &view));
        let id = gone.await?;
        json(&GoneView {
            change_set_id: kept_as(&engine, &change),
            id,
        })
    };
    once(&engine, &caller, &change, (call, StatusCode::OK), work).await
}

fn written(engine: &Engine, change: &RequestChange, view: ViewSchema) -> BaseResult<Bytes> {
    json(&WrittenView {
        change_set_id: kept_as(engine, change),
        view,
    })
}
