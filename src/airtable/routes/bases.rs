use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, delete, get, patch, post};

use super::Engine;
use super::error::{Problems, problem};
use super::shapes::{BaseList, BaseResponse, CreateBaseRequest, UpdateBase};
use crate::contracts::{BaseAdmin, Bases, Caller, CreateBase, RequestChange};
use crate::platform::problem::Problem;

/// Lists the bases the caller can read.
#[utoipa::path(
    tag = "bases",
    responses((status = 200, description = "The bases, by name", body = BaseList), Problems)
)]
#[get("/airtable/bases")]
pub(super) async fn list_bases(caller: Caller, engine: Engine) -> Result<Json<BaseList>, Problem> {
    let items = engine.list_bases(&caller).await.map_err(problem)?;
    Ok(Json(BaseList {
        items,
        next_cursor: None,
    }))
}

/// Makes a base with its tables.
#[utoipa::path(
    tag = "bases",
    responses((status = 201, description = "The base", body = BaseResponse), Problems)
)]
#[post("/airtable/bases")]
pub(super) async fn create_base(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    body: Json<CreateBaseRequest>,
) -> Result<HttpResponse, Problem> {
    let CreateBaseRequest {
        workspace_id,
        name,
        tables,
    } = body.into_inner();
    let request = CreateBase {
        workspace_id,
        name,
        tables,
    };
    let made = engine
        .create_base(change.by(&caller), request)
        .await
        .map_err(problem)?;
    let base = BaseResponse::load(&engine, &caller, &made.id.to_string()).await?;
    Ok(HttpResponse::Created().json(base))
}

/// Describes a base.
#[utoipa::path(
    tag = "bases",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The base", body = BaseResponse), Problems)
)]
#[get("/airtable/bases/{base_id}")]
pub(super) async fn find_base(
    caller: Caller,
    engine: Engine,
    base: Path<String>,
) -> Result<Json<BaseResponse>, Problem> {
    BaseResponse::load(&engine, &caller, &base).await.map(Json)
}

/// Renames a base.
#[utoipa::path(
    tag = "bases",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The base", body = BaseResponse), Problems)
)]
#[patch("/airtable/bases/{base_id}")]
pub(super) async fn update_base(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    base: Path<String>,
    body: Json<UpdateBase>,
) -> Result<Json<BaseResponse>, Problem> {
    engine
        .rename_base(change.by(&caller), &base, &body.name)
        .await
        .map_err(problem)?;
    BaseResponse::load(&engine, &caller, &base).await.map(Json)
}

/// Deletes a base and all its records.
#[utoipa::path(
    tag = "bases",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 204, description = "It is gone"), Problems)
)]
#[delete("/airtable/bases/{base_id}")]
pub(super) async fn delete_base(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    base: Path<String>,
) -> Result<HttpResponse, Problem> {
    engine
        .delete_base(change.by(&caller), &base)
        .await
        .map_err(problem)?;
    Ok(HttpResponse::NoContent().finish())
}
