use actix_web::{HttpRequest, post};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::{Body, Object};
use super::caller::Caller;
use super::docs::{Failures, RecordDoc};
use super::error::{Answer, Failure};
use super::path::Target;
use super::{Engine, gate, query, respond};
use crate::airtable::attachments::plain_name;
use crate::airtable::service_attachments::UploadedFile;
use crate::contracts::{BaseError, BaseErrorKind, Permission, RequestChange};

/// Airtable's limit; larger files go the other way in.
const LARGEST_FILE: usize = 5 * 1024 * 1024;
const LONGEST_TYPE: usize = 255;

/// A file in a JSON body.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UploadAttachment {
    /// Its media type.
    #[schema(max_length = 255)]
    content_type: String,
    /// What it is called.
    filename: String,
    /// Its bytes in base64, line breaks allowed; at most 5 MB.
    file: String,
}

/// Adds a file to a cell of attachments.
#[utoipa::path(
    tag = "v0 records",
    path = "/{base_id}/{record_id}/{attachment_field}/uploadAttachment",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("record_id" = String, Path, description = "Record id"),
        ("attachment_field" = String, Path, description = "Id or name of a field of attachments"),
    ),
    request_body = UploadAttachment,
    responses((status = 200, description = "The record with this field alone, keyed by its id", body = RecordDoc), Failures)
)]
#[post("/{base_id}/{record_id}/{attachment_field}/uploadAttachment{slash:/?}")]
pub(super) async fn upload_attachment(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let parsed = query::none(&request)
        .and_then(|()| body.object())
        .and_then(Object::typed::<UploadAttachment>)
        .and_then(file);
    let file = match parsed {
        Ok(file) => file,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::RecordsWrite, failure).await;
        }
    };
    let place = (
        target.base.as_str(),
        target.leaf.as_str(),
        target.field.as_str(),
    );
    let record = engine
        .upload_attachment(change.by(&caller), place, file)
        .await?;
    Ok(respond::raw(record.json))
}

fn file(upload: UploadAttachment) -> Result<UploadedFile, Failure> {
    let filename = plain_name(&upload.filename);
    if filename.is_empty() || upload.content_type.len() > LONGEST_TYPE {
        return Err(Failure::invalid_request());
    }
    let mut text = upload.file.into_bytes();
    text.retain(|byte| !byte.is_ascii_whitespace());
    let bytes = BASE64_STANDARD.decode(&text).map_err(|_| {
        let message = "file must be the bytes of the file in base64";
        Failure::from(BaseError::new(BaseErrorKind::InvalidRequest, message))
    })?;
    if bytes.len() > LARGEST_FILE {
        let message = "A file may have at most 5 MB here; larger ones are uploaded to \
            /api/airtable/bases/{base}/tables/{table}/records/{record}/attachments/{field}";
        return Err(BaseError::new(BaseErrorKind::TooLarge, message).into());
    }
    Ok(UploadedFile {
        filename,
        content_type: upload.content_type,
        bytes,
    })
}
