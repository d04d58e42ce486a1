use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH};
use actix_web::web::{Json, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use bytes::BytesMut;
use futures_util::StreamExt;
use serde::Serialize;
use utoipa::ToSchema;

use super::Engine;
use super::error::{Problems, problem};
use super::shapes::{BaseResponse, Place};
use crate::airtable::place;
use crate::airtable::transfer::{document, sample};
use crate::contracts::{Caller, RequestChange};
use crate::platform::ids::BaseId;
use crate::platform::problem::Problem;

/// Seconds after which to try an import again that found no room.
const IMPORT_RETRY: u64 = 10;

/// A base that came from a document.
#[derive(Serialize, ToSchema)]
struct ImportedBase {
    base_id: BaseId,
    /// What could not be kept as it was.
    warnings: Vec<String>,
}

/// Makes a base with sample records.
#[utoipa::path(
    tag = "bases",
    responses((status = 201, description = "The base", body = BaseResponse), Problems)
)]
#[post("/airtable/bases/sample")]
pub(super) async fn create_sample_base(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    body: Json<Place>,
) -> Result<HttpResponse, Problem> {
    let document = sample::document(BaseId::fresh(), engine.now());
    let made = engine
        .import(change.by(&caller), body.workspace_id, document)
        .await
        .map_err(problem)?;
    let base = BaseResponse::load(&engine, &caller, &made.base_id.to_string()).await?;
    Ok(HttpResponse::Created().json(base))
}

/// Makes a base from an export document, keeping every id.
#[utoipa::path(
    tag = "bases",
    params(("workspace_id" = String, Query, description = "Where it shall lie")),
    request_body(content = Object, description = "`{\"id\"?,\"name\",\"tables\":[…],\"records\":{table id: […]}}`"),
    responses((status = 201, description = "The base", body = ImportedBase), Problems)
)]
#[post("/airtable/bases/import")]
pub(super) async fn import_base(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    query: Query<Place>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    // Before the body is read, so that nobody without the right can make the server read it.
    place::check(&engine, &caller, query.workspace_id)
        .await
        .map_err(problem)?;
    let limit = engine.import_limit();
    let size = announced_size(&request);
    if size.is_some_and(|size| size > limit) {
        return Err(too_large());
    }
    let _room = engine.import_room(size.unwrap_or(limit)).ok_or_else(busy)?;
    let bytes = read_all(payload, size.unwrap_or_default(), limit).await?;
    // Parsing hundreds of megabytes would hold up every other request of this worker.
    let parsed = actix_web::web::block(move || document::parse(&bytes)).await;
    let document = parsed
        .map_err(|error| Problem::internal().cause(error))?
        .map_err(faults)?;
    let made = engine
        .import(change.by(&caller), query.workspace_id, document)
        .await
        .map_err(problem)?;
    let body = ImportedBase {
        base_id: made.base_id,
        warnings: made.warnings,
    };
    Ok(HttpResponse::Created().json(body))
}

/// Exports a base as the document that import takes.
#[utoipa::path(
    tag = "bases",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The document", body = Object), Problems)
)]
#[get("/airtable/bases/{base_id}/export")]
pub(super) async fn export_base(
    caller: Caller,
    engine: Engine,
    base: Path<String>,
) -> Result<HttpResponse, Problem> {
    let document = engine
        .export_document(&caller, &base)
        .await
        .map_err(problem)?;
    let disposition = format!("attachment; filename=\"{base}.json\"");
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_DISPOSITION, disposition));
    Ok(response.content_type("application/json").body(document))
}

fn announced_size(request: &HttpRequest) -> Option<usize> {
    let header = request.headers().get(CONTENT_LENGTH)?;
    header.to_str().ok()?.parse().ok()
}

fn too_large() -> Problem {
    Problem::too_large().next("server.import_limit sets the limit")
}

fn busy() -> Problem {
    Problem::unavailable()
        .retry_after(IMPORT_RETRY)
        .detail("Other imports take all the memory there is for them")
        .next("Import again when they are done")
}

async fn read_all(
    mut payload: Payload,
    announced: usize,
    limit: usize,
) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::with_capacity(announced);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::bad_request().detail(error.to_string()))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn faults(faults: Vec<document::Fault>) -> Problem {
    let problem = Problem::invalid().next("Correct the members named and import again");
    faults.into_iter().fold(problem, |problem, fault| {
        problem.field(fault.path, fault.message)
    })
}
