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
use crate::contracts::Caller;
use crate::platform::ids::BaseId;
use crate::platform::problem::Problem;

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
    engine: Engine,
    body: Json<Place>,
) -> Result<HttpResponse, Problem> {
    let document = sample::document(BaseId::fresh(), engine.now());
    let made = engine
        .import(&caller, body.workspace_id, document)
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
    engine: Engine,
    query: Query<Place>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    // Before the body is read, so that nobody without the right can make the server read it.
    place::check(&engine, &caller, query.workspace_id)
        .await
        .map_err(problem)?;
    let bytes = read_all(&request, payload, engine.import_limit()).await?;
    // Parsing hundreds of megabytes would hold up every other request of this worker.
    let parsed = actix_web::web::block(move || document::parse(&bytes)).await;
    let document = parsed
        .map_err(|error| Problem::internal().cause(error))?
        .map_err(faults)?;
    let made = engine
        .import(&caller, query.workspace_id, document)
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

async fn read_all(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
) -> Result<BytesMut, Problem> {
    let too_large = || Problem::too_large().next("server.import_limit sets the limit");
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let announced: usize = announced
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    if announced > limit {
        return Err(too_large());
    }
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
