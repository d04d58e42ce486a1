use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpResponse, post};
use futures_util::StreamExt;
use serde::Serialize;

use super::Engine;
use super::error::{Problems, problem};
use super::once::{RequestKey, once};
use super::records::{WrittenRecordsDoc, written};
use crate::airtable::attachments::plain_name;
use crate::airtable::service_attachments::{Place, not_kept};
use crate::airtable::write::NewFile;
use crate::contracts::{Caller, RequestChange};
use crate::platform::ids::TenantId;
use crate::platform::problem::Problem;
use crate::platform::settings::Files;

const PART: &str = "file";

/// What tells an upload from another one with the same key.
#[derive(Serialize)]
struct Sent {
    filename: String,
    hash: String,
    media_type: String,
}

/// Adds files to a cell of attachments.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
        ("field_id" = String, Path, description = "Id or name of a field of attachments"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request find the first"),
    ),
    request_body(content = Object, content_type = "multipart/form-data", description = "One to ten parts named `file`, each with a file name"),
    responses((status = 201, description = "The whole record", body = WrittenRecordsDoc), Problems)
)]
#[post("/airtable/bases/{base_id}/tables/{table_id}/records/{record_id}/attachments/{field_id}")]
pub(super) async fn upload_attachments(
    caller: Caller,
    (change, key): (RequestChange, RequestKey),
    engine: Engine,
    path: Path<(String, String, String, String)>,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let (base, table, record, field) = path.into_inner();
    let place = Place {
        base: &base,
        table: &table,
        record: &record,
        field: &field,
    };
    // Before the body is read, so that nobody without the right can make the server keep it.
    let checked = engine.check_place(&caller, &place).await;
    checked.map_err(problem)?;
    let files = take(&engine, caller.tenant, parts).await?;
    let sent = files.iter().map(|new| Sent {
        filename: new.filename.clone(),
        hash: new.file.hash.to_string(),
        media_type: new.file.media_type.clone(),
    });
    let call = key.call("app.upload_attachments", &sent.collect::<Vec<_>>());
    let work = async {
        let by = change.by(&caller);
        let record = engine.attach_files(by, &place, &files).await?;
        written(&engine, &caller, &change, (&base, &table), &[record]).await
    };
    once(&engine, &caller, &change, (call, StatusCode::CREATED), work).await
}

/// Streams every part to the store.
async fn take(
    engine: &Engine,
    tenant: TenantId,
    mut parts: Multipart,
) -> Result<Vec<NewFile>, Problem> {
    let mut files = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.map_err(unreadable)?;
        if files.len() == Files::AT_ONCE {
            return Err(Problem::too_large()
                .detail(format!(
                    "A request may have at most {} files",
                    Files::AT_ONCE
                ))
                .next("Send the others in a second request"));
        }
        files.push(take_part(engine, tenant, part).await?);
    }
    match files.is_empty() {
        true => Err(Problem::invalid().field(PART, "must be there at least once")),
        false => Ok(files),
    }
}

async fn take_part(engine: &Engine, tenant: TenantId, mut part: Field) -> Result<NewFile, Problem> {
    let name = part.name().unwrap_or_default().to_owned();
    let disposition = part.content_disposition();
    let filename = disposition.and_then(|it| it.get_filename());
    let filename = match filename.map(plain_name) {
        Some(filename) if name == PART && !filename.is_empty() => filename,
        _ => {
            let message = "only parts named file, each with a filename, are taken";
            return Err(Problem::invalid().field(name, message));
        }
    };
    let settings = &engine.platform.settings.files;
    let room = engine.room_for_files(tenant).await.map_err(problem)?;
    let most = room.min(settings.upload_limit as u64);
    let refused = |error| problem(not_kept(error));
    let files = &engine.platform.files;
    let mut upload = files.begin(tenant, most).await.map_err(refused)?;
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(unreadable)?;
        upload.write(&chunk).await.map_err(refused)?;
    }
    let declared = part
        .content_type()
        .map(|kind| kind.essence_str().to_owned());
    let file = engine.keep_file(tenant, upload, declared.as_deref()).await;
    Ok(NewFile {
        filename,
        file: file.map_err(problem)?,
    })
}

fn unreadable(error: MultipartError) -> Problem {
    match error {
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible
        | MultipartError::BoundaryMissing => Problem::unsupported_media_type()
            .next("Send the files as multipart/form-data in parts named file"),
        error => Problem::bad_request()
            .detail(error.to_string())
            .next("Send the files as multipart/form-data in parts named file"),
    }
}
